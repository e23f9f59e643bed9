"""Rally: what becomes of a record."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.flow import batch_of, sent
from tests.vendors.account import RALLY_UNIQUE, rally

A, B = "a@example.org", "b@example.org"


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
    [("email", "email", "ada@example.org"), ("phone", "phone", "442079460000"), (RALLY_UNIQUE, "external_id", "M-1")],
)
def test_identity_is_what_the_setting_says(identifier: str, field: str, name: str) -> None:
    vendor = rally(identifier=identifier)
    (person,) = batch_of(vendor, {"id": "M-1", "email": "Ada@example.org", "phone": "+44 20 7946 0000"})
    assert vendor.identifier == field
    assert person.names == (name, "ada@example.org")


def test_external_id_fills_the_custom_identifier_and_goes_nowhere_else() -> None:
    record = {"id": " M-1 ", "email": A, "city": "X"}
    city = {"propertyId": "cmprop3", "value": "X"}
    (custom,), (usual,) = sent(batch_of(rally(identifier=RALLY_UNIQUE), record)), sent(batch_of(rally(), record))
    assert custom == {"email": A, "properties": [city, {"propertyId": RALLY_UNIQUE, "value": "M-1"}]}
    assert usual == {"email": A, "properties": [city]}


def test_name_is_cleared_by_null() -> None:
    batch = batch_of(rally(), {"email": A, "first_name": None}, clear=("first_name",))
    assert sent(batch) == [{"email": A, "firstName": None}]
