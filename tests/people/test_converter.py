"""Values of custom attributes reach the form that a vendor asks for, or are refused."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from math import inf, nan
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.errors import RecordError
from target_people.people import converter as c

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("convert", "value", "expected"),
    [
        (c.as_is, {"a": [Decimal("1.10")]}, {"a": [Decimal("1.10")]}),
        (c.as_text, " x ", " x "),
        (c.as_text, True, "true"),
        (c.as_text, 12, "12"),
        (c.as_text, Decimal("0.10"), "0.10"),
        (c.as_text, Decimal("1E-7"), "0.0000001"),
        (c.as_text, 0.1, "0.1"),
        (c.as_text, {"a": [1, None, Decimal("1.10")]}, '{"a":[1,null,1.10]}'),
        (c.as_number_from_text, Decimal("1.10"), Decimal("1.10")),
        (c.as_number_from_text, "1.10", Decimal("1.10")),
        (c.as_integer, Decimal("4.0"), 4),
        (c.as_boolean, "no", False),
        (c.as_day_text, "2025-01-02", "2025-01-02"),
        (c.as_day_text, "2025-01-02T23:00:00-05:00", "2025-01-03"),
        (c.as_second_text, "2025-01-02T03:04:05.5+02:00", "2025-01-02 01:04:05"),
        (c.as_second_text, "2025-01-02T00:00:00Z", "2025-01-02"),
        (c.one_of(("a", "b")), "b", "b"),
        (c.one_of(()), 7, "7"),
        (c.each(c.as_text), [1, "b"], ["1", "b"]),
        (c.each(c.as_text), "b", ["b"]),
        (c.as_datetime_text, "2025-01-02T03:04:05+02:00", "2025-01-02T01:04:05Z"),
        (c.as_datetime_text, "2025-01-02 03:04:05.5", "2025-01-02T03:04:05.500000Z"),
        (c.as_json_text, ["a", {"b": Decimal("1.0")}], '["a",{"b":1.0}]'),
        (c.as_json_text, "é", '"é"'),
        (c.limited(c.as_text, 3), "abc", "abc"),
        (c.limited(c.as_number_from_text, 4), Decimal("1.10"), Decimal("1.10")),
        (c.limited(c.as_is, 7), [1, 2, 3], [1, 2, 3]),
    ],
)
def test_value_takes_the_form_asked_for(convert: Callable[[object], object], value: object, expected: object) -> None:
    found = convert(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("convert", "value", "code"),
    [
        (c.as_is, nan, "not_json"),
        (c.as_is, [Decimal("Infinity")], "not_json"),
        (c.as_text, nan, "not_text"),
        (c.as_text, Decimal("1E+999999999"), "not_text"),
        (c.as_text, {1: object()}, "not_text"),
        (c.as_number_from_text, "1,10", "not_number"),
        (c.as_number_from_text, inf, "not_number"),
        (c.as_integer, 4.5, "not_integer"),
        (c.as_boolean, "perhaps", "not_boolean"),
        (c.as_day_text, "02/01/2025", "not_datetime"),
        (c.as_second_text, "noon", "not_datetime"),
        (c.one_of(("a", "b")), "c", "not_in_list"),
        (c.each(c.one_of(("a", "b"))), ["a", "c"], "not_in_list"),
        (c.as_datetime_text, "0001-01-01T00:00:00+10:00", "not_datetime"),
        (c.as_json_text, "\ud800", "not_json"),
        (c.as_json_text, {"a": object()}, "not_json"),
        (c.as_json_text, [nan], "not_json"),
        (c.as_json_text, {"a": Decimal("NaN")}, "not_json"),
        (c.limited(c.as_text, 3), "abcd", "too_long"),
        (c.limited(c.as_number_from_text, 4), Decimal("1.100"), "too_long"),
        (c.limited(c.as_is, 6), [1, 2, 3], "too_long"),
    ],
)
def test_value_that_cannot_take_the_form_is_refused(
    convert: Callable[[object], object], value: object, code: str
) -> None:
    with pytest.raises(RecordError) as refused:
        convert(value)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("word", "value", "expected"),
    [
        ("Text", 1, "1"),
        ("FLOAT", "1.5", Decimal("1.5")),
        ("DateTime", "2025-01-02T23:00:00-05:00", "2025-01-03"),
        ("boolean", "no", False),
        ("SINGLE_SELECT", "gold", "gold"),
        ("multi_select", "gold", ["gold"]),
    ],
)
def test_words_for_types_are_known_in_any_case(word: str, value: object, expected: object) -> None:
    convert = c.of_type(word, ("gold",))
    assert convert is not None
    assert convert(value) == expected


@pytest.mark.parametrize("word", ["", "organisation", "smiley"])
def test_an_unknown_type_has_no_converter(word: str) -> None:
    assert c.of_type(word) is None


ALL = (
    c.as_is,
    c.as_text,
    c.as_number_from_text,
    c.as_integer,
    c.as_boolean,
    c.as_day_text,
    c.as_second_text,
    c.each(c.one_of(("a",))),
    c.as_datetime_text,
    c.as_json_text,
    c.limited(c.as_is, 10),
)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(
    st.recursive(
        st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(min_size=1) | st.dates().map(str),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )
)
def test_nothing_but_a_record_error_is_raised_whatever_the_json(value: object) -> None:
    for convert in ALL:
        with suppress(RecordError):
            convert(value)
