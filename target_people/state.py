"""The gate that a STATE passes when, and only when, every record read before it has its verdicts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(slots=True)
class Epoch:
    """The records between two STATE messages.

    Args:
        open: verdicts still missing; a record sent to three vendors counts three.
        state: the STATE that closed it, as bytes of JSON; None while it goes on.
    """

    open: int = 0
    state: bytes | None = None


class StateGate:
    """Holds STATE values back until what they cover is settled, and lets the newest that qualifies out.

    Values are bytes and are never parsed: what comes out is what came in.

    Args:
        write: prints one value; called with each that leaves, in their order.
    """

    def __init__(self, write: Callable[[bytes], None]) -> None:
        """Start with an epoch that no STATE has closed."""
        self._write = write
        self._epochs: deque[Epoch] = deque([Epoch()])
        self.received = 0
        """STATE messages read."""
        self.printed = 0
        """STATE messages printed."""

    @property
    def epoch(self) -> Epoch:
        """The one that a record read now belongs to."""
        return self._epochs[-1]

    @property
    def unsettled(self) -> int:
        """Verdicts that are still missing, over all epochs."""
        return sum(epoch.open for epoch in self._epochs)

    def enter(self, verdicts: int) -> Epoch:
        """Count a record that waits for that many verdicts, at least 1, in; hand them to ``settle`` later."""
        epoch = self._epochs[-1]
        epoch.open += verdicts
        return epoch

    def settle(self, epochs: Iterable[Epoch]) -> None:
        """Count one verdict for each; of the STATE values that qualify then, the newest leaves."""
        for epoch in epochs:
            epoch.open -= 1
        self._release()

    def receive(self, value: bytes) -> None:
        """Close the epoch with a STATE; it leaves at once when nothing before it is open."""
        self.received += 1
        current = self._epochs[-1]
        previous = self._epochs[-2] if len(self._epochs) > 1 else None
        if previous is not None and not current.open:
            previous.state = value
            return
        current.state = value
        self._epochs.append(Epoch())
        self._release()

    def _release(self) -> None:
        newest: bytes | None = None
        while self._epochs[0].state is not None and not self._epochs[0].open:
            newest = self._epochs.popleft().state
        if newest is not None:
            self._write(newest)
            self.printed += 1
