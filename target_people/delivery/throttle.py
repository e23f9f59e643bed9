"""No more requests a minute than the vendor allows, and none at all while it asks for a pause.

Why: a token bucket lets twice the limit through in its first minute; a sliding log keeps it in any sixty seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyrate_limiter import InMemoryBucket, Rate, RateItem

from target_people.delivery.allowance import Allowance
from target_people.delivery.message import SUCCESS
from target_people.delivery.meter import Cause
from target_people.delivery.pause import Pause
from target_people.delivery.quota import NOTHING_SAID, asked, quota
from target_people.errors import Retriable

if TYPE_CHECKING:
    from target_people.delivery.clock import Clock
    from target_people.delivery.contract import Vendor
    from target_people.delivery.message import Request, Response, Send, Work
    from target_people.delivery.meter import Meter
    from target_people.delivery.window import Window

_MINUTE = 60_500
"""Milliseconds; half a second more than a minute, because requests do not take equally long to arrive."""

_TOO_MANY = 429


class Throttle:
    """One for all requests of a vendor account, whichever batch they belong to.

    Three bounds hold together: the configured or published requests a minute, what the vendor's headers say is left,
    and the pause after a 429. The headers never raise the first.

    Args:
        send: the next layer.
        vendor: whose ``status`` says how an answer is meant, and whose limit and ``retry_seconds`` hold.
        clock: tells time.
        meter: counts requests, bytes and the seconds waited.
        window: batches at once; fewer after a 429.
    """

    def __init__(self, send: Send, vendor: Vendor[Any, Any], clock: Clock, meter: Meter, window: Window) -> None:
        """Start with an empty log."""
        self._send = send
        self._status = vendor.status
        self._patience = vendor.settings.retry_seconds
        self._log = _log(vendor.requests_per_minute)
        self._clock = clock
        self._meter = meter
        self._pause = Pause(window)
        self._allowance = Allowance()

    def __call__(self, request: Request) -> Work[Response]:
        """Wait if need be, then send; what the answer says of the limit holds for everybody after it.

        Raises:
            Retriable: instead of a wait that the vendor asks for and that is longer than ``retry_seconds``.
        """
        while (seconds := self._seconds()) > 0:
            self._meter.throttled_seconds += seconds
            yield from self._meter.pause(Cause.THROTTLE, seconds, self._clock)
        self._meter.requests += 1
        self._meter.bytes_sent += len(request.body)
        burst, said = self._pause.burst, NOTHING_SAID
        begun = self._allowance.begin(self._clock.monotonic())
        try:
            response = yield from self._send(request)
            said = quota(response, self._clock.time())
        finally:
            self._allowance.end(begun, said, self._clock.monotonic())
        self._learn(response, burst)
        return response

    def _seconds(self) -> float:
        """How long to wait before asking again; 0 takes a place in the log."""
        now = self._clock.monotonic()
        wish = max(self._pause.asked(now), self._allowance.exhausted(now))
        if wish > self._patience:
            why = "over quota"
            raise Retriable(why, wish)
        return max(wish, self._pause.own(now), self._allowance.spacing(now)) or self._place(int(now * 1000))

    def _place(self, moment: int) -> float:
        if self._log is None:
            return 0.0
        self._log.leak(moment)
        item = RateItem("request", moment)
        if self._log.put(item):
            return 0.0
        return max(int(self._log.waiting(item)), 1) / 1000  # type: ignore[arg-type]  # in memory, so no awaitable

    def _learn(self, response: Response, burst: int) -> None:
        """A server error is neither: it says nothing of the rate."""
        status = self._status(response)
        if status == _TOO_MANY:
            self._pause.refused(burst, asked(response, self._clock.time()), self._clock.monotonic())
        elif status in SUCCESS:
            self._pause.passed(burst)


def _log(per_minute: int | None) -> InMemoryBucket | None:
    return InMemoryBucket([Rate(per_minute, _MINUTE)]) if per_minute else None
