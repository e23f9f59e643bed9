"""Whether a vendor has what it was sent, however it spells it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.people.field import PersonField
from target_people.people.likeness import Likeness, alike
from target_people.people.person import Person, Takes, wire_fields


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        ("Zoë", "Zoë"),
        ("Zoë", " Zoë "),
        ("12", 12),
        ("true", True),
        ("2024-05-01", "2024-05-01T00:00:00.000Z"),
        ("2024-05-01 10:00:00", "2024-05-01T12:00:00+02:00"),
        ("2024-05-01 10:00:00", 1714557600),
        ('["a",{"n":1.50}]', ["a", {"n": Decimal("1.5")}]),
        ('["a", 1]', '["a",1]'),
        ("[draft] note", "[draft] note"),
        (12, "12"),
        (12, Decimal("12.0")),
        (Decimal("1.50"), "1.5"),
        (1, True),
        (0, False),
        (True, 1),
        (False, "false"),
        (True, "y"),
        (["a", "b"], ["b", "a"]),
        (["1", "1"], [1, "1"]),
        ({"a": 1}, {"a": 1}),
        (None, None),
        (None, ""),
        (None, []),
        ("", None),
    ],
)
def test_what_says_the_same_is_alike(sent: Any, held: Any) -> None:
    assert alike(sent, held)


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        ("Zoë", "zoë"),
        ("Zoë", "Zoe"),
        ("02134", "2134"),
        ("02134", 2134),
        ("1.10", Decimal("1.1")),
        ("2024-05-01", "2024-05-02T00:00:00Z"),
        ("2024-05-01 10:00:00", "2024-05-01"),
        ("2024-05-01 10:00:00", "2024-05-01T10:00:00+02:00"),
        ("2024-05-01", 1714557600),
        ('["a"]', ["b"]),
        ('["a"]', "a"),
        ("a", ["a"]),
        (12, "12 people"),
        (12, 13),
        (12, [12]),
        (True, False),
        (True, "perhaps"),
        (["a", "a"], ["a", "b"]),
        (["a"], ["a", "b"]),
        (["a", "b"], ["a"]),
        (["a"], "a"),
        ({"a": 1}, "a"),
        (None, "Zoë"),
        (None, 0),
        (None, False),
        ("Zoë", None),
        (0, None),
        (False, None),
    ],
)
def test_what_says_something_else_is_not(sent: Any, held: Any) -> None:
    assert not alike(sent, held)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(sent=JSON, held=JSON)
def test_everything_is_like_itself_and_nothing_fails(sent: Any, held: Any) -> None:
    assert alike(sent, sent)
    assert alike(sent, held) in (True, False)


class Sample(Person):
    """A vendor's person with each of the fields that have a form of their own."""

    id: Annotated[str, Takes((PersonField.EXTERNAL_ID,))]
    email: Annotated[str | None, Takes((PersonField.EMAIL,))] = None
    number: Annotated[str | None, Takes((PersonField.MOBILE, PersonField.PHONE))] = None
    others: Annotated[list[str] | None, Takes((PersonField.ADDITIONAL_PHONES,))] = None


LIKE = Likeness(wire_fields(Sample), {"email": "EMAIL"})


@pytest.mark.parametrize(
    ("sent", "held", "same"),
    [
        ({"number": "+442079460000"}, {"number": "+44 20 7946-0000"}, True),
        ({"number": "+442079460000"}, {"number": "442079460000"}, True),
        ({"number": "442079460000"}, {"number": 442079460000}, True),
        ({"number": "+442079460000"}, {"number": "0044 20 7946 0000"}, True),
        ({"number": "+442079460000"}, {"number": "+442079460001"}, False),
        ({"number": "+442079460000"}, {"number": None}, False),
        ({"number": None}, {"number": None}, True),
        ({"others": ["+441", "+442"]}, {"others": ["+44 2", "+44 1"]}, True),
        ({"others": ["+441"]}, {"others": ["+441", "+442"]}, False),
        ({"EMAIL": "Zoë@Example.org"}, {"EMAIL": "zoë@example.org"}, True),
        ({"note": "+44 20"}, {"note": "+4420"}, False),
        ({"note": "A"}, {"note": "a"}, False),
        ({"id": "a", "note": "b"}, {"id": "a", "note": "b", "more": "c"}, True),
        ({"id": "a", "note": "b"}, {"id": "a"}, None),
        ({"id": "a", "note": None}, {"id": "a"}, None),
        ({"id": "a", "note": "b"}, {"id": "b"}, False),
        ({}, {}, True),
    ],
)
def test_a_person_is_held_against_everything_that_was_sent(
    sent: dict[str, Any], held: dict[str, Any], *, same: bool | None
) -> None:
    assert LIKE(sent, held) is same


def test_people_are_found_by_what_identifies_them_in_any_order() -> None:
    sent = [{"id": "1", "note": "a"}, {"id": "2", "note": "b"}, {"id": "3", "note": "c"}, {"id": "4", "note": "d"}]
    held: list[dict[str, Any]] = [
        {"id": 3},
        {"id": "2", "note": "x"},
        {"id": "1", "note": "a"},
        {"id": None},
        {"note": "d"},
    ]
    assert LIKE.of_all(sent, held, "id") == (True, False, None, False)


def test_addresses_identify_without_regard_to_case() -> None:
    assert LIKE.of_all([{"EMAIL": "A@example.org"}], [{"EMAIL": "a@EXAMPLE.org"}], "EMAIL") == (True,)
