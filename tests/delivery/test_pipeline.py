"""One vendor account: records in, exactly one outcome per record out."""

from __future__ import annotations

from contextlib import closing
from itertools import repeat
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.contract import Access, Limits
from target_people.delivery.verdict import DELIVERED, UPDATED, Outcome, Verdict
from target_people.errors import (
    ConfigurationError,
    NotConfirmedError,
    OutOfServiceError,
    RecordError,
    VendorContractError,
)
from tests.support.vendor import TOKEN, Delivery, all_of, answer, people_in, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_people.delivery.batch import Outgoing
    from target_people.delivery.message import Request, Response
    from tests.support.vendor import Delivering

BOUNDED = settings(deadline=None, derandomize=True, max_examples=60)
ANN, BEN, CAT = ({"id": name} for name in ("ann", "ben", "cat"))
DELIVER = all_of("delivered")


def test_every_record_is_settled_with_the_outcome_that_the_vendor_gave_it(delivering: Delivering) -> None:
    delivery = delivering(plain(), [answer({"outcomes": ["created", "updated", "delivered"]})])
    delivery.add(ANN, BEN, CAT)
    assert delivery.settled == []
    delivery.finish()
    assert delivery.verdicts == [("ann", "created"), ("ben", "updated"), ("cat", "delivered")]


def test_a_superseded_record_has_no_verdict_before_the_newer_one_has(delivering: Delivering) -> None:
    """A STATE that covers the older alone would else be out while the vendor has neither."""
    delivery = delivering(plain(), [DELIVER])
    delivery.add(ANN, BEN)
    delivery.pipeline.add(ANN, frozenset(ANN), "ann again")
    assert delivery.settled == []
    delivery.finish()
    assert delivery.verdicts == [("ben", "delivered"), ("ann again", "delivered"), ("ann", "superseded")]


def test_when_the_newer_record_has_no_outcome_the_superseded_has_none(delivering: Delivering) -> None:
    delivery = delivering(plain(retry_seconds=1), repeat(answer(status=503)))
    delivery.add(ANN, ANN)
    with pytest.raises(OutOfServiceError):
        delivery.finish()
    assert delivery.settled == []


PEOPLE = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("abcdefgh")}, optional={"bad": st.booleans(), "x": st.integers(0, 9)}),
    max_size=25,
)


def refuse_the_bad(request: Request) -> Response:
    bad = any(person.get("bad") for person in people_in(request))
    return answer({"message": "no"}, 422) if bad else DELIVER(request)


@BOUNDED
@given(people=PEOPLE, size=st.integers(1, 6), at_once=st.integers(1, 4))
def test_every_record_has_exactly_one_outcome(people: list[dict[str, Any]], size: int, at_once: int) -> None:
    """Whoever comes twice or is refused; unless the request as a whole counts as wrong, and then nobody has two."""
    vendor = plain(batch_size=size, max_in_flight=at_once)
    with closing(Delivery(vendor, repeat(refuse_the_bad))) as delivery:
        try:
            for at, person in enumerate(people):
                delivery.pipeline.add(person, frozenset(person), at)
            delivery.finish()
        except ConfigurationError:
            assert len({at for at, _ in delivery.settled}) == len(delivery.settled) < len(people)
            return
    assert sorted(at for at, _ in delivery.settled) == list(range(len(people)))
    for at, outcome in delivery.settled:
        expected = Verdict.REJECTED if people[at].get("bad") else Verdict.DELIVERED
        assert outcome.verdict in {expected, Verdict.SUPERSEDED}


@pytest.mark.parametrize(
    ("configured", "bound", "expected"),
    [
        pytest.param(None, None, 10, id="the-vendors-default"),
        pytest.param(100, None, 100, id="configured-up-to-the-cap"),
        pytest.param(None, 4, 4, id="lowered-for-all-vendors"),
        pytest.param(3, 4, 3, id="configured-below-that"),
        pytest.param(None, 500, 10, id="never-raised-for-all-vendors"),
    ],
)
def test_a_batch_leaves_when_it_is_full(
    configured: int | None, bound: int | None, expected: int, delivering: Delivering
) -> None:
    delivery = delivering(plain(batch_size=configured), repeat(DELIVER), batch_size=bound)
    delivery.add(*({"id": f"p{at}"} for at in range(expected)))
    delivery.turn()
    assert delivery.sizes == [expected]


def test_a_batch_size_above_the_cap_is_an_error_that_names_the_setting_and_the_cap(delivering: Delivering) -> None:
    with pytest.raises(ConfigurationError, match=r"^plain\.batch_size is 101; .* 100 people"):
        delivering(plain(batch_size=101), [])


@pytest.mark.parametrize("count", [1, 3])
def test_too_few_or_too_many_outcomes_break_the_contract(count: int, delivering: Delivering) -> None:
    delivery = delivering(plain(), [answer({"outcomes": ["delivered"] * count})])
    delivery.add(ANN, BEN)
    with pytest.raises(VendorContractError, match=f"^plain: {count} outcomes for 2 records"):
        delivery.finish()
    assert delivery.settled == []


JOB = answer({"job": "j1"})


def test_an_import_job_is_confirmed_and_its_id_kept(delivering: Delivering) -> None:
    delivery = delivering(plain(), [JOB, answer({"state": "running"}), answer({"outcomes": ["updated"]})])
    delivery.add(ANN)
    delivery.finish()
    assert delivery.verdicts == [("ann", "updated")]
    assert delivery.pipeline.meter.jobs == ["j1"]
    assert delivery.clock.slept == [1, 2]


