"""Looks on while a run goes on: which verdicts are missing when a STATE is printed, and what the vendors hold then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_people.run import Origin
    from target_people.target import TargetPeople


class Watch:
    """Keeps an account of its own of records, verdicts and STATE, whose values are to be numbers of records read.

    What is wrong goes to ``problems``, because an exception would be an ending of the run like another.

    Args:
        look: is called with the value of a STATE at the moment in which it is printed; says what is wrong.
        breaks_at: nobody reads any more when so many STATE have been printed; None for a reader who stays.
    """

    def __init__(self, look: Callable[[int], list[str]] | None = None, breaks_at: int | None = None) -> None:
        self.states: list[bytes] = []
        self.problems: list[str] = []
        self._look = look or (lambda _read: [])
        self._breaks_at = breaks_at
        self._broken = False
        self._entered: list[Origin] = []
        self._missing: dict[int, int] = {}
        self._received: list[int] = []

    @property
    def read(self) -> int:
        """How many records the newest STATE that was printed covers."""
        return int(self.states[-1]) if self.states else 0

    def attend(self, target: TargetPeople) -> None:
        """Stand between a target and its account of verdicts."""
        run, gate = target.run, target.run.gate
        enter, settle, receive = run.enter, run.settle, gate.receive

        def entering(*arguments: Any) -> Origin:
            origin = enter(*arguments)
            self._missing[len(self._entered)] = arguments[-1]
            self._entered.append(origin)
            return origin

        def settling(vendor: str, origins: Sequence[Origin], outcome: Any) -> None:
            for origin in origins:
                self._missing[next(at for at, entered in enumerate(self._entered) if entered is origin)] -= 1
            settle(vendor, origins, outcome)
            self._check_newest()

        def receiving(value: bytes) -> None:
            self._received.append(int(value))
            receive(value)
            self._check_newest()

        vars(run).update(enter=entering, settle=settling)
        vars(gate).update(receive=receiving)

    def print_state(self, line: bytes) -> None:
        """What the run prints."""
        if len(self.states) == self._breaks_at:
            self._broken = True
            raise BrokenPipeError
        self.states.append(line)
        self.problems += [f"{line!r} covers {at}, unsettled" for at in self._unsettled() if at < self.read]
        self.problems += self._look(self.read)

    def _check_newest(self) -> None:
        """The newest STATE that qualifies has been printed."""
        oldest = min(self._unsettled(), default=len(self._entered))
        newest = max((read for read in self._received if read <= oldest), default=0)
        if newest != self.read and not self._broken:
            self.problems.append(f"{newest} qualifies, {self.read} is the last that was printed")

    def _unsettled(self) -> list[int]:
        return [at for at, missing in self._missing.items() if missing]
