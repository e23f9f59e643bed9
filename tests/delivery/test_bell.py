"""What wakes a thread that waits."""

from __future__ import annotations

import select
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from target_people.delivery.bell import Bell

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def bell() -> Iterator[Bell]:
    with closing(Bell()) as made:
        yield made


def rings(bell: Bell) -> bool:
    return bool(select.select([bell.descriptor()], (), (), 0)[0])


def test_it_rings_from_the_first_ring_until_it_is_silenced(bell: Bell) -> None:
    assert not rings(bell)
    bell.ring()
    bell.ring()
    assert rings(bell)
    bell.silence()
    assert not rings(bell)
    bell.ring()
    assert rings(bell)


def test_all_who_listen_listen_to_one(bell: Bell) -> None:
    assert bell.descriptor() == bell.descriptor()


def test_rings_without_number_make_no_trouble_and_are_silenced_at_once(bell: Bell) -> None:
    """More than a socket holds."""
    bell.descriptor()
    for _ in range(100_000):
        bell.ring()
    bell.silence()
    assert not rings(bell)


def test_it_may_be_rung_silenced_and_closed_before_anybody_listens() -> None:
    bell = Bell()
    bell.ring()
    bell.silence()
    bell.close()


def test_it_may_be_rung_after_it_was_closed() -> None:
    bell = Bell()
    bell.descriptor()
    bell.close()
    bell.ring()
    bell.close()
