"""The people that one request is about: read in one go, changed in memory, written in one go."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_people.emulator.people import Key, People, Person


class Roster:
    """An index over the people one request may touch; later records of the request see what earlier ones did.

    Args:
        people: The vendor's people.
        wanted: The keys that the request mentions.
    """

    def __init__(self, people: People, wanted: Iterable[Key]) -> None:
        """Read everybody who holds a wanted key."""
        self._people = people
        self._index: dict[Key, list[Person]] = defaultdict(list)
        self._known: dict[str, Person] = {}
        self._changed: dict[str, Person] = {}
        kinds: dict[str, set[str]] = defaultdict(set)
        for kind, value in wanted:
            kinds[kind].add(value)
        for kind, values in kinds.items():
            self._read(people.find(kind, values))

    def _read(self, found: list[Person]) -> None:
        for person in found:
            if person.id not in self._known:
                self._known[person.id] = person
                for key in person.keys:
                    self._index[key].append(person)

    def holders(self, kind: str, value: str) -> list[Person]:
        """Return everybody who holds this key now."""
        return self._index.get((kind, value), [])

    def first(self, kind: str, value: str) -> Person | None:
        """Return the one who has held this key longest, if any."""
        holders = self.holders(kind, value)
        return holders[0] if holders else None

    def others(self, kind: str, value: str, person: Person | None) -> bool:
        """Tell whether somebody other than ``person`` holds this key."""
        return any(holder is not person for holder in self.holders(kind, value))

    def keep(self, person: Person) -> None:
        """Take note of a person whose document is new or has changed."""
        keys = self._people.keys_of(person.document)
        if person.id not in self._known:
            self._known[person.id] = person
            person.keys = frozenset()
        for key in person.keys - keys:
            self._index[key].remove(person)
        for key in keys - person.keys:
            self._index[key].append(person)
        person.keys = keys
        self._changed[person.id] = person

    def drop(self, person: Person) -> None:
        """Take a person out of the index and remove them from the vendor's people."""
        for key in person.keys:
            self._index[key].remove(person)
        self._changed.pop(person.id, None)
        self._people.remove([person])

    def save(self) -> None:
        """Write everybody who changed."""
        self._people.write(self._changed.values())
