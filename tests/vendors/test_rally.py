"""Rally: what it is asked, and what its answers are taken for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest

from target_people.delivery.batch import Batch, Outgoing
from target_people.delivery.contract import Job
from target_people.delivery.message import Flow, Response, Result, drive
from target_people.delivery.verdict import DELIVERED, rejected
from target_people.errors import BatchRefused, ConfigurationError, RecordError
from target_people.people.attribute import Attribute, ColumnType, Kind, NotSent
from target_people.people.mapping import compile_mapping
from target_people.people.rules import Rules, Source
from target_people.vendors.rally import Rally, RallyPerson, RallySettings
from tests.support.vendor import ScriptedTransport, answer

if TYPE_CHECKING:
    from collections.abc import Mapping

UNIQUE = "cmprop9"
OPTIONS = [{"propertyOptionId": "o1", "name": "gold"}, {"propertyOptionId": "o2", "name": "basic"}]
PROPERTIES: list[dict[str, Any]] = [
    {"propertyId": "cmprop1", "name": "plan", "propertyType": "SINGLE_SELECT", "propertyOptions": OPTIONS},
    {"propertyId": "cmprop2", "name": "seats", "propertyType": "NUMBER"},
    {"propertyId": "cmprop3", "name": "city", "propertyType": "STRING", "propertyOptions": []},
    {"propertyId": "cmprop4", "name": "signed_up_at", "propertyType": "DATETIME"},
    {"propertyId": "cmprop5", "name": "vip", "propertyType": "BOOLEAN"},
    {"propertyId": "cmprop6", "name": "tags", "propertyType": "MULTI_SELECT", "propertyOptions": OPTIONS},
    {"propertyId": "cmprop7", "name": "place", "propertyType": "LOCATION"},
    {"propertyId": "cmprop8", "name": "mood", "propertyType": "SMILEY"},
    {"propertyId": "cmprop10", "name": "level", "propertyType": "SINGLE_SELECT"},
    {"propertyId": UNIQUE, "name": "member", "propertyType": "STRING", "isUnique": True},
]
A, B = "a@example.org", "b@example.org"
REFUSED = rejected("vendor_refused")


def unprepared(**settings: Any) -> Rally:
    """A vendor that has not read its workspace's properties."""
    return Rally(RallySettings.model_validate({"api_token": "secret", **settings}))


def rally(**settings: Any) -> Rally:
    """A vendor whose workspace has the properties above."""
    vendor = unprepared(**settings)
    own = [answer({"isUnique": True})] if settings.get("identifier") == UNIQUE else []
    run(vendor.prepare(), *own, answer({"results": PROPERTIES}))
    return vendor


def run(flow: Flow[Result], *answers: Response) -> Result:
    """The result of a flow that asks for exactly these answers."""
    script = ScriptedTransport(answers)
    result = drive(flow, script)
    assert len(script.requests) == len(answers)
    return result


def batch_of(vendor: Rally, *records: Mapping[str, Any], clear: str = "") -> Batch:
    """The records, mapped and encoded as a run does it."""
    columns: dict[str, Any] = {name: {"type": ["string", "null"]} for record in records for name in record}
    source = Source("people", {"properties": columns}, ("id",) if "id" in columns else ())
    mapping = compile_mapping(source, vendor, Rules(nulls_of={clear: "clear"} if clear else {}))
    people = [cast("RallyPerson", mapping.person(record)) for record in records]
    keys = [mapping.keys(person) for person in people]
    return Batch(
        Outgoing(vendor.names(person), own, vendor.shape(own), vendor.encode(person, own))
        for person, own in zip(people, keys, strict=True)
    )


def people(*addresses: str, **settings: Any) -> tuple[Rally, Batch]:
    """A vendor and a batch of people who have nothing but an address."""
    vendor = rally(**settings)
    return vendor, batch_of(vendor, *({"id": f"m{at}", "email": email} for at, email in enumerate(addresses)))


def sent(batch: Batch) -> list[dict[str, Any]]:
    """The people of a batch as they go."""
    return [json.loads(person.body) for person in batch]


def done(**parts: Any) -> Response:
    """The answer for a finished import."""
    return answer({"status": "COMPLETED", **parts})


def attribute(vendor: Rally, name: str, kind: Kind = "text") -> Attribute:
    """The attribute of that name, which there is."""
    found = vendor.attribute(name, ColumnType(kind))
    assert isinstance(found, Attribute)
    return found


