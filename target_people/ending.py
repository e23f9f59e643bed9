"""How a run ends: one place that turns every way out into an exit code, a log line and a receipt."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any

from target_people.errors import Fatal, Interrupted, TargetPeopleError
from target_people.receipt import Receipt, new_run_id, write
from target_people.signals import SIGNALLED
from target_people.state import StateGate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from target_people.delivery.clock import Clock
    from target_people.run import Run
    from target_people.target import TargetPeople

_DEFECT = 1
_STDERR = 2

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


class Word(StrEnum):
    """The reasons of endings that no error of ours has given its name to."""

    CLEAN = "clean"
    DEFECT = "defect"
    INTERRUPTED = "interrupted"


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
    """Load all of the input; whatever happens, close everything, write the receipt and name it in the last line.

    Args:
        target: made from checked settings.
        file_input: messages; standard input when None.
    """
    target.signals.last_words = partial(_last_words, target.run)
    exit_code, reason = _load(target, file_input)
    try:
        target.run.close()
    except Exception as error:  # noqa: BLE001 - nothing may keep the receipt from being written
        target.logger.error("not everything could be closed (%s)", type(error).__name__)  # noqa: TRY400 - as below
    return Ending(exit_code, reason, _receipt(partial(target.run.finish, exit_code, reason)))


def end_before_run(error: BaseException, output_dir: Path, clock: Clock) -> Ending:
    """Write the receipt of a run that could not begin.

    Args:
        error: what is in its way.
        output_dir: where its receipt goes.
        clock: tells when.
    """
    exit_code, reason, words = _fate(error)
    _say(words)
    receipt = Receipt(new_run_id(clock), clock)
    facts = receipt.facts(exit_code, reason, StateGate(lambda _value: None))
    return Ending(exit_code, reason, _receipt(partial(write, output_dir / "receipts", facts)))


def _load(target: TargetPeople, file_input: IO[Any] | None) -> tuple[int, str]:
    """Exit code and reason; what is told is told."""
    try:
        target.run.check_output()
        target.listen(file_input)
        target.check_mapped()
        target.run.check_settled()
        target.run.secure()
    except BaseException as error:  # noqa: BLE001 - the last place before the user; ``SystemExit`` is a defect, too
        exit_code, reason, words = _fate(error)
        target.logger.error("%s", words)  # noqa: TRY400 - a traceback could hold values
        if isinstance(error, TargetPeopleError):
            _wind_up(target)
        return exit_code, reason
    return 0, Word.CLEAN


def _fate(error: BaseException) -> tuple[int, str, str]:
    """Exit code, reason, and words for the log, in which there are no values."""
    if isinstance(error, Fatal):
        return error.exit_code, type(error).__name__.removesuffix("Error"), str(error)
    if isinstance(error, Interrupted):
        name = signal.Signals(error.signum).name
        words = f"interrupted by {name}; the vendors have some seconds to end what they began, a second signal ends now"
        return SIGNALLED + error.signum, Word.INTERRUPTED, words
    if isinstance(error, BrokenPipeError):
        words = "nobody reads standard output any more, so no STATE can be kept; run again"
        return SIGNALLED + signal.SIGTERM, Word.INTERRUPTED, words
    return _DEFECT, Word.DEFECT, defect(error)


def _wind_up(target: TargetPeople) -> None:
    """Let what the vendors have already count; a signal, or a further failure, ends that too."""
    try:
        target.run.wind_up()
    except (TargetPeopleError, BrokenPipeError):
        return
    except Exception as error:  # noqa: BLE001 - the run has its ending; told without values
        target.logger.error("%s", defect(error))  # noqa: TRY400 - a traceback could hold values


def defect(error: BaseException) -> str:
    """Where an unexpected error came from, without its message, which could hold values."""
    by = f", caused by {_place(error.__cause__)}" if error.__cause__ else ""
    return f"a defect in target-people, please report it: {_place(error)}{by}"


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.name} ({os.path.basename(frame.filename)}:{frame.lineno})" for frame in frames[::-1])  # noqa: PTH119
    return f"{type(error).__name__} in {places}"


def _receipt(finish: Callable[[], Path]) -> Path | None:
    """Write the receipt and name it, or say that there is none; nothing is said after that."""
    path, words = _written(finish)
    _say(words)
    return path


def _written(finish: Callable[[], Path]) -> tuple[Path | None, str]:
    try:
        path = finish()
    except Exception as error:  # noqa: BLE001 - the exit code stays what it is
        why = error.strerror if isinstance(error, OSError) else type(error).__name__
        return None, f"the receipt cannot be written ({why}); make room in output_dir, or set another"
    return path, f"receipt: {path}"


def _last_words(run: Run, exit_code: int) -> None:
    """The receipt of a run that ends at once, told past Python's own files: they may be in the middle of a line."""
    _, words = _written(partial(run.finish, exit_code, Word.INTERRUPTED))
    os.write(_STDERR, run.progress.farewell + f"{words}\n".encode())


def _say(words: str) -> None:
    """One line on standard error, whatever the level of the log; nobody may read it."""
    with contextlib.suppress(OSError, ValueError):
        print(words, file=sys.stderr, flush=True)  # noqa: T201 - this is what the user asked for
