"""Fictitious people for the contract suite, and what a vendor must hold of them in the end."""

from __future__ import annotations

from typing import Any

from tests.support.load import message

Record = dict[str, Any]

_TEXT: dict[str, Any] = {"type": ["string", "null"]}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "customer_id": {"type": "string"},
        **dict.fromkeys(("email", "phone", "mobile", "first_name", "last_name", "gender"), _TEXT),
        "date_of_birth": {"type": ["string", "null"], "format": "date"},
        **dict.fromkeys(("language", "country", "city", "timezone", "locale", "plan", "notes", "company"), _TEXT),
        "seats": {"type": ["integer", "null"]},
        "lifetime_value": {"type": ["number", "null"]},
        "vip": {"type": ["boolean", "null"]},
        "signed_up_at": {"type": ["string", "null"], "format": "date-time"},
        "tags": {"type": ["array", "null"], "items": {"type": "string"}},
        "address": {"type": ["object", "null"]},
        "email_opt_in": {"type": ["boolean", "null"]},
        "sms_opt_in": {"type": ["boolean", "null"]},
        "updated_at": {"type": "string", "format": "date-time"},
    },
}
_PLANS = ("free", "basic", "gold")


def person(number: int, **changes: Any) -> Record:
    """The person of that number, from 0, with some columns changed."""
    record = {
        "customer_id": f"c-{number:05}",
        "email": f"person.{number}@example.com",
        "phone": f"020 7946 {number % 1000:04}",
        "mobile": f"07700 900{number % 1000:03}",
        "first_name": f"Zoë {number}",
        "last_name": "Example",
        "gender": ("f", "m", "u")[number % 3],
        "date_of_birth": f"1980-01-{number % 28 + 1:02}",
        "language": "en",
        "country": "GB",
        "city": "Exampleton",
        "timezone": "Europe/London",
        "locale": "en-GB",
        "plan": _PLANS[number % 3],
        "seats": number,
        "lifetime_value": number + 0.5,
        "vip": number % 2 == 0,
        "signed_up_at": f"2024-05-{number % 28 + 1:02}T10:00:00Z",
        "tags": ["a", f"n{number}"],
        "address": {"street": f"{number} Specimen Way", "city": "Exampleton"},
        "notes": 'quote " and \\ and ü',
        "company": f"company-{number % 5 + 1}",
        "email_opt_in": number % 2 == 0,
        "sms_opt_in": True,
        "updated_at": "2026-01-01T00:00:00Z",
    }
    unknown = changes.keys() - record.keys()
    assert not unknown, f"no such column: {unknown}"
    return record | changes


def records_of(people: list[dict[str, Any]]) -> list[Record]:
    """Records from a scenario's list: ``{from, to}`` is a range, ``{n}`` one person, all else are changes."""
    found: list[Record] = []
    for entry in people:
        changes = {key: value for key, value in entry.items() if key not in {"n", "from", "to", "repeat"}}
        first, last = (int(entry["n"] if "n" in entry else entry[key]) for key in ("from", "to"))
        found += [person(number, **changes) for number in range(first, last + 1)] * entry.get("repeat", 1)
    return found


def messages_of(records: list[Record], state_every: int = 0) -> list[bytes]:
    """A whole Singer stream: SCHEMA, the records, and a STATE after every so many of them and at the end."""
    lines = [message("SCHEMA", stream="people", schema=SCHEMA, key_properties=["customer_id"])]
    for number, record in enumerate(records, 1):
        lines.append(message("RECORD", stream="people", record=record))
        if state_every and number % state_every == 0 and number < len(records):
            lines.append(message("STATE", value={"read": number}))
    return [*lines, message("STATE", value={"read": len(records)})]


def final(records: list[Record]) -> dict[str, Record]:
    """What is true of every person after all records: a null keeps what was there."""
    people: dict[str, Record] = {}
    for record in records:
        known = people.get(record["customer_id"], {})
        people[record["customer_id"]] = {
            column: known.get(column) if value is None else value for column, value in record.items()
        }
    return people
