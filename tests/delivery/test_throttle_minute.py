"""How the configured or published requests a minute are kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.message import Request, Response, wire
from target_people.delivery.meter import Meter
from target_people.delivery.throttle import Throttle
from target_people.delivery.window import Window
from tests.support.clock import FakeClock
from tests.support.vendor import plain
from tests.support.work import finish

BOUNDED = settings(deadline=None, derandomize=True, max_examples=100)
REQUEST = Request("POST", "/people", b"12345")


class Caller:
    """A throttle whose calls are noted with their moments."""

    def __init__(self, per_minute: int | None) -> None:
        self.clock = FakeClock()
        self.meter = Meter()
        self.sent: list[float] = []
        self._throttle = Throttle(wire, plain(requests_per_minute=per_minute), self.clock, self.meter, Window(1))

    def call(self, after: float = 0) -> None:
        self.clock.advance(after)
        finish(self._throttle(REQUEST), self._note, self.clock)

    def _note(self, request: Request) -> Response:
        del request
        self.sent.append(self.clock.monotonic())
        return Response(200)


PAUSES = st.lists(st.just(0.0) | st.floats(0, 2) | st.floats(0, 90) | st.just(60.0), max_size=30)


@BOUNDED
@given(per_minute=st.integers(1, 6), pauses=PAUSES)
def test_no_sixty_seconds_hold_more_requests_than_allowed(per_minute: int, pauses: list[float]) -> None:
    caller = Caller(per_minute)
    for pause in pauses:
        caller.call(pause)
    later = caller.sent[per_minute:]
    assert all(then - first >= 60 for first, then in zip(caller.sent, later, strict=False))


@BOUNDED
@given(per_minute=st.integers(1, 6), pauses=PAUSES)
def test_nothing_waits_longer_than_the_limit_needs(per_minute: int, pauses: list[float]) -> None:
    """To the millisecond, in which the log counts; half a second is for requests that take unequally long."""
    caller = Caller(per_minute)
    for at, pause in enumerate(pauses):
        asked = caller.clock.monotonic() + pause
        caller.call(pause)
        free = caller.sent[at - per_minute] + 60.5 if at >= per_minute else 0
        assert caller.sent[at] <= max(asked, free) + 0.005


@BOUNDED
@given(per_minute=st.integers(1, 6), pauses=PAUSES)
def test_every_second_waited_is_counted(per_minute: int, pauses: list[float]) -> None:
    caller = Caller(per_minute)
    for pause in pauses:
        caller.call(pause)
    assert caller.meter.throttled_seconds == pytest.approx(sum(caller.clock.slept))


def test_the_first_requests_go_at_once() -> None:
    caller = Caller(5)
    for _ in range(5):
        caller.call()
    assert caller.sent == [0.0] * 5
    caller.call()
    assert 60 <= caller.sent[5] <= 60.505


def test_without_a_limit_nothing_waits_and_everything_is_counted() -> None:
    caller = Caller(None)
    for _ in range(1000):
        caller.call()
    assert caller.clock.slept == []
    assert (caller.meter.requests, caller.meter.bytes_sent, caller.meter.throttled_seconds) == (1000, 5000, 0)
