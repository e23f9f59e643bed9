"""Flameup: what becomes of a record."""

from __future__ import annotations

import json

import pytest

from target_people.errors import MappingError, RecordError
from target_people.people.attribute import ColumnType, NotSent
from tests.support.flow import attribute, batch_of, mapping_of, outgoing, sent
from tests.vendors.account import flameup

NAMED = ("first_name", "last_name", "avatar_url", "timezone", "locale")


def test_names_and_the_like_are_traits_and_the_rest_stands_at_the_top() -> None:
    record = {
        "id": " M-1 ",
        "email": "Ada@Example.org",
        "phone": "+44 20 7946 0000",
        "first_name": "Ada",
        "last_name": "Example",
        "avatar_url": "https://example.org/a.png",
        "timezone": "europe/london",
        "locale": "en_gb",
        "plan": "gold",
        "tags": ["a", 1],
        "address": {"city": "Exampleton", "street": None},
    }
    assert sent(batch_of(flameup(), record)) == [
        {
            "userId": "M-1",
            "email": "Ada@example.org",
            "phone": "+442079460000",
            "traits": {
                "first_name": "Ada",
                "last_name": "Example",
                "avatar_url": "https://example.org/a.png",
                "timezone": "Europe/London",
                "locale": "en-GB",
                "plan": "gold",
                "tags": ["a", 1],
                "address": {"city": "Exampleton", "street": None},
            },
        }
    ]


def test_somebody_without_traits_is_sent_without_them() -> None:
    assert sent(batch_of(flameup(), {"id": "1", "email": "a@example.org"})) == [
        {"userId": "1", "email": "a@example.org"}
    ]


def test_null_is_not_sent() -> None:
    record = {"id": "1", "email": None, "phone": "", "first_name": None, "plan": None}
    assert sent(batch_of(flameup(), record)) == [{"userId": "1"}]


def test_null_is_sent_where_it_is_to_clear() -> None:
    cleared = ("email", "phone", *NAMED, "plan")
    record = {"id": "1", "city": "Exampleton", **dict.fromkeys(cleared)}
    assert sent(batch_of(flameup(), record, clear=cleared)) == [
        {
            "userId": "1",
            "email": None,
            "phone": None,
            "traits": {"city": "Exampleton", **dict.fromkeys(NAMED), "plan": None},
        }
    ]


def test_who_somebody_is_cannot_be_cleared() -> None:
    with pytest.raises(MappingError, match="never cleared"):
        mapping_of(flameup(), "id", clear=("external_id",))


@pytest.mark.parametrize(
    ("name", "why"),
    [("phone", "which of the two wins is unknown"), *((name, f"the field {name} fills it") for name in NAMED)],
)
def test_a_trait_that_has_another_source_is_not_sent_and_says_why(name: str, why: str) -> None:
    found = flameup().attribute(name, ColumnType("text"))
    assert isinstance(found, NotSent)
    assert why in found.why


@pytest.mark.parametrize("name", ["plan", "email", "status", "Lifetime value", "a.b"])
@pytest.mark.parametrize("value", ["text", 7, True, ["a"], {"a": None}])
def test_every_other_column_is_a_trait_as_it_is(name: str, value: object) -> None:
    found = attribute(flameup(), name)
    assert (found.key, found.convert(value), found.clearable) == (name, value, True)


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"id": "x" * 256}, "userId"),
        ({"id": "1", "phone": "1" * 51}, "phone"),
    ],
)
def test_what_is_longer_than_documented_is_refused(record: dict[str, str], field: str) -> None:
    with pytest.raises(RecordError) as refused:
        batch_of(flameup(), record)
    assert (refused.value.code, refused.value.field) == ("too_long", field)


def test_what_is_as_long_as_documented_is_sent() -> None:
    assert sent(batch_of(flameup(), {"id": "x" * 255})) == [{"userId": "x" * 255}]


def test_a_record_without_an_id_is_refused() -> None:
    with pytest.raises(RecordError, match="identity_missing"):
        batch_of(flameup(), {"id": " ", "email": "a@example.org"})


def test_people_are_named_by_their_id_alone_and_all_may_share_a_request() -> None:
    vendor = flameup()
    mapping = mapping_of(vendor, "id", "email", "plan")
    full = outgoing(vendor, mapping, {"id": "M-1", "email": "a@example.org", "plan": "gold"})
    bare = outgoing(vendor, mapping, {"id": "m-1", "email": None})
    assert (full.names, bare.names) == (("M-1",), ("m-1",))
    assert full.shape == bare.shape
    assert json.loads(bare.body) == {"userId": "m-1"}
