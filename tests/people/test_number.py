"""Numbers: nothing is lost, and nothing that only looks like a number is one."""

from __future__ import annotations

from decimal import Decimal
from math import inf, nan

import pytest

from target_people.errors import RecordError
from target_people.people.number import integer, number


@pytest.mark.parametrize("value", [7, Decimal("7.10"), 7.5, 10**30])
def test_number_loses_nothing(value: object) -> None:
    assert number(value) is value


@pytest.mark.parametrize(("value", "expected"), [("7", 7), ("-7.10", Decimal("-7.10")), (" 1e3 ", Decimal(1000))])
def test_numeric_text_counts_when_asked_for(value: str, expected: object) -> None:
    assert number(value, from_text=True) == expected
    with pytest.raises(RecordError, match="not_number"):
        number(value)


@pytest.mark.parametrize("value", [True, nan, inf, Decimal("NaN"), Decimal("Infinity"), [], {}])
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    with pytest.raises(RecordError, match="not_number"):
        number(value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1_000", "1,5", "٣", "1e99999999", "9" * 5000])
def test_text_that_only_looks_like_a_number_is_refused(value: str) -> None:
    with pytest.raises(RecordError, match="not_number"):
        number(value, from_text=True)


@pytest.mark.parametrize(("value", "expected"), [(7, 7), (Decimal("7.0"), 7), (7.0, 7), ("7", 7)])
def test_whole_numbers_are_integers(value: object, expected: int) -> None:
    assert integer(value, from_text=True) == expected


@pytest.mark.parametrize("value", [7.5, Decimal("7.1"), Decimal("1E+999999999"), "7.5", inf, True])
def test_other_numbers_are_no_integers(value: object) -> None:
    with pytest.raises(RecordError, match="not_integer"):
        integer(value, from_text=True)
