"""One vendor account: records in, exactly one outcome per record out, several batches under way."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from target_people.delivery.batch import Batch, Batcher, Outgoing
from target_people.delivery.classify import RefusedError
from target_people.delivery.confirmation import await_outcomes
from target_people.delivery.engine import Engine
from target_people.delivery.gate import OrderGate
from target_people.delivery.isolation import Isolation
from target_people.delivery.ledger import Ledger, NoLedger
from target_people.delivery.message import Send, Work, drive
from target_people.delivery.meter import Cause, Meter
from target_people.delivery.observer import Blind, Observed, Observer, numbered
from target_people.delivery.sender import Surroundings, build
from target_people.delivery.verdict import ACCEPTED, SUPERSEDED, Outcome, rejected
from target_people.delivery.window import Window
from target_people.errors import BatchRefused, ConfigurationError, VendorContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from target_people.delivery.contract import Job, Vendor
    from target_people.delivery.reactor import Ended
    from target_people.delivery.transport import Transport

P = TypeVar("P")
_TOO_LARGE = 413
_WAITING = 2
"""Batches that may wait for a place before the input has to: enough that none is ever missing, few enough that STATE
follows closely."""
_ROUNDING = 0.001
"""Seconds: a sum of floats may fall short of the moment for which a timer was set."""


class Pipeline(Generic[P]):
    """Takes people in the order of the source, cuts batches, delivers several at once and hands back outcomes.

    Memory is bounded: when two batches wait beside those under way, ``add`` waits for the vendor.

    Args:
        vendor: describes requests and reads answers.
        transport: sends them, on several threads; closed by ``close``.
        around: reactor, clock and randomness.
        settled: is called with records that ended alike and their outcome; once per record.
        batch_size: people per request at most, beside the vendor's own setting and limits; None for no other bound.
        flush_seconds: a partly filled batch leaves at this age, whether or not anything more comes.
        ledger: the memory of what was delivered.
        observer: is told of requests and batches.

    Raises:
        ConfigurationError: when the configured batch size is above the vendor's cap.
    """

    def __init__(  # noqa: PLR0913 - the composition of one account, all passed in
        self,
        vendor: Vendor[Any, P],
        transport: Transport,
        around: Surroundings,
        settled: Callable[[Sequence[Outgoing], Outcome], None],
        *,
        batch_size: int | None = None,
        flush_seconds: float = 60,
        ledger: Ledger | None = None,
        observer: Observer | None = None,
    ) -> None:
        """Send nothing yet."""
        self.vendor = vendor
        self.meter = Meter()
        self._transport = Observed(transport, observer or Blind(), around.clock)
        self._reactor = around.reactor
        self._clock = around.clock
        self._settled = settled
        self._window = Window(vendor.settings.max_in_flight or vendor.limits.in_flight)
        self._send: Send = build(vendor, self.meter, around, self._window)
        self._engine = Engine(around.reactor, self._transport)
        self._ledger = ledger or NoLedger()
        self._flush_seconds = flush_seconds
        self._timed = False
        self._gate = OrderGate()
        self._under_way = 0
        self._failure: Exception | None = None
        self._stopped = False
        self._prepared = False
        self._proven = False
        people = people_per_request(vendor, batch_size)
        self.limit = people * (vendor.requests_per_minute or 0) or None  # people a minute at most; None when unknown
        self._batcher = Batcher(people, vendor.limits.size, self._leave)
        self._note()

    def prepare(self) -> None:
        """Read the vendor's catalogue, once, when the first stream needs it.

        Raises:
            Fatal: when the vendor refuses the credentials, is out of service, or the settings do not fit its catalogue.
        """
        if self._prepared:
            return
        self.run(self.vendor.prepare)
        self._prepared = True

    def run(self, flow: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the flow returns
        """Run one of the vendor's flows that concerns no batch.

        Raises:
            ConfigurationError: when the vendor refuses the request.
            Fatal: as the sender does.
        """
        try:
            return self._engine.finish(drive(flow(), self._send))
        except RefusedError as refusal:
            message = (
                f"{self.vendor.name} refused a preparing request with status {refusal.status}; "
                f"check {self.vendor.name}.api_url and the other {self.vendor.name} settings"
            )
            raise ConfigurationError(message) from None

    def add(self, person: P, keys: frozenset[str], origin: object) -> None:
        """Take one record; when the pipeline is full, wait until it is not.

        Raises:
            RecordError: when the vendor needs something that the record does not have; it is not taken then.
            Fatal: when the run cannot go on.
            Interrupted: when a signal came while it waited.
        """
        vendor = self.vendor
        outgoing = Outgoing(vendor.names(person), keys, vendor.shape(keys), vendor.encode(person, keys), origin)
        at_once = self._ledger.known(outgoing)
        if at_once is None and len(outgoing.body) > vendor.limits.size:
            at_once = rejected("too_large")
        if at_once is None:
            self._batcher.add(outgoing, self._clock.monotonic())
            self._time()
        else:
            self._settle((outgoing,), at_once)
        if len(self._gate) >= _WAITING:
            self._make_room()
        self.check()

    def flush(self) -> None:
        """Let everything that waits for more leave; it does not wait for outcomes."""
        self._batcher.flush()

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return not (self._under_way or len(self._gate) or len(self._batcher))

    def check(self) -> None:
        """Raise what ended the delivery, if anything did.

        Raises:
            Fatal: that.
        """
        if self._failure is not None:
            raise self._failure

    @property
    def under_way(self) -> int:
        """Batches that the vendor has, or is about to get, without all verdicts yet."""
        return self._under_way

    def stop(self) -> None:
        """Begin no further batch; those under way go on."""
        self._stopped = True

    def close(self) -> None:
        """Let go of connections; nothing is sent."""
        self._transport.close()

    def _make_room(self) -> None:
        with self.meter.waiting(Cause.BACK_PRESSURE, self._clock):
            while len(self._gate) >= _WAITING:
                self._reactor.turn(block=True)
                self.check()

    def _time(self) -> None:
        """Have the open batches leave when the oldest is old enough."""
        if self._timed:
            return
        oldest = self._batcher.oldest
        if oldest is not None:
            self._timed = True
            self._reactor.later(oldest + self._flush_seconds - self._clock.monotonic(), self._flush_old)

    def _flush_old(self) -> None:
        self._timed = False
        self._batcher.flush(self._clock.monotonic() - self._flush_seconds + _ROUNDING)
        self._time()

    def _leave(self, batch: Batch) -> None:
        self._gate.enter(batch)
        self._fill()

    def _fill(self) -> None:
        """Begin as many batches as the window and the order allow."""
        while not self._stopped and self._under_way < self._window.allowed:
            batch = self._gate.leave()
            if batch is None:
                break
            self._under_way += 1
            number = self._transport.begin(batch)
            isolation = Isolation(partial(self._attempt, number), self.vendor.name, lambda: self._proven)
            self._engine.start(isolation.deliver(batch), partial(self._delivered, number, batch))
        self._note()

    def _note(self) -> None:
        """Put down what batches wait for here, if any do."""
        now, waits = self._clock.monotonic(), self.meter.waits
        ready, full = len(self._gate) > 0, self._under_way >= self._window.allowed
        waits[Cause.IN_FLIGHT].turn(now, on=ready and full)
        waits[Cause.ORDER].turn(now, on=ready and not full and not self._stopped)
        waits[Cause.IDLE].turn(now, on=not ready and not self._under_way)

    def _delivered(self, number: int, batch: Batch, ended: Ended[tuple[Outcome, ...]]) -> None:
        self._transport.end(number, failed=ended.error is not None)
        self._under_way -= 1
        try:
            for outcome, people in _grouped(batch, ended.get()):
                self._settle(people, outcome)
        except Exception as error:  # noqa: BLE001 - it ends the run where the run is, at the next ``check``
            self._failure = self._failure or error
            self._stopped = True
            return
        self._gate.finish(batch)
        self._fill()

    def _attempt(self, number: int, batch: Batch) -> Work[tuple[Outcome, ...]]:
        send = numbered(self._send, number)
        try:
            job = yield from drive(self.vendor.submit(batch), send)
        except RefusedError as refused:
            raise self._refusal(refused, batch) from None
        outcomes = yield from self._finish(job, batch, send)
        if len(outcomes) != len(batch):
            message = (
                f"{self.vendor.name}: {len(outcomes)} outcomes for {len(batch)} records; please report this defect"
            )
            raise VendorContractError(message)
        self._proven = True
        return outcomes

    def _finish(self, job: Job, batch: Batch, send: Send) -> Work[tuple[Outcome, ...]]:
        if job.id is not None:
            self.meter.jobs.append(job.id)
        if job.outcomes is not None:
            return job.outcomes
        if not self.vendor.settings.confirm:
            return (ACCEPTED,) * len(batch)
        with self.meter.waiting(Cause.CONFIRMATION, self._clock):
            return (yield from await_outcomes(self.vendor, job, batch, send, self._clock))

    def _refusal(self, refused: RefusedError, batch: Batch) -> BatchRefused:
        if refused.too_large:
            return BatchRefused(_TOO_LARGE)
        named = self.vendor.refusal(refused.response, batch)
        return BatchRefused(refused.status, named.indexes, dict(named.details or {}))

    def _settle(self, people: Sequence[Outgoing], outcome: Outcome) -> None:
        self._ledger.settled(people, outcome)
        self._settled(people, outcome)


def _grouped(batch: Batch, outcomes: tuple[Outcome, ...]) -> Iterator[tuple[Outcome, Sequence[Outgoing]]]:
    """Neighbours who ended alike, together: mostly all of a batch. Whom they superseded come after them."""
    for outcome, pairs in groupby(zip(batch, outcomes, strict=True), key=itemgetter(1)):
        yield outcome, [person for person, _ in pairs]
    if batch.superseded:
        yield SUPERSEDED, batch.superseded


def people_per_request(vendor: Vendor[Any, Any], bound: int | None) -> int:
    """The most people of a request: configured or default, never above the cap.

    Args:
        vendor: with its settings.
        bound: of the whole run; None for none.

    Raises:
        ConfigurationError: when the configured figure is above the vendor's cap.
    """
    size = vendor.settings.batch_size or vendor.limits.batch
    if size > vendor.limits.people:
        message = (
            f"{vendor.name}.batch_size is {size}; {vendor.name} takes at most {vendor.limits.people} people a request"
        )
        raise ConfigurationError(message)
    return min(size, bound or size)
