"""How many requests the vendor's headers leave."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.allowance import Allowance
from target_people.delivery.quota import NOTHING_SAID, Quota

if TYPE_CHECKING:
    from collections.abc import Callable

BOUNDED = settings(deadline=None, derandomize=True, max_examples=150)


def told(*said: Quota) -> Allowance:
    """One that was told something by requests that were under way together, at moment 0."""
    allowance = Allowance()
    for what, begun in [(what, allowance.begin(0)) for what in said]:
        allowance.end(begun, what, 0)
    return allowance


class Traffic:
    """Requests that travel, arrive at a vendor that counts them, and are answered, within one window.

    Args:
        limit: requests that the vendor allows.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._allowance = told(Quota(limit, limit, 30))
        self._travelling = deque[int]()
        self._answers = deque[tuple[int, Quota]]()
        self.sent = 0

    def send(self) -> None:
        if not (self._allowance.exhausted(1) or self._allowance.spacing(1)):
            self._travelling.append(self._allowance.begin(1))
            self.sent += 1

    def arrive(self) -> None:
        if self._travelling:
            arrived = self.sent - len(self._travelling) + 1
            self._answers.append((self._travelling.popleft(), Quota(self._limit, max(self._limit - arrived, 0), 29)))

    def answer_first(self) -> None:
        if self._answers:
            self._allowance.end(*self._answers.popleft(), 1)

    def answer_last(self) -> None:
        if self._answers:
            self._allowance.end(*self._answers.pop(), 1)

    def lose(self) -> None:
        if self._answers:
            self._allowance.end(self._answers.pop()[0], NOTHING_SAID, 1)


STEPS = [*[Traffic.send] * 3, Traffic.arrive, Traffic.answer_first, Traffic.answer_last, Traffic.lose]


@BOUNDED
@given(limit=st.integers(1, 8), steps=st.lists(st.sampled_from(STEPS), min_size=40))
def test_all_workers_together_never_exceed_what_is_left(limit: int, steps: list[Callable[[Traffic], None]]) -> None:
    """Whatever the order in which answers come, and whichever are lost."""
    traffic = Traffic(limit)
    for step in steps:
        step(traffic)
    assert traffic.sent <= limit


def test_all_that_is_left_can_be_used() -> None:
    """Once nothing is under way, a window is used to its last request."""
    allowance = told(Quota(9, 6, 30), Quota(9, 8, 30), Quota(9, 7, 30))
    for left in range(5, -1, -1):
        assert (allowance.exhausted(1), allowance.spacing(1)) == (0, 0)
        allowance.end(allowance.begin(1), Quota(9, left, 29), 1)
    assert allowance.exhausted(1) == 29


def test_while_the_rest_is_under_way_it_looks_again_soon() -> None:
    allowance = told(Quota(9, 2, 30))
    allowance.begin(0)
    allowance.begin(0)
    assert (allowance.exhausted(0), allowance.spacing(0)) == (0, 1)


@pytest.mark.parametrize("said", [NOTHING_SAID, Quota(9, None, None), Quota(None, 0, None), Quota(9, 0, 0.0)])
def test_without_a_window_nothing_is_used_up(said: Quota) -> None:
    allowance = told(said)
    assert (allowance.exhausted(0), allowance.spacing(0)) == (0, 0)


def test_without_a_figure_for_what_is_left_the_requests_are_counted() -> None:
    allowance = told(Quota(3, None, 30))
    for _ in range(2):
        assert (allowance.exhausted(0), allowance.spacing(0)) == (0, 0)
        allowance.end(allowance.begin(0), Quota(3, None, 30), 0)
    assert allowance.exhausted(0) == 30


def test_after_the_window_the_limit_bounds_what_is_under_way_until_an_answer_says_more() -> None:
    allowance = told(Quota(2, 0, 30))
    assert (allowance.exhausted(29), allowance.exhausted(30)) == (1, 0)
    assert allowance.spacing(30) == 0
    first = allowance.begin(30)
    assert allowance.spacing(30) == 0
    second = allowance.begin(30)
    assert allowance.spacing(30) > 0
    allowance.end(first, Quota(2, 1, 30), 31)
    assert allowance.spacing(31) > 0
    allowance.end(second, Quota(2, 0, 30), 31)
    assert allowance.exhausted(31) == 30


def test_a_late_answer_of_the_window_before_does_not_use_up_this_one() -> None:
    allowance = told(Quota(9, 3, 10))
    late = allowance.begin(9)
    allowance.end(allowance.begin(11), Quota(9, 8, 60), 11)
    allowance.end(late, Quota(9, 0, 1), 12)
    assert (allowance.exhausted(12), allowance.spacing(12)) == (0, 0)


def test_a_vendor_that_stops_telling_does_not_stop_the_run() -> None:
    allowance = told(Quota(1, 0, 30))
    for now in range(30, 40):
        assert (allowance.exhausted(now), allowance.spacing(now)) == (0, 0)
        allowance.end(allowance.begin(now), NOTHING_SAID, now)


@pytest.mark.parametrize(
    ("said", "gap"),
    [
        pytest.param(Quota(1000, 999, 60), 0, id="a-minute-is-not-spread"),
        pytest.param(Quota(1000, 600, 3000), 5, id="an-hour-is"),
        pytest.param(Quota(1000, 10, 3000), 60, id="a-minute-apart-at-most"),
    ],
)
def test_what_is_left_of_a_long_window_is_spread_over_it(said: Quota, gap: float) -> None:
    allowance = told(said)
    assert allowance.spacing(0) == gap
    assert allowance.spacing(gap) == 0


@BOUNDED
@given(workers=st.integers(1, 8), limit=st.integers(61, 400), window=st.integers(61, 3600))
def test_a_spread_window_is_neither_used_up_early_nor_wasted(workers: int, limit: int, window: int) -> None:
    """As many workers as there are, each sends as soon as it may; an answer takes a second."""
    allowance = told(Quota(limit, limit, window))
    now, sent, under_way = 0.0, 0, deque[tuple[float, int, int]]()
    while now < window:
        if under_way and (under_way[0][0] <= now or len(under_way) == workers):
            now = max(now, under_way[0][0])
            _, begun, left = under_way.popleft()
            allowance.end(begun, Quota(limit, left, window - now), now)
        elif wait := max(allowance.exhausted(now), allowance.spacing(now)):
            now += wait
        else:
            sent += 1
            under_way.append((now + 1, allowance.begin(now), limit - sent))
    assert sent <= limit
    assert sent >= min(0.95 * limit, 0.9 * workers * window)
