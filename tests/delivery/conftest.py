"""Pipelines to a plain vendor, and reactors, that are closed when their test ends."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.reactor import Reactor
from tests.support.clock import FakeClock
from tests.support.vendor import Delivery
from tests.support.work import WORKERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def delivering() -> Iterator[Callable[..., Delivery]]:
    """Makes deliveries, from the arguments of ``Delivery``."""
    with ExitStack() as stack:

        def make(*arguments: Any, **rest: Any) -> Delivery:
            return stack.enter_context(closing(Delivery(*arguments, **rest)))

        yield make


@pytest.fixture
def clock() -> FakeClock:
    """That of ``reactor``."""
    return FakeClock()


@pytest.fixture
def reactor(clock: FakeClock) -> Iterator[Reactor]:
    """With real threads."""
    with closing(Reactor(clock, WORKERS)) as made:
        yield made
