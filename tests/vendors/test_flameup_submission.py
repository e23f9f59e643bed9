"""Flameup: a batch, and what its answer is taken for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.contract import Job
from target_people.delivery.verdict import CREATED, DELIVERED, UPDATED, Outcome, rejected
from target_people.errors import NotConfirmedError
from tests.support.flow import asked, batch_of, crowd, run, sent
from tests.support.vendor import answer
from tests.vendors.account import flameup

if TYPE_CHECKING:
    from target_people.delivery.message import Response

NOT_STORED = rejected("not_stored")
CLEARED = ("email", "first_name", "plan", "status")


def told(people: Any, counts: tuple[Any, ...] = (), status: int = 200) -> Response:
    """An answer with these people, and ``created_count`` and ``updated_count`` if they are given."""
    return answer({"people": people, **dict(zip(("created_count", "updated_count"), counts, strict=False))}, status)


def shown(*ids: object, key: str = "external_id") -> list[dict[str, Any]]:
    """People of an answer; ``key`` is the spelling."""
    return [{"id": "5b1e", "workspace_id": "ws", key: one} for one in ids]


def outcomes_of(response: Response, count: int = 2) -> tuple[Outcome, ...] | None:
    """What an answer says of so many people, called u-0, u-1 and on."""
    vendor = flameup()
    return run(vendor.submit(crowd(vendor, count)), response).outcomes


def cleared(field: str, **parts: Any) -> tuple[Outcome, ...] | None:
    """What an answer that shows these parts of a person says of u-0, who was to lose one field."""
    vendor = flameup()
    batch = batch_of(vendor, {"id": "u-0", field: None}, clear=(field,))
    people = [one | parts for one in shown("u-0")]
    return run(vendor.submit(batch), told(people, (0, 1))).outcomes


@pytest.mark.parametrize(
    ("workspace", "path"),
    [
        (None, "/people/batch"),
        ("ws_1", "/workspaces/ws_1/people/batch"),
        ("../a b?ü", "/workspaces/..%2Fa%20b%3F%C3%BC/people/batch"),
    ],
)
def test_people_go_where_the_workspace_says(workspace: str | None, path: str) -> None:
    vendor = flameup(workspace_id=workspace)
    batch = crowd(vendor, 2, plan="gold")
    job, (request,) = asked(vendor.submit(batch), told(shown("u-0", "u-1"), (2, 0)))
    assert (request.method, request.path) == ("POST", path)
    assert json.loads(request.body) == {"people": sent(batch)}
    assert job == Job(outcomes=(CREATED, CREATED))


@pytest.mark.parametrize("key", ["external_id", "userId"])
@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize(
    ("counts", "outcome"),
    [
        ((2, 0), CREATED),
        ((0, 2), UPDATED),
        ((1, 1), DELIVERED),
        ((2, 2), DELIVERED),
        ((2,), CREATED),
        ((True, 1), DELIVERED),
        (("2", "0"), DELIVERED),
        ((), DELIVERED),
    ],
)
def test_everybody_in_the_answer_was_stored(key: str, status: int, counts: tuple[Any, ...], outcome: Outcome) -> None:
    assert outcomes_of(told(shown("u-0", "u-1", key=key), counts, status)) == (outcome, outcome)


def test_a_spelling_that_is_there_but_empty_gives_way_to_the_other() -> None:
    people = [{"external_id": None, "userId": "u-0"}, {"external_id": "u-1", "userId": None}]
    assert outcomes_of(told(people, (0, 2))) == (UPDATED, UPDATED)


def test_a_count_of_true_is_no_one() -> None:
    assert outcomes_of(told(shown("u-0"), (True, 0)), count=1) == (DELIVERED,)


@pytest.mark.parametrize("key", ["external_id", "userId"])
def test_who_is_missing_was_not_stored_in_whichever_order_the_others_come(key: str) -> None:
    people = shown("u-3", "stranger", "u-0", "u-2", key=key)
    assert outcomes_of(told(people, (1, 2)), count=4) == (DELIVERED, NOT_STORED, DELIVERED, DELIVERED)


def test_an_id_may_come_back_as_a_number() -> None:
    vendor = flameup()
    assert run(vendor.submit(batch_of(vendor, {"id": "7"})), told(shown(7), (1, 0))).outcomes == (CREATED,)


def test_somebody_called_none_is_not_found_in_people_without_a_name() -> None:
    vendor = flameup()
    batch = batch_of(vendor, {"id": "None"}, {"id": "b"})
    assert run(vendor.submit(batch), told([*shown(None), *shown("b")], (1, 1))).outcomes == (NOT_STORED, DELIVERED)


@pytest.mark.parametrize(
    "people", [None, [], {}, "text", [None, "u-0"], [{}], [{"external_id": None}], [{"id": "u-0"}]]
)
@pytest.mark.parametrize(
    ("counts", "outcome"), [((2, 0), CREATED), ((0, 2), UPDATED), ((1, 1), DELIVERED), ((2,), CREATED)]
)
def test_counts_that_add_up_are_enough_where_nobody_is_named(
    people: Any, counts: tuple[int, ...], outcome: Outcome
) -> None:
    assert outcomes_of(told(people, counts)) == (outcome, outcome)


@pytest.mark.parametrize(
    "response",
    [
        answer(status=204),
        answer(),
        answer([]),
        answer("done"),
        answer({}),
        answer({"success": True}),
        answer({"created_count": 0, "updated_count": 0}),
        told([]),
        told([{}], (0, 0)),
        told(None, (0, 0)),
        told([], (1, 0)),
        told([], (3, 0)),
        told([], (2, 1)),
        told([], ("2", 0)),
        told([], (2.0, 0)),
        told([], (True, True)),
    ],
)
def test_an_answer_that_names_nobody_and_does_not_add_up_is_no_success(response: Response) -> None:
    with pytest.raises(NotConfirmedError, match="2 people"):
        outcomes_of(response)


@pytest.mark.parametrize("count", [1, 3])
def test_an_answer_of_nobody_at_all_says_that_everybody_was_dropped(count: int) -> None:
    assert outcomes_of(told([], (0, 0)), count) == (NOT_STORED,) * count


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("email", {}),
        ("email", {"email": None}),
        ("email", {"attributes": {"email": "a trait of that name"}}),
        ("first_name", {"first_name": None}),
        ("first_name", {"attributes": {}}),
        ("first_name", {"first_name": None, "attributes": {"last_name": "Example"}}),
        ("first_name", {"traits": {"first_name": None}}),
        ("plan", {"attributes": {}}),
        ("plan", {"attributes": None}),
        ("plan", {"traits": {"plan": None}}),
        ("plan", {"plan": "no trait", "attributes": {"city": "Exampleton"}}),
        ("status", {"status": "active", "attributes": {}}),
    ],
)
def test_a_value_that_the_answer_shows_to_be_gone_was_cleared(field: str, parts: dict[str, Any]) -> None:
    assert cleared(field, **parts) == (UPDATED,)


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("email", {"email": "a@example.org", "attributes": {}}),
        ("first_name", {"first_name": "Ada", "attributes": {}}),
        ("first_name", {"first_name": None, "attributes": {"first_name": "Ada"}}),
        ("first_name", {"traits": {"first_name": "Ada"}}),
        ("first_name", {}),
        ("plan", {"attributes": {"plan": "gold"}}),
        ("plan", {"traits": {"plan": "gold"}}),
        ("plan", {"attributes": {}, "traits": {"plan": False}}),
        ("plan", {"attributes": "text"}),
        ("plan", {"plan": None}),
        ("plan", {}),
        ("status", {"attributes": {"status": "old"}}),
    ],
)
def test_a_value_that_is_kept_or_not_shown_was_not_cleared(field: str, parts: dict[str, Any]) -> None:
    assert cleared(field, **parts) == (rejected("not_cleared", field),)


def test_clearing_one_person_says_nothing_of_another() -> None:
    vendor = flameup()
    batch = batch_of(
        vendor, {"id": "a", "plan": None}, {"id": "b", "plan": "gold"}, {"id": "c", "plan": "a:null"}, clear=("plan",)
    )
    people = [one | {"attributes": {"plan": "gold"}} for one in shown("c", "b", "a")]
    expected = (rejected("not_cleared", "plan"), UPDATED, UPDATED)
    assert run(vendor.submit(batch), told(people, (0, 3))).outcomes == expected


@pytest.mark.parametrize("field", CLEARED)
def test_counts_alone_do_not_show_that_a_value_is_gone(field: str) -> None:
    vendor = flameup()
    batch = batch_of(vendor, {"id": "a", field: None}, {"id": "b"}, clear=(field,))
    assert run(vendor.submit(batch), told([], (0, 2))).outcomes == (rejected("not_cleared", field), UPDATED)
