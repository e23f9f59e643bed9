"""Null clears what the settings say, where the vendor can, and never the identity or consent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_people.errors import MappingError, RecordError
from target_people.people.field import PersonField

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.people.mapping import Mapping

    Compile = Callable[..., Mapping]

F = PersonField
COLUMNS = "external_id email first_name plan email_opt_in"
NULLS = dict.fromkeys(COLUMNS.split()) | {"external_id": "1"}


@pytest.mark.parametrize(
    ("rules", "cleared"),
    [
        ({}, set()),
        ({"nulls": "clear"}, {"email", "firstName", "attributes.plan"}),
        ({"nulls_of": {"first_name": "clear"}}, {"firstName"}),
        ({"nulls_of": {"plan": "clear"}}, {"attributes.plan"}),
        ({"nulls": "clear", "nulls_of": {"email": "keep", "plan": "keep"}}, {"firstName"}),
        ({"attributes": {"Tier": "plan"}, "nulls_of": {"Tier": "clear"}}, {"attributes.tier"}),
        ({"attributes": {"Tier": "plan"}, "nulls_of": {"tier": "clear"}}, {"attributes.tier"}),
        ({"attributes": "none", "nulls_of": {"plan": "clear"}}, set()),
        ({"nulls_of": {"birth_date": "clear"}}, set()),
    ],
)
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_null_and_blank_text_clear_what_the_settings_say(
    compiled: Compile, rules: dict[str, Any], cleared: set[str], blank: str | None
) -> None:
    mapping = compiled(COLUMNS, **rules)
    person, keys = mapping.mapped({name: value or blank for name, value in NULLS.items()})
    assert keys == {"userId"} | cleared
    dumped = person.model_dump(by_alias=True, exclude_unset=True)
    flat = {**dumped.pop("attributes", {}), **dumped}
    assert {key for key, value in flat.items() if value is None} == {key.removeprefix("attributes.") for key in cleared}


def test_column_that_the_record_lacks_is_left_alone(compiled: Compile) -> None:
    mapping = compiled(COLUMNS, nulls="clear")
    assert mapping.mapped({"external_id": "1"})[1] == {"userId"}


def test_null_in_a_field_that_falls_through_follows_the_person_field(compiled: Compile) -> None:
    mapping = compiled("external_id dob", nulls_of={"birth_date": "clear"})
    assert mapping.person({"external_id": "1", "dob": None}).attributes == {"dob": None}


@pytest.mark.parametrize(
    ("record", "cleared"),
    [
        ({"address": None}, True),
        ({"address": {"country": None}}, True),
        ({"address": {"country": "Ireland"}}, False),
        ({"address": {}}, False),
        ({}, False),
    ],
)
def test_path_through_null_is_null(compiled: Compile, record: dict[str, Any], *, cleared: bool) -> None:
    columns = {"external_id": {}, "address": {"type": ["null", "object"]}}
    mapping = compiled(columns, fields={F.COUNTRY: "address.country"}, attributes="none", nulls="clear")
    assert (
        mapping.person({"external_id": "1", **record}).model_dump(exclude_unset=True).get("country", 0) is None
    ) is cleared


@pytest.mark.parametrize(
    ("record", "cleared"),
    [
        ({"mobile": None, "phone": None}, True),
        ({"mobile": None}, False),
        ({"phone": None}, False),
        ({}, False),
    ],
)
def test_field_of_two_columns_is_cleared_when_both_are_null(
    compiled: Compile, record: dict[str, Any], *, cleared: bool
) -> None:
    mapping = compiled("external_id mobile phone", nulls="clear")
    assert ("mobile_number" in mapping.mapped({"external_id": "1", **record})[1]) is cleared


def test_keep_wins_where_two_columns_fill_one_field(compiled: Compile) -> None:
    mapping = compiled("external_id mobile phone", nulls_of={"mobile": "clear", "phone": "keep"})
    assert mapping.mapped({"external_id": "1", "mobile": None, "phone": None})[1] == {"userId"}


def test_null_identity_is_rejected_even_when_null_clears(compiled: Compile) -> None:
    with pytest.raises(RecordError, match="identity_missing"):
        compiled(COLUMNS, nulls="clear").person({"external_id": None})


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"nulls": "clear"}, r"no known way to clear last_name, fixed; .*nulls: \{last_name: keep, fixed: keep\}"),
        ({"nulls_of": {"fixed": "clear"}}, "no known way to clear fixed"),
        ({"nulls_of": {"external_id": "clear"}}, "asks to clear external_id; the identifier and consent"),
        ({"nulls_of": {"email_opt_in": "clear"}}, "asks to clear email_opt_in"),
        ({"nulls_of": {"opted_out": "clear"}, "attributes": ("opted_out",)}, "asks to clear opted_out"),
        ({"nulls_of": {"emial": "keep"}}, r"nulls.emial is no person field and no attribute; did you mean email\?"),
        ({"nulls_of": {"qqqq": "keep"}}, "use a person field or the name of an attribute"),
    ],
)
def test_what_cannot_be_cleared_is_a_mistake_in_the_settings(
    compiled: Compile, rules: dict[str, Any], message: str
) -> None:
    with pytest.raises(MappingError, match=message):
        compiled("external_id last_name fixed email_opt_in opted_out", **rules)


def test_every_mistake_is_named_at_once(compiled: Compile) -> None:
    rules = {"nulls_of": {"external_id": "clear", "fixed": "clear", "nobodys": "keep"}}
    with pytest.raises(MappingError) as refused:
        compiled("external_id fixed", **rules)
    assert all(name in str(refused.value) for name in ("external_id", "fixed", "nobodys"))


def test_consent_listed_as_an_attribute_is_never_cleared(compiled: Compile) -> None:
    mapping = compiled("external_id opted_out", attributes=("opted_out",), nulls="clear")
    assert mapping.mapped({"external_id": "1", "opted_out": None})[1] == {"userId"}
