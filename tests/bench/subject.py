"""A subject is data: what it is called, which command it is, what it is given. To add one, add it to ``SUBJECTS``."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
OTHERS = ROOT / ".bench"
"""A venv for each target of somebody else's, called after it; ``make bench`` makes them."""

PLAIN, BARE, OURS = "plain SDK target", "bare loop", "target-people"


@dataclass(frozen=True, eq=False)
class Subject:
    """One program that loads the input from standard input and prints its STATE.

    ``{config}``, ``{folder}`` and ``{url}`` in commands and settings stand for a file with the settings as JSON, for an
    empty folder, and for the address of the endpoint.

    Args:
        name: what it is called.
        case: what it is compared within: subjects of one case send the same batches to the same place.
        command: the program and its arguments.
        version: the command that starts it and does nothing, or None.
        batch: people a request.
        settings: what goes into the file.
        files: pattern of the files that it writes instead of sending; a line or more for each person.
    """

    name: str
    case: str
    command: tuple[str, ...]
    version: tuple[str, ...] | None = None
    batch: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    files: str | None = None

    @property
    def here(self) -> bool:
        """Whether the program is installed."""
        return shutil.which(self.command[0]) is not None

    def written(self, folder: Path, url: str) -> list[str]:
        """The command, with its settings written down in the folder."""
        places = {"{config}": str(folder / "config.json"), "{folder}": str(folder), "{url}": url}
        Path(places["{config}"]).write_text(_filled(json.dumps(self.settings), places), "utf-8")
        return [_filled(part, places) for part in self.command]


def _filled(text: str, places: Mapping[str, str]) -> str:
    for name, value in places.items():
        text = text.replace(name, value)
    return text


def _python(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"tests.bench.subjects.{module}")


def _sending(vendor: str, batch: int, **own: Any) -> Iterator[Subject]:
    """The same people in the same batches, three ways."""
    case = f"{vendor} {batch:,}"
    plain = {"url": "{url}", "vendor": vendor, "batch": batch}
    command, version = (*_python("plain"), "--config", "{config}"), (*_python("plain"), "--version")
    yield Subject(PLAIN, case, command, version, batch, plain)
    if batch == _FIRST_BATCH:
        unvalidated = {**plain, "validate_records": False}
        yield Subject(f"{PLAIN}, unvalidated", case, command, None, batch, unvalidated)
    yield Subject(BARE, case, (*_python("bare"), vendor, str(batch), "{url}"), None, batch)
    executable = str(Path(sys.executable).with_name("target-people"))
    ours = {"api_url": "{url}", "batch_size": batch, "requests_per_minute": 1_000_000, **own}
    settings = {"output_dir": "{folder}/output", vendor: ours}
    yield Subject(OURS, case, (executable, "--config", "{config}"), (executable, "--version"), batch, settings)


def _writing(name: str, files: str, **settings: Any) -> Subject:
    """A target of somebody else's that writes files."""
    command = (str(OTHERS / name / "bin" / name), "--config", "{config}")
    return Subject(name, "files", command, settings=settings, files=files)


_FIRST_BATCH = 100
_CONSENTS = {"app_token": "bench", "email_subscription": 1, "sms_subscription": 1}
SUBJECTS: tuple[Subject, ...] = (
    *_sending("flameup", _FIRST_BATCH, api_key="bench"),
    *_sending("xtremepush", 1_000, **_CONSENTS),
    *_sending("xtremepush", 10_000, **_CONSENTS),
    _writing("target-csv", "*.csv", output_path="{folder}"),
    _writing("target-jsonl", "*.jsonl", destination_path="{folder}", do_timestamp_file=False),
)
"""In the order of the table; those that are not installed are left out."""
