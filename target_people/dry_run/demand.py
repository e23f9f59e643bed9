"""What the delivery to one vendor would cost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING, Any

from target_people.delivery.batch import Batch, Outgoing
from target_people.delivery.message import Request, wire
from target_people.dry_run.mask import masked

if TYPE_CHECKING:
    from target_people.delivery.contract import Vendor

_SHOWN = 2
"""People of the first request that are shown."""


class Cut(StrEnum):
    """Why a request holds no more people than it does."""

    BATCH_SIZE = "batch size"
    COLUMNS = "different columns"
    BYTES = "bytes"
    ORDER = "a newer record of the same person"
    AGE = "flush_seconds"
    END = "end of the input"


@dataclass(frozen=True, slots=True)
class Sample:
    """The first request to a vendor.

    Args:
        method: of the request.
        path: below the vendor's ``api_url``.
        people: in it.
        shown: of these, the ones that are in ``body``.
        body: with no credentials in it; with no value of a record either, unless values were asked for.
    """

    method: str
    path: str
    people: int
    shown: int
    body: bytes = field(repr=False)


class Demand:
    """Counts the requests that deliver people, as the vendor's own ``submit`` describes them, and sends none.

    Not counted, because they depend on the vendor: the catalogue, access tokens, questions for the end of import jobs,
    retries, and what it takes to find a refused record.

    Args:
        vendor: describes the requests.
        people: in a request at most.
        show_values: whether the sample holds the values of the records.
    """

    def __init__(self, vendor: Vendor[Any, Any], people: int, *, show_values: bool = False) -> None:
        """Nothing yet."""
        self._vendor = vendor
        self._auth = vendor.auth
        self.show_values = show_values
        self.batch_size = people
        self.requests = 0
        self.people = 0
        self.bytes = 0
        self.largest = 0
        """Bytes of the largest request."""
        self.cuts: Counter[Cut] = Counter()
        self.sample: Sample | None = None

    def take(self, batch: Batch) -> None:
        """Count the request that would take a batch."""
        size = len(self._authorised(_request(self._vendor, batch)).body)
        self.requests += 1
        self.people += len(batch)
        self.bytes += size
        self.largest = max(self.largest, size)
        if self.sample is None:
            self.sample = self._sampled(batch)

    @property
    def in_flight(self) -> int:
        """Requests, or unfinished import jobs, at once."""
        return self._vendor.settings.max_in_flight or self._vendor.limits.in_flight

    @property
    def per_minute(self) -> int | None:
        """Requests a minute at most; None when nobody says."""
        return self._vendor.requests_per_minute

    @property
    def minutes(self) -> int | None:
        """Before the last request may leave; None without a limit on requests a minute. The first ones go at once."""
        return max(self.requests - 1, 0) // self.per_minute if self.per_minute else None

    @property
    def rounds(self) -> int:
        """How many answers, or finished jobs, have to be waited for one after the other."""
        return ceil(self.requests / self.in_flight)

    def _authorised(self, request: Request) -> Request:
        """With the credentials, which may stand in the body; as it is where a token would have to be fetched first."""
        work = self._auth(request, wire, 0.0)
        first = next(work)
        work.close()
        return first if isinstance(first, Request) and first.path == request.path else request

    def _sampled(self, batch: Batch) -> Sample:
        few = batch[:_SHOWN] if self.show_values else [self._masked(person) for person in batch[:_SHOWN]]
        request = _request(self._vendor, Batch(few))
        return Sample(request.method, request.path, len(batch), len(few), request.body)

    def _masked(self, person: Outgoing) -> Outgoing:
        """Masked before the request is made, so that what is not masked cannot come from a record."""
        return Outgoing(("",), person.keys, person.shape, masked(person.body, self._vendor.constants))


def _request(vendor: Vendor[Any, Any], batch: Batch) -> Request:
    """The request that takes a batch, before credentials."""
    flow = vendor.submit(batch)
    request = next(flow)
    flow.close()
    return request
