"""A run of the real target in which chance draws when everything happens: lines arrive, answers come, signals hit."""

from __future__ import annotations

import os
import signal
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from target_people.delivery.message import Response
from target_people.delivery.sender import Surroundings
from target_people.ending import run_to_end
from target_people.run import http
from target_people.target import TargetPeople
from tests.support.clock import FakeClock
from tests.support.load import Load
from tests.support.simulation import SimulatedReactor
from tests.support.watch import Watch

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping, Sequence

    from target_people.delivery.contract import Vendor
    from target_people.delivery.message import Request
    from target_people.delivery.reactor import Reactor
    from target_people.delivery.transport import Transport

REFUSED = "Refused"
"""A first name at which every vendor refuses the whole request, without a word about whom it means."""
_PAUSES = (0.0, 0.0, 0.0, 0.2, 1.0, 8.0)
_REFUSAL = 422


class Arriving:
    """An input whose lines come one by one, with pauses in which everything else goes on.

    Args:
        lines: the messages.
        reactor: where everything happens.
        chance: draws the pauses.
    """

    def __init__(self, lines: Iterable[bytes], reactor: Reactor, chance: random.Random) -> None:
        self._lines = iter(lines)
        self._reactor = reactor
        self._chance = chance

    def read(self, _size: int) -> bytes:
        """The next line, empty at the end."""
        arrived: list[bool] = []
        self._reactor.later(self._chance.choice(_PAUSES), lambda: arrived.append(True))
        while not arrived:
            self._reactor.turn(block=True)
        return next((line.rstrip(b"\n") + b"\n" for line in self._lines), b"")


class Picky:
    """A gateway before a vendor that refuses a whole request for one person in it.

    Args:
        behind: what it lets the others through to.
    """

    def __init__(self, behind: Transport) -> None:
        self._behind = behind

    def __call__(self, request: Request) -> Response:
        if REFUSED.encode() in request.body:
            return Response(_REFUSAL, b"{}", {})
        return self._behind(request)

    def close(self) -> None:
        self._behind.close()


def _transport(vendor: Vendor[Any, Any]) -> Picky:
    return Picky(http(vendor))


def rehearse(
    config: Mapping[str, Any],
    lines: Iterable[bytes],
    folder: Path,
    chance: random.Random,
    watch: Watch | None = None,
    signals: Sequence[float] = (),
) -> Load:
    """Run the target over messages to its end, whatever that is.

    Args:
        config: the settings.
        lines: the messages.
        folder: for receipts and rejects.
        chance: draws the schedule.
        watch: looks on.
        signals: after so many seconds each, a SIGTERM hits.
    """
    clock = FakeClock()
    reactor = SimulatedReactor(clock, chance)
    watch = watch or Watch()
    target = TargetPeople(
        config={**config, "output_dir": str(folder)},
        around=Surroundings(clock, chance, reactor),
        transport=_transport,
        print_state=watch.print_state,
    )
    watch.attend(target)
    for seconds in signals:
        reactor.later(seconds, lambda: target.run.interrupt(signal.SIGTERM))
    source: Any = Arriving(lines, reactor, chance)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        ending = run_to_end(target, source)  # which closes standard output when nobody reads it any more
    return Load.of(ending, watch.states, folder, clock)
