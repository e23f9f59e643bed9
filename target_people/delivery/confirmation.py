"""Waiting for an import job without ever taking silence for success."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_people.delivery.classify import RefusedError
from target_people.delivery.message import Wait, drive
from target_people.delivery.readback import ReadBack
from target_people.delivery.verdict import DELIVERED
from target_people.errors import JobFailed, JobUnknown, NotConfirmedError, OutOfServiceError

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch
    from target_people.delivery.clock import Clock
    from target_people.delivery.contract import Job, Vendor
    from target_people.delivery.message import Send, Work
    from target_people.delivery.verdict import Outcome

_VANISHED = 3
"""So many times in a row a job that was never seen is unknown before it counts as lost: the first answers may be early.
One that was seen before is lost at once."""


def await_outcomes(
    vendor: Vendor[Any, Any], job: Job, batch: Batch, send: Send, clock: Clock
) -> Work[tuple[Outcome, ...]]:
    """Ask for a job on the vendor's schedule until it says what became of the batch, or the people read back say it.

    Why nothing is ever sent again here: a job that is lost or late may still be done, and would then put an older
    record over a newer one. Only an end that the vendor states makes room for another request.

    Raises:
        JobFailed: when the vendor says so; ``stored`` are those whom it has all the same.
        NotConfirmedError: when ``confirm_seconds`` are over first, or the vendor cannot be asked, or knows no such
            job, and not everybody was read back as sent.
    """
    try:
        return (yield from _Confirmation(vendor, job, batch, send, clock).outcomes())
    except NotConfirmedError:
        raise
    except OutOfServiceError as failure:
        message = f"{vendor.name} does not say what became of an import job of {len(batch)} people: {failure}"
        raise NotConfirmedError(message) from None


class _Confirmation:
    """One job's way to its end."""

    def __init__(self, vendor: Vendor[Any, Any], job: Job, batch: Batch, send: Send, clock: Clock) -> None:
        self._vendor = vendor
        self._job = job
        self._batch = batch
        self._send = send
        self._clock = clock
        self._reading = ReadBack(vendor, batch, send)
        self._seen = False
        self._missing = 0
        self._refused: int | None = None

    def outcomes(self) -> Work[tuple[Outcome, ...]]:
        deadline = self._clock.monotonic() + self._vendor.settings.confirm_seconds
        wait = self._vendor.polling.first
        while True:
            yield Wait(min(wait, max(deadline - self._clock.monotonic(), 0)))
            outcomes = (yield from self._ask()) if self._askable else None
            over = self._clock.monotonic() >= deadline
            if outcomes is None and (over or self._lost):
                outcomes = yield from self._read()
            if outcomes is not None:
                return outcomes
            if over or not (self._askable or self._reading.offered):
                raise NotConfirmedError(self._message())
            wait = min(wait * self._vendor.polling.growth, self._vendor.polling.cap)

    @property
    def _askable(self) -> bool:
        """Whether there is a job that the vendor may still tell about."""
        return self._job.id is not None and self._refused is None

    @property
    def _lost(self) -> bool:
        return not self._askable or self._missing >= (1 if self._seen else _VANISHED)

    def _ask(self) -> Work[tuple[Outcome, ...] | None]:
        try:
            outcomes = yield from drive(self._vendor.confirm(self._job, self._batch), self._send)
        except JobFailed as failure:
            failure.stored = yield from self._reading.anybody()
            raise
        except JobUnknown:
            self._missing += 1
        except RefusedError as refusal:
            self._refused = refusal.status
        else:
            self._seen, self._missing = True, 0
            return outcomes
        return None

    def _read(self) -> Work[tuple[Outcome, ...] | None]:
        everybody = yield from self._reading.everybody()
        return (DELIVERED,) * len(self._batch) if everybody else None

    def _message(self) -> str:
        name, people, seconds = self._vendor.name, len(self._batch), self._vendor.settings.confirm_seconds
        seen = f"; read back, {len(self._reading.stored)} are there as sent" if self._reading.offered else ""
        if self._job.id is None:
            remedy = f"run again, or set {name}.confirm to false to count them as accepted"
            return f"{name} took {people} people without naming an import job to ask for{seen}; {remedy}"
        if self._refused is not None or self._missing:
            why = f"status {self._refused} when asked for it" if self._refused else "it knows no such job"
            return f"{name} does not say what became of an import job of {people} people ({why}){seen}; run again"
        told = f"{name} did not finish an import job of {people} people in {seconds:g} s{seen}"
        return f"{told}; run again, or raise {name}.confirm_seconds"
