"""No more requests a minute than the vendor allows, and none at all while it asks for a pause.

Why a sliding log and not a token bucket: a bucket that starts full lets up to twice the limit through in its first
minute, and the vendors do not say how they count. A log of the last minute keeps the limit in every window of sixty
seconds, however the vendor lays its own, and still lets the first requests go at once. The window is half a second
longer than a minute, because requests do not take equally long to arrive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyrate_limiter import InMemoryBucket, Rate, RateItem

from target_people.delivery.meter import Cause
from target_people.delivery.quota import quota, retry_after

if TYPE_CHECKING:
    from target_people.delivery.clock import Clock
    from target_people.delivery.message import Request, Response, Send, Work
    from target_people.delivery.meter import Meter
    from target_people.delivery.window import Window

_MINUTE = 60_500
_TOO_MANY = 429
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0


class Throttle:
    """One for all requests of a vendor account, whichever batch they belong to.

    Args:
        send: the next layer.
        per_minute: requests in any sixty seconds; None for no limit but the vendor's own word.
        clock: tells time.
        meter: counts requests, bytes and the seconds waited.
        window: batches at once; fewer after a 429.
    """

    def __init__(self, send: Send, per_minute: int | None, clock: Clock, meter: Meter, window: Window) -> None:
        """Start with an empty log."""
        self._send = send
        self._per_minute = per_minute
        self._bucket = _bucket(per_minute)
        self._clock = clock
        self._meter = meter
        self._window = window
        self._resume = 0.0
        self._pause = _FIRST_PAUSE

    def __call__(self, request: Request) -> Work[Response]:
        """Wait if need be, then send; what the answer says of the limit holds for everybody after it."""
        while (seconds := self._seconds()) > 0:
            self._meter.throttled_seconds += seconds
            yield from self._meter.pause(Cause.THROTTLE, seconds, self._clock)
        self._meter.requests += 1
        self._meter.bytes_sent += len(request.body)
        response = yield from self._send(request)
        self._learn(response)
        return response

    def _seconds(self) -> float:
        """How long to wait before asking again; 0 takes a place in the log."""
        now = self._clock.monotonic()
        if now < self._resume:
            return self._resume - now
        if self._bucket is None:
            return 0.0
        moment = int(now * 1000)
        self._bucket.leak(moment)
        item = RateItem("request", moment)
        if self._bucket.put(item):
            return 0.0
        return max(int(self._bucket.waiting(item)), 1) / 1000  # type: ignore[arg-type]  # in memory, so no awaitable

    def _learn(self, response: Response) -> None:
        said = quota(response, self._clock.time())
        if said.limit and said.reset is not None:
            self._lower(said.limit)
        if response.status == _TOO_MANY:
            asked = retry_after(response, self._clock.time())
            self._stop(asked if asked is not None else said.reset)
            return
        self._pause = _FIRST_PAUSE
        self._window.grow()
        if said.remaining == 0 and said.reset:
            self._resume = max(self._resume, self._clock.monotonic() + said.reset)

    def _lower(self, limit: int) -> None:
        """Take the vendor's figure when it is below ours; one above it is not believed."""
        if self._per_minute is not None and limit < self._per_minute:
            sent = self._bucket.items if self._bucket else []
            self._per_minute = limit
            self._bucket = InMemoryBucket([Rate(limit, _MINUTE)])
            self._bucket.items = sent

    def _stop(self, seconds: float | None) -> None:
        """Nobody sends for as long as the vendor asks, or a little longer each time when it does not say."""
        self._window.shrink()
        if seconds is None:
            seconds, self._pause = self._pause, min(self._pause * 2, _LONGEST_PAUSE)
        self._resume = max(self._resume, self._clock.monotonic() + seconds)


def _bucket(per_minute: int | None) -> InMemoryBucket | None:
    return InMemoryBucket([Rate(per_minute, _MINUTE)]) if per_minute else None
