"""Who may look on while a delivery goes on; nothing that an observer sees holds a value of a person or a secret."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from target_people.errors import Retriable

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch
    from target_people.delivery.clock import Clock
    from target_people.delivery.message import Request, Response, Send, Work
    from target_people.delivery.transport import Transport


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it went over the wire, and its answer.

    Args:
        method: such as ``POST``.
        path: relative to ``api_url``, without a query; ``{}`` stands for every part that comes from data.
        batch: the number of the batch that it belongs to, from 1; None for a request that concerns no batch.
        milliseconds: from the first byte sent to the last one read.
        bytes_sent: of the body.
        bytes_received: of the body, decompressed.
        status: the HTTP status; None when no whole answer came.
        failure: why none came, in words without an address; empty when one came.
    """

    method: str
    path: str
    batch: int | None
    milliseconds: int
    bytes_sent: int
    bytes_received: int = 0
    status: int | None = None
    failure: str = ""


class Observer(Protocol):
    """Looks on; what it does is no part of the delivery."""

    def exchanged(self, exchange: Exchange) -> None:
        """A request has ended; called on the thread that sent it."""
        ...

    def began(self, number: int, batch: Batch) -> None:
        """A batch leaves; numbers count from 1 in the order of leaving."""
        ...

    def ended(self, number: int, seconds: float, *, failed: bool) -> None:
        """Everybody in a batch has a verdict, or, when it failed, nobody has; so many seconds after it left."""
        ...


class Blind:
    """An observer that does nothing."""

    def exchanged(self, exchange: Exchange) -> None:
        """Nothing."""

    def began(self, number: int, batch: Batch) -> None:
        """Nothing."""

    def ended(self, number: int, seconds: float, *, failed: bool) -> None:
        """Nothing."""


class Observed:
    """A transport that tells an observer of every request, and is told of the batches that they belong to.

    Args:
        transport: sends.
        observer: is told.
        clock: tells how long it took.
    """

    def __init__(self, transport: Transport, observer: Observer, clock: Clock) -> None:
        """Keep what is passed in."""
        self._transport = transport
        self._observer = observer
        self._clock = clock
        self._begun: dict[int, float] = {}
        self._numbers = itertools.count(1)

    def begin(self, batch: Batch) -> int:
        """A batch leaves; its number."""
        number = next(self._numbers)
        self._begun[number] = self._clock.monotonic()
        self._observer.began(number, batch)
        return number

    def end(self, number: int, *, failed: bool) -> None:
        """A batch has come to its end."""
        self._observer.ended(number, self._clock.monotonic() - self._begun.pop(number), failed=failed)

    def __call__(self, request: Request) -> Response:
        """Send, and tell of it, whether or not an answer comes.

        Raises:
            Exception: what the transport raises.
        """
        began = self._clock.monotonic()
        try:
            response = self._transport(request)
        except Exception as error:
            why = error.why if isinstance(error, Retriable) else type(error).__name__
            self._observer.exchanged(replace(self._sent(request, began), failure=why))
            raise
        received = len(response.body)
        self._observer.exchanged(replace(self._sent(request, began), status=response.status, bytes_received=received))
        return response

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()

    def _sent(self, request: Request, began: float) -> Exchange:
        milliseconds = round((self._clock.monotonic() - began) * 1000)
        return Exchange(request.method, request.template, request.batch, milliseconds, len(request.body))


def numbered(send: Send, number: int) -> Send:
    """Have every request carry the number of the batch that it belongs to."""

    def with_number(request: Request) -> Work[Response]:
        return send(replace(request, batch=number))

    return with_number
