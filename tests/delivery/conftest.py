"""Pipelines to a plain vendor that are closed when their test ends."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.vendor import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def delivering() -> Iterator[Callable[..., Delivery]]:
    """Makes deliveries, from the arguments of ``Delivery``."""
    with ExitStack() as stack:

        def make(*arguments: Any, **rest: Any) -> Delivery:
            return stack.enter_context(closing(Delivery(*arguments, **rest)))

        yield make