@pytest.mark.parametrize("taken", [{"job": "j1"}, {}])
def test_without_confirmation_whoever_was_taken_is_accepted(taken: dict[str, str], delivering: Delivering) -> None:
    delivery = delivering(plain(confirm=False), [answer(taken)])
    delivery.add(ANN, BEN)
    delivery.finish()
    assert delivery.verdicts == [("ann", "accepted"), ("ben", "accepted")]
    assert delivery.pipeline.meter.jobs == list(taken.values())


def test_a_refusal_counts_without_confirmation_too(delivering: Delivering) -> None:
    delivery = delivering(plain(confirm=False), [answer({"outcomes": ["delivered", "rejected"]})])
    delivery.add(ANN, BEN)
    delivery.finish()
    assert delivery.verdicts == [("ann", "delivered"), ("ben", "rejected")]


def test_a_job_without_a_name_cannot_be_confirmed(delivering: Delivering) -> None:
    delivery = delivering(plain(), [answer({})])
    delivery.add(ANN)
    with pytest.raises(NotConfirmedError, match=r"^plain took 1 people .*plain\.confirm to false"):
        delivery.finish()
    assert delivery.settled == []


def test_a_job_that_does_not_end_settles_nobody(delivering: Delivering) -> None:
    delivery = delivering(plain(confirm_seconds=10), [JOB, *[answer({"state": "running"})] * 9])
    delivery.add(ANN)
    with pytest.raises(NotConfirmedError):
        delivery.finish()
    assert delivery.settled == []


def test_a_record_too_large_on_its_own_is_rejected_without_a_request(delivering: Delivering) -> None:
    delivery = delivering(plain(kind={"limits": Limits(people=100, batch=10, size=50)}), [])
    delivery.add({"id": "a" * 60})
    assert [(outcome.verdict, outcome.code) for _, outcome in delivery.settled] == [(Verdict.REJECTED, "too_large")]
    delivery.finish()


def test_a_record_just_as_large_as_allowed_goes(delivering: Delivering) -> None:
    delivery = delivering(plain(kind={"limits": Limits(people=100, batch=10, size=50)}), [DELIVER])
    delivery.add({"id": "a" * (50 - len('{"id":""}'))})
    delivery.finish()
    assert [str(verdict) for _, verdict in delivery.verdicts] == ["delivered"]


def test_a_record_that_cannot_be_encoded_leaves_nothing_behind(delivering: Delivering) -> None:
    delivery = delivering(plain(), [DELIVER])
    delivery.add(ANN)
    with pytest.raises(RecordError, match=r"^missing: email$"):
        delivery.add({"id": "ann", "email": ""})
    delivery.finish()
    assert delivery.verdicts == [("ann", "delivered")]
    assert people_in(delivery.transport.requests[0]) == [ANN]


def test_an_empty_pipeline_sends_nothing(delivering: Delivering) -> None:
    delivery = delivering(plain(), [])
    delivery.clock.advance(1000)
    delivery.turn()
    delivery.finish()
    assert delivery.transport.requests == []


def test_the_catalogue_is_read_once(delivering: Delivering) -> None:
    delivery = delivering(plain(), [answer({})])
    delivery.pipeline.prepare()
    delivery.pipeline.prepare()
    assert delivery.transport.called == ["GET /fields"]


def test_a_catalogue_that_could_not_be_read_is_asked_for_again(delivering: Delivering) -> None:
    delivery = delivering(plain(retry_seconds=0), [answer({}, 503), answer({})])
    with pytest.raises(OutOfServiceError):
        delivery.pipeline.prepare()
    delivery.pipeline.prepare()
    assert delivery.transport.called == ["GET /fields"] * 2


def test_a_refused_preparation_is_a_matter_of_the_configuration(delivering: Delivering) -> None:
    delivery = delivering(plain(), [answer({"message": TOKEN}, 422)])
    with pytest.raises(ConfigurationError, match=r"^plain refused .* 422; check plain\.api_url") as caught:
        delivery.pipeline.prepare()
    assert TOKEN not in str(caught.value)


def test_a_flow_of_the_vendor_brings_its_result(delivering: Delivering) -> None:
    delivery = delivering(plain(), [answer(["city"])])
    assert delivery.pipeline.run(delivery.pipeline.vendor.check) == Access(1)


def test_closing_lets_go_of_the_transport_and_sends_nothing(delivering: Delivering) -> None:
    delivery = delivering(plain(), [])
    delivery.add(ANN)
    delivery.pipeline.close()
    assert (delivery.transport.closed, delivery.transport.requests) == (True, [])


class Memory:
    """A ledger that knows one person."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.told: list[tuple[str, Outcome]] = []

    def known(self, person: Outgoing) -> Outcome | None:
        return UPDATED if person.identity == self.name else None

    def settled(self, people: Sequence[Outgoing], outcome: Outcome) -> None:
        self.told.extend((person.identity, outcome) for person in people)


def test_a_ledger_spares_the_known_and_is_told_every_outcome(delivering: Delivering) -> None:
    memory = Memory("ann")
    delivery = delivering(plain(), [DELIVER], ledger=memory)
    delivery.add(ANN, BEN)
    delivery.finish()
    assert delivery.sizes == [1]
    assert memory.told == [("ann", UPDATED), ("ben", DELIVERED)]
    assert delivery.settled == memory.told
