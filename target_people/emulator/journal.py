"""The journal: every request to a vendor's API and its answer, without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from target_people.emulator.clock import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_people.emulator.clock import Clock
    from target_people.emulator.exchange import Answer, Call
    from target_people.emulator.store import Document, Store

SECRETS = frozenset({"apptoken", "client_secret", "access_token", "client_assertion", "assertion"})
HIDDEN = "***"
ENTRIES_WITH_BODIES = 2_000
"""Bodies of older entries are forgotten, so that a long run does not fill the memory."""

COLUMNS = "number, vendor, method, path, query, status, fault, at, milliseconds, body, response"
BARE = "number, vendor, method, path, '{}', status, fault, at, milliseconds, NULL, NULL"
"""The same without what may be long."""


class Journal:
    """What was asked and answered, in order.

    Args:
        store: Where it is kept.
        clock: Tells when.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        """Bind the two."""
        self._store = store
        self._clock = clock
        # AUTOINCREMENT's own counter: numbers go on after a reset and in a file that is opened again.
        rows = store.rows("SELECT seq FROM sqlite_sequence WHERE name = 'journal'")
        self._last: int = rows[0][0] if rows else 0

    @property
    def newest(self) -> int:
        """The highest number so far, 0 when there was no exchange yet."""
        return self._last

    def reserve(self) -> int:
        """Return the number that an exchange under way will have, so that what it does can name it."""
        self._last += 1
        return self._last

    def write(self, call: Call, answer: Answer, began: float, fault: str | None = None) -> None:
        """Add one exchange; the Authorization header, app tokens and client secrets are left out.

        Args:
            call: The request.
            answer: What was answered, or would have been, had ``fault`` not swallowed it.
            began: When the request came, in Unix seconds of the clock.
            fault: The fault that had a hand in it.
        """
        query = msgspec.json.encode(_hide(dict(call.query))).decode()
        number = call.number or self.reserve()
        took = (self._clock.now() - began) * 1000
        self._store.change(
            "INSERT INTO journal (number, vendor, method, path, query, status, fault, at, milliseconds, body, response)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                call.vendor,
                call.method,
                call.path,
                query,
                answer.status,
                fault,
                began,
                took,
                _body(call),
                _response(answer),
            ),
        )
        forget = "UPDATE journal SET body = NULL, response = NULL WHERE number = ?"
        self._store.change(forget, (number - ENTRIES_WITH_BODIES,))

    def entries(self, vendor: str | None = None, since: int = 0) -> list[Document]:
        """Return the entries with a number above ``since``, oldest first.

        Args:
            vendor: Only this vendor's; None for all.
            since: The number of the last entry already seen.
        """
        return self._select(COLUMNS, "number > ? AND (? IS NULL OR vendor = ?) ORDER BY number", since, vendor, vendor)

    def page(self, vendor: str | None, limit: int, offset: int = 0) -> list[Document]:
        """Return up to ``limit`` entries of ``vendor`` (None: of all), newest first, without queries and bodies."""
        newest = "ORDER BY number DESC LIMIT ? OFFSET ?"
        if vendor is None:
            return self._select(BARE, f"1 {newest}", limit, offset)
        return self._select(BARE, f"vendor = ? {newest}", vendor, limit, offset)

    def entry(self, number: int) -> Document | None:
        """Return one entry, or None if there is none with this number."""
        return next(iter(self._select(COLUMNS, "number = ?", number)), None)

    def named(self, numbers: Iterable[int]) -> dict[int, Document]:
        """Return the entries with these numbers, without queries and bodies, by number."""
        wanted = msgspec.json.encode(list(numbers)).decode()
        found = self._select(BARE, "number IN (SELECT value FROM json_each(?))", wanted)
        return {entry["number"]: entry for entry in found}

    def _select(self, columns: str, where: str, *values: object) -> list[Document]:
        sql = f"SELECT {columns} FROM journal WHERE {where}"  # noqa: S608 - the texts of this file, no input
        return [_entry(*row) for row in self._store.rows(sql, values)]

    def count(self, vendor: str | None = None) -> int:
        """Return how many entries ``vendor`` has, or all have."""
        if vendor is None:
            return int(self._store.rows("SELECT count(*) FROM journal")[0][0])
        return int(self._store.rows("SELECT count(*) FROM journal WHERE vendor = ?", (vendor,))[0][0])

    def clear(self, vendor: str) -> None:
        """Forget the entries of ``vendor``; numbers go on where they were."""
        self._store.change("DELETE FROM journal WHERE vendor = ?", (vendor,))


def _entry(*columns: Any) -> Document:  # noqa: ANN401 - a database row
    number, vendor, method, path, query, status, fault, at, milliseconds, body, response = columns
    return {
        "number": number,
        "vendor": vendor,
        "method": method,
        "path": path,
        "query": msgspec.json.decode(query),
        "status": status,
        "fault": fault,
        "at": iso(at),
        "milliseconds": milliseconds,
        "body": msgspec.json.decode(body) if body else None,
        "response": msgspec.json.decode(response) if response else None,
    }


def _body(call: Call) -> bytes | None:
    if call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return msgspec.json.encode(_hide(dict(parse_qsl(call.body.decode(errors="replace")))))
    try:
        body = call.json()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # A body that cannot be read cannot be searched for secrets either.
    return msgspec.json.encode(_hide(body)) if _holds_secret(body) else call.body


def _response(answer: Answer) -> bytes | None:
    try:
        body = msgspec.json.decode(answer.content)
    except msgspec.DecodeError:
        return None
    return msgspec.json.encode(_hide(body)) if _holds_secret(body) else answer.content


def _holds_secret(body: object) -> bool:
    return isinstance(body, dict) and not SECRETS.isdisjoint(body)


def _hide(body: object) -> object:
    if not isinstance(body, dict):
        return body
    return {name: HIDDEN if name in SECRETS else value for name, value in body.items()}
