"""Time as everything here sees it: passed in, so that no test waits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock(Protocol):
    """What delivery asks of time; all figures are seconds."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC; may be set back by an operator, so only for what people read."""
        ...

    def wait(self, seconds: float | None, until: Callable[[float | None], None], *, busy: bool) -> None:
        """Wait for something to happen.

        Args:
            seconds: at most so long; None for as long as it takes.
            until: really waits, for at most so many seconds, and returns as soon as something has happened.
            busy: whether something under way may happen; when not, only time can pass.
        """
        ...


class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()

    def wait(self, seconds: float | None, until: Callable[[float | None], None], *, busy: bool) -> None:
        """Really wait."""
        del busy
        until(seconds)
