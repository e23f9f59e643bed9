"""What the delivery to one vendor has cost so far, and what it waited for."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from target_people.delivery.message import Wait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_people.delivery.clock import Clock
    from target_people.delivery.message import Work


class Cause(StrEnum):
    """What an account may wait for; several at the same time, so the seconds of all do not add up to the run's."""

    ANSWER = "answer"
    CONFIRMATION = "confirmation"
    THROTTLE = "throttle"
    RETRY = "retry"
    ORDER = "order"
    IN_FLIGHT = "in_flight"
    BACK_PRESSURE = "back_pressure"
    IDLE = "idle"

    @property
    def meaning(self) -> str:
        """When the clock of this cause runs."""
        return _MEANINGS[self]


_MEANINGS = {
    Cause.ANSWER: "a request was with the vendor, its answer not here yet",
    Cause.CONFIRMATION: "the vendor had taken a batch as an import job, and had not said yet what became of it",
    Cause.THROTTLE: "a request was held back for the rate limit, or because the vendor had asked for a pause",
    Cause.RETRY: "a request that had failed, or had met a 429, paused before it was sent again",
    Cause.ORDER: "a batch was ready and had a place, but shared a person with a batch that was not settled",
    Cause.IN_FLIGHT: "a batch was ready, but as many as max_in_flight allows were under way",
    Cause.BACK_PRESSURE: "the input was not read on, because enough batches of this vendor were ready already",
    Cause.IDLE: "no batch was ready or under way: it waited for the input, or at the end for the other vendors",
}


class Stopwatch:
    """How long at least one of many was waiting: a second in which eight wait is one second."""

    __slots__ = ("_running", "_since", "_total")

    def __init__(self) -> None:
        """Stand at zero."""
        self._running = 0
        self._since = 0.0
        self._total = 0.0

    def start(self, now: float) -> None:
        """One more waits, from this monotonic second on."""
        if not self._running:
            self._since = now
        self._running += 1

    def stop(self, now: float) -> None:
        """One of them waits no longer."""
        self._running -= 1
        if not self._running:
            self._total += now - self._since

    def turn(self, now: float, *, on: bool) -> None:
        """Run or stand, for a cause that is there or not; what it does already changes nothing."""
        if on and not self._running:
            self.start(now)
        elif self._running and not on:
            self.stop(now)

    @property
    def running(self) -> int:
        """How many wait at present."""
        return self._running

    def seconds(self, now: float) -> float:
        """So far, what is not over yet included."""
        return self._total + (now - self._since if self._running else 0.0)


@dataclass(slots=True)
class Meter:
    """Counters of one vendor account; they hold no personal data.

    Args:
        requests: sent, retries included.
        retries: requests sent again after a failure that may pass.
        throttled_seconds: waited for the rate limit, summed over requests: eight that wait a second are eight seconds.
        bytes_sent: of request bodies.
        jobs: ids of import jobs, as the vendor names them.
        waits: what the account waited for, by wall clock.
    """

    requests: int = 0
    retries: int = 0
    throttled_seconds: float = 0.0
    bytes_sent: int = 0
    jobs: list[str] = field(default_factory=list)
    waits: dict[Cause, Stopwatch] = field(default_factory=lambda: {cause: Stopwatch() for cause in Cause})

    @contextmanager
    def waiting(self, cause: Cause, clock: Clock) -> Iterator[None]:
        """Count the time inside for a cause."""
        self.waits[cause].start(clock.monotonic())
        try:
            yield
        finally:
            self.waits[cause].stop(clock.monotonic())

    def pause(self, cause: Cause, seconds: float, clock: Clock) -> Work[None]:
        """Wait so many seconds, and count them for a cause."""
        with self.waiting(cause, clock):
            yield Wait(seconds)

    def waited(self, now: float) -> dict[str, float]:
        """Cause → wall-clock seconds in which the account waited for it, up to this monotonic second."""
        return {str(cause): round(watch.seconds(now), 3) for cause, watch in self.waits.items()}
