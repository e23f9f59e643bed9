"""JSON without loss."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.json import UNREADABLE, decode, encode

BOUNDED = settings(deadline=None, derandomize=True, max_examples=50)
NUMBERS = st.integers(-(10**40), 10**40) | st.decimals(allow_nan=False, allow_infinity=False, places=12)
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(LEAVES, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part))


@BOUNDED
@given(VALUES)
def test_what_is_written_reads_the_same(value: Any) -> None:
    assert decode(encode(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-1",
        "18446744073709551616",
        "123456789012345678901234567890",
        "0.10",
        "1.0E+5",
        "0.1000000000000000055511151231257827",
    ],
)
def test_a_number_keeps_every_digit(text: str) -> None:
    assert encode(decode(text)) == text.encode()


def test_a_number_with_a_point_is_a_decimal_and_one_without_an_integer() -> None:
    assert [type(number) for number in decode("[1, 1.0, 1e2]")] == [int, Decimal, Decimal]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut-off"),
        pytest.param(b"NaN", id="not-a-number"),
        pytest.param(b"{} {}", id="two"),
        pytest.param(b'"\xff"', id="no-utf-8"),
        pytest.param(b'"\\ud800"', id="half-a-surrogate"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="too-deep"),
        pytest.param(b"1e99999999999999999999", id="exponent-too-large"),
        pytest.param(b"1" * 5000, id="integer-too-long"),
    ],
)
def test_what_cannot_be_read_raises_one_of_the_named_errors(text: bytes) -> None:
    with pytest.raises(UNREADABLE):
        decode(text)
