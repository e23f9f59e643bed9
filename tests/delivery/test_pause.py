"""What a 429 does, and to how many requests."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.pause import Pause
from target_people.delivery.window import Window

BOUNDED = settings(deadline=None, derandomize=True, max_examples=100)


@BOUNDED
@given(bursts=st.lists(st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=64), min_size=1, max_size=8))
def test_every_burst_counts_once_however_many_of_it_are_refused(bursts: list[list[float | None]]) -> None:
    """One that nobody sizes first doubles the pause; those of its followers that are sized lengthen it."""
    window, now, unsized = Window(64), 0.0, 0
    pause = Pause(window)
    for number, wishes in enumerate(bursts, 1):
        burst = pause.burst
        for wish in wishes:
            pause.refused(burst, wish, now)
        unsized += not wishes[0]
        assert window.allowed == max(64 >> number, 1)
        assert pause.own(now) == (pytest.approx(min(2.0 ** (unsized - 1), 60)) if not wishes[0] else 0)
        assert pause.asked(now) == pytest.approx(max(wish or 0 for wish in wishes))
        now += pause.own(now) + pause.asked(now)


def test_a_request_of_an_earlier_burst_that_passes_changes_nothing() -> None:
    window = Window(8)
    pause = Pause(window)
    early = pause.burst
    pause.refused(early, None, 0)
    for _ in range(100):
        pause.passed(early)
    assert window.allowed == 4
    pause.refused(pause.burst, None, 1)
    assert pause.own(1) == 2


def test_a_request_after_the_pause_that_passes_widens_the_window_and_starts_the_pauses_anew() -> None:
    window = Window(8)
    pause = Pause(window)
    pause.refused(pause.burst, None, 0)
    for _ in range(5):
        pause.passed(pause.burst)
    assert window.allowed == 5
    pause.refused(pause.burst, None, 1)
    assert pause.own(1) == 1


def test_a_pause_runs_off() -> None:
    pause = Pause(Window(8))
    pause.refused(pause.burst, 10.0, 100)
    assert [pause.asked(now) for now in (100, 104, 110, 200)] == [10, 6, 0, 0]
