"""Movement: what becomes of a record, and which custom fields there are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from target_people.errors import RecordError
from target_people.people.attribute import Attribute, ColumnType, NotSent
from tests.support.flow import batch_of, run, sent
from tests.support.vendor import answer
from tests.vendors.account import MOVEMENT_FIELDS, movement


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
    assert sent(batch_of(movement(), record)) == [
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
    assert sent(batch_of(movement(), record)) == [{"external_id": "m0"}]
    assert sent(batch_of(movement(), record, clear=("phone", "workplace"))) == [
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
        batch_of(movement(), {"external_id": "m0", name: value})
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
    run(vendor.prepare(), answer({"total": 1, key: MOVEMENT_FIELDS[:1]} if key else MOVEMENT_FIELDS[:1]))
    found = {field["slug"]: vendor.attribute(str(field["slug"]), ColumnType("text")) for field in MOVEMENT_FIELDS[:2]}
    assert [type(one) for one in found.values()] == [Attribute, NotSent]


@pytest.mark.parametrize("body", [None, {"message": "?"}, "text", [1, {"name": "Workplace"}]])
def test_without_a_list_of_custom_fields_none_is_sent(body: Any) -> None:
    vendor = movement()
    run(vendor.prepare(), answer(body))
    assert isinstance(vendor.attribute("workplace", ColumnType("text")), NotSent)
