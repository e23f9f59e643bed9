"""The chain that every request goes through; its order is written here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from target_people.delivery.classify import Classify
from target_people.delivery.message import wire
from target_people.delivery.meter import Cause
from target_people.delivery.reactor import Reactor
from target_people.delivery.retry import Retry
from target_people.delivery.throttle import Throttle

if TYPE_CHECKING:
    from random import Random

    from target_people.delivery.clock import Clock
    from target_people.delivery.contract import Vendor
    from target_people.delivery.message import Request, Response, Send, Work
    from target_people.delivery.meter import Meter
    from target_people.delivery.window import Window


_MOST_WORKERS = 5 * 64
"""As many as may be wanted: every vendor's ``max_in_flight`` is at most 64; they are started when needed."""


@dataclass(frozen=True)
class Surroundings:
    """What the world gives a delivery, so that a test can give something else.

    Args:
        clock: tells time and waits.
        random: for jitter.
        reactor: where everything happens.
    """

    clock: Clock
    random: Random
    reactor: Reactor

    @classmethod
    def of(cls, clock: Clock, random: Random) -> Surroundings:
        """With a reactor of its own, which the run closes."""
        return cls(clock, random, Reactor(clock, _MOST_WORKERS))


class Authorise:
    """Adds the vendor's credentials."""

    def __init__(self, send: Send, vendor: Vendor[Any, Any], clock: Clock) -> None:
        """Keep one ``Auth`` for the whole run: a token is fetched once."""
        self._send = send
        self._auth = vendor.auth
        self._clock = clock

    def __call__(self, request: Request) -> Work[Response]:
        """Send with credentials."""
        return self._auth(request, self._send, self._clock.monotonic())


def build(vendor: Vendor[Any, Any], meter: Meter, around: Surroundings, window: Window) -> Send:
    """Chain the layers: retry → classify → authorise → throttle → wire."""
    settings = vendor.settings
    send: Send = Throttle(_timed(meter, around.clock), vendor, around.clock, meter, window)
    send = Authorise(send, vendor, around.clock)
    send = Classify(send, vendor, around.clock)
    return Retry(
        send,
        seconds=settings.retry_seconds,
        clock=around.clock,
        random=around.random,
        meter=meter,
        vendor=vendor.name,
    )


def _timed(meter: Meter, clock: Clock) -> Send:
    """The innermost layer, on the meter's clock."""

    def send(request: Request) -> Work[Response]:
        with meter.waiting(Cause.ANSWER, clock):
            return (yield from wire(request))

    return send
