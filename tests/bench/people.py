"""The input of the benchmark: fictitious people as a Singer stream, the same file each time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

STREAM = "people"
STATE_EVERY = 10_000
MARK = b"person-"
"""In front of every identity, and nowhere else in a record: what people are counted by."""
_DIGITS = 8

_TEXT, _OPTIONAL = {"type": "string"}, {"type": ["string", "null"]}
_MOMENT = {"type": ["string", "null"], "format": "date-time"}
COLUMNS: dict[str, dict[str, Any]] = {
    "external_id": _TEXT,
    "email": _OPTIONAL,
    "phone": _OPTIONAL,
    "first_name": _OPTIONAL,
    "last_name": _OPTIONAL,
    "language": _OPTIONAL,
    "timezone": _OPTIONAL,
    "country": _OPTIONAL,
    "city": _OPTIONAL,
    "postcode": _OPTIONAL,
    "job": _OPTIONAL,
    "plan": {"enum": ["free", "basic", "gold", None], **_OPTIONAL},
    "seats": {"type": ["integer", "null"]},
    "lifetime_value": {"type": ["number", "null"]},
    "vip": {"type": ["boolean", "null"]},
    "signed_up_at": _MOMENT,
    "last_login_at": _MOMENT,
    "notes": _OPTIONAL,
}
"""Column → JSON schema."""

_FIRST = ("Zoë", "José", "Aoife", "Jürgen", "Chloé", "Søren", "Hanna", "Łukasz", "Priya", "Emeka", "Tomáš", "Ruth")
_LAST = ("Müller", "Nuñez", "Åkesson", "O'Connor", "Wójcik", "García", "Evans", "Okafor", "Patel", "Brontë", "Smith")
_PLACES = (
    ("en", "Europe/London", "United Kingdom", "Sampleton", "SM1 2PL"),
    ("de", "Europe/Berlin", "Germany", "Musterstadt", "12345"),
    ("fr", "Europe/Paris", "France", "Villexemple", "75999"),
    ("sv", "Europe/Stockholm", "Sweden", "Exempelby", "123 45"),
    ("en", "America/New_York", "United States", "Placeholder Falls", "00000-0000"),
)
_JOBS = ("Engineer", "Buyer", "Head of Research", "Student", "Office Manager", "Librarian", "Nurse")
_PLANS = ("free", "basic", "gold")
_NOTES = ("Call before ten", 'Wants the "gold" list', "Met in a café ☕")


def write(path: Path, records: int) -> bytes:
    """Write SCHEMA, RECORDs, a STATE after every 10,000 and one at the end; nobody comes twice.

    Args:
        path: of the file.
        records: how many people, at least 1.

    Returns:
        The value of the last STATE, as compact JSON.
    """
    schema = {"type": "object", "properties": COLUMNS}
    with path.open("w", encoding="utf-8") as file:
        head = {"type": "SCHEMA", "stream": STREAM, "schema": schema, "key_properties": ["external_id"]}
        file.write(_line(head))
        for number in range(1, records + 1):
            file.write(_line({"type": "RECORD", "stream": STREAM, "record": person(number)}))
            if number % STATE_EVERY == 0 or number == records:
                file.write(_line({"type": "STATE", "value": _state(number)}))
    return json.dumps(_state(records), separators=(",", ":")).encode()


def person(number: int) -> dict[str, Any]:
    """The person of that number: about 400 bytes of JSON, 18 columns, all of them filled."""
    first, last = _FIRST[number % len(_FIRST)], _LAST[number % len(_LAST)]
    language, timezone, country, city, postcode = _PLACES[number % len(_PLACES)]
    return {
        "external_id": f"{MARK.decode()}{number:0{_DIGITS}}",
        "email": f"sample.{number}@example.com",
        "phone": f"+1{201 + number // 10_000 % 700}555{number % 10_000:04}",
        "first_name": first,
        "last_name": last,
        "language": language,
        "timezone": timezone,
        "country": country,
        "city": city,
        "postcode": postcode,
        "job": _JOBS[number % len(_JOBS)],
        "plan": _PLANS[number % len(_PLANS)],
        "seats": number % 250,
        "lifetime_value": round(number * 37 % 1_000_000 / 100, 2),
        "vip": number % 9 == 0,
        "signed_up_at": _moment(number * 7919),
        "last_login_at": _moment(number * 104_729),
        "notes": _NOTES[number % len(_NOTES)],
    }


def identities(text: bytes) -> list[bytes]:
    """The number of everybody in a text, however people are written down there."""
    return [part[:_DIGITS] for part in text.split(MARK)[1:]]


def _moment(minutes: int) -> str:
    """Some minute of some day from 2020 on, February's last ones left out."""
    days, minute = divmod(minutes, 1440)
    months, day = divmod(days, 28)
    years, month = divmod(months % 60, 12)
    return f"{2020 + years}-{month + 1:02}-{day + 1:02}T{minute // 60:02}:{minute % 60:02}:00Z"


def _state(number: int) -> dict[str, Any]:
    return {"bookmarks": {STREAM: {"replication_key_value": number}}}


def _line(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")) + "\n"
