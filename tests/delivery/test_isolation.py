"""How the refused records of a batch are found."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.batch import Batch, Outgoing
from target_people.delivery.isolation import Isolation
from target_people.delivery.verdict import DELIVERED, Outcome, Verdict
from target_people.errors import BatchRefused, ConfigurationError, OutOfServiceError
from tests.support.vendor import ScriptedTransport, outgoing
from tests.support.work import at_once, finish

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

BOUNDED = settings(deadline=None, derandomize=True, max_examples=150)
TOO_LARGE = 413


@dataclass
class Model:
    """A vendor that refuses a request while anybody bad is in it.

    Args:
        bad: identities.
        names: how many of the bad it names in one refusal.
        most: people in a request before it is too large.
    """

    bad: Collection[str]
    names: int = 0
    most: int = 1_000_000
    sent: list[int] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)

    def __call__(self, batch: Batch) -> tuple[Outcome, ...]:
        self.sent.append(len(batch))
        if len(batch) > self.most:
            raise BatchRefused(TOO_LARGE)
        bad = (at for at, person in enumerate(batch) if person.identity in self.bad)
        named = tuple(islice(bad, self.names or 1))
        if named:
            details = {at: f"no good: {batch[at].identity}" for at in named}
            raise BatchRefused(422, named, details) if self.names else BatchRefused(422, details={-1: "no good"})
        self.stored += [person.identity for person in batch]
        return (DELIVERED,) * len(batch)


def people(count: int) -> Batch:
    return Batch(Outgoing((f"p{at}",), frozenset(), (), b"{}") for at in range(count))


def isolate(attempt: Callable[[Batch], tuple[Outcome, ...]], batch: Batch) -> tuple[Outcome, ...]:
    """The outcomes of a batch whose parts are answered at once."""
    return finish(Isolation(at_once(attempt), "plain").deliver(batch), ScriptedTransport([]))


def some(*positions: int) -> frozenset[str]:
    return frozenset(f"p{at}" for at in positions)


def deliver(model: Model, count: int) -> list[str]:
    """The positions of the rejected, after a check that everybody else was stored, once."""
    outcomes = isolate(model, people(count))
    assert len(outcomes) == count
    refused = [f"p{at}" for at, outcome in enumerate(outcomes) if outcome.verdict is Verdict.REJECTED]
    assert sorted(model.stored + refused) == sorted(f"p{at}" for at in range(count))
    return refused


@BOUNDED
@given(count=st.integers(2, 60), data=st.data(), names=st.integers(0, 3), most=st.integers(1, 60))
def test_the_bad_are_rejected_and_all_others_stored_once(
    count: int, data: st.DataObject, names: int, most: int
) -> None:
    """Whatever the vendor names, and however few people it takes at once."""
    bad = data.draw(st.sets(st.integers(0, count - 1), max_size=count - 1))
    model = Model(some(*bad), names, most)
    assert deliver(model, count) == [f"p{at}" for at in sorted(bad)]


@pytest.mark.parametrize(
    ("bad", "names", "requests"),
    [
        pytest.param((), 0, 1, id="nobody-bad"),
        pytest.param((3, 50, 97), 0, 40, id="nobody-named"),
        pytest.param((0, 1, 2), 0, 40, id="nobody-named-all-in-front"),
        pytest.param((97, 98, 99), 0, 40, id="nobody-named-all-at-the-end"),
        pytest.param((3, 50, 97), 1, 4, id="one-named-at-a-time"),
        pytest.param((3, 50, 97), 3, 2, id="all-named-at-once"),
        pytest.param(tuple(range(40)), 0, 92, id="a-long-run-of-bad-in-front"),
    ],
)
def test_bad_records_among_a_hundred_cost_few_requests(bad: tuple[int, ...], names: int, requests: int) -> None:
    model = Model(some(*bad), names)
    assert deliver(model, 100) == [f"p{at}" for at in bad]
    assert len(model.sent) <= requests


def test_exactly_the_named_go_out_and_the_rest_is_sent_together() -> None:
    model = Model(some(1, 4), names=2)
    assert deliver(model, 6) == ["p1", "p4"]
    assert model.sent == [6, 4]
    assert model.stored == ["p0", "p2", "p3", "p5"]


def test_a_refusal_that_names_nobody_is_halved_down_to_one() -> None:
    model = Model(some(0))
    deliver(model, 8)
    assert sorted(model.sent) == sorted([8, 4, 4, 2, 2, 1, 1])


def test_a_vendor_that_names_one_of_thousands_at_a_time_is_followed_to_the_end() -> None:
    model = Model(some(*range(3000)), names=1)
    assert len(deliver(model, 10_000)) == 3000
    assert len(model.sent) == 3001


def test_a_position_outside_the_batch_names_nobody() -> None:
    def attempt(batch: Batch) -> tuple[Outcome, ...]:
        if any(person.identity == "p2" for person in batch):
            raise BatchRefused(422, (-1, 99))
        return (DELIVERED,) * len(batch)

    outcomes = isolate(attempt, people(4))
    assert [outcome.verdict is Verdict.REJECTED for outcome in outcomes] == [False, False, True, False]


def test_a_request_that_is_too_large_is_halved_by_bytes() -> None:
    """One person with a long text against five with short ones: the two halves are not three and three."""
    sizes: list[list[int]] = []

    def attempt(batch: Batch) -> tuple[Outcome, ...]:
        sizes.append([len(person.body) for person in batch])
        if sum(sizes[-1]) > 100:
            raise BatchRefused(413)
        return (DELIVERED,) * len(batch)

    bodies = [b"x" * size for size in (95, 10, 10, 10, 10, 10)]
    isolate(attempt, Batch([outgoing(f"p-{at}", body=body) for at, body in enumerate(bodies)]))
    assert sorted(sizes[1:]) == [[10, 10, 10, 10, 10], [95]]


@pytest.mark.parametrize("count", [1, 2, 9])
def test_a_few_people_may_all_be_bad_without_ending_the_run(count: int) -> None:
    """A night's last two records must not stop every night from then on."""
    assert {outcome.verdict for outcome in isolate(Model(some(*range(count))), people(count))} == {Verdict.REJECTED}


