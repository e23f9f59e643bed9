"""Counting how many different people there are, in bounded memory."""

from __future__ import annotations

import hashlib
import heapq
import secrets

_BYTES = 8
_ALL = 2 ** (8 * _BYTES)
_KEPT = 65_536


class Distinct:
    """Counts different names by keyed digests, of which it keeps the smallest: exactly up to ``kept``, then roughly.

    Why the smallest: digests are spread evenly, so how far the smallest so many reach tells how many there are; with
    65,536 of them the error is some 0.4 percent (k minimum values).

    Args:
        kept: digests at most, at least 2; some 100 bytes each.
        key: of the digests; drawn unless given.
    """

    def __init__(self, kept: int = _KEPT, key: bytes | None = None) -> None:
        """Nobody yet."""
        self._kept = kept
        self._key = key or secrets.token_bytes(16)
        self._known: set[int] = set()
        self._negated: list[int] = []  # a heap, the largest digest first
        self.exact = True
        """Whether the count is; it is no more once there are more names than digests are kept."""

    def add(self, name: str) -> None:
        """Count a name, unless it was counted before."""
        digest = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=_BYTES, key=self._key).digest(), "big")
        if digest in self._known:
            return
        if len(self._known) < self._kept:
            self._known.add(digest)
            heapq.heappush(self._negated, -digest)
            return
        self.exact = False
        if digest < -self._negated[0]:
            self._known.add(digest)
            self._known.remove(-heapq.heapreplace(self._negated, -digest))

    @property
    def count(self) -> int:
        """How many different names."""
        if self.exact:
            return len(self._known)
        largest: int = -self._negated[0]
        return (self._kept - 1) * int(_ALL) // largest
