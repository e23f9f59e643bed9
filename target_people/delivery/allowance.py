"""How many requests the vendor's headers leave until its window ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_people.delivery.quota import Quota

_MINUTE = 60.0
_LOOK_AGAIN = 1.0
"""Seconds after which to see whether an answer has come that says more."""


class Allowance:
    """One for all requests of a vendor account.

    Nobody knows whether an answer's figure includes the requests that are still under way, so each of them counts as
    if it did not; the least figure of a window holds until its end, because answers overtake each other. A request
    whose answer is lost or has no figure counts for itself, unless the figure is of a request that was sent after it.
    What is left of a window longer than a minute is spread over it, because a run that uses it up early ends there.
    """

    def __init__(self) -> None:
        """Nothing is said yet."""
        self._limit: int | None = None
        self._left: int | None = None
        self._began = 0.0
        self._until = 0.0
        self._under_way = 0
        self._untold = 0
        self._last = 0.0

    def begin(self, now: float) -> int:
        """A request is sent; returns what ``end`` wants to know of it."""
        self._under_way += 1
        self._last = now
        return self._untold

    def end(self, begun: int, said: Quota, now: float) -> None:
        """A request has come to its end.

        Args:
            begun: what ``begin`` returned for it.
            said: what its answer says, if there is one.
            now: monotonic seconds.
        """
        self._under_way -= 1
        left = None if said.remaining is None or not said.reset else said.remaining - (self._untold - begun)
        if self._over(now):
            self._open(left, said, now)
        elif self._left is not None and not self._outdated(said, now):
            self._left = self._left - 1 if left is None else min(self._left, left)
            self._untold += left is None

    def exhausted(self, now: float) -> float:
        """Seconds until the window ends when nothing is left of it, else 0."""
        used_up = not self._over(now) and self._left is not None and self._left <= 0
        return self._until - now if used_up else 0.0

    def spacing(self, now: float) -> float:
        """Seconds until another request fits beside those under way and behind the last, at least 0."""
        over = self._over(now)
        left = self._limit if over else self._left
        if left is None:
            return 0.0
        free = left - self._under_way
        if free <= 0:
            return _LOOK_AGAIN
        rest = 0.0 if over else self._until - now
        gap = min(rest / free, _MINUTE) if rest > _MINUTE else 0.0
        return max(self._last + gap - now, 0.0)

    def _over(self, now: float) -> bool:
        return self._left is None or now >= self._until

    def _open(self, left: int | None, said: Quota, now: float) -> None:
        if left is None and said.limit is not None:
            left = said.limit - 1
        if left is not None and said.reset:
            self._limit, self._left, self._began, self._until = said.limit, left, now, now + said.reset

    def _outdated(self, said: Quota, now: float) -> bool:
        """Whether the answer is a late one of the window before."""
        return said.reset is not None and now + said.reset < (self._began + self._until) / 2
