"""When partly filled batches leave."""

from __future__ import annotations

from contextlib import closing
from itertools import repeat
from typing import TYPE_CHECKING

import pytest

from tests.support.clock import FakeClock
from tests.support.vendor import Delivery, all_of, plain

if TYPE_CHECKING:
    from tests.support.vendor import Delivering

ANN, BEN, CAT = ({"id": name} for name in ("ann", "ben", "cat"))
DELIVER = all_of("delivered")


def test_a_partly_filled_batch_leaves_at_the_first_turn_after_its_age(delivering: Delivering) -> None:
    delivery = delivering(plain(), [DELIVER], flush_seconds=60)
    delivery.add(ANN)
    delivery.clock.advance(59.9)
    delivery.turn()
    assert delivery.settled == []
    delivery.clock.advance(0.1)
    delivery.turn()
    assert delivery.verdicts == [("ann", "delivered")]


def test_a_batch_is_as_old_as_its_first_record(delivering: Delivering) -> None:
    delivery = delivering(plain(), [DELIVER], flush_seconds=60)
    for person in (ANN, BEN, CAT):
        delivery.add(person)
        delivery.clock.advance(20)
    delivery.turn()
    assert delivery.sizes == [3]


def test_a_batch_does_not_get_younger_when_others_leave(delivering: Delivering) -> None:
    """People of another shape fill batch after batch meanwhile."""
    delivery = delivering(plain(batch_size=2), repeat(DELIVER), flush_seconds=60)
    delivery.add({"id": "odd", "x": 1})
    for at in range(60):
        delivery.add({"id": f"p{at}"})
        delivery.clock.advance(1)
        delivery.turn()
    assert ("odd", "delivered") in delivery.verdicts


def test_a_batch_does_not_get_older_when_others_leave(delivering: Delivering) -> None:
    delivery = delivering(plain(batch_size=2), repeat(DELIVER), flush_seconds=60)
    delivery.add(ANN, BEN)
    delivery.clock.advance(59)
    delivery.add(CAT)
    delivery.clock.advance(30)
    delivery.turn()
    assert delivery.sizes == [2]


class Patient(FakeClock):
    """A clock that is asked for the time a thousand times and no more.

    Args:
        passed: seconds since it was started.
    """

    def __init__(self, passed: float) -> None:
        super().__init__()
        self.advance(passed)
        self._asked = 0

    def monotonic(self) -> float:
        self._asked += 1
        assert self._asked < 1000, "something goes round and round while no time passes"
        return super().monotonic()


@pytest.mark.parametrize("since", [234.43537133582825, 262129.22955873786, 51.88912636955312])
def test_a_batch_leaves_at_its_age_however_its_moment_is_rounded(since: float) -> None:
    """From these moments on, sixty seconds are a little less than sixty."""
    with closing(Delivery(plain(), [DELIVER], flush_seconds=60, clock=Patient(since))) as delivery:
        delivery.add(ANN)
        delivery.reactor.turn(block=True)
        delivery.turn()
        assert delivery.verdicts == [("ann", "delivered")]
        assert delivery.clock.slept == [pytest.approx(60)]
