"""Movement: what it is asked, and what its answers are taken for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest
from pydantic import ValidationError

from target_people.delivery.batch import Batch, Outgoing
from target_people.delivery.contract import Job
from target_people.delivery.message import Flow, Response, Result, drive
from target_people.delivery.verdict import ACCEPTED, CREATED, DELIVERED, UPDATED, Outcome, rejected
from target_people.errors import BatchRefused, RecordError
from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.mapping import compile_mapping
from target_people.people.rules import Rules, Source
from target_people.vendors.movement import Movement, MovementPerson, MovementSettings
from tests.support.vendor import ScriptedTransport, answer

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = [
    {"id": 1, "slug": "workplace", "name": "Workplace", "kind": "Text"},
    {"id": 2, "slug": "years_in", "name": "Years in", "kind": "Float"},
    {"id": 3, "slug": "joined_on", "name": "Joined on", "kind": "Date"},
    {"id": 4, "slug": "branch", "name": "Branch", "kind": "Organisation"},
    {"id": 5, "slug": "plain", "name": "Plain"},
    {"id": 6, "slug": "subscription_email_branch", "kind": "Text"},
    {"id": 7, "slug": "create_user", "kind": "Text"},
    {"id": 8, "slug": "phone_number", "kind": "Text"},
]
TAKEN = {"external_id": "m1", "errors": ["phone_number is already taken"]}
REFUSED = rejected("vendor_refused", detail="phone_number is already taken")
SUBDOMAIN = {"subdomain": "demo"}


def movement(**settings: Any) -> Movement:
    """A vendor whose account has the custom fields above."""
    vendor = Movement(MovementSettings.model_validate({"api_token": "secret", **SUBDOMAIN, **settings}))
    run(vendor.prepare(), answer(FIELDS))
    return vendor


def run(flow: Flow[Result], *answers: Response) -> Result:
    """The result of a flow that asks for exactly these answers."""
    script = ScriptedTransport(answers)
    result = drive(flow, script)
    assert len(script.requests) == len(answers)
    return result


def batch_of(*records: Mapping[str, Any], clear: tuple[str, ...] = ()) -> Batch:
    """The records, mapped and encoded as a run does it."""
    vendor = movement()
    columns = {name: {"type": ["string", "null"]} for record in records for name in record}
    rules = Rules(nulls_of=dict.fromkeys(clear, "clear"), named=True)
    mapping = compile_mapping(Source("people", {"properties": columns}, ("external_id",)), vendor, rules)
    people = [cast("MovementPerson", mapping.person(record)) for record in records]
    keys = [mapping.keys(person) for person in people]
    return Batch(
        Outgoing(vendor.names(person), own, vendor.shape(own), vendor.encode(person, own))
        for person, own in zip(people, keys, strict=True)
    )


def sent(batch: Batch) -> list[dict[str, Any]]:
    """The people of a batch as they go."""
    return [json.loads(person.body) for person in batch]


def three() -> Batch:
    """The people m0, m1 and m2."""
    return batch_of(*({"external_id": f"m{at}"} for at in range(3)))


def told(result: Any, status: str = "complete") -> Response:
    """The answer for a deferred result."""
    return answer({"id": 1, "status": status, "result": result})


def asked(response: Response) -> tuple[Outcome, ...] | None:
    """What a deferred result says of the three people."""
    return run(movement().confirm(Job("1"), three()), response)


def test_person_goes_under_the_vendors_names() -> None:
    record = {
        "external_id": " M-1 ",
        "first_name": "Ada",
        "last_name": "Example",
        "email": "ada@example.org",
        "phone": "+44 20 7946 0000",
        "email_opt_in": "yes",
        "sms_opt_in": "no",
        "phone_opt_in": True,
        "whatsapp_opt_in": False,
        "workplace": "Depot 7",
        "years_in": 3.5,
        "joined_on": "2021-04-01",
    }
    assert sent(batch_of(record)) == [
        {
            "external_id": "M-1",
            "first_name": "Ada",
            "last_name": "Example",
            "email": "ada@example.org",
            "phone_number": "+442079460000",
            "subscription_email": True,
            "subscription_sms": False,
            "subscription_phone": True,
            "subscription_whatsapp": False,
            "workplace": "Depot 7",
            "years_in": 3.5,
            "joined_on": "2021-04-01",
        }
    ]


def test_null_is_sent_only_where_it_is_to_clear() -> None:
    nothing = dict.fromkeys(("first_name", "email", "phone", "workplace", "email_opt_in"))
    record = {"external_id": "m0", **nothing}
    assert sent(batch_of(record)) == [{"external_id": "m0"}]
    assert sent(batch_of(record, clear=("phone", "workplace"))) == [
        {"external_id": "m0", "phone_number": None, "workplace": None}
    ]


@pytest.mark.parametrize(
    ("name", "value", "wire"),
    [
        ("workplace", True, "true"),
        ("workplace", {"a": 1}, '{"a":1}'),
        ("workplace", Decimal("26.50"), "26.50"),
        ("plain", 4, "4"),
        ("years_in", Decimal("26.57"), Decimal("26.57")),
        ("years_in", "12", 12),
        ("joined_on", "2024-05-03", "2024-05-03"),
        ("joined_on", "2024-05-03T23:30:00-05:00", "2024-05-04"),
    ],
)
def test_value_takes_the_form_of_its_field(name: str, value: Any, wire: Any) -> None:
    found = movement().attribute(name, ColumnType("unknown"))
    assert isinstance(found, Attribute)
    assert (found.key, found.convert(value)) == (name, wire)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("years_in", "many", "not_number"),
        ("years_in", True, "not_number"),
        ("years_in", float("inf"), "not_number"),
        ("joined_on", "03/05/2024", "not_datetime"),
    ],
)
def test_value_that_does_not_fit_rejects_its_record(name: str, value: Any, code: str) -> None:
    with pytest.raises(RecordError) as caught:
        batch_of({"external_id": "m0", name: value})
    assert (caught.value.code, caught.value.field) == (code, name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("shoe_size", "no field with that slug"),
        ("branch", "kind organisation"),
        ("subscription_email_branch", "consent"),
        ("subscription_email", "consent"),
        ("create_user", "another use"),
        ("create_user_role_slugs", "another use"),
        ("phone_number", "another use"),
    ],
)
def test_what_has_no_place_or_a_dangerous_one_is_not_sent_and_says_why(name: str, why: str) -> None:
    found = movement().attribute(name, ColumnType("text"))
    assert isinstance(found, NotSent)
    assert why in found.why


@pytest.mark.parametrize("key", ["", "custom_fields", "data"])
def test_custom_fields_are_read_bare_or_wrapped(key: str) -> None:
    vendor = movement()
    run(vendor.prepare(), answer({"total": 1, key: FIELDS[:1]} if key else FIELDS[:1]))
    found = {field["slug"]: vendor.attribute(str(field["slug"]), ColumnType("text")) for field in FIELDS[:2]}
    assert [type(one) for one in found.values()] == [Attribute, NotSent]


@pytest.mark.parametrize("body", [None, {"message": "?"}, "text", [1, {"name": "Workplace"}]])
def test_without_a_list_of_custom_fields_none_is_sent(body: Any) -> None:
    vendor = movement()
    run(vendor.prepare(), answer(body))
    assert isinstance(vendor.attribute("workplace", ColumnType("text")), NotSent)


@pytest.mark.parametrize("strategy", ["reject", "ignore"])
def test_request_says_what_happens_to_conflicts(strategy: str) -> None:
    script, batch = ScriptedTransport([answer({"id": 1})]), three()
    drive(movement(conflict_strategy=strategy).submit(batch), script)
    assert script.called == ["POST /targets/bulk_upsert"]
    assert json.loads(script.requests[0].body) == {"conflict_strategy": strategy, "records": sent(batch)}


@pytest.mark.parametrize(
    ("body", "job"),
    [
        ({"deferred_result_id": 123}, "123"),
        ({"id": "b2e0"}, "b2e0"),
        ({"result_id": 7}, "7"),
        ({"deferred_result": 7}, "7"),
        ({"id": 1, "deferred_result": {"id": 7}}, "7"),
        ({"status": "ok"}, None),
        ({"id": None}, None),
        ([], None),
        (None, None),
    ],
)
def test_id_of_the_result_is_found_where_it_may_stand(body: Any, job: str | None) -> None:
    assert run(movement().submit(three()), answer(body)) == Job(job)


@pytest.mark.parametrize(
    ("path", "called"),
    [("/deferred_results/{id}", "GET /deferred_results/a%2Fb"), ("/x/{id}/result", "GET /x/a%2Fb/result")],
)
def test_result_is_asked_for_where_the_setting_says(path: str, called: str) -> None:
    script = ScriptedTransport([told({"created": 3, "updated": 0})])
    drive(movement(deferred_result_path=path).confirm(Job("a/b"), three()), script)
    assert script.called == [called]
    assert script.requests[0].expects == {404}


@pytest.mark.parametrize(
    "response",
    [
        told(None, "pending"),
        told({"created": 3}, "wound_up"),
        answer({"error": "Not found"}, 404),
        answer({"status": "error", "message": "Not found"}, 404),
        answer({"created": 3}),
        answer([]),
        answer(),
    ],
)
def test_whatever_is_not_known_as_an_end_is_none(response: Response) -> None:
    assert asked(response) is None


@pytest.mark.parametrize("word", ["complete", "Completed", "finished", "success", "succeeded", "DONE"])
def test_usual_words_for_done_are_understood(word: str) -> None:
    assert asked(told({"created": 3, "updated": 0, "errors": []}, word)) == (CREATED,) * 3


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ({"created": 3, "updated": 0}, CREATED),
        ({"created": 0, "updated": 3, "errors": []}, UPDATED),
        ({"created": 1, "updated": 2}, DELIVERED),
        ({"created_count": 1, "updated_count": 1, "unchanged_count": 1, "failed": 0}, DELIVERED),
        ({"created": [{"external_id": "m0"}], "updated": [{"external_id": "m1"}, {"external_id": "m2"}]}, DELIVERED),
        ({"errors": []}, DELIVERED),
        (None, ACCEPTED),
        ({"note": "thank you"}, ACCEPTED),
    ],
)
def test_counts_say_what_became_of_everybody(result: Any, outcome: Outcome) -> None:
    assert asked(told(result)) == (outcome,) * 3


@pytest.mark.parametrize(
    "response",
    [
        told({"created": 2, "updated": 0, "errors": [TAKEN]}),
        told({"created": 2, "report": {"lines": [TAKEN]}}),
        answer({"state": "done", "created": 2, "failed": 1, "errors": [TAKEN]}),
        answer({"deferred_result": {"status": "done", "result": {"created": 2, "rejected": [TAKEN]}}}),
        told({"created": 2, "errors": {"m1": ["phone_number is already taken"]}}),
    ],
)
def test_record_with_an_error_is_rejected_alone(response: Response) -> None:
    assert asked(response) == (CREATED, REFUSED, CREATED)


@pytest.mark.parametrize(
    ("response", "known"),
    [
        (told({"created": 2, "updated": 0}), ()),
        (told({"created": 4, "updated": 0}), ()),
        (told({"created": 3, "errors": [TAKEN]}), (1,)),
        (told({"errors": [{"external_id": "m9", "errors": ["?"]}]}), ()),
        (told({"errors": [{"external_id": None}]}), ()),
        (told({"errors": ["row 2 is invalid"]}), ()),
        (told({"errors": [{"row": 2, "message": "is invalid"}, TAKEN]}), (1,)),
        (told({"errors": [{"row": 2}]}), ()),
        (told({"errors": {"row 2": ["is invalid"]}}), ()),
        (told({"error": "boom"}), ()),
        (told({"failed": 1}), ()),
        (told({"rejected_count": 2, "errors": [TAKEN]}), (1,)),
        (told(None, "failed"), ()),
        (told({"created": 0, "errors": [TAKEN]}, "errored"), (1,)),
        (answer({"status": "error", "error": "boom"}), ()),
    ],
)
def test_result_that_does_not_say_what_became_of_everybody_is_isolated(
    response: Response, known: tuple[int, ...]
) -> None:
    with pytest.raises(BatchRefused) as caught:
        asked(response)
    assert caught.value.indexes == known


def test_words_of_the_vendor_stay_with_their_record() -> None:
    with pytest.raises(BatchRefused) as caught:
        asked(told({"errors": ["row 2 is invalid", TAKEN]}))
    assert caught.value.details == {-1: "row 2 is invalid", 1: "phone_number is already taken"}
    assert "row 2" not in str(caught.value)


def test_check_reads_the_custom_fields() -> None:
    assert run(movement().check(), answer([])) == "GET /custom_fields"


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        (SUBDOMAIN, "https://demo.yourmovement.org/api"),
        ({"subdomain": None, "api_url": "http://127.0.0.1:1/m"}, "http://127.0.0.1:1/m"),
        ({"api_url": "http://127.0.0.1:1/m"}, "http://127.0.0.1:1/m"),
    ],
)
def test_address_follows_from_the_subdomain_unless_set(settings: dict[str, str], url: str) -> None:
    assert movement(**settings).api_url == url


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "movement.subdomain .* or movement.api_url"),
        ({"subdomain": "demo.yourmovement.org"}, "alone"),
        ({"subdomain": "https://demo"}, "alone"),
        ({"subdomain": "Demo"}, "alone"),
        ({"subdomain": "-"}, "alone"),
        ({**SUBDOMAIN, "deferred_result_path": "/results"}, "{id}"),
        ({**SUBDOMAIN, "deferred_result_path": "results/{id}"}, "{id}"),
        ({**SUBDOMAIN, "conflict_strategy": "merge"}, "'reject' or 'ignore'"),
    ],
)
def test_wrong_setting_says_what_is_allowed(settings: dict[str, str], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        MovementSettings.model_validate({"api_token": "secret", **settings})
