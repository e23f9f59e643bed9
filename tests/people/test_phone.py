"""Phone: the quick way for international numbers is no other way."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.errors import RecordError
from target_people.people.phone import phone


def library(text: str) -> str:
    """What the library alone makes of an international number."""
    try:
        known = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return "refused"
    possible = phonenumbers.is_possible_number_with_reason(known) == phonenumbers.ValidationResult.IS_POSSIBLE
    return phonenumbers.format_number(known, phonenumbers.PhoneNumberFormat.E164) if possible else "refused"


def ours(text: str) -> str | None:
    """What the normaliser makes of it."""
    try:
        return phone(text)
    except RecordError:
        return "refused"


@pytest.mark.parametrize("start", ["", "0", "06", "1", "15", "44", "8"])
def test_quick_way_for_international_numbers_agrees_with_the_library(start: str) -> None:
    codes = [*sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE), 210, 999]
    numbers = [f"+{code}{(start + '2345678912345')[:length]}" for code in codes for length in range(6, 11)]
    assert [ours(number) for number in numbers] == [library(number) for number in numbers]


@settings(deadline=None, derandomize=True, max_examples=80)
@given(st.sampled_from([1, 7, 31, 39, 44, 49, 52, 54, 55, 353]), st.text("0123456789 -()", min_size=7, max_size=12))
def test_quick_way_sees_through_what_stands_between_the_digits(code: int, rest: str) -> None:
    text = f"+{code} 2{rest}"
    assert ours(text) == library(text)


def test_several_regions_do_not_mix() -> None:
    assert [phone("020 7946 0000", region) for region in ("GB", None)] == ["+442079460000", "020 7946 0000"]
