"""The people of one vendor: JSON documents, found by their identity keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from target_people.emulator.store import Document, Store

Key = tuple[str, str]
"""One way to find a person: the kind of key (``email``) and its value, as text."""


@dataclass(slots=True, eq=False)
class Person:
    """One stored person: the vendor's own id, the document, and the keys it is found by."""

    id: str
    document: Document
    keys: frozenset[Key] = frozenset()
    """The keys as of now."""
    held: frozenset[Key] = frozenset()
    """The keys in the database."""


class People:
    """The people of one vendor.

    Args:
        store: Where they are kept.
        vendor: Whose people.
        keys_of: The keys a document is found by.
        identity_of: The name under which the control interface lists a document.
    """

    def __init__(
        self,
        store: Store,
        vendor: str,
        keys_of: Callable[[Document], frozenset[Key]],
        identity_of: Callable[[Document], str],
    ) -> None:
        """Bind the four."""
        self._store = store
        self._vendor = vendor
        self._identity_of = identity_of
        self.keys_of = keys_of

    def find(self, kind: str, values: Iterable[str]) -> list[Person]:
        """Return everybody who holds one of ``values`` as a key of ``kind``."""
        sql = (
            "SELECT DISTINCT p.id, p.document FROM json_each(?) w CROSS JOIN keys k CROSS JOIN people p"
            " WHERE k.vendor = ? AND k.kind = ? AND k.value = w.value AND p.vendor = k.vendor AND p.id = k.id"
            " ORDER BY p.number"
        )
        wanted = msgspec.json.encode(list(values)).decode()
        return [self._person(row) for row in self._store.rows(sql, (wanted, self._vendor, kind))]

    def by_id(self, ids: Iterable[str]) -> list[Person]:
        """Return the people with these ids, in the order of their creation."""
        sql = (
            "SELECT p.id, p.document FROM json_each(?) w CROSS JOIN people p"
            " WHERE p.vendor = ? AND p.id = w.value ORDER BY p.number"
        )
        rows = self._store.rows(sql, (msgspec.json.encode(list(ids)).decode(), self._vendor))
        return [self._person(row) for row in rows]

    def any_with(self, value: str) -> Person | None:
        """Return the first person whose identity, id or any key is ``value``."""
        sql = (
            "SELECT id, document FROM people WHERE vendor = ? AND (id = ? OR identity = ? OR id IN"
            " (SELECT id FROM keys WHERE vendor = ? AND value = ?)) ORDER BY number LIMIT 1"
        )
        rows = self._store.rows(sql, (self._vendor, value, value, self._vendor, value))
        return self._person(rows[0]) if rows else None

    def page(self, limit: int, offset: int = 0, text: str = "") -> list[Person]:
        """Return up to ``limit`` people (-1: all) in the order of their creation.

        Args:
            limit: How many.
            offset: How many to pass over.
            text: Only documents in which this occurs somewhere, without regard to case.
        """
        sql = (
            "SELECT id, document FROM people WHERE vendor = ? AND instr(lower(document), lower(?))"
            " ORDER BY number LIMIT ? OFFSET ?"
        )
        return [self._person(row) for row in self._store.rows(sql, (self._vendor, text, limit, offset))]

    def count(self, text: str = "") -> int:
        """Return how many people there are, or how many contain ``text``."""
        sql = "SELECT count(*) FROM people WHERE vendor = ? AND instr(lower(document), lower(?))"
        if not text:
            sql = "SELECT count(*) FROM people WHERE vendor = ? AND ? = ''"
        return int(self._store.rows(sql, (self._vendor, text))[0][0])

    def put(self, people: Iterable[Person]) -> None:
        """Store new and changed people, and bring their keys up to date."""
        changed = list(people)
        for person in changed:
            person.keys = self.keys_of(person.document)
        self.write(changed)

    def write(self, people: Iterable[Person]) -> None:
        """Do as :meth:`put` for people whose ``keys`` are those of their documents already."""
        written: list[tuple[str, str, str, str]] = []
        gone: list[tuple[str, str, str, str]] = []
        new: list[tuple[str, str, str, str]] = []
        for person in people:
            keys = person.keys
            text = msgspec.json.encode(person.document).decode()
            written.append((self._vendor, person.id, self._identity_of(person.document), text))
            gone += [(self._vendor, *key, person.id) for key in person.held - keys]
            new += [(self._vendor, *key, person.id) for key in keys - person.held]
            person.held = keys
        self._store.change_many(
            "INSERT INTO people (vendor, id, identity, document) VALUES (?, ?, ?, ?) ON CONFLICT (vendor, id)"
            " DO UPDATE SET identity = excluded.identity, document = excluded.document",
            written,
        )
        self._store.change_many("DELETE FROM keys WHERE vendor = ? AND kind = ? AND value = ? AND id = ?", gone)
        self._store.change_many("INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?)", new)

    def remove(self, people: Iterable[Person]) -> int:
        """Forget these people and return how many they were."""
        removed = list(people)
        keys = [(self._vendor, *key, person.id) for person in removed for key in person.held]
        self._store.change_many("DELETE FROM keys WHERE vendor = ? AND kind = ? AND value = ? AND id = ?", keys)
        ids = [(self._vendor, person.id) for person in removed]
        self._store.change_many("DELETE FROM people WHERE vendor = ? AND id = ?", ids)
        return len(removed)

    def clear(self) -> None:
        """Forget everybody."""
        self._store.change("DELETE FROM keys WHERE vendor = ?", (self._vendor,))
        self._store.change("DELETE FROM people WHERE vendor = ?", (self._vendor,))

    def identity(self, person: Person) -> str:
        """Return the name under which the control interface lists ``person``."""
        return self._identity_of(person.document)

    def _person(self, row: tuple[str, str]) -> Person:
        document = msgspec.json.decode(row[1])
        keys = self.keys_of(document)
        return Person(row[0], document, keys, keys)
