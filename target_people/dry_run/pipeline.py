"""One vendor account whose requests are made and counted, and not sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from target_people.delivery.contract import Vendor
from target_people.delivery.pipeline import Pipeline, people_per_request
from target_people.delivery.verdict import ACCEPTED, Outcome
from target_people.dry_run.demand import Cut, Demand
from target_people.errors import CredentialsError, OutOfServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from target_people.delivery.batch import Batch, Outgoing
    from target_people.delivery.message import Work
    from target_people.delivery.sender import Surroundings
    from target_people.delivery.transport import Transport

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class _Incoming:
    """The record that is being added."""

    identity: str
    shape: Hashable
    origin: object


class DryPipeline(Pipeline[P]):
    """Everything that a pipeline does up to the moment at which a request would leave.

    Only the vendor's catalogue is really asked for, and not even that when ``unread`` says so.
    """

    def __init__(
        self,
        vendor: Vendor[Any, P],
        transport: Transport,
        around: Surroundings,
        settled: Callable[[Sequence[Outgoing], Outcome], None],
        *,
        batch_size: int | None = None,
        **rest: Any,  # noqa: ANN401 - a pipeline's own, handed on
    ) -> None:
        """The arguments of a pipeline."""
        super().__init__(vendor, transport, around, settled, batch_size=batch_size, **rest)
        self.demand = Demand(vendor, people_per_request(vendor, batch_size))
        self.unread = ""
        """Why the vendor's catalogue is not known; empty when it is, or will be asked for."""
        self._incoming: _Incoming | None = None
        self._ending = False

    @property
    def has_catalogue(self) -> bool:
        """Whether the vendor has anything to read before the first person is mapped."""
        return type(self.vendor).prepare is not Vendor.prepare

    @property
    def unknown(self) -> bool:
        """Whether the vendor has a catalogue that was not read."""
        return self.has_catalogue and bool(self.unread)

    def prepare(self) -> None:
        """Read the catalogue, if it is to be had; ``unread`` says why it is not.

        Raises:
            ConfigurationError: when the settings do not fit what the vendor answers.
        """
        if self.unread or not self.has_catalogue:
            return
        try:
            super().prepare()
        except (CredentialsError, OutOfServiceError) as error:
            self.unread = str(error)

    def add(self, person: P, keys: frozenset[str], origin: object) -> None:
        """As a pipeline does."""
        self._incoming = _Incoming(self.vendor.names(person)[0], self.vendor.shape(keys), origin)
        try:
            super().add(person, keys, origin)
        finally:
            self._incoming = None

    def flush(self) -> None:
        """As a pipeline does."""
        self._ending = True
        super().flush()
        self._ending = False

    def _leave(self, batch: Batch) -> None:
        self.demand.cuts[self._why(batch)] += 1
        super()._leave(batch)

    def _why(self, batch: Batch) -> Cut:
        if len(batch) >= self.demand.batch_size:
            return Cut.BATCH_SIZE
        if self._incoming is None:
            return self._why_unasked()
        incoming = self._incoming
        if batch[-1].origin is incoming.origin:  # it is in already, and too many batches are open
            return Cut.COLUMNS
        if any(person.identity == incoming.identity for person in batch):
            return Cut.ORDER
        return Cut.BYTES if batch[0].shape == incoming.shape else Cut.COLUMNS

    def _why_unasked(self) -> Cut:
        """At the end of the input one batch would be open, had all people the same columns."""
        if not self._ending:
            return Cut.AGE
        return Cut.COLUMNS if self.demand.cuts[Cut.END] else Cut.END

    def _attempt(self, number: int, batch: Batch) -> Work[tuple[Outcome, ...]]:
        """Count the request; what the vendor would say is not known, so ``ACCEPTED`` only means that it would leave."""
        del number
        self.demand.take(batch)
        return (ACCEPTED,) * len(batch)
        yield  # a generator, as every attempt is
