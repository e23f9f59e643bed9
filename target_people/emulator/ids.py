"""Identifiers in the vendors' styles: never repeated, and the same again for the same seed and the same requests."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_people.emulator.store import Store

BLOCK = 100
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Ids:
    """Identifiers drawn from a counter in the store, so a restart with the same file repeats none.

    Args:
        store: Holds the counter.
        seed: Two emulators with the same seed that get the same requests hand out the same identifiers.
    """

    def __init__(self, store: Store, seed: int = 0) -> None:
        """Bind the two."""
        self._store = store
        self._seed = seed
        self._blocks: dict[str, Iterator[int]] = {}
        self._rollbacks = store.rollbacks

    def cuid(self) -> str:
        """Return a cuid-like id as Rally uses: 25 characters, the first a ``c``."""
        number = int.from_bytes(self._digest()[:16])
        text = ""
        for _ in range(24):
            number, digit = divmod(number, len(DIGITS))
            text += DIGITS[digit]
        return "c" + text

    def uuid(self) -> str:
        """Return a version 4 UUID as text."""
        return str(uuid.UUID(bytes=self._digest()[:16], version=4))

    def token(self) -> str:
        """Return 28 characters for an access token."""
        return self._digest().hex()[:28]

    def number(self, name: str) -> int:
        """Return the next number of the series ``name``, from 1."""
        return self._next(name)

    def _next(self, name: str) -> int:
        """Take numbers from the store a block at a time; a block reserved in vain may be reserved again."""
        if self._rollbacks != self._store.rollbacks:
            self._rollbacks = self._store.rollbacks
            self._blocks.clear()
        number = next(self._blocks.get(name, iter(())), None)
        if number is None:
            first = self._store.count_up(name, BLOCK)
            self._blocks[name] = iter(range(first + 1, first + BLOCK))
            return first
        return number

    def _digest(self) -> bytes:
        number = self._next("ids")
        return hashlib.blake2b(f"{self._seed}:{number}".encode(), digest_size=32).digest()
