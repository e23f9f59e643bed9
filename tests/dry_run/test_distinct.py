"""Counting different names in bounded memory."""

from __future__ import annotations

import pytest

from target_people.dry_run.distinct import Distinct

KEY = b"a key of the test's own"


def test_each_name_counts_once() -> None:
    distinct = Distinct(key=KEY)
    for name in ["a", "b", "a", "ä", "", "b"]:
        distinct.add(name)
    assert (distinct.count, distinct.exact) == (4, True)


def test_it_is_exact_up_to_its_bound() -> None:
    distinct = Distinct(100, KEY)
    for number in [*range(100), *range(100)]:
        distinct.add(str(number))
    assert (distinct.count, distinct.exact) == (100, True)


@pytest.mark.parametrize("people", [1025, 5_000, 50_000])
def test_beyond_its_bound_it_is_close_and_says_so(people: int) -> None:
    distinct = Distinct(1024, KEY)
    for number in range(people):
        distinct.add(f"person {number}")
        distinct.add(f"person {number // 2}")
    assert not distinct.exact
    assert distinct.count == pytest.approx(people, rel=0.1)
    assert len(distinct._known) == len(distinct._negated) == 1024
