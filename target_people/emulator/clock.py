"""The clock that everything in the emulator reads, so that a test can move time instead of waiting."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Seconds since 1970 from ``source``, plus what the control interface has advanced it by.

    Args:
        source: Returns Unix seconds; the system's time unless a test passes its own.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        """Start level with ``source``."""
        self._source = source
        self._ahead = 0.0

    def now(self) -> float:
        """Return the current Unix time in seconds."""
        return self._source() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock forward.

        Args:
            seconds: 0 or more; time never runs backwards.

        Raises:
            ValueError: ``seconds`` is negative.
        """
        if seconds < 0:
            message = "the clock can only be advanced: seconds must be 0 or more"
            raise ValueError(message)
        self._ahead += seconds

    def iso(self) -> str:
        """Return the current time as ``2025-01-02T03:04:05Z``."""
        return iso(self.now())


def iso(instant: float) -> str:
    """Return Unix seconds as ``2025-01-02T03:04:05Z``."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
