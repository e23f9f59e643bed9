"""The machine's clock."""

from __future__ import annotations

import time

import pytest

from target_people.delivery.clock import SystemClock


def test_it_tells_what_the_machine_tells() -> None:
    clock = SystemClock()
    before = (time.monotonic(), time.time())
    told = (clock.monotonic(), clock.time())
    after = (time.monotonic(), time.time())
    assert all(earlier <= now <= later for earlier, now, later in zip(before, told, after, strict=True))


@pytest.mark.parametrize("seconds", [2.5, 0.0, None])
@pytest.mark.parametrize("busy", [False, True])
def test_it_really_waits_for_so_long_at_most(seconds: float | None, *, busy: bool) -> None:
    waited: list[float | None] = []
    SystemClock().wait(seconds, waited.append, busy=busy)
    assert waited == [seconds]
