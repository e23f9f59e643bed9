"""A pipeline to a real vendor's class, from its first record to its last."""

from __future__ import annotations

import random
from contextlib import closing
from typing import TYPE_CHECKING, Any

from target_people.delivery.pipeline import Pipeline
from target_people.delivery.sender import Surroundings
from tests.support.clock import FakeClock
from tests.support.flow import mapping_of
from tests.support.vendor import ScriptedTransport
from tests.support.work import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from target_people.delivery.contract import Vendor
    from target_people.delivery.message import Request, Response
    from target_people.delivery.verdict import Outcome

_MOST_REQUESTS = 200


def deliver(
    vendor: Vendor[Any, Any], records: list[Mapping[str, Any]], line: Callable[[Request], Response]
) -> tuple[list[Outcome], ScriptedTransport]:
    """Deliver records of one shape.

    Args:
        vendor: to whom.
        records: at least one; the columns of the first are those of the stream.
        line: makes the answer to every request, of which there may be at most 200.

    Returns:
        The outcomes in the order of settling, and the transport with what was asked.
    """
    settled: list[Outcome] = []
    transport = ScriptedTransport([line] * _MOST_REQUESTS)
    around = Surroundings.of(FakeClock(), random.Random(1))
    pipeline = Pipeline(vendor, transport, around, lambda people, outcome: settled.extend([outcome] * len(people)))
    mapping = mapping_of(vendor, *records[0])
    with closing(around.reactor):
        for at, record in enumerate(records):
            pipeline.add(*mapping.mapped(record), at)
        settle(pipeline, around.reactor)
    return settled, transport
