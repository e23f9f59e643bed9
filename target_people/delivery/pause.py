"""Nobody sends for a while after the vendor has answered 429."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_people.delivery.window import Window

_FIRST = 1.0
_LONGEST = 60.0


class Pause:
    """As long as the vendor asks, or a little longer each time when it does not say.

    Requests that were under way together are refused together. Such a burst is one piece of news, so it counts once,
    as TCP counts the losses of one round trip: every request belongs to the burst that was current when it was sent.

    Args:
        window: batches at once; halved by a burst that is refused, widened by requests that pass.
    """

    def __init__(self, window: Window) -> None:
        """Start without a pause."""
        self._window = window
        self._burst = 0
        self._next = _FIRST
        self._asked_until = 0.0
        self._own_until = 0.0

    @property
    def burst(self) -> int:
        """To which a request that is sent now belongs; a pause begins another."""
        return self._burst

    def asked(self, now: float) -> float:
        """Seconds that are left of the pause that the vendor asks for, at least 0."""
        return max(self._asked_until - now, 0.0)

    def own(self, now: float) -> float:
        """Seconds that are left of a pause that the vendor did not size, at least 0."""
        return max(self._own_until - now, 0.0)

    def refused(self, burst: int, asked: float | None, now: float) -> None:
        """A request was answered 429.

        Args:
            burst: to which it belongs.
            asked: seconds that the vendor asks to wait; None or 0 when it does not say.
            now: monotonic seconds.
        """
        if asked:
            self._asked_until = max(self._asked_until, now + asked)
        if burst != self._burst:
            return
        self._burst += 1
        self._window.shrink()
        if not asked:
            self._own_until = now + self._next
            self._next = min(self._next * 2, _LONGEST)

    def passed(self, burst: int) -> None:
        """A request went well; one that was sent before the pause says nothing of the time after it."""
        if burst == self._burst:
            self._next = _FIRST
            self._window.grow()
