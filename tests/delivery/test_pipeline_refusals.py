"""What a pipeline does when the vendor does not take a batch."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

import pytest

from target_people.errors import BatchRefused, CredentialsError, OutOfServiceError
from tests.support.vendor import all_of, answer, people_in, plain

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch
    from target_people.delivery.message import Flow
    from tests.support.vendor import Delivering, Line

ANN, BEN, CAT = ({"id": name} for name in ("ann", "ben", "cat"))
DELIVER = all_of("delivered")


def unless(refused: set[str]) -> Line:
    """A line of a script: refuses while one of these is in the request."""
    return lambda request: (
        answer({}, 400) if refused & {person["id"] for person in people_in(request)} else DELIVER(request)
    )


@pytest.mark.parametrize(
    ("first", "bad", "sizes"),
    [
        pytest.param(answer({"named": [1]}, 422), {"ben"}, [2], id="named"),
        pytest.param(answer({}, 413), set(), [1, 2], id="too-large-together"),
        pytest.param(answer({}, 400), {"ann"}, [1, 2], id="halved"),
    ],
)
def test_a_refused_batch_is_isolated(first: Line, bad: set[str], sizes: list[int], delivering: Delivering) -> None:
    delivery = delivering(plain(), [first, *[unless(bad)] * len(sizes)])
    delivery.add(ANN, BEN, CAT)
    delivery.finish()
    assert {origin for origin, verdict in delivery.verdicts if verdict == "rejected"} == bad
    assert [origin for origin, _ in delivery.verdicts] == ["ann", "ben", "cat"]
    assert (delivery.sizes[0], sorted(delivery.sizes[1:])) == (3, sizes)


def test_a_rejection_has_the_vendors_words(delivering: Delivering) -> None:
    delivery = delivering(plain(), [answer({"message": "no such country"}, 422)])
    delivery.add(ANN)
    delivery.finish()
    assert [(outcome.code, outcome.detail) for _, outcome in delivery.settled] == [
        ("vendor_refused", "no such country")
    ]


def test_a_lone_record_that_the_vendor_finds_too_large_is_rejected_as_such(delivering: Delivering) -> None:
    delivery = delivering(plain(), [answer({"message": "too large"}, 413)])
    delivery.add(ANN)
    delivery.finish()
    assert [outcome.code for _, outcome in delivery.settled] == ["too_large"]


def test_a_flow_may_refuse_the_batch_itself(delivering: Delivering) -> None:
    def submit(_: object, batch: Batch) -> Flow[Any]:
        yield from ()
        raise BatchRefused(0, (0,), {0: "not counted"}) if len(batch) > 1 else BatchRefused(0)

    delivery = delivering(plain(kind={"submit": submit}), [])
    delivery.add(ANN, BEN)
    delivery.finish()
    assert delivery.verdicts == [("ann", "rejected"), ("ben", "rejected")]


@pytest.mark.parametrize(
    ("status", "error"), [(401, CredentialsError), (403, CredentialsError), (404, OutOfServiceError)]
)
def test_what_is_not_the_peoples_fault_settles_nobody(
    status: int, error: type[Exception], delivering: Delivering
) -> None:
    delivery = delivering(plain(), [answer({}, status)])
    delivery.add(ANN, BEN)
    with pytest.raises(error):
        delivery.finish()
    assert delivery.settled == []


def test_an_outage_settles_nobody(delivering: Delivering) -> None:
    delivery = delivering(plain(retry_seconds=20), repeat(answer({}, 503)))
    delivery.add(ANN)
    with pytest.raises(OutOfServiceError, match="status 503"):
        delivery.finish()
    assert delivery.settled == []
