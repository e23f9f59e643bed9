"""How a run ends: one place that turns every way out into an exit code, a log line and a receipt."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any

from target_people.errors import Fatal, Interrupted, TargetPeopleError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from target_people.target import TargetPeople

_DEFECT = 1
_SIGNALLED = 128

EXITS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        0: ("every record has its verdicts; rejections, if any, within the limits", "look at the receipt"),
        1: ("a defect in target-people", "report it"),
        2: ("configuration or mapping", "the message names the setting and the remedy"),
        3: ("more rejections than allowed", "see the rejects file"),
        4: ("the vendor refused the credentials or the permission", "nobody was rejected for it; mend it, run again"),
        5: (
            "the vendor was out of service, over quota, or did not confirm in time",
            "run again: STATE did not pass it",
        ),
        6: ("the input is not valid Singer", "the message names the line, never its content"),
        130: ("interrupted by SIGINT", "run again"),
        143: ("interrupted by SIGTERM, or nobody reads standard output any more", "run again"),
    }
)
"""Exit code → what it means, and what to do."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended.

    Args:
        exit_code: of the documented table.
        reason: a word for the receipt.
        receipt: where it is; None when it could not be written.
    """

    exit_code: int
    reason: str
    receipt: Path | None


def run_to_end(target: TargetPeople, file_input: IO[Any] | None) -> Ending:
    """Load all of the input; whatever happens, close everything and write the receipt.

    Args:
        target: made from checked settings.
        file_input: messages; standard input when None.
    """
    try:
        target.listen(file_input)
        target.check_mapped()
        exit_code, reason = 0, "clean"
    except Fatal as error:
        _wind_up(target)
        target.logger.error("%s", error)  # noqa: TRY400 - the text says it all; a traceback could hold values
        exit_code, reason = error.exit_code, type(error).__name__.removesuffix("Error")
    except Interrupted as stop:
        _wind_up(target)
        target.logger.warning("interrupted by %s; run again", signal.Signals(stop.signum).name)
        exit_code, reason = _SIGNALLED + stop.signum, "interrupted"
    except BrokenPipeError:
        _forget_stdout()
        target.logger.error("nobody reads standard output any more, so no STATE can be kept; run again")  # noqa: TRY400
        exit_code, reason = _SIGNALLED + signal.SIGTERM, "interrupted"
    except Exception as error:  # noqa: BLE001 - the last place before the user; told without values
        target.logger.error("%s", defect(error))  # noqa: TRY400 - its message could hold values
        exit_code, reason = _DEFECT, "defect"
    return Ending(exit_code, reason, _receipt(target, exit_code, reason))


def _wind_up(target: TargetPeople) -> None:
    """Let what the vendors have already count; a further signal, or a further failure, ends that too."""
    with contextlib.suppress(TargetPeopleError, BrokenPipeError):
        target.run.wind_up()


def _receipt(target: TargetPeople, exit_code: int, reason: str) -> Path | None:
    try:
        target.run.close()
        path = target.run.finish(exit_code, reason)
    except OSError as error:
        target.logger.error("the receipt cannot be written (%s); see output_dir", type(error).__name__)  # noqa: TRY400
        return None
    target.logger.info("receipt: %s", path)
    return path


def defect(error: Exception) -> str:
    """Where an unexpected error came from, without its message, which could hold values."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.name} ({os.path.basename(frame.filename)}:{frame.lineno})" for frame in frames[::-1])  # noqa: PTH119
    return f"a defect in target-people, please report it: {type(error).__name__} in {places}"


def _forget_stdout() -> None:
    """Keep Python from failing once more when it flushes standard output at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
