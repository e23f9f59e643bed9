"""Time as everything here sees it: passed in, so that no test waits."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What delivery asks of time; all figures are seconds."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC; may be set back by an operator, so only for what people read."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait that long."""
        ...


class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait that long."""
        time.sleep(seconds)
