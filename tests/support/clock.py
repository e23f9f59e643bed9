"""A clock that never waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_NOON = 1_767_960_000.0
_PATIENCE = 30.0
"""Really waited, at most, for an answer that is under way."""


class FakeClock:
    """Waiting moves it forward at once; every wait is kept in ``slept``.

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

    def wait(self, seconds: float | None, until: Callable[[float | None], None], *, busy: bool) -> None:
        """Time passes only while nothing is under way; what is under way is waited for, with a limit."""
        if busy:
            until(_PATIENCE)
            return
        assert seconds is not None, "nothing is under way and nothing is due: this would wait for ever"
        self.spend(seconds)

    def spend(self, seconds: float) -> None:
        """Let time pass in which somebody waited."""
        self.slept.append(seconds)
        self._passed += seconds

    def advance(self, seconds: float) -> None:
        """Let time pass in which nobody waited."""
        self._passed += seconds
