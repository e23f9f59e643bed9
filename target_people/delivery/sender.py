"""The chain that every request goes through; its order is written here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from target_people.delivery.classify import Classify
from target_people.delivery.retry import Retry
from target_people.delivery.throttle import Throttle

if TYPE_CHECKING:
    from random import Random

    from target_people.delivery.clock import Clock
    from target_people.delivery.contract import Vendor
    from target_people.delivery.message import Request, Response, Send
    from target_people.delivery.meter import Meter


@dataclass(frozen=True)
class Surroundings:
    """What the world gives a delivery, so that a test can give something else.

    Args:
        clock: tells and spends time.
        random: for jitter.
    """

    clock: Clock
    random: Random


class Authorise:
    """Adds the vendor's credentials."""

    def __init__(self, send: Send, vendor: Vendor[Any, Any], clock: Clock) -> None:
        """Keep one ``Auth`` for the whole run: a token is fetched once."""
        self._send = send
        self._auth = vendor.auth
        self._clock = clock

    def __call__(self, request: Request) -> Response:
        """Send with credentials."""
        return self._auth(request, self._send, self._clock.monotonic())


def build(vendor: Vendor[Any, Any], transport: Send, meter: Meter, around: Surroundings) -> Send:
    """Chain the layers: retry → classify → authorise → throttle → transport."""
    settings = vendor.settings
    per_minute = settings.requests_per_minute or vendor.limits.per_minute
    send: Send = Throttle(transport, per_minute, around.clock, meter)
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
