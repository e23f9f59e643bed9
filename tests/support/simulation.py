"""A reactor without threads: what would happen at the same time happens in an order drawn by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from target_people.delivery.reactor import Ended, Reactor

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from target_people.delivery.clock import Clock

T = TypeVar("T")


class SimulatedReactor(Reactor):
    """Every request takes a random time to arrive, and its answer a random time to come back.

    Args:
        clock: a clock that never waits.
        chance: draws the times.
        seconds: the longest of them.
    """

    def __init__(self, clock: Clock, chance: random.Random, seconds: float = 2.0) -> None:
        super().__init__(clock, workers=0)
        self._chance = chance
        self._seconds = seconds

    def run(self, work: Callable[[], T], done: Callable[[Ended[T]], None]) -> None:
        self.later(self._chance.uniform(0, self._seconds), lambda: self._arrive(work, done))

    def _arrive(self, work: Callable[[], T], done: Callable[[Ended[T]], None]) -> None:
        ended: Ended[T]
        try:
            ended = Ended(work())
        except Exception as error:  # noqa: BLE001 - as the real one does
            ended = Ended(error=error)
        self.later(self._chance.uniform(0, self._seconds), lambda: done(ended))
