"""Waiting for an import job without ever taking silence for success."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_people.delivery.classify import RefusedError
from target_people.delivery.message import Wait, drive
from target_people.errors import NotConfirmedError, OutOfServiceError

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch
    from target_people.delivery.clock import Clock
    from target_people.delivery.contract import Job, Vendor
    from target_people.delivery.message import Send, Work
    from target_people.delivery.verdict import Outcome


def await_outcomes(
    vendor: Vendor[Any, Any], job: Job, batch: Batch, send: Send, clock: Clock
) -> Work[tuple[Outcome, ...]]:
    """Ask for a job on the vendor's schedule until it says what became of the batch.

    Raises:
        NotConfirmedError: when ``confirm_seconds`` are over first, or the vendor cannot be asked, or knows no such job.
    """
    deadline = clock.monotonic() + vendor.settings.confirm_seconds
    wait = vendor.polling.first
    while True:
        yield Wait(min(wait, max(deadline - clock.monotonic(), 0)))
        outcomes = yield from _ask(vendor, job, batch, send)
        if outcomes is not None:
            return outcomes
        if clock.monotonic() >= deadline:
            message = (
                f"{vendor.name} did not finish an import job of {len(batch)} people in "
                f"{vendor.settings.confirm_seconds:g} s; run again, or raise {vendor.name}.confirm_seconds"
            )
            raise NotConfirmedError(message)
        wait = min(wait * vendor.polling.growth, vendor.polling.cap)


def _ask(vendor: Vendor[Any, Any], job: Job, batch: Batch, send: Send) -> Work[tuple[Outcome, ...] | None]:
    try:
        return (yield from drive(vendor.confirm(job, batch), send))
    except RefusedError as refusal:
        message = (
            f"{vendor.name} does not say what became of an import job of {len(batch)} people "
            f"(status {refusal.status} when asked for it); run again"
        )
        raise NotConfirmedError(message) from None
    except NotConfirmedError:
        raise
    except OutOfServiceError as failure:
        message = f"{vendor.name} does not say what became of an import job of {len(batch)} people: {failure}"
        raise NotConfirmedError(message) from None
