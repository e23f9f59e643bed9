"""Flameup as documented, and every variant where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import requests

Document = dict[str, Any]
ANA: Document = {"userId": "c-1", "email": "ana@example.org", "traits": {"first_name": "Ana", "plan": "gold"}}
BEN: Document = {"userId": "c-2", "email": "ben@example.org"}


def batch(flameup: requests.Session, *people: object) -> requests.Response:
    return flameup.post("/people/batch", json={"people": people})


def stored(control: requests.Session, identity: str) -> Document:
    document: Document = control.get(f"/flameup/people/{identity}").json()["document"]
    return document


def quirk(control: requests.Session, **variants: str) -> None:
    assert control.put("/flameup/quirks", json=variants).ok


def test_a_batch_creates_then_updates_and_says_which(flameup: requests.Session, control: requests.Session) -> None:
    first = batch(flameup, ANA, BEN).json()
    assert (first["created_count"], first["updated_count"]) == (2, 0)
    again = batch(flameup, {"userId": "c-1", "phone": "+31", "traits": {"seats": 4, "phone": "no"}}, {"userId": "c-3"})
    assert (again.json()["created_count"], again.json()["updated_count"]) == (1, 1)
    found = stored(control, "c-1")
    assert found["attributes"] == {"plan": "gold", "seats": 4}
    assert (found["email"], found["first_name"], found["phone"]) == ("ana@example.org", "Ana", "+31")
    assert first["people"][0]["external_id"] == "c-1"


@pytest.mark.parametrize(
    ("element", "field"),
    [
        ("x", "people[1]"),
        ({}, "people[1].userId"),
        ({"userId": 5}, "people[1].userId"),
        ({"userId": ""}, "people[1].userId"),
        ({"userId": "x" * 256}, "people[1].userId"),
        ({"userId": "x", "email": "nobody"}, "people[1].email"),
        ({"userId": "x", "email": f"{'x' * 250}@e.org"}, "people[1].email"),
        ({"userId": "x", "phone": "1" * 51}, "people[1].phone"),
        ({"userId": "x", "traits": []}, "people[1].traits"),
        ({"userId": "x", "traits": {"locale": 5}}, "people[1].traits.locale"),
        ({"userId": "x", "nickname": "y"}, "people[1].nickname"),
    ],
)
def test_an_invalid_person_refuses_the_batch_and_is_named(
    flameup: requests.Session, control: requests.Session, element: object, field: str
) -> None:
    answer = batch(flameup, ANA, element)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], list(error["details"]["fields"])) == (422, "validation_error", [field])
    assert control.get("/flameup/people").json()["total"] == 0


def test_an_invalid_person_may_not_be_named(flameup: requests.Session, control: requests.Session) -> None:
    quirk(control, invalid_element="refuse_batch_unnamed")
    answer = batch(flameup, ANA, {})
    assert (answer.status_code, "details" in answer.json()["error"]) == (422, False)


def test_an_invalid_person_may_be_dropped_silently(flameup: requests.Session, control: requests.Session) -> None:
    quirk(control, invalid_element="drop_silently")
    answer = batch(flameup, {}, ANA).json()
    assert (answer["created_count"], [person["external_id"] for person in answer["people"]]) == (1, ["c-1"])


@pytest.mark.parametrize("people", [None, [], {}, [{"userId": str(number)} for number in range(101)]])
def test_a_batch_has_1_to_100_people(flameup: requests.Session, people: object) -> None:
    assert flameup.post("/people/batch", json={"people": people}).status_code == 422
    assert batch(flameup, *({"userId": str(number)} for number in range(100))).json()["created_count"] == 100


def test_the_other_published_spelling_and_status(flameup: requests.Session, control: requests.Session) -> None:
    quirk(control, spelling="userId_traits", batch_status="201", order="reversed", unknown_key="ignored")
    answer = batch(flameup, ANA, BEN | {"nickname": "B"})
    assert answer.status_code == 201
    assert [person["userId"] for person in answer.json()["people"]] == ["c-2", "c-1"]
    assert answer.json()["people"][1]["traits"] == {"first_name": "Ana", "plan": "gold"}


@pytest.mark.parametrize(
    ("variant", "status", "attributes"),
    [("stored", 200, {"plan": None}), ("removed", 200, {}), ("refused", 422, {"plan": "gold"})],
)
def test_a_null_is_stored_removed_or_refused(
    flameup: requests.Session, control: requests.Session, variant: str, status: int, attributes: Document
) -> None:
    batch(flameup, ANA)
    quirk(control, null_value=variant)
    assert batch(flameup, {"userId": "c-1", "traits": {"plan": None}}).status_code == status
    assert stored(control, "c-1")["attributes"] == attributes


@pytest.mark.parametrize(
    ("variant", "status", "ids"),
    [
        ("conflict_409", 409, ["c-1"]),
        ("merge", 200, ["c-9"]),
        ("accept", 200, ["c-1", "c-9"]),
        ("refuse_422", 422, ["c-1"]),
    ],
)
def test_somebody_elses_address_collides(
    flameup: requests.Session, control: requests.Session, variant: str, status: int, ids: list[str]
) -> None:
    batch(flameup, ANA)
    quirk(control, email_collision=variant)
    assert batch(flameup, {"userId": "c-9", "email": "ANA@example.org"}).status_code == status
    assert [person["identity"] for person in control.get("/flameup/people").json()["people"]] == ids


def test_of_two_records_of_a_person_the_last_wins_and_one_is_counted(
    flameup: requests.Session, control: requests.Session
) -> None:
    answer = batch(flameup, ANA, {"userId": "c-1", "traits": {"plan": "free"}}).json()
    assert (answer["created_count"], answer["updated_count"], len(answer["people"])) == (1, 0, 1)
    assert stored(control, "c-1")["attributes"] == {"plan": "free"}


@pytest.mark.parametrize("key", ["", "wrong"])
def test_another_key_is_refused_in_the_documented_words(flameup: requests.Session, key: str) -> None:
    answer = flameup.get("/people", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")


def test_the_limit_stands_on_every_answer_and_ends_with_the_minute(
    flameup: requests.Session, control: requests.Session
) -> None:
    control.post("/clock", json={"advance": 60})
    control.put("/flameup/limit", json={"per_minute": 2})
    answers = [flameup.get("/people"), flameup.get("/nothing"), flameup.get("/people")]
    assert [answer.status_code for answer in answers] == [200, 404, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].json()["error"] == "Rate limit exceeded"
    now = control.get("/clock").json()["now"]
    assert int(answers[2].headers["X-RateLimit-Reset"]) == now + 60
    control.post("/clock", json={"advance": 60})
    assert flameup.get("/people").status_code == 200


def test_the_published_limit_is_120_a_minute(flameup: requests.Session, control: requests.Session) -> None:
    control.post("/reset?vendor=flameup")
    assert flameup.get("/people").headers["X-RateLimit-Limit"] == "120"
    keyless = flameup.get("/people", headers={"Authorization": ""})
    assert (keyless.status_code, keyless.headers["X-RateLimit-Limit"]) == (401, "75")


def test_one_person_is_read_changed_and_deleted(flameup: requests.Session) -> None:
    batch(flameup, ANA | {"userId": "a/b c"})
    path = "/people/a%2Fb%20c"
    assert flameup.get(path).json() == flameup.get("/people/ana@example.org").json()
    changed = flameup.put(path, json={"traits": {"plan": "free", "seats": 1}}).json()
    assert changed["attributes"] == {"plan": "free", "seats": 1}
    assert flameup.put(path, json={"email": "x"}).status_code == 422
    assert [flameup.delete(path).status_code for _ in range(2)] == [204, 404]
    assert flameup.get(path).json()["error"]["code"] == "not_found"


def test_a_person_is_created_alone(flameup: requests.Session, control: requests.Session) -> None:
    assert flameup.post("/people", json=ANA).json()["external_id"] == "c-1"
    assert flameup.post("/people", json=ANA).status_code == 201
    assert flameup.post("/people", json={}).status_code == 422
    quirk(control, create_existing="conflict_409")
    assert flameup.post("/people", json=ANA).json()["error"]["type"] == "conflict"


def test_people_are_listed(flameup: requests.Session) -> None:
    batch(flameup, ANA, BEN)
    listed = flameup.get("/people?limit=1&offset=1").json()
    assert (listed["total"], listed["limit"], listed["people"][0]["external_id"]) == (2, 1, "c-2")
    assert flameup.get("/people?search=ana@").json()["total"] == 1
    assert flameup.get("/people?status=bounced").json()["total"] == 0
    assert [flameup.get(f"/people?{query}").status_code for query in ("limit=101", "status=gone")] == [400, 400]


def test_the_older_paths_show_the_same_people(flameup: requests.Session) -> None:
    old = "/workspaces/ws_1/people"
    assert flameup.post(f"{old}/batch", json={"people": [ANA]}).json()["created_count"] == 1
    assert flameup.post(f"{old}/upsert", json=BEN).json() == {}
    found = flameup.get(f"{old}/search?external_id=c-1").json()["people"]
    assert flameup.get(f"{old}/{found[0]['id']}").json() == found[0]
    assert flameup.put(f"{old}/{found[0]['id']}", json={"phone": "1"}).json()["phone"] == "1"
    assert flameup.get(f"{old}/search?email=ben@example.org").json()["people"][0]["external_id"] == "c-2"
    assert flameup.get(f"{old}/c-1").status_code == 404
    assert flameup.post(old, json={"userId": "c-3"}).status_code == 201
    assert flameup.get(old).json()["total"] == 3
