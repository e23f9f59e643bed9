"""The same request again, until it passes or ``retry_seconds`` are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tenacity

from target_people.errors import OutOfServiceError, Retriable

if TYPE_CHECKING:
    from random import Random

    from target_people.delivery.clock import Clock
    from target_people.delivery.message import Request, Response, Send
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

    def __call__(self, request: Request) -> Response:
        """Send, and send again.

        Raises:
            OutOfServiceError: when ``seconds`` are over, or would be after the next wait.
        """
        deadline = self._clock.monotonic() + self._seconds
        loop = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Retriable),
            wait=self._wait,
            stop=lambda state: self._clock.monotonic() + state.upcoming_sleep > deadline,
            sleep=self._clock.sleep,
            before_sleep=self._count,
            reraise=True,
        )
        try:
            return loop(self._send, request)
        except Retriable as failure:
            message = (
                f"{self._vendor} was out of service for {self._seconds:g} s (last: {failure.why}); "
                f"run again, or raise {self._vendor}.retry_seconds"
            )
            raise OutOfServiceError(message) from None

    def _wait(self, state: tenacity.RetryCallState) -> float:
        jitter = self._random.uniform(0, min(_CAP, _FIRST * 2 ** min(state.attempt_number, _MOST_DOUBLINGS)))
        failure = state.outcome.exception() if state.outcome else None
        asked = failure.retry_after if isinstance(failure, Retriable) else None
        return max(jitter, asked or 0.0)

    def _count(self, state: tenacity.RetryCallState) -> None:
        del state
        self._meter.retries += 1
