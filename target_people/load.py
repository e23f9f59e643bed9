"""One load as an operator sees it: a log that says which run it is of, and live lines where there is a terminal."""

from __future__ import annotations

import logging
import os
import sys
from typing import IO, TYPE_CHECKING

from singer_sdk.logging import ConsoleFormatter

from target_people.ending import Ending, run_to_end
from target_people.log import run_log
from target_people.progress import LogDisplay

if TYPE_CHECKING:
    from target_people.progress import Display
    from target_people.target import TargetPeople

PLAIN_FORMATTERS = (logging.Formatter, ConsoleFormatter)
"""Those that show a record's message and none of the attributes that we add: the standard library's and the SDK's."""

_NO_TERMINALS = frozenset({"", "dumb", "unknown"})


def new_display() -> Display:
    """Live lines, where standard error is a terminal, and not one that only prints; log lines anywhere else."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM", "").lower() in _NO_TERMINALS:
        return LogDisplay()
    from target_people.screen import Screen  # noqa: PLC0415 - rich is slow to import

    return Screen(sys.stderr, shared=sys.stdout is not None and sys.stdout.isatty())


def load(target: TargetPeople, file_input: IO[bytes] | None) -> Ending:
    """Load everything that the input holds.

    Args:
        target: made from checked settings, and with a display.
        file_input: messages; standard input when None.
    """
    with run_log(target.run.receipt.run_id, target.run.progress.display, PLAIN_FORMATTERS):
        return run_to_end(target, file_input)
