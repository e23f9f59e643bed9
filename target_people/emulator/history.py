"""The history of people: which request changed whom, and what they were before."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from target_people.emulator.clock import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from target_people.emulator.clock import Clock
    from target_people.emulator.store import Document, Store

KEPT = 500_000
"""Older changes are forgotten, so that a long run does not fill the memory."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one person.

    Attributes:
        entry: The number of the request in the journal, which for a job is the one that submitted it; None when
            nothing but the control interface caused it.
        at: When it was done, as ``2025-01-02T03:04:05Z``.
        before: The stored document before; None when there was none.
        after: The stored document afterwards; None when it is gone.
    """

    entry: int | None
    at: str
    before: Document | None
    after: Document | None


class History:
    """Every change of every person.

    Only what a person was before a change is kept: what they were after it is what they were before the next, or are
    now. So a person who is created and never changed, the usual one, costs next to nothing.

    Args:
        store: Where it is kept.
        clock: Tells when.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        """Start with nothing under way."""
        self._store = store
        self._clock = clock
        self._cause: int | None = None

    @contextmanager
    def caused_by(self, entry: int | None) -> Iterator[None]:
        """Put down what is changed inside to this entry of the journal; may be nested, the innermost counts."""
        outer, self._cause = self._cause, entry
        try:
            yield
        finally:
            self._cause = outer

    def submitted(self, vendor: str, job: str) -> None:
        """Remember that the request under way submitted ``job``."""
        self._store.change("INSERT OR REPLACE INTO submissions VALUES (?, ?, ?)", (vendor, job, self._cause))

    def submission(self, vendor: str, job: str) -> int | None:
        """Return the number of the request that submitted ``job``, or None when it is not known."""
        rows = self._store.rows("SELECT entry FROM submissions WHERE vendor = ? AND job = ?", (vendor, job))
        return rows[0][0] if rows else None

    def write(self, vendor: str, changed: Iterable[tuple[str, str | None]]) -> None:
        """Add a change for each id and what its document was before, as JSON, or None for a new person."""
        now = self._clock.now()
        rows = [(vendor, person, self._cause, now, before) for person, before in changed]
        sql = "INSERT INTO history (vendor, person, entry, at, before) VALUES (?, ?, ?, ?, ?)"
        self._store.change_many(sql, rows)
        self._store.change("DELETE FROM history WHERE number <= (SELECT max(number) FROM history) - ?", (KEPT,))

    def of(self, vendor: str, person: str) -> list[Change]:
        """Return the changes of the person with this id that are remembered, oldest first."""
        rows = self._store.rows(
            "SELECT entry, at, before FROM history WHERE vendor = ? AND person = ? ORDER BY number", (vendor, person)
        )
        now = self._store.rows("SELECT document FROM people WHERE vendor = ? AND id = ?", (vendor, person))
        texts = [before for *_, before in rows] + [now[0][0] if now else None]
        documents = [msgspec.json.decode(text) if text else None for text in texts]
        return [
            Change(entry, iso(at), before, after)
            for (entry, at, _), before, after in zip(rows, documents, documents[1:], strict=False)
        ]

    def clear(self, vendor: str) -> None:
        """Forget the history of the people and jobs of ``vendor``."""
        self._store.change("DELETE FROM history WHERE vendor = ?", (vendor,))
        self._store.change("DELETE FROM submissions WHERE vendor = ?", (vendor,))
