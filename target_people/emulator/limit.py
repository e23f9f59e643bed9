"""A published rate limit: so many calls a minute for each key."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_people.emulator.clock import Clock

MINUTE = 60.0


@dataclass(slots=True)
class Window:
    """The minute a key is in."""

    began: float
    used: int = 0


class RateLimit:
    """Counts calls by key in windows of one minute, which begin with a key's first call.

    Args:
        clock: Tells when a window is over.
        per_minute: Calls for each key and minute, 1 or more; may be changed at any time.
    """

    def __init__(self, clock: Clock, per_minute: int) -> None:
        """Start with no calls counted."""
        self._clock = clock
        self._windows: dict[str, Window] = {}
        self.per_minute = per_minute

    def take(self, key: str) -> bool:
        """Count one call of ``key``; return whether it is within the limit."""
        window = self._window(key)
        if window.used >= self.per_minute:
            return False
        window.used += 1
        return True

    def headers(self, key: str) -> dict[str, str]:
        """Return the three headers that tell a client where it stands; the reset is in Unix seconds."""
        window = self._window(key)
        return {
            "x-ratelimit-limit": str(self.per_minute),
            "x-ratelimit-remaining": str(max(0, self.per_minute - window.used)),
            "x-ratelimit-reset": str(math.ceil(window.began + MINUTE)),
        }

    def clear(self) -> None:
        """Forget all calls counted."""
        self._windows.clear()

    def _window(self, key: str) -> Window:
        window = self._windows.get(key)
        if window is None or self._clock.now() - window.began >= MINUTE:
            window = self._windows[key] = Window(self._clock.now())
        return window
