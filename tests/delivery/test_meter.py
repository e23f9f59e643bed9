"""What an account waited for: time by the clock in which at least one of its requests or batches did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.contract import Limits
from target_people.delivery.meter import Cause, Meter, Stopwatch
from target_people.errors import CredentialsError
from tests.support.clock import FakeClock
from tests.support.vendor import Delivery, all_of, answer, plain
from tests.support.work import finish

if TYPE_CHECKING:
    from tests.support.vendor import Delivering, Line

RUNNING = answer({"state": "running"})


def waited(delivery: Delivery) -> dict[str, float]:
    """The causes that cost time."""
    found = delivery.pipeline.meter.waited(delivery.clock.monotonic())
    return {cause: seconds for cause, seconds in found.items() if seconds}


def people(count: int) -> list[dict[str, str]]:
    return [{"id": f"p{number}"} for number in range(count)]


def pipeline_of(delivering: Delivering, script: list[Line], batch: int = 10, **settings: Any) -> Delivery:
    limits = Limits(people=100, batch=batch, in_flight=settings.pop("in_flight", 1))
    return delivering(plain(kind={"limits": limits}, **settings), script)


def test_a_second_in_which_eight_wait_is_one_second() -> None:
    watch = Stopwatch()
    for _ in range(8):
        watch.start(10.0)
    assert watch.seconds(11.0) == 1.0
    for moment in (12.0, 12.5, 13.0, 13.0, 13.0, 13.0, 13.0, 14.0):
        watch.stop(moment)
    assert watch.seconds(99.0) == 4.0


def test_what_overlaps_counts_once_and_what_does_not_adds_up() -> None:
    watch = Stopwatch()
    for start, stop in ((0.0, 2.0), (5.0, 6.0)):
        watch.start(start)
        watch.stop(stop)
    assert watch.seconds(9.0) == 3.0


def test_turning_on_what_is_on_changes_nothing() -> None:
    watch = Stopwatch()
    for moment, on in ((0.0, False), (1.0, True), (2.0, True), (4.0, False), (5.0, False)):
        watch.turn(moment, on=on)
    assert watch.seconds(9.0) == 3.0


def test_a_wait_that_fails_is_counted_too() -> None:
    clock, meter = FakeClock(), Meter()
    work = meter.pause(Cause.RETRY, 5, clock)
    next(work)
    clock.advance(2)
    with pytest.raises(CredentialsError):
        work.throw(CredentialsError("plain"))
    clock.advance(3)
    assert meter.waited(clock.monotonic())["retry"] == 2.0


def test_a_pause_takes_as_long_as_it_says() -> None:
    clock, meter = FakeClock(), Meter()
    finish(meter.pause(Cause.THROTTLE, 5, clock), lambda _: answer(), clock)
    assert (clock.slept, meter.waited(clock.monotonic())["throttle"]) == ([5], 5.0)


def test_every_cause_is_always_there_and_is_explained() -> None:
    assert set(Meter().waited(0)) == set(map(str, Cause))
    assert all(cause.meaning for cause in Cause)


def test_parallel_requests_that_are_throttled_wait_once_by_the_clock(delivering: Delivering) -> None:
    """Three batches wait for the same minute: a minute by the clock, three minutes summed."""
    delivery = pipeline_of(delivering, [all_of("created")] * 4, batch=1, in_flight=4, requests_per_minute=1)
    delivery.add(*people(2))
    delivery.turn()
    meter, found = delivery.pipeline.meter, waited(delivery)
    assert found["throttle"] == pytest.approx(60.5, abs=0.01)
    delivery.add(*people(4)[2:])
    delivery.finish()
    assert waited(delivery)["throttle"] == pytest.approx(181.5, abs=0.05)
    assert meter.throttled_seconds > waited(delivery)["throttle"] + 60


def test_pauses_between_attempts_are_retry(delivering: Delivering) -> None:
    delivery = pipeline_of(delivering, [answer(status=503, retry_after="7"), all_of("created")])
    delivery.add(*people(1))
    delivery.finish()
    assert waited(delivery)["retry"] == 7.0


def test_an_unfinished_import_job_is_confirmation_from_its_start_to_its_end(delivering: Delivering) -> None:
    done = answer({"outcomes": ["delivered"]})
    delivery = pipeline_of(delivering, [answer({"job": "j1"}), RUNNING, RUNNING, done])
    delivery.add(*people(1))
    delivery.finish()
    assert waited(delivery) == {"confirmation": 7.0}


def test_several_jobs_at_once_are_confirmed_in_the_same_time(delivering: Delivering) -> None:
    done = answer({"outcomes": ["delivered"]})
    script: list[Line] = [answer({"job": "j1"}), answer({"job": "j2"}), done, done]
    delivery = pipeline_of(delivering, script, batch=1, in_flight=2)
    delivery.add(*people(2))
    delivery.finish()
    assert waited(delivery) == {"confirmation": 1.0}


def test_a_batch_without_a_place_is_in_flight_and_one_with_a_person_under_way_is_order(delivering: Delivering) -> None:
    def deliver(in_flight: int, *names: str) -> dict[str, float]:
        script: list[Line] = [answer({"job": "j"}), answer({"outcomes": ["created"]})]
        delivery = pipeline_of(delivering, script * 2, batch=1, in_flight=in_flight)
        delivery.add(*({"id": name} for name in names))
        delivery.finish()
        return waited(delivery)

    assert deliver(1, "a", "b") == {"confirmation": 2.0, "in_flight": 1.0}
    assert deliver(2, "a", "a") == {"confirmation": 2.0, "order": 1.0}


def test_the_input_that_has_to_wait_is_back_pressure(delivering: Delivering) -> None:
    script: list[Line] = [answer({"job": "j"}), answer({"outcomes": ["created"]})]
    delivery = pipeline_of(delivering, script * 4, batch=1)
    delivery.add(*people(2))
    assert "back_pressure" not in waited(delivery)
    delivery.add(*people(4)[2:])
    assert waited(delivery)["back_pressure"] == 2.0


def test_nobody_to_send_is_idle(delivering: Delivering) -> None:
    delivery = pipeline_of(delivering, [answer({"job": "j"}), answer({"outcomes": ["created"]})])
    delivery.clock.advance(3)
    delivery.add(*people(1))
    delivery.clock.advance(2)
    delivery.finish()
    delivery.clock.advance(4)
    assert waited(delivery)["idle"] == 3 + 2 + 4


def test_an_answer_takes_until_it_is_here(delivering: Delivering) -> None:
    delivery = pipeline_of(delivering, [])

    def slow(request: Any) -> Any:
        delivery.clock.advance(6)
        return all_of("created")(request)

    delivery.transport._script = iter([slow])
    delivery.add(*people(1))
    delivery.finish()
    assert waited(delivery)["answer"] == 6.0


@pytest.mark.parametrize(
    ("published", "settings", "limit"),
    [
        pytest.param(120, {}, 1200, id="the vendor's figure times its batch"),
        pytest.param(120, {"requests_per_minute": 30, "batch_size": 5}, 150, id="as configured"),
        pytest.param(None, {"requests_per_minute": 30}, 300, id="configured alone"),
        pytest.param(None, {}, None, id="unknown"),
    ],
)
def test_the_limit_is_people_a_minute(
    delivering: Delivering, published: int | None, settings: dict[str, int], limit: int | None
) -> None:
    vendor = plain(kind={"limits": Limits(people=100, batch=10, per_minute=published)}, **settings)
    assert delivering(vendor, []).pipeline.limit == limit