def test_person_goes_under_the_vendors_names() -> None:
    record = {
        "email": "Ada@Example.org",
        "phone": "+44 20 7946 0000",
        "first_name": "Ada",
        "last_name": "Example",
        "opted_out": "yes",
        "last_contacted_on": "2024-02-03T10:00:00Z",
        "additional_emails": f"{A}; {B}",
        "additional_phones": "+442079460001",
        "city": "Exampleton",
        "seats": 3,
    }
    (person,) = sent(batch_of(rally(), record))
    assert person == {
        "email": "Ada@example.org",
        "phone": "+442079460000",
        "firstName": "Ada",
        "lastName": "Example",
        "isOptedOut": True,
        "lastContactDate": "2024-02-03",
        "additionalEmails": [A, B],
        "additionalPhones": ["+442079460001"],
        "properties": [{"propertyId": "cmprop3", "value": "Exampleton"}, {"propertyId": "cmprop2", "value": 3}],
    }


def test_nobody_is_signed_up_again_by_a_false() -> None:
    batch = batch_of(rally(), {"email": A, "opted_out": "no"})
    assert sent(batch) == [{"email": A}]
    assert "isOptedOut" not in batch[0].keys


def test_only_people_with_equal_keys_share_a_request() -> None:
    records: list[dict[str, Any]] = [
        {"city": "X", "opted_out": None},
        {"city": None, "opted_out": None},
        {"city": "Y", "opted_out": "yes"},
    ]
    batch = batch_of(rally(), *({"email": A, **record} for record in records))
    assert len({person.shape for person in batch}) == 3


@pytest.mark.parametrize(
    ("identifier", "field", "name"),
    [("email", "email", "ada@example.org"), ("phone", "phone", "442079460000"), (UNIQUE, "external_id", "M-1")],
)
def test_identity_is_what_the_setting_says(identifier: str, field: str, name: str) -> None:
    vendor = rally(identifier=identifier)
    (person,) = batch_of(vendor, {"id": "M-1", "email": "Ada@example.org", "phone": "+44 20 7946 0000"})
    assert vendor.identifier == field
    assert person.names == (name, "ada@example.org")


def test_external_id_fills_the_custom_identifier_and_goes_nowhere_else() -> None:
    record = {"id": " M-1 ", "email": A, "city": "X"}
    city = {"propertyId": "cmprop3", "value": "X"}
    (custom,), (usual,) = sent(batch_of(rally(identifier=UNIQUE), record)), sent(batch_of(rally(), record))
    assert custom == {"email": A, "properties": [city, {"propertyId": UNIQUE, "value": "M-1"}]}
    assert usual == {"email": A, "properties": [city]}


@pytest.mark.parametrize("key", ["", "results", "properties", "data"])
def test_properties_are_read_from_every_usual_wrapper(key: str) -> None:
    vendor = unprepared()
    run(vendor.prepare(), answer({key: PROPERTIES} if key else PROPERTIES))
    assert attribute(vendor, "city").key == "city"


def test_properties_are_read_page_after_page() -> None:
    more = {"hasNextPage": True, "endCursor": "c1"}
    pages = [answer({"results": PROPERTIES[:3], "pageInfo": more}), answer({"results": PROPERTIES[3:]})]
    script, vendor = ScriptedTransport(pages), unprepared()
    drive(vendor.prepare(), script)
    assert [request.query for request in script.requests] == [(), (("startCursor", "c1"),)]
    assert [attribute(vendor, name).key for name in ("city", "vip")] == ["city", "vip"]


def test_endless_pages_end() -> None:
    script = ScriptedTransport([answer({"pageInfo": {"hasNextPage": True, "endCursor": "c"}})] * 100)
    drive(unprepared().prepare(), script)
    assert len(script.requests) == 100


@pytest.mark.parametrize("body", [None, {"message": "not found"}, "text", {"results": [{"name": "city"}, 7]}])
def test_without_a_list_of_properties_none_is_sent(body: Any) -> None:
    vendor = unprepared()
    run(vendor.prepare(), answer(body, 404 if body is None else 200))
    assert isinstance(vendor.attribute("city", ColumnType("text")), NotSent)


@pytest.mark.parametrize("found", [answer(status=404), answer({"isUnique": False}), answer({"propertyId": "p"})])
def test_custom_identifier_must_be_unique(found: Response) -> None:
    with pytest.raises(ConfigurationError, match=r"rally\.identifier"):
        run(unprepared(identifier="p").prepare(), found)


