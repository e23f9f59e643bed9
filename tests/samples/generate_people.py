"""Writes the bundled sample people: ``python -m tests.samples.generate_people``.

The same file comes out each time: every choice is made by one seeded ``random.Random``.
"""

from __future__ import annotations

import json
import random
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .places import PLACES, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]

SEED = 2026
RECORDS = 1000
STATE_EVERY = 250
NEWER = {320 + 33 * turn: 7 if turn % 2 == 0 else 301 for turn in range(20)}
"""Position of a second, newer record of a person → how many lines before it the older one stands."""

NAMES = {
    "female": "Zoë Åsa Inês Léa Chloé Małgorzata Siân Noémie Aoife Jördis Hanna Priya Ngọc Ewa Amélie Mei Ruth Šárka",
    "male": "José François Jürgen Søren Łukasz Björn Óscar Ján Emeka Tomáš Håkon Rhys Đorđe Kofi Émile Arjun Piotr Sam",
    "last": "Müller Nuñez Åkesson Lefèvre O'Connor Wójcik Nguyễn García Brontë Çelik Sørensen Dvořák Okafor Weiß Evans"
    " Lindström Fernández d'Arcy Jónsdóttir Patel Żak Smith Björk Saint-Clair Gonçalves Mbeki Tanaka Novák",
}
FOLDED = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "đ": "d", "Đ": "D", "ß": "ss"})
DOMAINS = ("example.com", "example.org", "example.net")
STREETS = ("Sample Street", "Example Road", "Placeholder Lane", "Specimen Way", "Invented Avenue")
TAGS = ("newsletter", "beta", "partner", "webinar", "trial", "référence")
NOTES = (
    "Prefers a call in the morning",
    'Asked for the "gold" price list',
    "Met at the spring fair, wants a café demo ☕",
    "Two lines:\nsecond line of the note",
    "Invoice goes to head office; discount 12.5 %",
)
ABSENT = (
    *[()] * 10,
    *[("mobile",)] * 3,
    *[("date_of_birth", "gender")] * 2,
    *[("notes", "company")] * 2,
    *[("address", "tags")] * 2,
    ("phone", "mobile"),
)
"""Which columns are null, in turn: six patterns, since some vendors take only people of one shape in one request."""

DEFECTS: dict[int, Record] = {
    111: {"email": "noor.haddad.example.com"},
    222: {"phone": "call the front desk"},
    333: {"first_name": 42},
    444: {"email": None, "phone": None, "mobile": None},
    555: {"email": "a" * 250 + "@example.com"},
    666: {"date_of_birth": "1990-02-30"},
    777: {"email": "two@@example.com"},
    888: {"customer_id": "", "email": None, "phone": None, "mobile": None},
}
"""Position → what is wrong with that record."""

TYPES: dict[str, Record] = {
    "customer_id": {"type": "string"},
    "email": {},
    "phone": {},
    "mobile": {},
    "first_name": {},
    "last_name": {},
    "gender": {},
    "date_of_birth": {"format": "date"},
    "language": {},
    "country": {},
    "city": {},
    "timezone": {},
    "locale": {},
    "plan": {"enum": ["free", "basic", "gold", None]},
    "seats": {"type": ["integer", "null"]},
    "lifetime_value": {"type": ["number", "null"]},
    "vip": {"type": ["boolean", "null"]},
    "signed_up_at": {"format": "date-time"},
    "tags": {"type": ["array", "null"], "items": {"type": "string"}},
    "address": {
        "type": ["object", "null"],
        "properties": {name: {"type": ["string", "null"]} for name in ("street", "city", "postcode")},
    },
    "notes": {},
    "company": {},
    "email_opt_in": {"type": ["boolean", "null"]},
    "sms_opt_in": {"type": ["boolean", "null"]},
    "updated_at": {"type": "string", "format": "date-time"},
}
SCHEMA: Record = {
    "type": "object",
    "properties": {name: {"type": ["string", "null"], **more} for name, more in TYPES.items()},
}


def main() -> None:
    """Write the file where the package has it."""
    path = Path(__file__).parents[2] / "target_people" / "samples" / "people.singer"
    path.write_text(text(), encoding="utf-8")


def text() -> str:
    """Return the whole file."""
    return "".join(json.dumps(message, ensure_ascii=False, separators=(",", ":")) + "\n" for message in messages())


