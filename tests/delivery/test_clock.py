"""The machine's clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from target_people.delivery.clock import SystemClock

if TYPE_CHECKING:
    import pytest


def test_it_tells_what_the_machine_tells() -> None:
    clock = SystemClock()
    before = (time.monotonic(), time.time())
    told = (clock.monotonic(), clock.time())
    after = (time.monotonic(), time.time())
    assert all(earlier <= now <= later for earlier, now, later in zip(before, told, after, strict=True))


def test_it_waits_as_the_machine_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    SystemClock().sleep(2.5)
    assert waited == [2.5]
