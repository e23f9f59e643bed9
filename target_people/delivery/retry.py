"""The same request again, until it passes or ``retry_seconds`` are over.

Why no library does the loop: those at hand wait inside it, and here nothing may wait but the reactor.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from target_people.delivery.meter import Cause
from target_people.errors import OutOfServiceError, Retriable

if TYPE_CHECKING:
    from random import Random

    from target_people.delivery.clock import Clock
    from target_people.delivery.message import Request, Response, Send, Work
    from target_people.delivery.meter import Meter

_FIRST = 0.5
_CAP = 60.0
_MOST_DOUBLINGS = 10


class Retry:
    """Sends again after a failure that may pass: full jitter, at least as long as the vendor asks.

    Safe, because every endpoint is an upsert by identity: sending twice stores once.

    Args:
        send: the next layer.
        seconds: how long one request may take in all, waits included.
        clock: tells and spends time.
        random: the jitter's.
        meter: counts retries.
        vendor: named in the error.
    """

    def __init__(self, send: Send, *, seconds: float, clock: Clock, random: Random, meter: Meter, vendor: str) -> None:
        """Keep what is passed in."""
        self._send = send
        self._seconds = seconds
        self._clock = clock
        self._random = random
        self._meter = meter
        self._vendor = vendor

    def __call__(self, request: Request) -> Work[Response]:
        """Send, and send again.

        Raises:
            OutOfServiceError: when ``seconds`` are over, or would be after the next wait; its text says so when the
                vendor itself asks for more than ``seconds``.
        """
        deadline = self._clock.monotonic() + self._seconds
        for attempt in itertools.count(1):
            try:
                return (yield from self._send(request))
            except Retriable as failure:
                seconds = self._pause(attempt, failure)
                if self._clock.monotonic() + seconds > deadline:
                    raise self._over(failure) from None
            self._meter.retries += 1
            yield from self._meter.pause(Cause.RETRY, seconds, self._clock)
        raise AssertionError  # pragma: no cover - counting never ends

    def _pause(self, attempt: int, failure: Retriable) -> float:
        jitter = self._random.uniform(0, min(_CAP, _FIRST * 2 ** min(attempt, _MOST_DOUBLINGS)))
        return max(jitter, failure.retry_after or 0.0)

    def _over(self, failure: Retriable) -> OutOfServiceError:
        vendor, allowed, asked = self._vendor, f"{self._seconds:g} s", failure.retry_after
        if asked is not None and asked > self._seconds:
            return OutOfServiceError(
                f"{vendor} asks to wait {math.ceil(asked)} s ({failure.why}), and {vendor}.retry_seconds allows "
                f"{allowed}; nobody was rejected for it: run again after that time, or raise {vendor}.retry_seconds"
            )
        return OutOfServiceError(
            f"{vendor} was out of service for {allowed} (last: {failure.why}); "
            f"run again, or raise {vendor}.retry_seconds"
        )
