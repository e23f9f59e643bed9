"""The order gate: no person is in two unfinished batches, and nobody's newer batch overtakes an older one."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch


class OrderGate:
    """Batches wait here until nobody in them is under way, nor in a batch that waits before them."""

    def __init__(self) -> None:
        """Nothing waits and nobody is under way."""
        self._waiting: deque[tuple[Batch, frozenset[str]]] = deque()
        self._under_way: set[str] = set()

    def __len__(self) -> int:
        """How many batches wait."""
        return len(self._waiting)

    def enter(self, batch: Batch) -> None:
        """Let a batch wait, behind all that wait already."""
        self._waiting.append((batch, frozenset(person.identity for person in batch)))

    def leave(self) -> Batch | None:
        """The first batch that may go now, whose people are under way from here on; None when none may."""
        before: set[str] = set()
        for at, (batch, people) in enumerate(self._waiting):
            if self._under_way.isdisjoint(people) and before.isdisjoint(people):
                del self._waiting[at]
                self._under_way |= people
                return batch
            before |= people
        return None

    def finish(self, batch: Batch) -> None:
        """Everybody in a batch has a verdict."""
        self._under_way.difference_update(person.identity for person in batch)
