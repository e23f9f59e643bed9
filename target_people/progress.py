"""How far a run has come: a reading for each vendor, taken now and then and handed to whoever shows it.

Nothing is done for a record: every figure is one that is kept anyway, read when a timer of the reactor is due.
"""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from target_people.delivery.meter import Cause
from target_people.delivery.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from target_people.delivery.reactor import Reactor
    from target_people.receipt import Receipt, VendorAccount

_SOON = 10.0
"""Seconds before which an end is not estimated: the first people tell nothing yet."""

_RECENT = 60.0
"""Seconds over which a rate is taken: import jobs settle people by the hundred, and a shorter time would show that."""

_CAUSES = (Cause.THROTTLE, Cause.RETRY, Cause.CONFIRMATION, Cause.ORDER)
"""What may be waited for; of several the first is told, because it lies within the others."""

LOGGER = "target-people.progress"


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the delivery to one vendor has come.

    Args:
        vendor: its name.
        settled: people with a verdict.
        rejected: those of them that were rejected.
        rate: people a second, over the last minute; at the end, over the whole run.
        in_flight: requests without an answer yet.
        waiting: the ``Cause`` for which some of the work stands still; empty for none.
        left: estimated seconds to the end; None when nothing says how many people there are.
        final: whether this is the last reading.
    """

    vendor: str
    settled: int
    rejected: int
    rate: float
    in_flight: int
    waiting: str
    left: float | None
    final: bool = False


class Display(Protocol):
    """Shows readings."""

    seconds: float
    """Between two times."""

    def show(self, readings: Sequence[Reading]) -> None:
        """Show one reading for each vendor."""
        ...

    @property
    def above(self) -> TextIO | None:
        """Where log lines have to go that would go to standard error; None where they disturb nothing."""
        ...

    @property
    def farewell(self) -> bytes:
        """What ``close`` would write, for a process that has no time to close anything."""
        ...

    def aside(self) -> AbstractContextManager[None]:
        """A time in which something goes to standard output, which may be the same terminal."""
        ...

    def close(self) -> None:
        """Leave nothing behind that was only for the time being."""
        ...


class LogDisplay:
    """One log line for each vendor, every thirty seconds and at the end."""

    seconds = 30.0
    above = None
    farewell = b""

    def __init__(self) -> None:
        """Log as ``target-people.progress``."""
        self._logger = logging.getLogger(LOGGER)

    def show(self, readings: Sequence[Reading]) -> None:
        """Log them; what the text says is beside it as attributes of the record."""
        for reading in readings:
            facts = _facts(reading)
            text = " ".join(f"{name}={value}" for name, value in facts.items())
            word = "ended" if reading.final else "progress"
            self._logger.info("%s %s", word, text, extra={"vendor": reading.vendor, **facts})

    def aside(self) -> AbstractContextManager[None]:
        """A log is disturbed by nobody."""
        return contextlib.nullcontext()

    def close(self) -> None:
        """Everything that was logged stays."""


class Progress:
    """Reads the counters of a run, and has them shown.

    Args:
        receipt: holds the verdicts.
        reactor: tells time and calls.
        display: shows; None shows nothing at all.
    """

    def __init__(self, receipt: Receipt, reactor: Reactor, display: Display | None) -> None:
        """Begin to count time; the first reading is shown after ``display.seconds``."""
        self._receipt = receipt
        self._reactor = reactor
        self.display = display
        self._share: Callable[[], float | None] = _unknown
        self._begun = reactor.now
        self._samples: dict[str, deque[tuple[float, int]]] = {}
        if display is not None:
            reactor.later(display.seconds, self._tick)

    def follow(self, share: Callable[[], float | None] | None) -> None:
        """Estimate the end by the share of the input that has been processed, from 0 to 1; None when nothing tells."""
        self._share = share or _unknown

    def complete(self) -> None:
        """The input has ended: what has been read is all that there is."""
        self._share = lambda: 1.0

    def aside(self) -> AbstractContextManager[None]:
        """A time in which something goes to standard output."""
        return contextlib.nullcontext() if self.display is None else self.display.aside()

    @property
    def farewell(self) -> bytes:
        """What takes away what is shown, for a process that has no time to close anything."""
        return b"" if self.display is None else self.display.farewell

    def close(self) -> None:
        """Take away what was shown, and log the last reading; once."""
        display, self.display = self.display, None
        if display is not None:
            display.close()
            LogDisplay().show([self._last(name) for name in self._receipt.vendors])

    def _tick(self) -> None:
        if self.display is not None:
            self.display.show([self._reading(name) for name in self._receipt.vendors])
            self._reactor.later(self.display.seconds, self._tick)

    def _reading(self, vendor: str) -> Reading:
        account = self._receipt.vendors[vendor]
        settled, waits = account.settled, account.meter.waits
        rate = self._rate(vendor, settled)
        left = self._left(account, settled, rate)
        refused = account.verdicts[Verdict.REJECTED]
        waiting = next((str(cause) for cause in _CAUSES if waits[cause].running), "")
        return Reading(vendor, settled, refused, rate, waits[Cause.ANSWER].running, waiting, left)

    def _last(self, vendor: str) -> Reading:
        account = self._receipt.vendors[vendor]
        rate = _per_second(account.settled, self._reactor.now - self._begun)
        refused = account.verdicts[Verdict.REJECTED]
        return Reading(vendor, account.settled, refused, rate, 0, "", None, final=True)

    def _rate(self, vendor: str, settled: int) -> float:
        samples, now = self._samples.setdefault(vendor, deque([(self._begun, 0)])), self._reactor.now
        samples.append((now, settled))
        while len(samples) > 1 and samples[1][0] <= now - _RECENT:
            samples.popleft()
        return _per_second(settled - samples[0][1], now - samples[0][0])

    def _left(self, account: VendorAccount, settled: int, rate: float) -> float | None:
        """Everybody that is expected, less those that are settled, at the present rate, or else at that of the run."""
        share, seconds = self._share(), self._reactor.now - self._begun
        rate = rate or _per_second(settled, seconds)
        if not share or not rate or seconds < _SOON:
            return None
        taken = sum(counts.read for counts in self._receipt.streams.values()) - account.skipped
        return max(taken / share - settled, 0.0) / rate


def _unknown() -> None:
    return None


def _per_second(people: int, seconds: float) -> float:
    return people / seconds if seconds > 0 else 0.0


def _facts(reading: Reading) -> dict[str, Any]:
    """What a line says of a reading; at the end nothing waits and nothing is left."""
    facts = asdict(reading)
    rounded = {"settled": facts["settled"], "rate": float(f"{reading.rate:.3g}"), "rejected": facts["rejected"]}
    if reading.final:
        return rounded
    rounded |= {"in_flight": reading.in_flight, "waiting": reading.waiting or "nothing"}
    return rounded | ({} if reading.left is None else {"left_seconds": round(reading.left)})
