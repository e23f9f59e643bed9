"""How many records were settled by when, in a size that does not grow with the run."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

_POINTS = 120
_FIRST = 0.125
"""Seconds; a power of two, so that doubling it stays exact."""


class Timeline:
    """Counts per interval; when there would be more than 120 of them, the interval doubles."""

    __slots__ = ("_counts", "_interval")

    def __init__(self) -> None:
        """Nothing is settled."""
        self._interval = _FIRST
        self._counts: list[int] = []

    def add(self, at: float, records: int = 1) -> None:
        """Records are settled, so many seconds, at least 0, after the start."""
        while (index := int(at / self._interval)) >= _POINTS:
            self._coarsen()
        if index >= len(self._counts):
            self._counts.extend([0] * (index + 1 - len(self._counts)))
        self._counts[index] += records

    def facts(self) -> dict[str, Any]:
        """The interval in seconds, and how many were settled up to the end of each; it ends with the last of them."""
        return {"interval_seconds": self._interval, "settled": list(accumulate(self._counts))}

    def _coarsen(self) -> None:
        self._interval *= 2
        self._counts = [sum(self._counts[at : at + 2]) for at in range(0, len(self._counts), 2)]