def messages() -> Iterator[Record]:
    """Yield one SCHEMA, the RECORDs, a STATE after every 250 of them and one at the end."""
    yield {
        "type": "SCHEMA",
        "stream": "people",
        "schema": SCHEMA,
        "key_properties": ["customer_id"],
        "bookmark_properties": ["updated_at"],
    }
    state: Record = {}
    for count, record in enumerate(records(), start=1):
        yield {"type": "RECORD", "stream": "people", "record": record}
        if count % STATE_EVERY == 0:
            bookmark = {"replication_key": "updated_at", "replication_key_value": record["updated_at"]}
            state = {"type": "STATE", "value": {"bookmarks": {"people": bookmark}}}
            yield state
    yield state


def records() -> list[Record]:
    """Return the records in the order of ``updated_at``: people, newer records of some of them, defects."""
    rng = random.Random(SEED)
    seen: Counter[Place] = Counter()
    rows: list[Record] = []
    for position in range(RECORDS):
        if position in NEWER:
            row = _newer(rows[position - NEWER[position]])
        else:
            row = _person(rng, position + 1 - sum(newer < position for newer in NEWER), seen)
        row["updated_at"] = _stamp(datetime(2026, 3, 2, 8, tzinfo=UTC) + timedelta(minutes=7 * position))
        rows.append(row | DEFECTS.get(position, {}))
    return rows


def _newer(older: Record) -> Record:
    worth = round(older["lifetime_value"] + 250.75, 2)
    return older | {"plan": "gold", "seats": older["seats"] + 5, "lifetime_value": worth, "vip": True}


def _person(rng: random.Random, number: int, seen: Counter[Place]) -> Record:
    place = PLACES[number % len(PLACES)]
    row = _name(rng, number) | _reach(rng, place, seen[place]) | _home(rng, place, seen[place]) | _business(rng)
    seen[place] += 1
    absent = ABSENT[rng.randrange(len(ABSENT))]
    return {column: None if column in absent else row.get(column) for column in TYPES}


def _name(rng: random.Random, number: int) -> Record:
    gender = rng.choice(("female", "male"))
    first, last = (rng.choice(NAMES[kind].split()) for kind in (gender, "last"))
    return {
        "customer_id": f"c-{number:04d}",
        "email": f"{_ascii(first)}.{_ascii(last)}.{number}@{rng.choice(DOMAINS)}",
        "first_name": first,
        "last_name": last,
        "gender": gender,
        "date_of_birth": str(date(1950, 1, 1) + timedelta(days=rng.randrange(20000))),
    }


def _ascii(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.translate(FOLDED))
    return "".join(letter for letter in folded.lower() if letter.isascii() and letter.isalpha())


def _reach(rng: random.Random, place: Place, count: int) -> Record:
    return {
        "phone": _spelt(rng, place, place.phone.format(count)),
        "mobile": _spelt(rng, place, place.mobile.format(place.mobile_from + count)),
        "email_opt_in": rng.randrange(10) < 8,
        "sms_opt_in": rng.randrange(10) < 4,
    }


def _spelt(rng: random.Random, place: Place, significant: str) -> str:
    spellings = [(place.code + significant).replace(" ", ""), f"{place.code} {significant}"]
    if place.trunk:
        spellings.append(place.trunk + significant)
    return rng.choice(spellings)


def _home(rng: random.Random, place: Place, count: int) -> Record:
    street = f"{rng.randrange(1, 99)} {rng.choice(STREETS)}"
    return {
        "country": place.country,
        "city": place.city,
        "timezone": place.timezone,
        "language": place.language,
        "locale": place.locale,
        "address": {"street": street, "city": place.city, "postcode": place.postcode.format(count % 10)},
    }


def _business(rng: random.Random) -> Record:
    signed_up = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(90_000_000))
    return {
        "plan": rng.choice(("free", "free", "basic", "gold")),
        "seats": rng.randrange(1, 60),
        "lifetime_value": rng.randrange(1_000_000) / 100,
        "vip": rng.randrange(12) == 0,
        "signed_up_at": _stamp(signed_up),
        "tags": [tag for tag in TAGS if rng.randrange(3) == 0],
        "notes": rng.choice(NOTES),
        "company": f"company-{rng.randrange(1, 6)}",
    }


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


if __name__ == "__main__":
    main()
