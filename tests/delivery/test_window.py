"""How many batches may be under way at once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.window import Window

BOUNDED = settings(deadline=None, derandomize=True, max_examples=100)


@pytest.mark.parametrize("most", [1, 4, 64])
def test_it_starts_wide(most: int) -> None:
    window = Window(most)
    assert (window.allowed, window.most) == (most, most)


def test_it_halves_and_ends_at_one() -> None:
    window = Window(8)
    seen = []
    for _ in range(5):
        window.shrink()
        seen.append(window.allowed)
    assert seen == [4, 2, 1, 1, 1]


def test_it_grows_by_one_for_every_window_full_of_requests_that_go_well() -> None:
    """Or for one request more, as it grows meanwhile."""
    window = Window(16)
    for _ in range(5):
        window.shrink()
    widths = [window.allowed]
    while window.allowed < 16:
        window.grow()
        widths.append(window.allowed)
    assert all(width <= widths.count(width) <= width + 1 for width in range(2, 16))


@BOUNDED
@given(most=st.integers(1, 64), steps=st.lists(st.booleans(), max_size=200))
def test_it_never_leaves_its_bounds(most: int, steps: list[bool]) -> None:
    """At least one batch, and never more than configured."""
    window = Window(most)
    for well in steps:
        before = window.allowed
        window.grow() if well else window.shrink()
        assert 1 <= window.allowed <= most
        assert window.allowed - before in ((0, 1) if well else range(-before, 1))


@BOUNDED
@given(most=st.integers(1, 64), shrunk=st.integers(0, 10))
def test_it_comes_back_to_its_full_width(most: int, shrunk: int) -> None:
    window = Window(most)
    for _ in range(shrunk):
        window.shrink()
    for _ in range(most * most + most):
        window.grow()
    assert window.allowed == most
