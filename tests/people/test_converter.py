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
        (c.as_number, Decimal("1.10"), Decimal("1.10")),
        (c.as_number_from_text, "1.10", Decimal("1.10")),
        (c.as_integer, Decimal("4.0"), 4),
        (c.as_boolean, "no", False),
        (c.as_date_text, "2025-01-02", "2025-01-02"),
        (c.as_date_text_from_datetime, "2025-01-02T23:00:00-05:00", "2025-01-02"),
        (c.as_datetime_text, "2025-01-02T03:04:05+02:00", "2025-01-02T01:04:05Z"),
        (c.as_datetime_text, "2025-01-02 03:04:05.5", "2025-01-02T03:04:05.500000Z"),
        (c.as_json_text, ["a", {"b": Decimal("1.0")}], '["a",{"b":1.0}]'),
        (c.as_json_text, "é", '"é"'),
        (c.limited(c.as_text, 3), "abc", "abc"),
        (c.limited(c.as_number, 4), Decimal("1.10"), Decimal("1.10")),
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
        (c.as_number, "1.10", "not_number"),
        (c.as_number, inf, "not_number"),
        (c.as_integer, 4.5, "not_integer"),
        (c.as_boolean, "perhaps", "not_boolean"),
        (c.as_date_text, "2025-01-02T00:00:00Z", "not_date"),
        (c.as_datetime_text, "0001-01-01T00:00:00+10:00", "not_datetime"),
        (c.as_json_text, "\ud800", "not_json"),
        (c.as_json_text, {"a": object()}, "not_json"),
        (c.as_json_text, [nan], "not_json"),
        (c.as_json_text, {"a": Decimal("NaN")}, "not_json"),
        (c.limited(c.as_text, 3), "abcd", "too_long"),
        (c.limited(c.as_number, 4), Decimal("1.100"), "too_long"),
        (c.limited(c.as_is, 6), [1, 2, 3], "too_long"),
    ],
)
def test_value_that_cannot_take_the_form_is_refused(
    convert: Callable[[object], object], value: object, code: str
) -> None:
    with pytest.raises(RecordError) as refused:
        convert(value)
    assert refused.value.code == code


ALL = (
    c.as_is,
    c.as_text,
    c.as_number,
    c.as_number_from_text,
    c.as_integer,
    c.as_boolean,
    c.as_date_text,
    c.as_date_text_from_datetime,
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
