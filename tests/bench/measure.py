"""A subject measured: a whole process, its time and memory, and proof that everybody arrived."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from tests.bench.endpoint import FIGURES, READY
from tests.bench.people import identities
from tests.bench.subject import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.bench.subject import Subject

_LEAST_SECONDS, _SECONDS_A_RECORD = 120, 0.01
_STOP_SECONDS = 10
_DISTURBING = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONDEVMODE", "PYTHONOPTIMIZE"})


class WrongResultError(Exception):
    """A subject failed, or did not do its work; the text says which and how."""


@dataclass(frozen=True)
class Input:
    """What every subject reads.

    Args:
        path: the file of Singer messages.
        records: people in it.
        state: the last STATE, as compact JSON.
        cache: folder for compiled modules, which all runs share.
        latency: milliseconds that each answer takes.
    """

    path: Path
    records: int
    state: bytes
    cache: Path
    latency: float = 0


@dataclass(frozen=True)
class Figures:
    """One run of one program.

    Args:
        wall: seconds from start to end.
        cpu: seconds of CPU, user and system.
        peak: most memory, in bytes.
        requests: requests with people in them; 0 when nothing is sent.
        sent: their bytes.
        endpoint: CPU seconds of the endpoint meanwhile.
    """

    wall: float
    cpu: float
    peak: int
    requests: int = 0
    sent: int = 0
    endpoint: float = 0


def measured(subject: Subject, given: Input) -> Figures:
    """Run a subject once.

    Raises:
        WrongResultError: when it fails, or somebody did not arrive, or came twice, or its STATE is not the last one.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as name, _endpoint(given.latency) as url:
        folder = Path(name)
        figures = _run(subject.written(folder, url), given, folder)
        came = _came(url) if subject.files is None else _in_files(folder, subject.files, given.records)
        expected = {"people": given.records, "distinct": given.records}
        if {key: came[key] for key in expected} != expected:
            message = f"{subject.name} ({subject.case}): {given.records} records went in, this arrived: {came}"
            raise WrongResultError(message)
        _check_state(subject, folder, given.state)
    sent = {"requests": came["requests"], "sent": came["bytes"], "endpoint": came["cpu_seconds"]}
    return replace(figures, **sent)


def started(command: Sequence[str], given: Input) -> Figures:
    """Run a command that reads nothing.

    Raises:
        WrongResultError: when it fails.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        return _run(command, replace(given, path=Path(os.devnull), records=0), Path(name))


def _run(command: Sequence[str], given: Input, folder: Path) -> Figures:
    with (
        given.path.open("rb") as stdin,
        (folder / "stdout").open("wb") as stdout,
        (folder / "stderr").open("wb") as stderr,
    ):
        begun = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - a subject
            command, cwd=ROOT, env=_environment(given.cache), stdin=stdin, stdout=stdout, stderr=stderr
        )
        code, figures = _waited(process, begun, _LEAST_SECONDS + given.records * _SECONDS_A_RECORD)
    if code:
        tail = (folder / "stderr").read_text("utf-8", "replace")[-2000:]
        message = f"{' '.join(command)} ended with {code}:\n{tail}"
        raise WrongResultError(message)
    return figures


def _waited(process: subprocess.Popen[bytes], begun: float, limit: float) -> tuple[int, Figures]:
    """Exit code and figures of a program that has just been started, and is killed after that many seconds."""
    guard = threading.Timer(limit, process.kill)
    guard.start()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    guard.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return process.returncode, Figures(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit)


def _environment(cache: Path) -> dict[str, str]:
    """Ours, with compiled modules kept: a program that is installed does not compile itself at each start."""
    own = {key: value for key, value in os.environ.items() if key not in _DISTURBING}
    return own | {"PYTHONPYCACHEPREFIX": str(cache)}


@contextmanager
def _endpoint(latency: float) -> Iterator[str]:
    """A fresh endpoint for the block; its address."""
    command = (sys.executable, "-m", "tests.bench.endpoint", "--latency", str(latency))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:  # noqa: S603 - the package's own
        try:
            line = process.stdout.readline().decode() if process.stdout else ""
            if not line.startswith(READY):
                message = "the endpoint did not start"
                raise WrongResultError(message)
            yield line.removeprefix(READY).strip()
        finally:
            process.kill()
            process.wait(_STOP_SECONDS)


def _came(url: str) -> dict[str, Any]:
    with urlopen(url + FIGURES, timeout=_STOP_SECONDS) as answer:  # noqa: S310 - the endpoint started above
        figures: dict[str, Any] = json.load(answer)
    return figures


def _in_files(folder: Path, pattern: str, records: int) -> dict[str, Any]:
    """The same figures of what was written; line by line, as what is held here counts as memory of the next program."""
    seen, people = bytearray(records + 1), 0
    for path in folder.glob(pattern):
        with path.open("rb") as lines:
            for identity in chain.from_iterable(map(identities, lines)):
                people += 1
                seen[int(identity)] = 1
    return {"people": people, "distinct": sum(seen), "requests": 0, "bytes": 0, "cpu_seconds": 0.0}


def _check_state(subject: Subject, folder: Path, state: bytes) -> None:
    lines = (folder / "stdout").read_bytes().splitlines()
    if not lines or json.loads(lines[-1]) != json.loads(state):
        message = f"{subject.name} ({subject.case}): the last line of its output is not the last STATE"
        raise WrongResultError(message)
