"""Runs many pieces of work side by side on one reactor."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from target_people.delivery.message import Request, Response, Wait, Work
from target_people.delivery.reactor import Ended

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.delivery.reactor import Reactor
    from target_people.delivery.transport import Transport

T = TypeVar("T")


class Engine:
    """Takes work through its requests and waits.

    Args:
        reactor: where everything happens.
        transport: sends the requests, on the reactor's workers.
    """

    def __init__(self, reactor: Reactor, transport: Transport) -> None:
        """Run nothing yet."""
        self._reactor = reactor
        self._transport = transport

    def start(self, work: Work[T], done: Callable[[Ended[T]], None]) -> None:
        """Begin a piece of work; ``done`` is called with how it ended, at this turn or at a later one."""
        self._resume(work, done, lambda: next(work))

    def finish(self, work: Work[T]) -> T:
        """Run a piece of work to its end before anything else is begun; other work goes on meanwhile.

        Raises:
            Exception: what the work raises.
        """
        ends: list[Ended[T]] = []
        self.start(work, ends.append)
        while not ends:
            self._reactor.turn(block=True)
        return ends[0].get()

    def _resume(self, work: Work[T], done: Callable[[Ended[T]], None], step: Callable[[], Request | Wait]) -> None:
        try:
            wanted = step()
        except StopIteration as stop:
            done(Ended(stop.value))
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever began the work
            done(Ended(error=error))
        else:
            self._do(wanted, work, done)

    def _do(self, wanted: Request | Wait, work: Work[T], done: Callable[[Ended[T]], None]) -> None:
        if isinstance(wanted, Wait):
            self._reactor.later(wanted.seconds, lambda: self._resume(work, done, lambda: work.send(None)))
        else:
            self._reactor.run(partial(self._transport, wanted), lambda ended: self._answered(ended, work, done))

    def _answered(self, ended: Ended[Response], work: Work[T], done: Callable[[Ended[T]], None]) -> None:
        error: Any = ended.error
        self._resume(work, done, lambda: work.throw(error) if error is not None else work.send(ended.get()))