@pytest.mark.parametrize("count", [10, 32, 33, 100, 10_000])
def test_when_everything_is_refused_the_run_ends_and_nobody_is_rejected(count: int) -> None:
    """It takes at most 65 refusals to see it."""
    model = Model(some(*range(count)))
    with pytest.raises(ConfigurationError, match=rf"^plain refused {count} people, .*nobody was rejected"):
        isolate(model, people(count))
    assert len(model.sent) <= 65


@pytest.mark.parametrize("count", [1, 2, 9])
def test_fewer_than_ten_who_are_all_refused_alone_are_rejected(count: int) -> None:
    assert deliver(Model(some(*range(count))), count) == [f"p{at}" for at in range(count)]


@pytest.mark.parametrize(("refusals", "hopeless"), [(64, False), (65, True)])
def test_sixty_four_refusals_are_followed_and_no_more(refusals: int, *, hopeless: bool) -> None:
    sent: list[Batch] = []

    def attempt(batch: Batch) -> tuple[Outcome, ...]:
        sent.append(batch)
        if len(sent) <= refusals:
            raise BatchRefused(422)
        return (DELIVERED,) * len(batch)

    with pytest.raises(ConfigurationError) if hopeless else nullcontext():
        assert len(isolate(attempt, people(1000))) == 1000
    assert (len(sent) == refusals) is hopeless


@pytest.mark.parametrize("bad", [range(200), range(800, 1000)], ids=["in-front", "at-the-end"])
def test_bad_records_that_stand_together_are_not_taken_for_a_wrong_request(bad: range) -> None:
    assert deliver(Model(some(*bad)), 1000) == [f"p{at}" for at in bad]


def test_a_named_record_without_words_of_its_own_has_those_on_the_request() -> None:
    def attempt(batch: Batch) -> tuple[Outcome, ...]:
        raise BatchRefused(422, tuple(range(len(batch))), {0: "no such country", -1: "two mistakes"})

    outcomes = isolate(attempt, people(2))
    assert [outcome.detail for outcome in outcomes] == ["no such country", "two mistakes"]


def test_a_refused_record_on_its_own_is_rejected() -> None:
    assert deliver(Model(some(0)), 1) == ["p0"]


def test_everybody_named_is_rejected() -> None:
    """The vendor says that it is the people."""
    assert deliver(Model(some(*range(100)), names=1), 100) == [f"p{at}" for at in range(100)]


def test_people_who_were_named_do_not_count_as_a_wrong_request() -> None:
    """After a hundred named, one refusal that names nobody is no reason to stop."""
    named = Model(some(*range(100)), names=1)

    def attempt(batch: Batch) -> tuple[Outcome, ...]:
        refused = len(batch) == 50
        if refused:
            raise BatchRefused(TOO_LARGE)
        return named(batch)

    outcomes = isolate(attempt, people(150))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.REJECTED] * 100 + [Verdict.DELIVERED] * 50


def test_too_large_a_request_is_halved_and_a_lone_record_is_too_large() -> None:
    def attempt(batch: Batch) -> tuple[Outcome, ...]:
        if any(person.identity == "p5" for person in batch):
            raise BatchRefused(TOO_LARGE)
        return (DELIVERED,) * len(batch)

    outcomes = isolate(attempt, people(8))
    assert [(at, outcome.code) for at, outcome in enumerate(outcomes) if outcome.code] == [(5, "too_large")]


def test_outcomes_stand_in_the_order_of_the_batch() -> None:
    def attempt(batch: Batch) -> tuple[Outcome, ...]:
        if any(person.identity in {"p1", "p6"} for person in batch):
            raise BatchRefused(422)
        return tuple(Outcome(Verdict.DELIVERED, detail=person.identity) for person in batch)

    outcomes = isolate(attempt, people(8))
    expected = ["p0", "", "p2", "p3", "p4", "p5", "", "p7"]
    assert [outcome.detail for outcome in outcomes] == expected


@pytest.mark.parametrize(
    ("names", "details"),
    [pytest.param(1, ["no good: p1", "no good: p2"], id="named"), pytest.param(0, ["no good"] * 2, id="unnamed")],
)
def test_a_rejection_has_the_vendors_words_on_that_record(names: int, details: list[str]) -> None:
    outcomes = isolate(Model(some(1, 2), names), people(4))
    refused = [outcome for outcome in outcomes if outcome.verdict is Verdict.REJECTED]
    assert [outcome.detail for outcome in refused] == details
    assert {outcome.code for outcome in refused} == {"vendor_refused"}
    assert "no good" not in repr(outcomes)


def test_what_ends_the_run_is_not_isolated() -> None:
    calls: list[int] = []

    def attempt(batch: Batch) -> tuple[Outcome, ...]:
        calls.append(len(batch))
        if len(calls) == 1:
            raise BatchRefused(422)
        message = "gone"
        raise OutOfServiceError(message)

    with pytest.raises(OutOfServiceError):
        isolate(attempt, people(4))
    assert calls == [4, 2]
