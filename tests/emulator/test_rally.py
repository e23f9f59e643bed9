"""Rally as documented, and every variant where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import requests

PLAN, SEATS, VALUE, VIP, SIGNED, CITY = (f"cmprop{number:019d}" for number in range(1, 7))
CUSTOMER = "cmprop0000000000000000009"
ANA, BEN = "ana@example.org", "ben@example.org"
Document = dict[str, Any]


def person(email: str, /, *, given: Document | None = None, **properties: object) -> Document:
    """A person with properties by their Python name, such as ``PLAN``."""
    ids = {"plan": PLAN, "seats": SEATS, "value": VALUE, "vip": VIP, "signed": SIGNED, "city": CITY, "own": CUSTOMER}
    entries = [{"propertyId": ids.get(name, name), "value": value} for name, value in properties.items()]
    return {"email": email, **(given or {}), "properties": entries}


def load(rally: requests.Session, *people: Document, **more: object) -> Document:
    """Import and wait; return the state of the import."""
    answer = rally.post("/people/import", json={"people": people, **more})
    assert answer.ok, answer.text
    state: Document = {}
    for _ in range(3):
        state = rally.get(f"/imports/{answer.json()['importId']}").json()
    return state


def stored(control: requests.Session, identity: str) -> Document:
    document: Document = control.get(f"/rally/people/{identity}").json()["document"]
    return document


def quirk(control: requests.Session, **variants: str) -> None:
    assert control.put("/rally/quirks", json=variants).ok


def test_a_first_load_works_with_the_default_catalogue(rally: requests.Session, control: requests.Session) -> None:
    state = load(rally, person(ANA, given={"firstName": "Ana"}, plan="gold", seats=3, vip=True, signed="2025-01-01"))
    assert state == {
        "importId": state["importId"],
        "type": "API",
        "status": "COMPLETED",
        "personCount": 1,
        "failedRecords": [],
        "updatedAt": state["updatedAt"],
    }
    found = stored(control, ANA)
    assert found["properties"] == {"plan": "gold", "seats": 3, "vip": True, "signed_up_at": "2025-01-01"}
    assert (found["firstName"], found["isOptedOut"], found["populationIds"]) == ("Ana", False, [])


@pytest.mark.parametrize("token", ["", "wrong", "emulator2"])
def test_another_token_is_refused(rally: requests.Session, token: str) -> None:
    answer = rally.get("/properties", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


def test_an_import_is_done_after_one_poll(rally: requests.Session, control: requests.Session) -> None:
    import_id = rally.post("/people/import", json={"people": [person(ANA)]}).json()["importId"]
    assert control.get("/rally/people").json()["total"] == 0
    seen = [rally.get(f"/imports/{import_id}").json()["status"] for _ in range(3)]
    assert seen == ["UPLOADING", "COMPLETED", "COMPLETED"]


@pytest.mark.parametrize(
    ("sent", "fails"),
    [
        (person(ANA, plan="platinum"), True),
        (person(ANA, seats="3"), True),
        (person(ANA, seats=12345678901234567), True),
        (person(ANA, seats=1234567890123456), False),
        (person(ANA, seats=True), True),
        (person(ANA, vip="yes"), True),
        (person(ANA, signed="01/02/2025"), True),
        (person(ANA, signed="2025-02-30"), True),
        (person(ANA, signed="2025-02-03T04:05:06Z"), False),
        (person(ANA, city=5), True),
        (person(ANA, cmunknown="x"), True),
        (person("no address"), True),
        (person(ANA, given={"lastContactDate": "yesterday"}), True),
        ({"phone": "+1 555"}, True),
    ],
)
def test_a_wrong_value_fails_its_record_alone(rally: requests.Session, sent: Document, fails: bool) -> None:  # noqa: FBT001 - data
    state = load(rally, sent, person(BEN))
    assert (state["status"], state["personCount"]) == ("COMPLETED", 1 if fails else 2)
    assert len(state["failedRecords"]) == fails


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"people": {}},
        {"people": [1]},
        {"people": [{"email": 5}]},
        {"people": [{"nickname": "A"}]},
        {"people": [{"email": ANA, "isOptedOut": "no"}]},
        {"people": [{"email": ANA, "additionalEmails": ANA}]},
        {"people": [{"email": ANA, "properties": [{"propertyId": PLAN}]}]},
        {"people": [{"email": ANA, "properties": [{"propertyId": PLAN, "name": "plan", "value": "gold"}]}]},
        {"people": [{"email": ANA, "properties": [{"name": "x", "propertyType": "TEXT", "value": "gold"}]}]},
        {"people": [], "identifierPropertyId": CITY},
        {"people": [], "populationId": "other"},
        {"people": [], "mode": "patch"},
        {"people": [person(f"{number}@example.org") for number in range(1001)]},
    ],
)
def test_a_request_of_another_form_is_refused(rally: requests.Session, body: Document) -> None:
    answer = rally.post("/people/import", json=body)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_a_property_of_one_person_is_removed_from_those_who_lack_it(
    rally: requests.Session, control: requests.Session
) -> None:
    load(rally, person(ANA, plan="gold", city="Ghent"), person(BEN, plan="free", city="Bonn"))
    load(rally, person(ANA, plan="basic"), person(BEN))
    assert stored(control, ANA)["properties"] == {"plan": "basic", "city": "Ghent"}
    assert stored(control, BEN)["properties"] == {"city": "Bonn"}


def test_under_strict_put_every_property_not_sent_is_removed(
    rally: requests.Session, control: requests.Session
) -> None:
    load(rally, person(ANA, plan="gold", city="Ghent"))
    quirk(control, put_scope="strict_put")
    load(rally, person(ANA, plan="basic"))
    assert stored(control, ANA)["properties"] == {"plan": "basic"}


@pytest.mark.parametrize(("variant", "kept"), [("keep", "Ana"), ("clear", None)])
def test_a_name_left_out_stays_or_goes(
    rally: requests.Session, control: requests.Session, variant: str, kept: str | None
) -> None:
    quirk(control, absent_names=variant)
    load(rally, person(ANA, given={"firstName": "Ana", "lastName": "Vos"}))
    load(rally, person(ANA, given={"lastName": None}))
    assert (stored(control, ANA)["firstName"], stored(control, ANA)["lastName"]) == (kept, None)


@pytest.mark.parametrize(("variant", "count", "properties"), [("clears", 1, {}), ("fails", 0, {"plan": "gold"})])
def test_a_null_value_clears_or_fails(
    rally: requests.Session, control: requests.Session, variant: str, count: int, properties: Document
) -> None:
    load(rally, person(ANA, plan="gold"))
    quirk(control, null_value=variant)
    assert load(rally, person(ANA, plan=None))["personCount"] == count
    assert stored(control, ANA)["properties"] == properties


@pytest.mark.parametrize(
    ("variant", "plans", "failed"), [("last", ["gold"], 0), ("first", ["free"], 0), ("both_fail", [], 2)]
)
def test_of_two_records_of_a_person_one_or_none_counts(
    rally: requests.Session, control: requests.Session, variant: str, plans: list[str], failed: int
) -> None:
    quirk(control, duplicates=variant)
    state = load(rally, person(ANA, plan="free"), person("ANA@example.org", plan="gold"))
    assert len(state["failedRecords"]) == failed
    people = control.get("/rally/people").json()["people"]
    assert [found["document"]["properties"]["plan"] for found in people] == plans


def test_with_case_exact_addresses_are_two_people(rally: requests.Session, control: requests.Session) -> None:
    quirk(control, email_case="exact")
    load(rally, person(ANA), person("ANA@example.org"))
    assert control.get("/rally/people").json()["total"] == 2


def test_somebody_elses_address_fails_a_record_with_another_identifier(
    rally: requests.Session, control: requests.Session
) -> None:
    load(rally, person(ANA, own="c-1"))
    state = load(rally, person(ANA, own="c-2"), person(BEN, own="c-1"), identifierPropertyId=CUSTOMER)
    assert state["failedRecords"] == [{"email": ANA}]
    assert stored(control, "c-1")["email"] == BEN


@pytest.mark.parametrize(
    ("variant", "expected"), [("list", [{"email": BEN}]), ("null", None), ("absent", "absent"), ("person_ids", "ids")]
)
def test_failed_records_come_in_every_form(
    rally: requests.Session, control: requests.Session, variant: str, expected: object
) -> None:
    load(rally, person(BEN))
    quirk(control, failed_records=variant)
    state = load(rally, person(ANA), person(BEN, plan="none"))
    ben = [{"personId": stored(control, BEN)["personId"]}]
    assert state["personCount"] == 1
    assert state.get("failedRecords", "absent") == (ben if expected == "ids" else expected)


def test_the_answer_to_an_import_may_be_202_without_an_id(rally: requests.Session, control: requests.Session) -> None:
    quirk(control, import_status="202", import_id="null")
    answer = rally.post("/people/import", json={"people": [person(ANA)]})
    assert (answer.status_code, answer.json()["importId"], answer.json()["count"]) == (202, None, 1)
    assert control.post("/rally/jobs/settle").json() == {"settled": 1}
    assert stored(control, ANA)


@pytest.mark.parametrize(
    ("variant", "seen"),
    [("unknown_while_running", ["PROCESSING", "COMPLETED"]), ("unknown_for_good", ["PROCESSING", "FINALISED"])],
)
def test_an_import_may_show_an_unknown_status(
    rally: requests.Session, control: requests.Session, variant: str, seen: list[str]
) -> None:
    quirk(control, status_word=variant)
    import_id = rally.post("/people/import", json={"people": [person(ANA)]}).json()["importId"]
    assert [rally.get(f"/imports/{import_id}").json()["status"] for _ in range(2)] == seen


def test_other_variants_take_what_the_defaults_refuse(rally: requests.Session, control: requests.Session) -> None:
    quirk(control, unknown_key="ignored", over_cap="413", property_list="array", select_value="option_id")
    option = rally.get("/properties").json()[0]["propertyOptions"][0]["propertyOptionId"]
    assert load(rally, person(ANA, given={"nickname": "A"}, plan=option))["personCount"] == 1
    assert rally.post("/people/import", json={"people": [{}] * 1001}).status_code == 413


def test_a_named_property_is_used_as_it_is_or_created(rally: requests.Session, control: requests.Session) -> None:
    entries = [
        {"name": "city", "propertyType": "NUMBER", "value": "Ghent"},
        {"name": "shoe", "propertyType": "NUMBER", "value": 39},
    ]
    load(rally, {"email": ANA, "properties": entries})
    assert stored(control, ANA)["properties"] == {"city": "Ghent", "shoe": 39}
    kinds = {found["name"]: found["propertyType"] for found in rally.get("/properties").json()["results"]}
    assert (kinds["city"], kinds["shoe"]) == ("STRING", "NUMBER")


def test_properties_are_created_beside_those_that_cannot_be(rally: requests.Session) -> None:
    select = {"name": "tier", "propertyType": "SINGLE_SELECT", "propertyOptions": [{"name": "a"}, {"name": "b"}]}
    wrong = {"name": "size", "propertyType": "NUMBER", "propertyOptions": [{"name": "a"}]}
    answer = rally.post("/properties/import", json=[select, wrong, {"name": "plan", "propertyType": "STRING"}]).json()
    created = answer["results"][0]["personProperty"]
    assert [option["order"] for option in created["propertyOptions"]] == ["1", "2"]
    assert [(error["path"], error["name"]) for error in answer["errors"]] == [(["1"], "size"), (["2"], "plan")]
    assert rally.get(f"/properties/{created['propertyId']}").json() == created


def test_search_finds_by_id_and_by_property(rally: requests.Session) -> None:
    load(rally, person(ANA, city="Ghent"), person(BEN, city="Bonn"))
    ben = rally.get(f"/people/{BEN}/opted-out").json()["personId"]
    found = rally.post("/people/search", json={"peopleIds": [ben], "attachProperties": ["EMAIL", CITY, "x"]}).json()
    assert found["results"][0]["properties"][1] == {"propertyId": CITY, "propertyType": "STRING", "value": "Bonn"}
    assert (found["total"], found["errors"][0]["propertyId"]) == (1, "x")
    test = {"customProperty": {"propertyId": CITY, "operator": "IS", "value": "Ghent"}}
    found = rally.post("/people/search", json={"filter": {"operator": "AND", "filters": [test]}}).json()
    assert [result["email"] for result in found["results"]] == [ANA]


def test_search_goes_page_by_page(rally: requests.Session) -> None:
    load(rally, *(person(f"{number}@example.org") for number in range(3)))
    seen, cursor = [], None
    for _ in range(2):
        page = rally.post("/people/search", json={"pageInfo": {"size": 2, "startCursor": cursor}}).json()
        seen += [result["email"] for result in page["results"]]
        cursor = page["pageInfo"]["endCursor"]
    assert seen == ["0@example.org", "1@example.org", "2@example.org"]
    assert not page["pageInfo"]["hasNextPage"]


def test_opt_out_is_set_and_kept_by_an_import_that_does_not_name_it(rally: requests.Session) -> None:
    load(rally, person(ANA))
    assert rally.put(f"/people/{ANA}/opted-out", json={"isOptedOut": True}).json()["isOptedOut"] is True
    load(rally, person(ANA))
    assert rally.get(f"/people/{ANA}/opted-out").json()["isOptedOut"] is True
    assert rally.put(f"/people/{ANA}/opted-out", json={"isOptedOut": 1}).status_code == 400


def test_people_are_deleted_by_id_and_by_address(rally: requests.Session, control: requests.Session) -> None:
    load(rally, person(ANA), person(BEN))
    assert rally.post("/people/delete", json={"emails": [ANA]}).status_code == 202
    assert rally.delete(f"/people/{stored(control, BEN)['personId']}").status_code == 204
    assert rally.get(f"/people/{ANA}/opted-out").status_code == 404
    assert control.get("/rally/people").json()["total"] == 0


def test_an_import_with_a_population_adds_to_it(rally: requests.Session, control: requests.Session) -> None:
    population = rally.get("/populations").json()["results"][0]["populationId"]
    load(rally, person(ANA), populationId=population)
    load(rally, person(ANA))
    assert stored(control, ANA)["populationIds"] == [population]


def test_users_are_the_cheap_check(rally: requests.Session) -> None:
    assert rally.get("/users?size=1").json()["total"] == 1
    assert rally.get("/users?size=101").status_code == 400
    assert rally.get("/nothing").json() == {"message": "Not Found"}
