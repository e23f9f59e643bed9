"""The order in which batches go."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.batch import Batch
from target_people.delivery.gate import OrderGate
from tests.support.vendor import outgoing

BOUNDED = settings(deadline=None, derandomize=True, max_examples=200)


def batch(names: str) -> Batch:
    return Batch(outgoing(name) for name in names)


def names(of: Batch) -> str:
    return "".join(person.identity for person in of)


def leaving(gate: OrderGate) -> list[str]:
    """All that may go now."""
    found: list[str] = []
    while (gone := gate.leave()) is not None:
        found.append(names(gone))
    return found


@pytest.mark.parametrize(
    ("waiting", "may_go"),
    [
        pytest.param([], [], id="nobody"),
        pytest.param(["ab", "cd"], ["ab", "cd"], id="strangers-go-together"),
        pytest.param(["ab", "bc"], ["ab"], id="nobody-goes-twice"),
        pytest.param(["ab", "bc", "de"], ["ab", "de"], id="a-stranger-goes-past-who-must-wait"),
        pytest.param(["ab", "bc", "cd"], ["ab"], id="not-past-the-older-batch-of-somebody-in-it"),
    ],
)
def test_a_batch_goes_when_nobody_in_it_is_under_way_or_waits_before_it(waiting: list[str], may_go: list[str]) -> None:
    gate = OrderGate()
    for people in waiting:
        gate.enter(batch(people))
    assert leaving(gate) == may_go
    assert len(gate) == len(waiting) - len(may_go)


def test_a_batch_goes_once_whoever_held_it_up_has_a_verdict() -> None:
    gate = OrderGate()
    first = batch("ab")
    gate.enter(first)
    gate.enter(batch("bc"))
    assert leaving(gate) == ["ab"]
    gate.finish(first)
    assert leaving(gate) == ["bc"]


@st.composite
def schedules(draw: st.DrawFn) -> tuple[list[str], list[int]]:
    """Batches of few people, so that they meet, and which of those under way ends next."""
    people = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=3, unique=True).map("".join)
    waiting = draw(st.lists(people, max_size=12))
    return waiting, draw(st.lists(st.integers(0, 20), min_size=3 * len(waiting), max_size=3 * len(waiting)))


class Schedule:
    """Batches through the gate while others end, in an order that was drawn."""

    def __init__(self, waiting: list[str], draws: list[int]) -> None:
        self.gone: list[int] = []
        """Positions of the batches, in the order in which they went."""
        self.batches = [batch(people) for people in waiting]
        self._gate = OrderGate()
        self._under_way: list[Batch] = []
        self._entering = iter(self.batches)
        for draw in draws:
            (self._enter, self._go, self._end)[draw % 3](draw)
        for step in (self._enter, self._go, self._end, self._go) * len(self.batches):
            step(0)

    def _enter(self, _: int) -> None:
        if (entered := next(self._entering, None)) is not None:
            self._gate.enter(entered)

    def _go(self, _: int) -> None:
        if (gone := self._gate.leave()) is not None:
            busy = {person.identity for one in self._under_way for person in one}
            assert busy.isdisjoint(person.identity for person in gone)
            self._under_way.append(gone)
            self.gone.append(next(at for at, one in enumerate(self.batches) if one is gone))

    def _end(self, draw: int) -> None:
        if self._under_way:
            self._gate.finish(self._under_way.pop(draw % len(self._under_way)))


@BOUNDED
@given(schedules())
def test_no_person_is_in_two_unfinished_batches(drawn: tuple[list[str], list[int]]) -> None:
    """As every batch that goes is compared with those under way."""
    assert len(Schedule(*drawn).gone) <= len(drawn[0])


@BOUNDED
@given(schedules())
def test_nobodys_newer_batch_overtakes_an_older_one(drawn: tuple[list[str], list[int]]) -> None:
    schedule = Schedule(*drawn)
    for person in "abcdefg":
        positions = [at for at in schedule.gone if person in names(schedule.batches[at])]
        assert positions == sorted(positions)


@BOUNDED
@given(schedules())
def test_everything_leaves_in_the_end_and_once(drawn: tuple[list[str], list[int]]) -> None:
    assert sorted(Schedule(*drawn).gone) == list(range(len(drawn[0])))
