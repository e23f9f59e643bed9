"""How people are found whose import jobs fail: nobody is rejected for what nobody says is their fault."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from target_people.delivery.batch import Batch, Outgoing
from target_people.delivery.isolation import Isolation
from target_people.delivery.verdict import DELIVERED, Outcome
from target_people.errors import BatchRefused, ConfigurationError, JobFailed, NotConfirmedError
from tests.support.vendor import ScriptedTransport
from tests.support.work import at_once, finish

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

TOO_LARGE = 413


def people(count: int) -> Batch:
    return Batch(Outgoing((f"p{at}",), frozenset(), (), b"{}") for at in range(count))


def some(*positions: int) -> frozenset[str]:
    return frozenset(f"p{at}" for at in positions)


def isolate(attempt: Callable[[Batch], tuple[Outcome, ...]], batch: Batch) -> tuple[Outcome, ...]:
    """The outcomes of a batch whose parts end at once."""
    return finish(Isolation(at_once(attempt), "plain").deliver(batch), ScriptedTransport([]))


class Failing:
    """A vendor whose import jobs fail, a refused request excepted.

    Args:
        good: people whose jobs end well, when nobody else is with them.
        stored: of a part of this many people so many, from its first on, are there all the same.
        refuses: people on their own whose requests are refused instead.
        times: jobs that fail; those after them end well.
    """

    def __init__(
        self, good: Collection[str] = (), stored: float = 0, refuses: Collection[str] = (), times: int = 1000
    ) -> None:
        self.sent: list[int] = []
        self._good = good
        self._stored = stored
        self._refuses = refuses
        self._times = times

    def __call__(self, batch: Batch) -> tuple[Outcome, ...]:
        self.sent.append(len(batch))
        alone = batch[0].identity if len(batch) == 1 else ""
        if alone in self._refuses:
            raise BatchRefused(422)
        if alone in self._good or len(self.sent) > self._times:
            return (DELIVERED,) * len(batch)
        failure = JobFailed()
        failure.stored = frozenset(range(int(len(batch) * self._stored)))
        raise failure


@pytest.mark.parametrize("count", [1, 2, 9, 10, 32, 100])
def test_when_all_import_jobs_fail_nobody_is_rejected_however_few_they_are(count: int) -> None:
    vendor = Failing()
    with pytest.raises(
        NotConfirmedError, match=rf"^plain ended every import job of {count} people .*nobody was rejected"
    ):
        isolate(vendor, people(count))
    assert len(vendor.sent) <= 65


def test_a_job_that_fails_once_is_no_harm() -> None:
    vendor = Failing(times=1)
    assert isolate(vendor, people(8)) == (DELIVERED,) * 8
    assert vendor.sent == [8, 4, 4]


def test_a_person_alone_is_sent_once_more() -> None:
    vendor = Failing(times=1)
    assert isolate(vendor, people(1)) == (DELIVERED,)
    assert vendor.sent == [1, 1]


def test_a_person_whose_job_fails_alone_while_others_pass_is_rejected() -> None:
    vendor = Failing(good=some(0, 1, 3))
    outcomes = isolate(vendor, people(4))
    assert [outcome.code for outcome in outcomes] == ["", "", "vendor_refused", ""]


@pytest.mark.parametrize("proven", [False, True])
def test_a_batch_of_one_is_rejected_only_where_the_run_has_proven_that_others_pass(*, proven: bool) -> None:
    work = Isolation(at_once(Failing()), "plain", lambda: proven).deliver(people(1))
    with nullcontext() if proven else pytest.raises(NotConfirmedError):
        (outcome,) = finish(work, ScriptedTransport([]))
        assert outcome.code == "vendor_refused"


def test_a_batch_of_two_is_not_rejected_even_then() -> None:
    work = Isolation(at_once(Failing()), "plain", lambda: True).deliver(people(2))
    with pytest.raises(NotConfirmedError):
        finish(work, ScriptedTransport([]))


def test_whoever_is_there_all_the_same_is_delivered_and_only_the_others_go_again() -> None:
    vendor = Failing(stored=0.5, times=2)
    assert isolate(vendor, people(8)) == (DELIVERED,) * 8
    assert vendor.sent == [8, 4, 2]


def test_everybody_there_all_the_same_ends_it() -> None:
    vendor = Failing(stored=1)
    assert isolate(vendor, people(8)) == (DELIVERED,) * 8
    assert vendor.sent == [8]


def test_people_who_are_there_do_not_prove_that_jobs_pass() -> None:
    with pytest.raises(NotConfirmedError):
        isolate(Failing(stored=0.5), people(8))


def test_a_person_whom_a_failed_job_names_is_rejected_although_there() -> None:
    def attempt(batch: Batch) -> tuple[Outcome, ...]:
        if len(batch) == 2:
            return (DELIVERED,) * 2
        failure = JobFailed((1,), {1: "no such country"})
        failure.stored = frozenset({1})
        raise failure

    outcomes = isolate(attempt, people(3))
    assert [(outcome.code, outcome.detail) for outcome in outcomes] == [
        ("", ""),
        ("vendor_refused", "no such country"),
        ("", ""),
    ]


def test_where_requests_are_refused_as_well_the_request_is_at_fault() -> None:
    """Ten people whose job fails together and whose requests are refused alone."""
    vendor = Failing(refuses=some(*range(10)))
    with pytest.raises(ConfigurationError):
        isolate(vendor, people(10))


def test_a_request_that_is_too_large_says_nothing_against_it() -> None:
    def attempt(batch: Batch) -> tuple[Outcome, ...]:
        raise BatchRefused(TOO_LARGE) if len(batch) > 5 else JobFailed()

    with pytest.raises(NotConfirmedError):
        isolate(attempt, people(10))