@pytest.mark.parametrize(
    ("name", "value", "wire"),
    [
        ("city", True, "true"),
        ("city", ["a"], '["a"]'),
        ("cmprop3", "Exampleton", "Exampleton"),
        ("place", "Exampleton", "Exampleton"),
        ("seats", Decimal("26.57"), Decimal("26.57")),
        ("seats", "12", 12),
        ("vip", "no", False),
        ("signed_up_at", "2024-05-03", "2024-05-03"),
        ("signed_up_at", "2024-05-03T23:30:00-05:00", "2024-05-04"),
        ("plan", "gold", "gold"),
        ("level", "options not told", "options not told"),
        ("tags", ["gold", "basic"], ["gold", "basic"]),
        ("tags", "basic", ["basic"]),
    ],
)
def test_value_takes_the_form_of_its_property(name: str, value: Any, wire: Any) -> None:
    (known,) = (entry for entry in PROPERTIES if name in (entry["name"], entry["propertyId"]))
    assert attribute(rally(), name).convert(value) == {"propertyId": known["propertyId"], "value": wire}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("plan", "platinum", "not_in_list"),
        ("tags", ["gold", "platinum"], "not_in_list"),
        ("seats", 12345678901234567, "too_long"),
        ("seats", "many", "not_number"),
        ("vip", "perhaps", "not_boolean"),
        ("signed_up_at", "03/05/2024", "not_datetime"),
    ],
)
def test_value_that_does_not_fit_rejects_its_record(name: str, value: Any, code: str) -> None:
    with pytest.raises(RecordError) as caught:
        batch_of(rally(), {"email": A, name: value})
    assert (caught.value.code, caught.value.field) == (code, name)


@pytest.mark.parametrize(
    ("name", "why"), [("shoe_size", "no property of that name"), ("mood", "undocumented"), ("member", "identifier")]
)
def test_what_has_no_place_is_not_sent_and_says_why(name: str, why: str) -> None:
    found = rally(identifier=UNIQUE).attribute(name, ColumnType("text"))
    assert isinstance(found, NotSent)
    assert why in found.why


@pytest.mark.parametrize(
    ("kind", "value", "wire"),
    [
        ("text", "a", ("STRING", "a")),
        ("integer", 4, ("NUMBER", 4)),
        ("number", 4, ("NUMBER", 4)),
        ("boolean", True, ("BOOLEAN", True)),
        ("date", "2024-05-03", ("DATETIME", "2024-05-03")),
        ("datetime", "2024-05-03T01:00:00Z", ("DATETIME", "2024-05-03")),
        ("array", ["a"], ("STRING", '["a"]')),
        ("unknown", 4, ("STRING", "4")),
    ],
)
def test_missing_property_is_created_with_the_type_of_its_column(kind: Kind, value: Any, wire: tuple[str, Any]) -> None:
    vendor = rally(create_properties=True)
    found = attribute(vendor, "shoe_size", kind).convert(value)
    assert found == {"name": "shoe_size", "propertyType": wire[0], "value": wire[1]}
    assert "propertyId" in attribute(vendor, "city", kind).convert("known")


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
    assert drive(vendor.submit(batch), script) == Job("i1")
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
        answer({"status": "ERROR", "message": "import not found"}, 404),
        answer("COMPLETED"),
    ],
)
def test_whatever_is_not_documented_as_an_end_is_none(unfinished: Response) -> None:
    vendor, batch = people(A, B)
    assert run(vendor.confirm(Job("i1"), batch), unfinished) is None


def test_import_is_asked_for_by_its_id_in_one_piece_of_the_path() -> None:
    vendor, batch = people(A)
    script = ScriptedTransport([done(personCount=1)])
    drive(vendor.confirm(Job("../i?1"), batch), script)
    assert script.called == ["GET /imports/..%2Fi%3F1"]
    assert script.requests[0].expects == {404}


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
    with pytest.raises(BatchRefused) as caught:
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
    assert drive(vendor.confirm(Job("i1"), batch), script) == (REFUSED, DELIVERED)
    assert script.called[1] == "GET /people/p%2F1/opted-out"


@pytest.mark.parametrize(
    "failed",
    [pytest.param({"email": A}, id="two people have the address"), pytest.param({"personId": "p1"}, id="stored")],
)
def test_address_that_may_be_somebody_elses_rejects_nobody(failed: dict[str, str]) -> None:
    vendor, batch = people(A, A, B, identifier=UNIQUE)
    with pytest.raises(BatchRefused) as caught:
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
    batch = batch_of(vendor, *records, clear="city")
    assert len({person.shape for person in batch}) == 1
    assert sent(batch)[1] == {"email": "1@example.org"}
    assert run(vendor.confirm(Job("i1"), batch), done(personCount=2, failedRecords=failed)) == outcomes


def test_name_is_cleared_by_null() -> None:
    batch = batch_of(rally(), {"email": A, "first_name": None}, clear="first_name")
    assert sent(batch) == [{"email": A, "firstName": None}]


@pytest.mark.parametrize("status", [200, 403])
def test_check_says_what_it_called_and_how_it_was_answered(status: int) -> None:
    assert next(unprepared().check()).expects == {403}
    assert run(unprepared().check(), answer({}, status)) == f"GET /users?size=1, answered with status {status}"


def test_address_is_the_vendors_unless_set() -> None:
    assert unprepared().api_url == "https://api.rallyuxr.com/api/public/v1"
    assert unprepared(api_url="http://127.0.0.1:1/r").api_url == "http://127.0.0.1:1/r"
