"""How the end of an import job is waited for."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import repeat
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from target_people.delivery.batch import Batch
from target_people.delivery.classify import Classify
from target_people.delivery.confirmation import await_outcomes
from target_people.delivery.contract import Job, Polling
from target_people.delivery.message import Request, wire
from target_people.delivery.verdict import DELIVERED, Outcome
from target_people.errors import (
    CredentialsError,
    JobFailed,
    JobUnknown,
    NotConfirmedError,
    OutOfServiceError,
    Retriable,
)
from tests.support.clock import FakeClock
from tests.support.vendor import Plain, ScriptedTransport, answer, outgoing, plain
from tests.support.work import finish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_people.delivery.message import Flow
    from tests.support.vendor import Line

RUNNING = answer({"state": "running"})
DONE = answer({"outcomes": ["delivered", "delivered"]})
BATCH = Batch([outgoing("a"), outgoing("b")])


class Wait:
    """Waits for job ``j1`` of two people.

    Args:
        script: the answers to the questions.
        polling: the vendor's schedule.
        settings: the vendor's.
    """

    def __init__(self, script: Iterable[Line], polling: Polling | None = None, **settings: Any) -> None:
        self.clock = FakeClock()
        self.transport = ScriptedTransport(script)
        self._vendor = plain(kind={"polling": polling or Polling(first=1, growth=2, cap=8), **self.kind}, **settings)

    kind: ClassVar[dict[str, Any]] = {}
    job: ClassVar[str | None] = "j1"

    def outcomes(self) -> tuple[Outcome, ...]:
        send = Classify(wire, self._vendor, self.clock)
        work = await_outcomes(self._vendor, Job(self.job), BATCH, send, self.clock)
        return finish(work, self.transport, self.clock)


def test_a_job_is_asked_for_until_it_says_what_became_of_everybody() -> None:
    wait = Wait([RUNNING, RUNNING, DONE])
    assert wait.outcomes() == (DELIVERED, DELIVERED)
    assert wait.transport.called == ["GET /jobs/j1"] * 3


@pytest.mark.parametrize(
    ("polling", "waits"),
    [
        pytest.param(Polling(first=1, growth=2, cap=8), [1, 2, 4, 8, 8, 8], id="grows-to-its-cap"),
        pytest.param(Polling(first=0.25, growth=1, cap=30), [0.25] * 6, id="steady"),
        pytest.param(Polling(first=3, growth=10, cap=30), [3, 30, 30, 30, 30, 30], id="soon-at-its-cap"),
    ],
)
def test_the_waits_are_those_of_the_vendors_schedule(polling: Polling, waits: list[float]) -> None:
    wait = Wait([*[RUNNING] * 5, DONE], polling)
    wait.outcomes()
    assert wait.clock.slept == waits


@pytest.mark.parametrize("seconds", [0.5, 1, 10, 100.25])
def test_at_the_deadline_it_is_asked_for_the_last_time(seconds: float) -> None:
    wait = Wait(repeat(RUNNING), confirm_seconds=seconds)
    with pytest.raises(NotConfirmedError, match=rf"^plain .* 2 people in {seconds:g} s.*plain\.confirm_seconds$"):
        wait.outcomes()
    assert wait.clock.monotonic() == seconds


def test_a_job_that_ends_at_the_deadline_is_confirmed() -> None:
    wait = Wait([RUNNING, DONE], confirm_seconds=2)
    assert wait.outcomes() == (DELIVERED, DELIVERED)
    assert wait.clock.slept == [1, 1]


def test_the_time_that_the_questions_take_counts() -> None:
    def slow(request: object) -> Any:
        del request
        wait.clock.advance(60)
        return RUNNING

    wait = Wait(repeat(slow), confirm_seconds=100)
    with pytest.raises(NotConfirmedError):
        wait.outcomes()
    assert len(wait.transport.requests) == 2


@pytest.mark.parametrize("status", [404, 410, 400, 422, 413, 301])
def test_a_job_that_the_vendor_does_not_tell_about_is_not_confirmed(status: int) -> None:
    wait = Wait([answer({"message": "who is ann@example.com?"}, status)])
    with pytest.raises(NotConfirmedError, match=rf"^plain does not say .* 2 people.*\b{status}\b") as caught:
        wait.outcomes()
    assert "ann" not in str(caught.value)


def test_a_vendor_that_is_out_of_service_meanwhile_has_not_confirmed() -> None:
    message = "plain was out of service for 300 s"
    with pytest.raises(NotConfirmedError, match=message):
        Wait([OutOfServiceError(message)]).outcomes()


def test_a_flow_that_says_so_itself_is_believed() -> None:
    message = "plain ended the import without counting"
    with pytest.raises(NotConfirmedError, match=rf"^{message}$"):
        Wait([NotConfirmedError(message)]).outcomes()


@pytest.mark.parametrize("error", [CredentialsError("x"), Retriable("x")], ids=lambda error: type(error).__name__)
def test_other_errors_pass(error: Exception) -> None:
    with pytest.raises(type(error)):
        Wait([error]).outcomes()


@pytest.mark.parametrize("body", [None, {"state": "aliens"}, {"outcomes": None}, {"state": "COMPLETED"}])
def test_an_answer_that_says_nothing_known_is_never_success(body: Any) -> None:
    wait = Wait(repeat(answer(body or {})), confirm_seconds=30)
    with pytest.raises(NotConfirmedError):
        wait.outcomes()


MISSING = answer(status=404)
FAILED = answer({"state": "failed"})
THERE, HALF, NOBODY = answer([True, True]), answer([True, False]), answer([False, None])
REFUSED = answer(None)


def confirm(vendor: Plain, job: Job, batch: Batch) -> Flow[Any]:
    """As the plain vendor does, with a job that may be missing or fail."""
    answered = yield Request("GET", "/jobs/j1", expects=frozenset({404}))
    if answered.status == 404:
        raise JobUnknown
    if answered.json().get("state") == "failed":
        raise JobFailed
    del vendor, job, batch
    outcomes = answered.json().get("outcomes")
    return outcomes and tuple(Outcome(word) for word in outcomes)


def read_back(vendor: Plain, batch: Batch) -> Flow[Any]:
    """One request, answered with what is to be told of those who are asked for."""
    del vendor
    told = (yield Request("GET", "/people")).json()
    return told and told[-len(batch) :]


class Reading(Wait):
    """The same with a vendor that may read people back."""

    kind: ClassVar[dict[str, Any]] = {"confirm": confirm, "read_back": read_back}

    @property
    def read(self) -> list[bool]:
        """Of every request, whether it was for people."""
        return [called == "GET /people" for called in self.transport.called]


class Nameless(Reading):
    """The same with a request that named no job."""

    job: ClassVar[str | None] = None


def test_a_job_that_was_never_seen_is_lost_when_it_is_missing_for_the_third_time() -> None:
    wait = Reading([MISSING, MISSING, MISSING, THERE])
    assert wait.outcomes() == (DELIVERED, DELIVERED)
    assert wait.read == [False, False, False, True]


def test_a_job_that_was_seen_before_is_lost_at_once() -> None:
    wait = Reading([RUNNING, MISSING, THERE])
    assert wait.outcomes() == (DELIVERED, DELIVERED)


def test_a_lost_job_that_comes_back_speaks_for_itself() -> None:
    wait = Reading([RUNNING, MISSING, NOBODY, RUNNING, DONE])
    assert wait.outcomes() == (DELIVERED, DELIVERED)
    assert wait.read == [False, False, True, False, False]


def test_a_lost_job_is_read_back_on_the_schedule_until_the_deadline() -> None:
    wait = Reading([RUNNING, *[MISSING, NOBODY] * 3], confirm_seconds=15)
    with pytest.raises(NotConfirmedError, match=r"2 people \(it knows no such job\); read back, 0 are there as sent"):
        wait.outcomes()
    assert wait.clock.slept == [1, 2, 4, 8]


def test_people_who_come_one_by_one_are_seen_in_the_end() -> None:
    wait = Reading([RUNNING, MISSING, HALF, MISSING, THERE])
    assert wait.outcomes() == (DELIVERED, DELIVERED)


@pytest.mark.parametrize(("seen", "good"), [(THERE, True), (HALF, False), (NOBODY, False), (REFUSED, False)])
def test_at_the_deadline_of_a_job_under_way_people_are_read_back_once(seen: Any, *, good: bool) -> None:
    wait = Reading([RUNNING, seen], confirm_seconds=1)
    with nullcontext() if good else pytest.raises(NotConfirmedError, match=r"in 1 s.*plain\.confirm_seconds$"):
        assert wait.outcomes() == (DELIVERED, DELIVERED)
    assert wait.read == [False, True]


def test_a_request_that_named_no_job_is_read_back_until_the_deadline() -> None:
    wait = Nameless([NOBODY, NOBODY, THERE])
    assert wait.outcomes() == (DELIVERED, DELIVERED)
    assert wait.clock.slept == [1, 2, 4]


@pytest.mark.parametrize(("kind", "script"), [(Nameless, [REFUSED]), (Reading, [answer({}, 422), REFUSED])])
def test_where_nothing_can_be_asked_and_nobody_read_back_there_is_no_waiting(kind: type[Reading], script: Any) -> None:
    wait = kind(script)
    with pytest.raises(NotConfirmedError):
        wait.outcomes()
    assert wait.clock.slept == [1]


def test_a_question_that_is_refused_is_not_repeated() -> None:
    wait = Reading([answer({}, 422), NOBODY, THERE])
    assert wait.outcomes() == (DELIVERED, DELIVERED)
    assert wait.read == [False, True, True]


def test_a_missing_job_of_a_vendor_that_reads_nobody_back_is_asked_for_until_the_deadline() -> None:
    wait = Reading([MISSING, MISSING, MISSING, REFUSED, DONE])
    assert wait.outcomes() == (DELIVERED, DELIVERED)


@pytest.mark.parametrize(("seen", "stored"), [(THERE, {0, 1}), (HALF, {0}), (NOBODY, set()), (REFUSED, set())])
def test_a_failed_job_says_who_is_there_all_the_same(seen: Any, stored: set[int]) -> None:
    wait = Reading([FAILED, seen])
    with pytest.raises(JobFailed) as caught:
        wait.outcomes()
    assert caught.value.stored == stored


def test_a_vendor_that_is_out_of_service_while_people_are_read_back_has_not_confirmed() -> None:
    with pytest.raises(NotConfirmedError, match="gone"):
        Nameless([OutOfServiceError("gone")]).outcomes()
