"""How a request is sent again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.classify import RefusedError
from target_people.delivery.message import Request, Response, wire
from target_people.delivery.meter import Meter
from target_people.delivery.retry import Retry
from target_people.errors import (
    BatchRefused,
    ConfigurationError,
    CredentialsError,
    NotConfirmedError,
    OutOfServiceError,
    Retriable,
)
from tests.support.clock import FakeClock
from tests.support.vendor import ScriptedTransport, answer
from tests.support.work import finish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.vendor import Line

BOUNDED = settings(deadline=None, derandomize=True, max_examples=60)
REQUEST = Request("POST", "/people", b"{}")
GOOD = answer({})


def later(retry_after: float | None = None) -> Retriable:
    return Retriable("status 503", retry_after)


class Sender:
    """A retry over a script.

    Args:
        script: see ``ScriptedTransport``.
        seconds: how long one request is tried.
        seed: of the jitter.
    """

    def __init__(self, script: Iterable[Line], seconds: float = 300, seed: int = 1) -> None:
        self.clock = FakeClock()
        self.meter = Meter()
        self.transport = ScriptedTransport(script)
        jitter = random.Random(seed)
        self._retry = Retry(wire, seconds=seconds, clock=self.clock, random=jitter, meter=self.meter, vendor="plain")

    def send(self, request: Request) -> Response:
        return finish(self._retry(request), self.transport, self.clock)


def test_the_same_request_goes_again_until_it_passes() -> None:
    sender = Sender([later(), later(), GOOD])
    assert sender.send(REQUEST) is GOOD
    assert sender.transport.requests == [REQUEST] * 3
    assert sender.meter.retries == 2


def test_a_request_that_passes_waits_for_nothing() -> None:
    sender = Sender([GOOD])
    sender.send(REQUEST)
    assert (sender.clock.slept, sender.meter.retries) == ([], 0)


@BOUNDED
@given(seed=st.integers(0, 10_000), failures=st.integers(1, 12))
def test_each_wait_is_a_full_jitter_below_a_bound_that_doubles_up_to_a_minute(seed: int, failures: int) -> None:
    sender = Sender([*[later()] * failures, GOOD], seconds=1e6, seed=seed)
    sender.send(REQUEST)
    bounds = [1, 2, 4, 8, 16, 32, *[60] * 6][:failures]
    assert all(0 <= wait <= bound for wait, bound in zip(sender.clock.slept, bounds, strict=True))


def test_the_jitter_fills_its_bounds() -> None:
    """The first waits of many senders are spread between nothing and a second."""
    senders = [Sender([later(), GOOD], seed=seed) for seed in range(200)]
    for sender in senders:
        sender.send(REQUEST)
    firsts = [sender.clock.slept[0] for sender in senders]
    assert min(firsts) < 0.05
    assert max(firsts) > 0.95
    assert 0.4 < sum(firsts) / len(firsts) < 0.6


def test_the_vendors_wish_is_the_least_that_is_waited() -> None:
    sender = Sender([later(90.0), later(0.0), GOOD])
    sender.send(REQUEST)
    assert sender.clock.slept[0] == 90.0
    assert sender.clock.slept[1] > 0


@BOUNDED
@given(seed=st.integers(0, 10_000), seconds=st.floats(0, 600), asked=st.none() | st.floats(0, 700))
def test_a_vendor_that_stays_out_of_service_ends_the_run_in_time(
    seed: int, seconds: float, asked: float | None
) -> None:
    """No wait ends after ``retry_seconds``."""
    sender = Sender(iter(lambda: later(asked), None), seconds, seed)
    with pytest.raises(OutOfServiceError):
        sender.send(REQUEST)
    assert sender.clock.monotonic() <= seconds
    assert sender.meter.retries == len(sender.transport.requests) - 1


def test_the_error_names_the_vendor_the_last_failure_and_the_setting() -> None:
    sender = Sender([later()], seconds=0)
    with pytest.raises(OutOfServiceError, match=r"^plain was out of service .*status 503.*plain\.retry_seconds$"):
        sender.send(REQUEST)


def test_a_wish_beyond_retry_seconds_is_told_with_its_length_at_once() -> None:
    sender = Sender([later(901.5)], seconds=900)
    text = r"^plain asks to wait 902 s \(status 503\), and plain\.retry_seconds allows 900 s; nobody was rejected"
    with pytest.raises(OutOfServiceError, match=text):
        sender.send(REQUEST)
    assert sender.clock.slept == []


def test_the_time_that_requests_take_counts() -> None:
    def slow(request: Request) -> Response:
        del request
        sender.clock.advance(200)
        raise later()

    sender = Sender([slow, slow, slow], seconds=300)
    with pytest.raises(OutOfServiceError):
        sender.send(REQUEST)
    assert len(sender.transport.requests) == 2


def test_a_wait_that_ends_at_the_deadline_is_waited() -> None:
    sender = Sender([later(90.0), GOOD], seconds=90)
    assert sender.send(REQUEST) is GOOD


def test_each_request_has_its_own_time() -> None:
    sender = Sender([later(250.0), GOOD, later(250.0), GOOD], seconds=300)
    assert [sender.send(REQUEST), sender.send(REQUEST)] == [GOOD, GOOD]


def test_a_whole_day_of_retries_can_be_asked_for() -> None:
    sender = Sender(iter(later, None), seconds=86_400)
    with pytest.raises(OutOfServiceError):
        sender.send(REQUEST)
    assert len(sender.transport.requests) > 2000
    assert max(sender.clock.slept) <= 60


@pytest.mark.parametrize(
    "failure",
    [
        CredentialsError("x"),
        ConfigurationError("x"),
        OutOfServiceError("x"),
        NotConfirmedError("x"),
        BatchRefused(422),
        RefusedError(422, GOOD, too_large=False),
        ValueError("x"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_nothing_else_is_sent_again(failure: Exception) -> None:
    sender = Sender([failure])
    with pytest.raises(type(failure)):
        sender.send(REQUEST)
    assert (len(sender.transport.requests), sender.clock.slept) == (1, [])
