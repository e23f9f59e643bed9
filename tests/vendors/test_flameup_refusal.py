"""Flameup: whom a refused batch names, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.flow import crowd
from tests.support.vendor import answer
from tests.vendors.account import flameup


def refused(body: Any, status: int = 422, count: int = 5) -> tuple[tuple[int, ...], dict[int, str]]:
    """Whom an answer names of the people u-0, u-1 …, and its words."""
    vendor = flameup()
    named = vendor.refusal(answer(body, status), crowd(vendor, count))
    return named.indexes, dict(named.details or {})


def invalid(fields: Any) -> dict[str, Any]:
    """The documented answer to invalid people."""
    details = {"fields": fields}
    return {"error": {"code": "validation_error", "message": "Validation failed", "details": details}}


@pytest.mark.parametrize(
    "key",
    [
        "people[3].email",
        "people.3.email",
        "/people/3/email",
        "people[3]",
        "body.people[3].traits.a",
        "people/3",
        "people[03]",
    ],
)
def test_every_usual_spelling_names_its_person(key: str) -> None:
    assert refused(invalid({key: "not an address"})) == ((3,), {-1: "Validation failed", 3: f"{key}: not an address"})


@pytest.mark.parametrize(
    "key",
    [
        "email",
        "userId",
        "people",
        "people[].email",
        "people3.email",
        "[3].email",
        "u-3",
        "",
        "people[-].email",
        "people[5].email",
        "people[1000000000]",
        "people[" + "9" * 5_000 + "]",
    ],
)
def test_any_other_spelling_and_a_person_beyond_the_batch_name_nobody_and_keep_the_words(key: str) -> None:
    assert refused(invalid({key: "not an address"})) == ((), {-1: f"Validation failed; {key}: not an address"})


def test_several_are_named_in_order_and_the_words_on_one_person_stay_together() -> None:
    fields = {
        "people[4].email": "no address",
        "/people/0": ["too old", "too long"],
        "people.4.phone": {"message": "no number"},
    }
    indexes, details = refused(invalid({**fields, "people": "too many"}))
    assert indexes == (0, 4)
    assert details == {
        -1: "Validation failed; people: too many",
        0: "/people/0: too old; too long",
        4: "people[4].email: no address; people.4.phone: no number",
    }


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (
            400,
            {"success": False, "error": {"type": "bad_request", "message": "Not valid"}, "request_id": "req_1"},
            "Not valid",
        ),
        (409, {"error": "Conflict", "message": "This userId exists"}, "This userId exists"),
        (400, {"error": {"code": "not_found", "message": "Not valid"}}, "Not valid"),
        (422, invalid({"email": "not an address"}), "Validation failed; email: not an address"),
    ],
)
def test_each_of_the_four_published_forms_is_read(status: int, body: Any, said: str) -> None:
    assert refused(body, status) == ((), {-1: said})


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "",
        7,
        {},
        {"error": None},
        {"error": {"details": "no"}},
        {"error": {"details": {"fields": None}}},
        invalid([]),
    ],
)
def test_an_answer_of_another_form_names_nobody(body: Any) -> None:
    assert refused(body)[0] == ()


def test_words_are_kept_where_the_form_is_unknown() -> None:
    assert refused(["one", {"message": "two"}]) == ((), {-1: "one; two"})
