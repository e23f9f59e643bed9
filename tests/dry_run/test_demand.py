"""What a delivery would take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.message import Request, Response, wire
from target_people.delivery.meter import Meter
from target_people.delivery.throttle import Throttle
from target_people.delivery.window import Window
from target_people.dry_run.demand import Demand
from tests.support.clock import FakeClock
from tests.support.flow import crowd
from tests.support.work import finish
from tests.vendors import account

if TYPE_CHECKING:
    from target_people.delivery.contract import Vendor


def demand_of(vendor: Vendor[Any, Any], *sizes: int, **how: bool) -> Demand:
    demand = Demand(vendor, 100, **how)
    for size in sizes:
        demand.take(crowd(vendor, size, email="ann@example.com"))
    return demand


@pytest.mark.parametrize(("requests", "per_minute"), [(1, 1), (3, 3), (4, 3), (7, 3), (120, 120), (1000, 120)])
def test_minutes_are_those_that_the_throttle_takes(requests: int, per_minute: int) -> None:
    """A vendor that answers at once is waited for by the throttle alone."""
    vendor = account.flameup(requests_per_minute=per_minute)
    clock, meter = FakeClock(), Meter()
    throttle = Throttle(wire, vendor, clock, meter, Window(1))
    for _ in range(requests):
        finish(throttle(Request("POST", "/people")), lambda _: Response(200), clock)
    demand = demand_of(vendor, *[1] * requests)
    assert demand.minutes == int(clock.monotonic() // 60)


def test_without_a_limit_there_are_no_minutes_but_answers_to_wait_for() -> None:
    demand = demand_of(account.propeller(max_in_flight=2), 1, 1, 1)
    assert (demand.per_minute, demand.minutes, demand.in_flight, demand.rounds) == (None, None, 2, 2)


def test_nobody_takes_nothing() -> None:
    demand = demand_of(account.flameup())
    assert (demand.requests, demand.bytes, demand.minutes, demand.rounds, demand.sample) == (0, 0, 0, 0, None)


def test_bytes_are_those_of_the_bodies_with_the_credentials_that_stand_in_them() -> None:
    vendor = account.xtremepush(email_subscription=1)
    demand = demand_of(vendor, 2, 1)
    bodies = [next(vendor.submit(crowd(vendor, size, email="ann@example.com"))).body for size in (2, 1)]
    token = len(json.dumps({"apptoken": account.SECRET}, separators=(",", ":"))) - 1
    assert demand.bytes == sum(len(body) + token for body in bodies)
    assert demand.largest == len(bodies[0]) + token


@pytest.mark.parametrize("show_values", [False, True])
@pytest.mark.parametrize("make", [account.flameup, account.xtremepush, account.propeller])
def test_the_sample_is_a_few_people_of_the_first_request_without_credentials(make: Any, *, show_values: bool) -> None:
    vendor = make(email_subscription=1) if make is account.xtremepush else make()
    sample = demand_of(vendor, 5, 3, show_values=show_values).sample
    assert sample is not None
    assert (sample.people, sample.shown) == (5, 2)
    body = sample.body.decode()
    assert account.SECRET not in body
    assert [word in body for word in ("u-0", "u-1", "ann@example.com")] == [show_values] * 3
    assert "u-2" not in body
