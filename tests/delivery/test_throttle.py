"""What the vendor's answers do to the requests after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.message import Request, Response, Wait, wire
from target_people.delivery.meter import Meter
from target_people.delivery.throttle import Throttle
from target_people.delivery.window import Window
from target_people.errors import Retriable
from tests.support.clock import FakeClock
from tests.support.vendor import answer, plain
from tests.support.work import finish

if TYPE_CHECKING:
    from target_people.delivery.message import Work

REQUEST = Request("POST", "/people", b"12345")


class Calls:
    """Several calls of one throttle side by side, as the engine would make them.

    Args:
        answers: to the requests, in order.
        per_minute: the limit.
        most: batches at once.
        kind: class attributes of the vendor that differ.
        rest: of the vendor's settings.
    """

    def __init__(
        self,
        answers: list[Response],
        per_minute: int | None = None,
        most: int = 8,
        kind: dict[str, Any] | None = None,
        **rest: Any,
    ) -> None:
        self.clock = FakeClock()
        self.meter = Meter()
        self.window = Window(most)
        self._answers = iter(answers)
        vendor = plain(kind=kind, requests_per_minute=per_minute, **rest)
        self._throttle = Throttle(wire, vendor, self.clock, self.meter, self.window)
        self._begun: list[Work[Response]] = []

    def call(self) -> float:
        """Call, be answered, and say how long it had to wait."""
        before = self.clock.monotonic()
        moments: list[float] = []

        def note(_: Request) -> Response:
            moments.append(self.clock.monotonic())
            return next(self._answers)

        finish(self._throttle(REQUEST), note, self.clock)
        return moments[0] - before

    def begin(self) -> Work[Response]:
        """Call; the answer is still to come."""
        work = self._throttle(REQUEST)
        assert next(work) is REQUEST
        return work

    def wait(self) -> float:
        """Let the time pass that the next request would have to wait, and say how long it was."""
        wanted = next(self._throttle(REQUEST))
        assert isinstance(wanted, Wait)
        self.clock.advance(wanted.seconds)
        return wanted.seconds

    def answer(self, work: Work[Response]) -> None:
        with pytest.raises(StopIteration):
            work.send(next(self._answers))


def called(calls: Calls, times: int) -> list[float]:
    """How long each call had to wait, one after the other."""
    return [calls.call() for _ in range(times)]


def limited(**headers: object) -> dict[str, str]:
    return {f"x-ratelimit-{name}": str(value) for name, value in headers.items()}


GOOD = Response(200)
EPOCH_IN_30 = int(FakeClock().time()) + 30
"""A reset in whole seconds may have been rounded down, so 31 seconds are waited."""


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        pytest.param({"retry-after": "7"}, 7.0, id="seconds"),
        pytest.param({"retry-after": "Fri, 09 Jan 2026 12:01:30 GMT"}, 90.0, id="date"),
        pytest.param(limited(reset=EPOCH_IN_30), 31.0, id="reset"),
        pytest.param({"retry-after": "7", **limited(reset=EPOCH_IN_30)}, 7.0, id="wish-before-reset"),
        pytest.param({}, 1.0, id="nothing-said"),
        pytest.param({"retry-after": "0"}, 1.0, id="no-time"),
        pytest.param(limited(limit=9, remaining=5, reset=30), 1.0, id="refused-with-something-left"),
    ],
)
def test_after_a_429_everybody_waits_for_as_long_as_the_vendor_asks(headers: dict[str, str], waited: float) -> None:
    calls = Calls([Response(429, headers=headers), GOOD, GOOD])
    assert calls.call() == 0
    assert [calls.call(), calls.call()] == [pytest.approx(waited), 0]
    assert calls.meter.throttled_seconds == pytest.approx(waited)


def test_a_429_reaches_calls_that_wait_already() -> None:
    calls = Calls([Response(429, headers={"retry-after": "100"})], per_minute=1)
    first = calls.begin()
    waits = calls._throttle(REQUEST)
    wanted = next(waits)
    assert isinstance(wanted, Wait)
    calls.clock.advance(wanted.seconds)
    calls.answer(first)
    again = waits.send(None)
    assert isinstance(again, Wait)
    assert again.seconds == pytest.approx(100)


def test_pauses_that_the_vendor_does_not_size_double_up_to_a_minute_and_start_anew_after_a_success() -> None:
    calls = Calls([*[Response(429)] * 8, GOOD, Response(429), GOOD])
    waits = called(calls, 11)
    assert waits == pytest.approx([0, 1, 2, 4, 8, 16, 32, 60, 60, 0, 1])


def test_a_short_pause_does_not_shorten_a_long_one() -> None:
    """Of two that were under way together."""
    for last in (Response(429, headers={"retry-after": "5"}), Response(200, headers=limited(remaining=0, reset=5))):
        calls = Calls([Response(429, headers={"retry-after": "60"}), last, GOOD])
        first, second = calls.begin(), calls.begin()
        calls.answer(first)
        calls.answer(second)
        assert calls.call() == pytest.approx(60)


@pytest.mark.parametrize("per_minute", [100, None])
def test_a_limit_below_ours_holds_for_the_vendors_window_whatever_its_length(per_minute: int | None) -> None:
    """A limit for ten seconds is none for a minute."""
    answers = [Response(200, headers=limited(limit=3, remaining=left, reset=10)) for left in (2, 1, 0)]
    waits = [int(wait) for wait in called(Calls([*answers, *answers, GOOD], per_minute), 7)]
    assert waits == [0, 0, 0, 11, 0, 0, 11]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(limited(limit=1000, remaining=999, reset=60), id="above-ours"),
        pytest.param(limited(limit=1), id="without-a-window"),
        pytest.param(limited(limit=0, reset=60), id="nothing-at-all"),
        pytest.param(limited(limit=1, remaining=5, reset=60), id="more-left-than-allowed"),
        pytest.param(limited(limit="many", remaining="few", reset="soon"), id="unreadable"),
        pytest.param(limited(remaining=0, reset=3601), id="too-far-away"),
    ],
)
def test_headers_never_raise_the_limit_and_those_that_make_no_sense_change_nothing(headers: dict[str, str]) -> None:
    waits = called(Calls([Response(200, headers=headers)] * 9, per_minute=2), 5)
    assert [int(wait) for wait in waits] == [0, 0, 60, 0, 60]


@pytest.mark.parametrize("reset", [30, EPOCH_IN_30])
def test_when_nothing_remains_everybody_waits_for_the_reset(reset: int) -> None:
    calls = Calls([Response(200, headers=limited(limit=100, remaining=0, reset=reset)), GOOD, GOOD], per_minute=100)
    assert called(calls, 3) == pytest.approx([0, 31, 0])


@pytest.mark.parametrize(
    "headers", [limited(remaining=1, reset=30), limited(remaining=0), limited(remaining=0, reset=0)]
)
def test_when_something_remains_or_no_reset_is_said_nobody_waits(headers: dict[str, str]) -> None:
    calls = Calls([Response(200, headers=headers), GOOD])
    assert called(calls, 2) == [0, 0]


def test_a_429_halves_the_window_and_requests_that_go_well_widen_it_again() -> None:
    calls = Calls([Response(429), *[GOOD] * 60], most=8)
    calls.call()
    widths = [calls.window.allowed]
    for _ in range(60):
        calls.call()
        widths.append(calls.window.allowed)
    assert widths[0] == 4
    assert widths == sorted(widths)
    assert widths[-1] == 8


def test_a_burst_of_429s_counts_once_and_one_that_follows_its_pause_counts_again() -> None:
    calls = Calls([*[Response(429)] * 16, GOOD], most=8)
    waits = []
    for width in (4, 2):
        burst = [calls.begin() for _ in range(8)]
        for work in burst:
            calls.answer(work)
        assert calls.window.allowed == width
        waits.append(calls.wait())
    assert waits == pytest.approx([1, 2])


def test_a_429_inside_a_success_is_one() -> None:
    kind = {"status": lambda _, response: (response.json() or {}).get("code", response.status)}
    calls = Calls([answer({"code": 429}, retry_after="7"), GOOD], kind=kind)
    assert called(calls, 2) == pytest.approx([0, 7])
    assert calls.window.allowed < 8


@pytest.mark.parametrize("status", [500, 503, 422, 401, 302])
def test_only_a_good_answer_widens_the_window_and_ends_the_doubling(status: int) -> None:
    calls = Calls([Response(429), *[Response(status)] * 20, Response(429), GOOD], most=8)
    waits = called(calls, 23)
    assert (waits[1], waits[-1]) == pytest.approx((1, 2))
    assert calls.window.allowed == 2


@pytest.mark.parametrize(
    "first", [limited(limit=9, remaining=0, reset=300), limited(limit=9, remaining=0, reset=EPOCH_IN_30 + 270)]
)
def test_a_reset_later_than_retry_seconds_is_told_instead_of_waited_for(first: dict[str, str]) -> None:
    calls = Calls([Response(200, headers=first)], retry_seconds=300)
    calls.call()
    with pytest.raises(Retriable, match="over quota") as told:
        calls.call()
    assert told.value.retry_after is not None
    assert told.value.retry_after > 300
    assert (calls.clock.slept, calls.meter.requests) == ([], 1)


def test_a_wait_of_our_own_is_never_too_long() -> None:
    """Neither the minute nor a pause that the vendor did not size is the vendor's wish."""
    assert called(Calls([GOOD] * 2, per_minute=1, retry_seconds=1), 2)[1] > 60
    assert called(Calls([Response(429), GOOD], retry_seconds=0), 2) == pytest.approx([0, 1])


def test_a_request_that_gets_no_answer_is_under_way_no_longer() -> None:
    calls = Calls([Response(200, headers=limited(limit=3, remaining=2, reset=30)), GOOD])
    calls.call()
    lost = calls.begin()
    with pytest.raises(Retriable):
        lost.throw(Retriable("no answer"))
    assert calls.call() == 0
