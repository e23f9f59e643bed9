"""Rally: an import, and what its end is taken for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.contract import Job
from target_people.delivery.verdict import DELIVERED, rejected
from target_people.errors import JobFailed, JobUnknown
from tests.support.flow import batch_of, run, sent
from tests.support.vendor import ScriptedTransport, answer
from tests.support.work import follow
from tests.vendors.account import RALLY_UNIQUE, rally

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch
    from target_people.delivery.message import Response
    from target_people.vendors.rally import Rally

A, B = "a@example.org", "b@example.org"
REFUSED = rejected("vendor_refused")


def people(*addresses: str, **settings: Any) -> tuple[Rally, Batch]:
    """A vendor and a batch of people who have nothing but an address."""
    vendor = rally(**settings)
    return vendor, batch_of(vendor, *({"id": f"m{at}", "email": email} for at, email in enumerate(addresses)))


def done(**parts: Any) -> Response:
    """The answer for a finished import."""
    return answer({"status": "COMPLETED", **parts})


@pytest.mark.parametrize(
    ("settings", "head"),
    [
        ({}, {"identifierPropertyId": "email"}),
        ({"population_id": "pop1"}, {"identifierPropertyId": "email", "populationId": "pop1"}),
        ({"identifier": "phone"}, {"identifierPropertyId": "phone"}),
    ],
)
def test_request_says_what_identifies_and_where_people_go(settings: dict[str, Any], head: dict[str, str]) -> None:
    vendor = rally(**settings)
    batch = batch_of(vendor, {"email": A, "phone": "+442079460000"})
    script = ScriptedTransport([answer({"importId": "i1", "count": 1})])
    assert follow(vendor.submit(batch), script) == Job("i1")
    assert script.called == ["POST /people/import"]
    assert json.loads(script.requests[0].body) == {**head, "people": sent(batch)}


@pytest.mark.parametrize("body", [{"importId": None, "count": 1}, {"count": 1}, None, []])
def test_import_without_an_id_is_no_finished_job(body: Any) -> None:
    vendor, batch = people(A)
    assert run(vendor.submit(batch), answer(body)) == Job()


@pytest.mark.parametrize(
    "unfinished",
    [
        answer({"status": "NOT_STARTED"}),
        answer({"status": "UPLOADING", "personCount": 2, "failedRecords": []}),
        answer({"status": "FINALISED", "personCount": 2, "failedRecords": []}),
        answer({"personCount": 2}),
        answer("COMPLETED"),
    ],
)
def test_whatever_is_not_documented_as_an_end_is_none(unfinished: Response) -> None:
    vendor, batch = people(A, B)
    assert run(vendor.confirm(Job("i1"), batch), unfinished) is None


@pytest.mark.parametrize("status", [404, 410])
def test_import_that_is_not_there_is_unknown_whatever_its_words(status: int) -> None:
    vendor, batch = people(A, B)
    with pytest.raises(JobUnknown):
        run(vendor.confirm(Job("i1"), batch), answer({"status": "ERROR", "message": "import not found"}, status))


def test_import_is_asked_for_by_its_id_in_one_piece_of_the_path() -> None:
    vendor, batch = people(A)
    script = ScriptedTransport([done(personCount=1)])
    follow(vendor.confirm(Job("../i?1"), batch), script)
    assert script.called == ["GET /imports/..%2Fi%3F1"]
    assert script.requests[0].expects == {404, 410}


@pytest.mark.parametrize(
    "parts", [{"personCount": 2, "failedRecords": None}, {"personCount": 2}, {"failedRecords": []}]
)
def test_everybody_accounted_for_is_delivered(parts: dict[str, Any]) -> None:
    vendor, batch = people(A, B)
    assert run(vendor.confirm(Job("i1"), batch), done(**parts)) == (DELIVERED, DELIVERED)


@pytest.mark.parametrize(
    ("answers", "known"),
    [
        ([answer({"status": "ERROR", "failedRecords": [{"email": B}]})], ()),
        ([done()], ()),
        ([done(failedRecords=None)], ()),
        ([done(personCount=None, failedRecords=[])], ()),
        ([done(personCount=1, failedRecords=[])], ()),
        ([done(personCount="2")], ()),
        ([done(personCount=0, failedRecords=[{"email": B}])], (1,)),
        ([done(personCount=1, failedRecords=[{"email": B}, {"email": "c@example.org"}])], (1,)),
        ([done(personCount=1, failedRecords=[{"personId": "p1"}]), answer({"email": B}, 404)], ()),
        ([done(personCount=1, failedRecords=[{"personId": "p1"}]), answer({"email": None})], ()),
        ([done(personCount=1, failedRecords=[B]), answer(status=404)], ()),
    ],
)
def test_import_that_does_not_say_what_became_of_everybody_is_isolated(
    answers: list[Response], known: tuple[int, ...]
) -> None:
    vendor, batch = people(A, B)
    with pytest.raises(JobFailed) as caught:
        run(vendor.confirm(Job("i1"), batch), *answers)
    assert caught.value.indexes == known


@pytest.mark.parametrize("count", [1, 2])
def test_failed_address_rejects_its_person_alone(count: int) -> None:
    vendor, batch = people(A, "B@Example.org")
    answered = done(personCount=count, failedRecords=[{"email": f" {B.upper()}"}])
    assert run(vendor.confirm(Job("i1"), batch), answered) == (DELIVERED, REFUSED)


def test_failed_person_id_is_traced_to_its_address() -> None:
    vendor, batch = people(A, B)
    script = ScriptedTransport([done(personCount=1, failedRecords=[{"personId": "p/1"}]), answer({"email": A})])
    assert follow(vendor.confirm(Job("i1"), batch), script) == (REFUSED, DELIVERED)
    assert script.called[1] == "GET /people/p%2F1/opted-out"


@pytest.mark.parametrize(
    "failed",
    [pytest.param({"email": A}, id="two people have the address"), pytest.param({"personId": "p1"}, id="stored")],
)
def test_address_that_may_be_somebody_elses_rejects_nobody(failed: dict[str, str]) -> None:
    vendor, batch = people(A, A, B, identifier=RALLY_UNIQUE)
    with pytest.raises(JobFailed) as caught:
        run(vendor.confirm(Job("i1"), batch), done(personCount=2, failedRecords=[failed]))
    assert caught.value.indexes == ()


@pytest.mark.parametrize(
    ("cities", "failed", "outcomes"),
    [
        (("X", None), [], (DELIVERED, DELIVERED)),
        ((None, None), [], (rejected("not_cleared", "city"),) * 2),
        (("X", None), [{"email": "0@example.org"}], (REFUSED, rejected("not_cleared", "city"))),
    ],
    ids=["a neighbour has it", "nobody has it", "the neighbour failed"],
)
def test_property_is_cleared_only_beside_somebody_who_has_it(
    cities: tuple[str | None, ...], failed: list[dict[str, str]], outcomes: tuple[Any, ...]
) -> None:
    vendor = rally()
    records = [{"email": f"{at}@example.org", "city": city} for at, city in enumerate(cities)]
    batch = batch_of(vendor, *records, clear=("city",))
    assert len({person.shape for person in batch}) == 1
    assert sent(batch)[1] == {"email": "1@example.org"}
    assert run(vendor.confirm(Job("i1"), batch), done(personCount=2, failedRecords=failed)) == outcomes
