"""No more requests a minute than the vendor allows.

Why a sliding log and not a token bucket: a bucket that starts full lets up to twice the limit through in its first
minute, and the vendors do not say how they count. A log of the last minute keeps the limit in every window of sixty
seconds, however the vendor lays its own, and still lets the first requests go at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyrate_limiter import InMemoryBucket, Rate, RateItem

if TYPE_CHECKING:
    from target_people.delivery.clock import Clock
    from target_people.delivery.message import Request, Response, Send
    from target_people.delivery.meter import Meter

_MINUTE = 60_000


class Throttle:
    """Waits until a request fits into ``per_minute``; None lets everything pass.

    Args:
        send: the next layer.
        per_minute: requests in any sixty seconds.
        clock: tells and spends time.
        meter: counts requests, bytes and the seconds waited.
    """

    def __init__(self, send: Send, per_minute: int | None, clock: Clock, meter: Meter) -> None:
        """Start with an empty log."""
        self._send = send
        self._bucket = InMemoryBucket([Rate(per_minute, _MINUTE)]) if per_minute else None
        self._clock = clock
        self._meter = meter

    def __call__(self, request: Request) -> Response:
        """Wait if need be, then send."""
        if self._bucket is not None:
            self._wait(self._bucket)
        self._meter.requests += 1
        self._meter.bytes_sent += len(request.body)
        return self._send(request)

    def _wait(self, bucket: InMemoryBucket) -> None:
        while True:
            now = int(self._clock.monotonic() * 1000)
            bucket.leak(now)
            item = RateItem("request", now)
            if bucket.put(item):
                return
            seconds = max(int(bucket.waiting(item)), 1) / 1000  # type: ignore[arg-type]  # in memory, so no awaitable
            self._meter.throttled_seconds += seconds
            self._clock.sleep(seconds)
