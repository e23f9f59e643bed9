"""How many were settled by when."""

from __future__ import annotations

import pytest

from target_people.timeline import Timeline


def timeline(*moments: float) -> dict[str, object]:
    made = Timeline()
    for moment in moments:
        made.add(moment)
    return made.facts()


def test_it_tells_how_many_were_settled_up_to_the_end_of_each_interval() -> None:
    assert timeline(0, 0.1, 0.13, 0.5) == {"interval_seconds": 0.125, "settled": [2, 3, 3, 3, 4]}


def test_many_may_be_settled_at_once() -> None:
    made = Timeline()
    made.add(0.2, 500)
    made.add(0.1, 3)
    assert made.facts()["settled"] == [3, 503]


def test_it_begins_empty() -> None:
    assert timeline() == {"interval_seconds": 0.125, "settled": []}


def test_the_interval_doubles_instead_of_a_121st_figure() -> None:
    assert timeline(0, 14.99)["interval_seconds"] == 0.125
    assert timeline(0, 14.99, 15) == {"interval_seconds": 0.25, "settled": [1] * 59 + [2, 3]}


@pytest.mark.parametrize("hours", [1, 24, 24 * 365])
def test_its_size_does_not_grow_with_the_run(hours: int) -> None:
    """Nobody is lost when it coarsens, and it stays fine enough to show something."""
    made = Timeline()
    for step in range(10_000):
        made.add(step * hours * 3600 / 10_000)
    settled = made.facts()["settled"]
    assert 60 <= len(settled) <= 120
    assert settled == sorted(settled)
    assert settled[-1] == 10_000
    assert settled[len(settled) // 2] == pytest.approx(5_000, rel=0.05)


def test_a_long_silence_before_the_first_is_no_long_list() -> None:
    found = timeline(1_000_000)
    assert len(found["settled"]) <= 120  # type: ignore[arg-type]  # a list
