"""Flameup's people: what makes one invalid, how one is matched and merged, and how one is answered.

Documented: the fields and their limits, that traits are merged, the two published forms of an answered person.
Source: https://docs.flameup.ai/people , https://docs.flameup.ai/post-people-batch
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from target_people.emulator.apis.fields import folded, is_email, is_text
from target_people.emulator.people import Key, Person
from target_people.emulator.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.emulator.apis.base import VendorApi
    from target_people.emulator.store import Document

NAMED = ("first_name", "last_name", "phone", "avatar_url", "timezone", "locale")
LONGEST_ID, LONGEST_EMAIL, LONGEST_PHONE = 255, 254, 50
CHECKS: dict[str, tuple[Callable[[object], bool], str]] = {
    "userId": (lambda value: is_text(value, LONGEST_ID) and bool(value), "must be a text of 1 to 255 characters"),
    "email": (lambda value: is_text(value, LONGEST_EMAIL) and is_email(value), "must be an address of at most 254"),
    "phone": (lambda value: is_text(value, LONGEST_PHONE), "must be a text of at most 50 characters"),
    "anonymousId": (is_text, "must be a text"),
    "traits": (lambda value: isinstance(value, dict), "must be an object"),
}


def faults(api: VendorApi, person: object, *, needs_id: bool = True) -> dict[str, str]:
    """Return what is wrong with a sent person: a sentence for each field, nothing if it is valid."""
    if not isinstance(person, dict):
        return {"": "must be an object"}
    nulls = api.quirk("null_value") != "refused"
    strict = api.quirk("unknown_key") == "refused"
    found = {name: _fault(name, value, nulls=nulls, strict=strict) for name, value in person.items()}
    if needs_id and person.get("userId") is None:
        found["userId"] = "is required"
    traits = person.get("traits")
    if isinstance(traits, dict):
        found |= {f"traits.{name}": _trait_fault(name, value, nulls=nulls) for name, value in traits.items()}
    return {name: says for name, says in found.items() if says}


def _fault(name: str, value: object, *, nulls: bool, strict: bool) -> str:
    if name not in CHECKS:
        return "is not a field of a person" if strict else ""
    check, says = CHECKS[name]
    nullable = nulls and name not in ("userId", "traits")
    return "" if (nullable and value is None) or check(value) else says


def _trait_fault(name: str, value: object, *, nulls: bool) -> str:
    if not name:
        return "must have a name"
    if value is None:
        return "" if nulls else "must not be null"
    return "must be a text" if name in NAMED and not is_text(value) else ""


class Upsert:
    """One call that creates or updates people, already found valid.

    Args:
        api: The API whose people and quirks count.
        records: The people as sent.
    """

    def __init__(self, api: VendorApi, records: list[Document]) -> None:
        """Find everybody the records mention."""
        self._api = api
        self._records = records
        self._now = api.world.clock.iso()
        self._created: set[str] = set()
        self._touched: dict[str, Person] = {}
        keys = [("external_id", record["userId"]) for record in records]
        keys += [("email", folded(record["email"])) for record in records if record.get("email")]
        self._roster = Roster(api.people, keys)

    def run(self) -> tuple[list[Person], int]:
        """Merge all records; return the people in the order of the records, and how many of them are new.

        Raises:
            Refusal: An e-mail address belongs to somebody else, and that is not allowed.
        """
        for index, record in enumerate(self._records):
            person = self._match(record, index)
            merge(self._api, person.document, record, self._now)
            self._roster.keep(person)
            self._touched[person.id] = person
        self._roster.save()
        return list(self._touched.values()), len(self._created)

    def _match(self, record: Document, index: int) -> Person:
        own = self._roster.first("external_id", record["userId"])
        holder = self._roster.first("email", folded(record.get("email")))
        if holder is not None and holder is not own:
            own = self._collide(own, holder, index)
        if own is None:
            own = Person(self._api.world.ids.uuid(), {})
            own.document.update(blank(own.id, self._api.world.catalogues.get("flameup"), self._now))
            self._created.add(own.id)
        return own

    def _collide(self, own: Person | None, holder: Person, index: int) -> Person | None:
        says = "belongs to another person"
        variant = self._api.quirk("email_collision")
        if variant == "conflict_409":
            raise self._api.refuse(HTTPStatus.CONFLICT, f"people[{index}].email {says}")
        if variant == "refuse_422":
            raise self._api.refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"people[{index}].email {says}")
        return holder if variant == "merge" and own is None else own


def blank(person_id: str, catalogue: Document, now: str) -> Document:
    """Return the document of a person of whom nothing is known."""
    texts: Document = dict.fromkeys(("external_id", "email", *NAMED))
    times = dict.fromkeys(("created_at", "updated_at", "first_seen_at", "last_seen_at"), now)
    return {"id": person_id, **catalogue, **texts, "status": "active", "attributes": {}, **times}


def merge(api: VendorApi, document: Document, record: Document, now: str) -> None:
    """Merge a sent person into a stored one: what is not sent stays, and a top-level phone wins over traits."""
    removes = api.quirk("null_value") == "removed"
    if record.get("userId"):
        document["external_id"] = record["userId"]
    traits = record.get("traits") or {}
    for name, value in traits.items():
        if name in NAMED:
            document[name] = value
        elif value is None and removes:
            document["attributes"].pop(name, None)
        else:
            document["attributes"][name] = value
    document.update({name: record[name] for name in ("email", "phone") if name in record})
    document["updated_at"] = document["last_seen_at"] = now


def keys_of(document: Document) -> frozenset[Key]:
    """Return the keys a person is found by: external id and e-mail address."""
    keys = {"external_id": document["external_id"], "email": folded(document["email"])}
    return frozenset((kind, value) for kind, value in keys.items() if value)


def answered(api: VendorApi, document: Document) -> Document:
    """Return a person as an answer shows them, in the spelling in force."""
    if api.quirk("spelling") == "external_id_attributes":
        return document
    traits = {name: document[name] for name in NAMED if document[name] is not None}
    same = {name: document[name] for name in ("id", "workspace_id", "email", "created_at", "updated_at")}
    return same | {"userId": document["external_id"], "traits": traits | document["attributes"]}
