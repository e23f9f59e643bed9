"""Columns find their way to the vendor, by what is set, by name, or as attributes, and each says why."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from target_people.errors import MappingError, RecordError
from target_people.people.attribute import NotSent
from target_people.people.field import PersonField
from target_people.people.mapping import Mapping, Unmappable
from target_people.people.plan import ColumnPlan

if TYPE_CHECKING:
    from collections.abc import Callable

    Compile = Callable[..., Mapping]
    Sent = Callable[[Mapping], dict[str, str]]

F = PersonField
ADDRESS = {"type": ["object", "null"], "properties": {"country": {"type": "string"}, "street": {"type": "string"}}}


@pytest.mark.parametrize(
    ("columns", "rules", "expected"),
    [
        ("External-ID Email", {}, {"External-ID": "userId", "Email": "email"}),
        ("user_id forename", {}, {"user_id": "userId", "forename": "firstName"}),
        ("customer_id user_id", {}, {"user_id": "userId", "customer_id": "attributes.customer_id"}),
        ("external_id mail email", {}, {"external_id": "userId", "email": "email", "mail": "attributes.mail"}),
        ("external_id e_mail email", {}, {"external_id": "userId", "email": "email", "e_mail": "attributes.e_mail"}),
        (
            "external_id email work",
            {"fields": {F.EMAIL: "work"}},
            {"external_id": "userId", "work": "email", "email": "attributes.email"},
        ),
        ("external_id birth_date", {}, {"external_id": "userId", "birth_date": "attributes.birth_date"}),
        ("external_id born", {"fields": {F.BIRTH_DATE: "born"}}, {"external_id": "userId", "born": "attributes.born"}),
        (
            "external_id phone mobile",
            {},
            {"external_id": "userId", "mobile": "mobile_number", "phone": "mobile_number"},
        ),
        ("external_id Plan", {"attributes": {"tier": "Plan"}}, {"external_id": "userId", "Plan": "attributes.tier"}),
        ("external_id plan x", {"attributes": ("plan",)}, {"external_id": "userId", "plan": "attributes.plan"}),
        ("external_id plan", {"attributes": "none"}, {"external_id": "userId"}),
        ("external_id phone", {"fields": {F.PHONE: None}}, {"external_id": "userId"}),
        (
            "external_id phone",
            {"fields": {F.PHONE: None}, "attributes": ("phone",)},
            {"external_id": "userId", "phone": "attributes.phone"},
        ),
        ("external_id Email-Opt-In", {}, {"external_id": "userId", "Email-Opt-In": "wants_mail"}),
        ("external_id opted_out", {}, {"external_id": "userId"}),
        ("external_id out", {"fields": {F.OPTED_OUT: "out"}}, {"external_id": "userId"}),
        (
            "external_id opted_out",
            {"attributes": ("opted_out",)},
            {"external_id": "userId", "opted_out": "attributes.opted_out"},
        ),
        ("external_id newsletter", {}, {"external_id": "userId", "newsletter": "attributes.newsletter"}),
        ("external_id emailOptIn email_opt_in", {}, {"external_id": "userId", "email_opt_in": "wants_mail"}),
        ("external_id _sdc_batched_at", {}, {"external_id": "userId"}),
    ],
)
def test_column_goes_where_it_belongs(
    compiled: Compile, sent: Sent, columns: str, rules: dict[str, Any], expected: dict[str, str]
) -> None:
    assert sent(compiled(columns, **rules)) == expected


@pytest.mark.parametrize(
    ("columns", "keys", "expected"),
    [
        ("id email", ("id",), "id"),
        ("user_id contact_id", ("contact_id",), "contact_id"),
        ("user_id id", ("id",), "user_id"),
        ("external_id id", ("id",), "external_id"),
        ("email first_name", ("email",), "email"),
    ],
)
def test_key_property_stands_in_for_the_external_id(
    compiled: Compile, columns: str, keys: tuple[str, ...], expected: str
) -> None:
    mapping = compiled(columns, keys=keys)
    assert next(plan.column for plan in mapping.columns if plan.field == "userId") == expected


@pytest.mark.parametrize(
    ("column", "rules", "why"),
    [
        ("refused", {}, "the vendor has no such attribute"),
        ("plan", {"attributes": "none"}, "attributes is none"),
        ("plan", {"attributes": ("email",)}, "not listed in attributes"),
        ("opted_out", {}, "consent is sent as a field of the vendor's own, or when listed"),
        ("telephone", {"fields": {F.PHONE: None}}, "fields.phone is null"),
        ("_sdc_extracted_at", {}, "the pipeline's own column"),
        ("PLAN", {}, "the attribute plan is taken from plan"),
    ],
)
def test_column_that_is_not_sent_says_why(compiled: Compile, column: str, rules: dict[str, Any], why: str) -> None:
    first = "external_id email plan" if column == "PLAN" else "external_id email"
    assert NotSent(column, why) in compiled(f"{first} {column}", **rules).not_sent


def test_every_column_sent_says_why(compiled: Compile) -> None:
    mapping = compiled("id first_name work plan", keys=("id",), fields={F.EMAIL: "work"})
    assert mapping.columns == (
        ColumnPlan("id", "userId", "key property", "external_id"),
        ColumnPlan("work", "email", "explicit", "email"),
        ColumnPlan("first_name", "firstName", "synonym", "first_name"),
        ColumnPlan("plan", "attributes.plan", "attribute"),
    )


@pytest.mark.parametrize(("column", "synonym"), [("EMail Address", "email_address"), ("Email", "")])
def test_column_found_by_another_name_says_which(compiled: Compile, column: str, synonym: str) -> None:
    mapping = compiled({"external_id": {}, column: {}})
    assert mapping.columns[1] == ColumnPlan(column, "email", "synonym", "email", synonym)


@pytest.mark.parametrize(
    ("record", "identified"),
    [
        ({"external_id": "1", "email": "nonsense"}, True),
        ({"external_id": " "}, False),
        ({"external_id": None}, False),
        ({}, False),
        ({"external_id": {"no": "text"}}, False),
    ],
)
def test_identity_is_found_whatever_else_the_record_holds(
    compiled: Compile, record: dict[str, Any], *, identified: bool
) -> None:
    assert compiled("external_id email").identifies(record) is identified


def test_path_leads_into_an_object_that_is_still_an_attribute(compiled: Compile) -> None:
    mapping = compiled({"external_id": {}, "address": ADDRESS}, fields={F.COUNTRY: "address.country"})
    record = {"external_id": "1", "address": {"country": "Ireland", "street": "Quay"}}
    person = mapping.person(record)
    assert person.model_dump(by_alias=True, exclude_unset=True) == {
        "userId": "1",
        "country": "Ireland",
        "attributes": {"address": {"country": "Ireland", "street": "Quay"}},
    }


def test_object_of_which_a_part_is_sent_says_so(compiled: Compile) -> None:
    columns = {"external_id": {}, "address": ADDRESS}
    mapping = compiled(columns, fields={F.COUNTRY: "address.country"}, attributes="none")
    assert mapping.not_sent == (NotSent("address", "only parts of it are sent: address.country"),)


@pytest.mark.parametrize(
    ("columns", "record"),
    [
        ({"external_id": {}, "address": ADDRESS, "address.country": {}}, {"address.country": "here", "address": {}}),
        ({"external_id": {}, "address": {"type": "object"}}, {"address": {"country": "here"}}),
        ({"external_id": {}, "address": {"anyOf": [{"type": "null"}, ADDRESS]}}, {"address": {"country": "here"}}),
    ],
)
def test_path_finds_its_value(compiled: Compile, columns: dict[str, Any], record: dict[str, Any]) -> None:
    mapping = compiled(columns, fields={F.COUNTRY: "address.country"}, attributes="none")
    assert mapping.person({"external_id": "1", **record}).model_dump()["country"] == "here"


def test_path_through_something_else_rejects_the_record(compiled: Compile) -> None:
    mapping = compiled({"external_id": {}, "address": ADDRESS}, fields={F.COUNTRY: "address.country"})
    with pytest.raises(RecordError, match=r"not_object: address\.country"):
        mapping.person({"external_id": "1", "address": "Quay 7"})


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"fields": {F.EMAIL: "emial"}}, r"stream people: fields.email names the column emial.*did you mean email\?"),
        ({"fields": {F.BIRTH_DATE: "dob"}}, "fields.birth_date names the column dob"),
        ({"attributes": ("pln",)}, r"attributes names the column pln.*did you mean plan\?"),
        ({"attributes": {"tier": "plans"}}, r"attributes.tier names the column plans.*did you mean plan\?"),
        ({"fields": {F.COUNTRY: "address.contry"}}, r"did you mean address.country\?"),
        ({"fields": {F.COUNTRY: "plan.country"}}, "names the column plan.country"),
        ({"fields": {F.EMAIL: "_sdc_batched_at"}}, "the pipeline's own and is never sent"),
        ({"fields": {F.EXTERNAL_ID: None}}, "set streams.people.fields.external_id to the column"),
        ({"fields": {F.GENDER: "plan"}}, "gender needs last_name"),
        ({"phone_region": "ZZ", "fields": {}}, None),
    ],
)
def test_mistake_in_the_settings_is_explained(compiled: Compile, rules: dict[str, Any], message: str | None) -> None:
    text = {"type": "string"}
    columns = {"external_id": text, "email": text, "plan": text, "address": ADDRESS, "_sdc_batched_at": text}
    if message is None:
        assert compiled(columns, **rules).columns
        return
    with pytest.raises(MappingError, match=message):
        compiled(columns, **rules)


@pytest.mark.parametrize(
    ("columns", "keys"),
    [
        ("id total", ("id",)),
        ("user_id total", ()),
        ("email first_name", ()),
        ("id line email", ("id", "line")),
        ("", ()),
    ],
)
def test_stream_that_nobody_named_and_that_shows_no_people_is_left_alone(
    compiled: Compile, columns: str, keys: tuple[str, ...]
) -> None:
    with pytest.raises(Unmappable, match=r"streams\.people\.fields\.external_id"):
        compiled(columns, keys=keys, named=False)


@pytest.mark.parametrize("revealing", ["email", "tel", "cell", "given_name", "surname"])
def test_stream_that_nobody_named_and_that_shows_people_is_mapped(compiled: Compile, revealing: str) -> None:
    assert compiled(f"id {revealing}", keys=("id",), named=False).columns


def test_named_stream_needs_no_more_than_the_identifier(compiled: Compile) -> None:
    assert compiled("id total", keys=("id",)).columns


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        ({"external_id": None}, "identity_missing", "external_id"),
        ({"external_id": "  "}, "identity_missing", "external_id"),
        ({}, "identity_missing", "external_id"),
        ({"external_id": "x" * 21}, "too_long", "userId"),
        ({"external_id": "1", "first_name": "secret-name"}, "too_long", "firstName"),
        ({"external_id": "1", "gender": "other"}, "not_in_list", "gender"),
        ({"external_id": "1", "email": "secret"}, "not_email", "email"),
        ({"external_id": "1", "mobile": "secret"}, "not_phone", "mobile"),
        ({"external_id": "1", "score": "secret"}, "not_number", "score"),
        ({"external_id": "1", "note": "secret"}, "too_long", "note"),
    ],
)
def test_record_that_cannot_be_mapped_names_the_field_and_no_value(
    compiled: Compile, record: dict[str, Any], code: str, field: str
) -> None:
    mapping = compiled("external_id first_name last_name gender email mobile score note")
    with pytest.raises(RecordError) as refused:
        mapping.person(record)
    assert (refused.value.code, refused.value.field, refused.value.detail) == (code, field, "")
    assert str(refused.value) == f"{code}: {field}"


@pytest.mark.parametrize(
    ("record", "number"),
    [
        ({"mobile": "+31612345678", "phone": "+31201234567"}, "31612345678"),
        ({"mobile": None, "phone": "+31201234567"}, "31201234567"),
        ({"mobile": " ", "phone": "+31201234567"}, "31201234567"),
        ({"phone": "+31201234567"}, "31201234567"),
        ({"mobile": "+31612345678", "phone": "nonsense"}, "31612345678"),
    ],
)
def test_first_source_with_a_value_wins_in_each_record(compiled: Compile, record: dict[str, Any], number: str) -> None:
    mapping = compiled("external_id phone mobile")
    assert mapping.person({"external_id": "1", **record}).model_dump()["number"] == number


def test_numbers_reach_the_vendor_without_loss(compiled: Compile) -> None:
    person = compiled("external_id plan").person({"external_id": 17, "plan": Decimal("0.10")})
    assert person.model_dump()["user"] == "17"
    assert str(person.attributes["plan"]) == "0.10"


def test_record_is_not_changed(compiled: Compile) -> None:
    record = {"external_id": " 1 ", "email": "A@Example.org", "plan": {"a": 1}, "more": 1}
    before = repr(record)
    compiled("external_id email plan").person(record)
    assert repr(record) == before


def test_keys_are_the_wire_names_of_what_the_person_carries(compiled: Compile) -> None:
    mapping = compiled("external_id email phone plan", nulls_of={"email": "clear"})
    _, keys = mapping.mapped({"external_id": "1", "email": None, "phone": "+31612345678", "plan": "x"})
    assert keys == {"userId", "email", "mobile_number", "attributes.plan"}


def test_equal_keys_are_the_same_object_while_somebody_holds_them(compiled: Compile) -> None:
    mapping = compiled("external_id plan")
    first, second = (mapping.mapped({"external_id": name, "plan": name})[1] for name in ("1", "2"))
    assert first is second
