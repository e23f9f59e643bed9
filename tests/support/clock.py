"""A clock that never waits."""

from __future__ import annotations

_NOON = 1_767_960_000.0


class FakeClock:
    """Sleeping moves it forward at once; every wait is kept in ``slept``.

    Args:
        now: seconds since 1970 at the start.
    """

    def __init__(self, now: float = _NOON) -> None:
        self.slept: list[float] = []
        self._passed = 0.0
        self._start = now

    def monotonic(self) -> float:
        return self._passed

    def time(self) -> float:
        return self._start + self._passed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._passed += seconds

    def advance(self, seconds: float) -> None:
        """Let time pass in which nobody waited."""
        self._passed += seconds
