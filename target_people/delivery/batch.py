"""Records on their way, and how they are cut into batches."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

import msgspec


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    """One record on its way to one vendor, encoded once.

    Args:
        names: by which the vendor may call this person in its answers; the first is the identity.
        keys: the wire keys that it carries, those to be cleared included.
        shape: records with unequal shapes never share a request.
        body: this person as JSON, at most a few kilobytes.
        origin: the caller's own handle, handed back with the verdict.
    """

    names: tuple[str, ...]
    keys: frozenset[str]
    shape: Hashable
    body: bytes
    origin: Any = None

    def __repr__(self) -> str:
        """Without whom it is about."""
        return f"Outgoing(shape={self.shape!r})"

    @property
    def identity(self) -> str:
        """Who this is to the vendor."""
        return self.names[0]


class Batch(Sequence[Outgoing]):
    """Records of one shape that go in one request, each person once.

    Args:
        people: in the order of the request.
        superseded: older records of these people, which are not sent; ``superseded`` only once the newer are settled.
    """

    def __init__(self, people: Iterable[Outgoing], superseded: Iterable[Outgoing] = ()) -> None:
        """Keep the order given."""
        self._people = tuple(people)
        self.superseded = tuple(superseded)
        self._positions: dict[str, int | None] | None = None

    def __len__(self) -> int:
        """How many people."""
        return len(self._people)

    def __iter__(self) -> Iterator[Outgoing]:
        """In the order of the request."""
        return iter(self._people)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - Sequence's own overloads, an index or a slice
        """One person, or the tuple of a slice."""
        return self._people[index]

    def position(self, name: object) -> int | None:
        """Where the person called ``name`` stands, from 0; None when nobody here is called so, or more than one.

        An identity is nobody else's, so it goes before the other names.
        """
        if self._positions is None:
            self._positions = self._named() | {person.identity: at for at, person in enumerate(self._people)}
        return self._positions.get(str(name))

    def bodies(self) -> bytes:
        """All people as JSON, separated by commas: the inside of an array."""
        return b",".join(person.body for person in self._people)

    def _named(self) -> dict[str, int | None]:
        """Names other than identities, with None for those that people share."""
        found: dict[str, int | None] = {}
        for at, person in enumerate(self._people):
            found |= {name: at if found.get(name, at) == at else None for name in person.names[1:]}
        return found


_OPEN = 8
"""As many records as in so many full batches wait for more at most, over all shapes; then the oldest batch leaves."""


@dataclass
class _Open:
    """A batch that still fills; insertion order is the order of the request."""

    since: float
    people: dict[str, Outgoing] = field(default_factory=dict)
    superseded: list[Outgoing] = field(default_factory=list)
    bytes: int = 0


class Batcher:
    """Cuts a stream of records into batches by people, encoded bytes and shape, and keeps every person's order.

    Why a newer record does not always replace an older one of the same person: a field that the newer one does not
    carry would be lost with the older. It replaces it only when it carries every key of it and fits; otherwise the
    batch that holds the older record leaves first. The older one goes along unsent: until the newer is at the vendor,
    nothing of the person is, and a STATE that covers the older alone must not leave.

    Args:
        people: most people in a batch, and most superseded records that go along; at least 1.
        size: most bytes in a batch, counted over the encoded people; at least 1.
        leave: is called with each finished batch, in order.
    """

    def __init__(self, people: int, size: int, leave: Callable[[Batch], None]) -> None:
        """Start with nothing open."""
        self._limit = people
        self._size = size
        self._leave = leave
        self._open: dict[Hashable, _Open] = {}
        self._where: dict[str, Hashable] = {}
        self._records = 0

    def add(self, person: Outgoing, now: float = 0.0) -> None:
        """Take one record; batches that it fills, or that must go before it, leave.

        Args:
            person: the record.
            now: seconds; the age of the batch that it opens counts from here.
        """
        identity, shape, size = person.names[0], person.shape, len(person.body) + 1
        if identity in self._where:
            self._make_way(person)
        batch = self._open.get(shape)
        if batch is None or (batch.people and batch.bytes + size > self._size + 1):
            batch = self._opened(shape, now)
        batch.people[identity] = person
        batch.bytes += size
        self._where[identity] = shape
        self._records += 1
        if len(batch.people) >= self._limit or len(batch.superseded) >= self._limit:
            self._close(shape)
        elif self._records >= self._limit * _OPEN:
            self._close(next(iter(self._open)))

    def _opened(self, shape: Hashable, now: float) -> _Open:
        """A new batch of that shape; the one there was, if any, leaves."""
        if shape in self._open:
            self._close(shape)
        return self._open.setdefault(shape, _Open(now))

    def flush(self, until: float = inf) -> None:
        """Let every batch leave that was opened at ``until`` or before, the one opened first going first."""
        for shape in [shape for shape, batch in self._open.items() if batch.since <= until]:
            self._close(shape)

    @property
    def oldest(self) -> float | None:
        """When the oldest open batch was opened; None when none is open."""
        return next(iter(self._open.values())).since if self._open else None

    def __len__(self) -> int:
        """How many people wait in open batches."""
        return len(self._where)

    def _make_way(self, person: Outgoing) -> None:
        shape = self._where[person.identity]
        batch = self._open[shape]
        older = batch.people[person.identity]
        left = batch.bytes - len(older.body) - 1
        if shape != person.shape or not older.keys <= person.keys or left + len(person.body) > self._size:
            self._close(shape)
            return
        del batch.people[person.identity]
        batch.bytes = left
        batch.superseded.append(older)

    def _close(self, shape: Hashable) -> None:
        batch = self._open.pop(shape)
        for identity in batch.people:
            del self._where[identity]
        self._records -= len(batch.people) + len(batch.superseded)
        self._leave(Batch(batch.people.values(), batch.superseded))
