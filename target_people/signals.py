"""SIGINT and SIGTERM, from our first line of code on: the first asks the run to end, a second one ends it at once.

Why not an exception from the handler: it may strike anywhere, between a verdict and the line that counts it, or while
the receipt is being written. Here the first signal is only noted, and a second one ends the process from inside the
handler, while everything else stands still; nothing of the rest ever runs.

This module imports next to nothing, so that signals are taken before the rest of the program is loaded.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

SIGNALLED = 128
"""An exit code above this names a signal."""
_ENDING = (signal.SIGINT, signal.SIGTERM)
_PATIENCE = 15.0
"""Seconds after the first signal, when it counts as the second: more than a run gives itself to wind up."""
_LAST_WORDS = 0.8
"""Seconds that what is done at the very end may take."""


class Signals:
    """Takes SIGINT and SIGTERM, and SIGALRM for its own patience.

    Whatever keeps the program from noticing the first signal, such as a reader of standard output that has stopped
    reading, it ends within 15 seconds; after a second signal within one.

    Args:
        leave: ends the process with an exit code, at once.
    """

    def __init__(self, leave: Callable[[int], Any] = os._exit) -> None:
        """Take nothing yet."""
        self.last_words: Callable[[int], None] = lambda _exit_code: None
        """Is called with the exit code before a second signal ends the process; has less than a second."""
        self._leave = leave
        self._ask: Callable[[int], None] | None = None
        self._signum: int | None = None
        self._before: dict[int, Any] = {}

    def install(self) -> None:
        """Take the signals from now on; outside the main thread, where Python takes none, do nothing."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (*_ENDING, signal.SIGALRM):
            self._before.setdefault(number, signal.getsignal(number))
        for number in _ENDING:
            signal.signal(number, self.handle)

    def restore(self) -> None:
        """Give the signals back to whoever took them before."""
        if self._before:
            signal.setitimer(signal.ITIMER_REAL, 0)
        while self._before:
            signal.signal(*self._before.popitem())

    def pass_on(self) -> None:
        """Give the signals back, and with them the one that has come."""
        self.restore()
        if self._signum is not None:
            signal.raise_signal(self._signum)

    def hand_to(self, ask: Callable[[int], None]) -> None:
        """Hand the first signal to a run, also when it has come already.

        Args:
            ask: is called with the signal's number, perhaps twice; only notes it.
        """
        self._ask = ask
        if self._signum is not None:
            ask(self._signum)

    def handle(self, signum: int, frame: FrameType | None = None) -> None:
        """What happens when a signal comes; runs between two steps of the main thread."""
        del frame
        if self._signum is not None:
            self._end(SIGNALLED + signum)
            return
        self._signum = signum
        signal.signal(signal.SIGALRM, lambda _number, _frame: self._end(SIGNALLED + signum))
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
        if self._ask is not None:
            self._ask(signum)

    def _end(self, exit_code: int) -> None:
        """Say the last words and leave, whatever becomes of them; further signals change nothing."""
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, lambda _number, _frame: self._leave(exit_code))
        signal.setitimer(signal.ITIMER_REAL, _LAST_WORDS)
        try:
            self.last_words(exit_code)
        finally:
            self._leave(exit_code)
