"""Two doors for a memory of what was delivered: before the batch, and at the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_people.delivery.batch import Outgoing
    from target_people.delivery.verdict import Outcome


class Ledger(Protocol):
    """Remembers, per vendor account, what is known to be true at the vendor."""

    def known(self, person: Outgoing) -> Outcome | None:
        """The outcome of a record that need not be sent, because the vendor has it already; None when it must go."""
        ...

    def settled(self, people: Sequence[Outgoing], outcome: Outcome) -> None:
        """This is now true of them."""
        ...


class NoLedger:
    """Remembers nothing: every record is sent."""

    def known(self, person: Outgoing) -> Outcome | None:
        """Nothing is known."""
        del person
        return None

    def settled(self, people: Sequence[Outgoing], outcome: Outcome) -> None:
        """Nothing is kept."""
        del people, outcome
