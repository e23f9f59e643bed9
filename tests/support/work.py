"""Work and flows run to their ends on the test's own thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from target_people.delivery.message import Wait, drive, wire
from tests.support.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.delivery.message import Flow, Request, Response, Work
    from target_people.delivery.pipeline import Pipeline
    from target_people.delivery.reactor import Reactor

T = TypeVar("T")

WORKERS = 3
"""Threads of a reactor that a test gives any."""


def finish(work: Work[T], transport: Callable[[Request], Response], clock: FakeClock | None = None) -> T:
    """The result of a piece of work.

    Args:
        work: not begun yet.
        transport: answers each of its requests, at once.
        clock: spends its waits; one of its own when None.
    """
    clock = clock or FakeClock()
    step: Callable[[], Request | Wait] = lambda: next(work)  # noqa: E731 - the first of many
    while True:
        try:
            wanted = step()
        except StopIteration as stop:
            result: T = stop.value
            return result
        step = _next_step(work, wanted, transport, clock)


def follow(flow: Flow[T], transport: Callable[[Request], Response]) -> T:
    """The result of a flow whose requests go to the transport as they are."""
    return finish(drive(flow, wire), transport)


def at_once(call: Callable[[Any], T]) -> Callable[[Any], Work[T]]:
    """What makes work of a plain call: it ends without a request or a wait."""

    def work(what: Any) -> Work[T]:
        yield from ()
        return call(what)

    return work


def settle(pipeline: Pipeline[Any], reactor: Reactor) -> None:
    """Deliver everything that a pipeline has.

    Raises:
        Fatal: what ended the delivery.
    """
    pipeline.flush()
    pipeline.check()
    while not pipeline.idle:
        reactor.turn(block=True)
        pipeline.check()


def _next_step(
    work: Work[T], wanted: Request | Wait, transport: Callable[[Request], Response], clock: FakeClock
) -> Callable[[], Request | Wait]:
    if isinstance(wanted, Wait):
        clock.spend(wanted.seconds)
        return lambda: work.send(None)
    try:
        response = transport(wanted)
    except Exception as error:  # noqa: BLE001 - whatever it is belongs to the work
        thrown = error
        return lambda: work.throw(thrown)
    return lambda: work.send(response)
