"""The chain that every request goes through, as a whole."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.classify import RefusedError
from target_people.delivery.contract import Limits
from target_people.delivery.message import Request, Response
from target_people.delivery.meter import Meter
from target_people.delivery.sender import Surroundings, build
from target_people.delivery.window import Window
from target_people.errors import CredentialsError, OutOfServiceError, Retriable
from tests.support.clock import FakeClock
from tests.support.vendor import TOKEN, ScriptedTransport, answer, plain
from tests.support.work import finish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.vendor import Line, Plain

REQUEST = Request("POST", "/people", b"12345")
GOOD = answer({})


class Chain:
    """All layers over a script."""

    def __init__(self, vendor: Plain, script: Iterable[Line]) -> None:
        self.clock = FakeClock()
        self.meter = Meter()
        self.transport = ScriptedTransport(script)
        around = Surroundings.of(self.clock, random.Random(3))
        self.window = Window(8)
        self._send = build(vendor, self.meter, around, self.window)

    def send(self, request: Request) -> Response:
        return finish(self._send(request), self.transport, self.clock)


def test_a_request_goes_with_the_vendors_credentials_and_is_counted() -> None:
    chain = Chain(plain(), [GOOD])
    assert chain.send(REQUEST) is GOOD
    assert chain.transport.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert (chain.meter.requests, chain.meter.retries, chain.meter.bytes_sent) == (1, 0, 5)


def test_every_attempt_is_authorised_and_counted() -> None:
    chain = Chain(plain(), [Retriable("connection reset"), answer({}, 429, retry_after="30"), GOOD])
    assert chain.send(REQUEST) is GOOD
    assert {sent.headers["authorization"] for sent in chain.transport.requests} == {f"Bearer {TOKEN}"}
    assert (chain.meter.requests, chain.meter.retries, chain.meter.bytes_sent) == (3, 2, 15)
    assert chain.clock.slept[1] == 30


def test_a_date_to_wait_for_is_honoured() -> None:
    chain = Chain(plain(), [answer({}, 503, retry_after="Fri, 09 Jan 2026 12:02:00 GMT"), GOOD])
    chain.send(REQUEST)
    assert chain.clock.slept == [120]


@pytest.mark.parametrize(
    ("settings", "limits", "waited"),
    [
        pytest.param({"requests_per_minute": 2}, Limits(people=1, batch=1), True, id="configured"),
        pytest.param({}, Limits(people=1, batch=1, per_minute=2), True, id="published"),
        pytest.param({"requests_per_minute": 3}, Limits(people=1, batch=1, per_minute=2), False, id="configured-first"),
        pytest.param({}, Limits(people=1, batch=1), False, id="none"),
    ],
)
def test_the_rate_limit_is_the_configured_or_the_published(
    settings: dict[str, Any], limits: Limits, *, waited: bool
) -> None:
    chain = Chain(plain(kind={"limits": limits}, **settings), [GOOD] * 3)
    for _ in range(3):
        chain.send(REQUEST)
    assert bool(chain.meter.throttled_seconds) is waited


def test_retries_keep_to_the_rate_limit_too() -> None:
    chain = Chain(plain(requests_per_minute=1), [answer({}, 503), GOOD])
    chain.send(REQUEST)
    assert chain.clock.monotonic() >= 60
    assert 0 < chain.meter.throttled_seconds <= 60.505


@pytest.mark.parametrize(
    ("status", "error"), [(422, RefusedError), (413, RefusedError), (401, CredentialsError), (501, OutOfServiceError)]
)
def test_what_no_retry_helps_is_sent_once(status: int, error: type[Exception]) -> None:
    chain = Chain(plain(), [answer({}, status)])
    with pytest.raises(error):
        chain.send(REQUEST)
    assert chain.meter.requests == 1


def test_an_outage_ends_after_retry_seconds() -> None:
    def down(request: Request) -> Response:
        del request
        return answer({}, 502)

    chain = Chain(plain(retry_seconds=45), iter(lambda: down, None))
    with pytest.raises(OutOfServiceError, match=r"45 s .*status 502.*plain\.retry_seconds"):
        chain.send(REQUEST)
    assert chain.clock.monotonic() <= 45


@pytest.mark.parametrize(
    ("first", "why"),
    [
        pytest.param(answer({}, 429, retry_after="301"), "status 429, over quota", id="429"),
        pytest.param(answer({}, 503, retry_after="301"), "status 503", id="503"),
        pytest.param(answer({}, x_ratelimit_remaining="0", x_ratelimit_reset="300"), "over quota", id="nothing-left"),
    ],
)
def test_a_wait_beyond_retry_seconds_ends_the_run_at_once_and_says_how_long_it_is(first: Response, why: str) -> None:
    chain = Chain(plain(retry_seconds=300), [first])
    text = rf"^plain asks to wait 301 s \({why}\), and plain\.retry_seconds allows 300 s; nobody was rejected"
    with pytest.raises(OutOfServiceError, match=text) as ended:
        all(chain.send(REQUEST) for _ in range(2))
    assert (ended.value.exit_code, chain.meter.requests, chain.clock.slept) == (5, 1, [])


def test_a_429_that_the_vendor_hides_in_a_success_stops_everybody() -> None:
    kind: dict[str, Any] = {"status": lambda _, response: (response.json() or {}).get("code", response.status)}
    chain = Chain(plain(kind=kind), [answer({"code": 429}, retry_after="30"), GOOD])
    assert chain.send(REQUEST) is GOOD
    assert chain.clock.monotonic() == 30
    assert chain.window.allowed == 4
