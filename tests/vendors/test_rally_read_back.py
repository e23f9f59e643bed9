"""Rally: people read back by two calls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.flow import asked, batch_of, run
from tests.support.vendor import answer
from tests.vendors.account import RALLY_UNIQUE, rally

if TYPE_CHECKING:
    from target_people.delivery.message import Response

A, B = "a@example.org", "b@example.org"
CITY = "cmprop3"


def entry(name: str, value: Any) -> dict[str, Any]:
    return {"propertyId": name, "propertyType": "STRING", "value": value}


def found(*people: dict[str, Any], errors: Any = None) -> Response:
    """The answer of a search."""
    return answer({"results": list(people), "total": len(people), "errors": errors})


def person(email: str, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"personId": f"id of {email}", "email": email, "properties": list(entries), **more}


def known(email: str) -> Response:
    return answer({"personId": f"id of {email}", "email": email, "isOptedOut": False})


def test_addresses_give_ids_and_ids_give_values() -> None:
    vendor = rally()
    batch = batch_of(
        vendor, {"email": A, "first_name": "Ann", "city": "X"}, {"email": B, "first_name": "B", "city": "Y"}
    )
    there = person("A@Example.org", entry("FIRST_NAME", "Ann"), entry(CITY, "X"))
    seen, requests = asked(vendor.read_back(batch), known(A), known(B), found(there, person(B, entry(CITY, "Z"))))
    assert seen == (True, False)
    assert [request.path for request in requests] == [
        "/people/a%40example.org/opted-out",
        "/people/b%40example.org/opted-out",
        "/people/search",
    ]
    assert json.loads(requests[2].body) == {
        "peopleIds": [f"id of {A}", f"id of {B}"],
        "attachProperties": ["EMAIL", "FIRST_NAME", CITY],
        "pageInfo": {"size": 2},
    }


def test_a_custom_identifier_is_searched_for_at_once() -> None:
    vendor = rally(identifier=RALLY_UNIQUE)
    batch = batch_of(vendor, {"id": "M1", "city": "X"}, {"id": "m1", "city": "Y"})
    people = [
        person(A, entry(RALLY_UNIQUE, "m1"), entry(CITY, "Y")),
        person(B, entry(RALLY_UNIQUE, "M1"), entry(CITY, "?")),
    ]
    seen, (request,) = asked(vendor.read_back(batch), found(*people))
    assert seen == (False, True)
    tests = [one["customProperty"] for one in json.loads(request.body)["filter"]["filters"]]
    assert [(test["propertyId"], test["operator"], test["value"]) for test in tests] == [
        (RALLY_UNIQUE, "IS", "M1"),
        (RALLY_UNIQUE, "IS", "m1"),
    ]


def test_by_phone_there_is_no_way() -> None:
    vendor = rally(identifier="phone")
    assert run(vendor.read_back(batch_of(vendor, {"phone": "+442079460000"}))) is None


@pytest.mark.parametrize(
    ("answers", "seen"),
    [
        ([answer({}, 404), found()], (False,)),
        ([known(A), found()], (False,)),
        ([known(A), found(person(A, entry(CITY, None)))], (False,)),
        ([known(A), found(person(A))], (None,)),
        ([known(A), found(person(A), errors=[{"errorCode": "UNAUTHORIZED", "propertyId": CITY}])], (None,)),
        ([known(A), found(person(A, entry(CITY, None)), errors=[{"errorCode": "?", "propertyId": CITY}])], (None,)),
        ([answer({}, 403)], None),
        ([known(A), answer({}, 403)], None),
        ([known(A), answer({}, 400)], None),
    ],
)
def test_who_is_absent_differs_and_what_may_not_be_read_cannot_be_told(answers: list[Response], seen: Any) -> None:
    vendor = rally()
    assert run(vendor.read_back(batch_of(vendor, {"email": A, "city": "X"})), *answers) == seen


def test_an_identifier_that_may_not_be_read_is_no_way() -> None:
    vendor = rally(identifier=RALLY_UNIQUE)
    masked = found(person(A), errors=[{"errorCode": "UNAUTHORIZED", "propertyId": RALLY_UNIQUE}])
    assert run(vendor.read_back(batch_of(vendor, {"id": "M1", "city": "X"})), masked) is None


@pytest.mark.parametrize(("held", "seen"), [(entry(CITY, None), True), (entry(CITY, "X"), False)])
def test_what_was_to_be_cleared_must_be_gone(held: dict[str, Any], *, seen: bool) -> None:
    vendor = rally()
    batch = batch_of(vendor, {"email": A, "city": None}, clear=("city",))
    assert run(vendor.read_back(batch), known(A), found(person(A, held))) == (seen,)


@pytest.mark.parametrize(("inside", "seen"), [(["pop1", "pop2"], True), (["pop2"], False), (None, False)])
def test_a_population_counts(inside: Any, *, seen: bool) -> None:
    vendor = rally(population_id="pop1")
    batch = batch_of(vendor, {"email": A, "city": "X"})
    assert run(vendor.read_back(batch), known(A), found(person(A, entry(CITY, "X"), populationIds=inside))) == (seen,)


def test_a_property_that_the_import_created_cannot_be_told() -> None:
    vendor = rally(create_properties=True)
    batch = batch_of(vendor, {"email": A, "shoe_size": "44"})
    seen, requests = asked(vendor.read_back(batch), known(A), found(person(A)))
    assert seen == (None,)
    assert json.loads(requests[1].body)["attachProperties"] == ["EMAIL"]


def test_an_opt_out_is_read_by_its_name_in_searches() -> None:
    vendor = rally()
    batch = batch_of(vendor, {"email": A, "opted_out": "true"})
    assert run(vendor.read_back(batch), known(A), found(person(A, entry("OPTED_OUT", value=True)))) == (True,)
