"""The journal: every request to a vendor's API and its answer, without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from target_people.emulator.clock import iso

if TYPE_CHECKING:
    from target_people.emulator.clock import Clock
    from target_people.emulator.exchange import Answer, Call
    from target_people.emulator.store import Document, Store

SECRETS = frozenset({"apptoken", "client_secret", "access_token", "client_assertion", "assertion"})
HIDDEN = "***"
ENTRIES_WITH_BODIES = 2_000
"""Bodies of older entries are forgotten, so that a long run does not fill the memory."""


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

    def write(self, call: Call, answer: Answer, began: float, fault: str | None = None) -> None:
        """Add one exchange; the Authorization header, app tokens and client secrets are left out.

        Args:
            call: The request.
            answer: What was answered, or would have been, had ``fault`` not swallowed it.
            began: When the request came, in Unix seconds of the clock.
            fault: The fault that had a hand in it.
        """
        query = msgspec.json.encode(_hide(dict(call.query))).decode()
        took = (self._clock.now() - began) * 1000
        self._store.change(
            "INSERT INTO journal (vendor, method, path, query, status, fault, at, milliseconds, body, response)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
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
        self._store.change(
            "UPDATE journal SET body = NULL, response = NULL WHERE number = (SELECT max(number) FROM journal) - ?",
            (ENTRIES_WITH_BODIES,),
        )

    def entries(self, vendor: str | None = None, since: int = 0, limit: int = -1) -> list[Document]:
        """Return the entries with a number above ``since``, oldest first.

        Args:
            vendor: Only this vendor's; None for all.
            since: The number of the last entry already seen.
            limit: At most this many, the newest; -1 for all.
        """
        rows = self._store.rows(
            "SELECT * FROM (SELECT number, vendor, method, path, query, status, fault, at, milliseconds, body, response"
            " FROM journal WHERE number > ? AND (? IS NULL OR vendor = ?) ORDER BY number DESC LIMIT ?)"
            " ORDER BY number",
            (since, vendor, vendor, limit),
        )
        return [_entry(*row) for row in rows]

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
