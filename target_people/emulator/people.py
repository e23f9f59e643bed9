"""The people of one vendor: JSON documents, found by their identity keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from target_people.emulator.history import History
    from target_people.emulator.store import Document, Store

Key = tuple[str, str]
"""One way to find a person: the kind of key (``email``) and its value, as text."""

LONGEST = 10_000
"""Characters that are searched for; SQLite takes no pattern of more than 50,000 bytes."""


@dataclass(slots=True, eq=False)
class Person:
    """One stored person: the vendor's own id, the document, and the keys it is found by."""

    id: str
    document: Document
    keys: frozenset[Key] = frozenset()
    """The keys as of now."""
    held: frozenset[Key] = frozenset()
    """The keys in the database."""
    stored: str | None = None
    """The document in the database, as JSON; None when there is none yet."""


class People:
    """The people of one vendor.

    Args:
        store: Where they are kept.
        vendor: Whose people.
        history: Told of every change.
        keys_of: The keys a document is found by.
        identity_of: The name under which the control interface lists a document.
    """

    def __init__(
        self,
        store: Store,
        vendor: str,
        history: History,
        keys_of: Callable[[Document], frozenset[Key]],
        identity_of: Callable[[Document], str],
    ) -> None:
        """Bind the five."""
        self._store = store
        self._vendor = vendor
        self._history = history
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

    def page(self, limit: int, offset: int = 0) -> list[Person]:
        """Return up to ``limit`` people (-1: all) in the order of their creation, after passing over ``offset``."""
        sql = "SELECT id, document FROM people WHERE vendor = ? ORDER BY number LIMIT ? OFFSET ?"
        return [self._person(row) for row in self._store.rows(sql, (self._vendor, limit, offset))]

    def count(self) -> int:
        """Return how many people there are."""
        return int(self._store.rows("SELECT count(*) FROM people WHERE vendor = ?", (self._vendor,))[0][0])

    def search(self, text: str, limit: int, offset: int = 0) -> tuple[list[Person], int]:
        """Return a page of the people in whose documents ``text`` occurs, and how many they are in all.

        Args:
            text: Looked for as it stands, but without regard to the case of the letters A to Z; empty finds everybody,
                and more than 10,000 characters nobody.
            limit: At most so many people.
            offset: How many to pass over.
        """
        if not text:
            return self.page(limit, offset), self.count()
        if len(text) > LONGEST:
            return [], 0
        pattern = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
        # One pass for both answers, and one row: a hundred thousand of them take longer than the search itself.
        found = "SELECT number FROM people WHERE vendor = ? AND document LIKE ? ESCAPE '\\' ORDER BY number"
        sql = f"SELECT json_group_array(number) FROM ({found})"  # noqa: S608 - the text above
        numbers: list[int] = msgspec.json.decode(self._store.rows(sql, (self._vendor, pattern))[0][0])
        wanted = msgspec.json.encode(numbers[offset : offset + limit]).decode()
        sql = (
            "SELECT p.id, p.document FROM json_each(?) w CROSS JOIN people p WHERE p.number = w.value ORDER BY p.number"
        )
        return [self._person(row) for row in self._store.rows(sql, (wanted,))], len(numbers)

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
        changed: list[tuple[str, str | None]] = []
        for person in people:
            keys = person.keys
            text = msgspec.json.encode(person.document).decode()
            written.append((self._vendor, person.id, self._identity_of(person.document), text))
            gone += [(self._vendor, *key, person.id) for key in person.held - keys]
            new += [(self._vendor, *key, person.id) for key in keys - person.held]
            person.held = keys
            if person.stored != text:
                changed.append((person.id, person.stored))
                person.stored = text
        self._store.change_many(
            "INSERT INTO people (vendor, id, identity, document) VALUES (?, ?, ?, ?) ON CONFLICT (vendor, id)"
            " DO UPDATE SET identity = excluded.identity, document = excluded.document",
            written,
        )
        self._store.change_many("DELETE FROM keys WHERE vendor = ? AND kind = ? AND value = ? AND id = ?", gone)
        self._store.change_many("INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?)", new)
        self._history.write(self._vendor, changed)

    def remove(self, people: Iterable[Person]) -> int:
        """Forget these people and return how many they were."""
        removed = list(people)
        keys = [(self._vendor, *key, person.id) for person in removed for key in person.held]
        self._store.change_many("DELETE FROM keys WHERE vendor = ? AND kind = ? AND value = ? AND id = ?", keys)
        self._history.write(self._vendor, [(person.id, person.stored) for person in removed if person.stored])
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
        return Person(row[0], document, keys, keys, row[1])
