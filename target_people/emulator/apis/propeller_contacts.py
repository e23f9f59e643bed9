"""Propeller's contacts: the strict schema of the bulk calls, and how a contact is created or updated.

Documented: the fields, error codes 10007 and 10016 with a JSON pointer, the directives, that an omitted field stays.
Sources: https://docs.propeller-commerce.com/rest-v2/bulk-contacts-by-source-id ,
https://docs.propeller-commerce.com/rest-v2/core-concepts/directives
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from target_people.emulator.apis.fields import is_email, is_text
from target_people.emulator.people import Person
from target_people.emulator.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_people.emulator.apis.base import VendorApi
    from target_people.emulator.store import Document

OPERATIONS = ("skipIfNotEmpty", "skipMoveOnUpdate", "skipCreate", "mergeTranslationsOnUpdate")
DAY_FIRST = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def is_whole(value: object) -> bool:
    """Tell whether ``value`` is a whole number; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(value: object) -> bool:
    return is_text(value) or is_whole(value)


def _is_language(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2}", value) is not None


def _is_parent(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    if set(value) == {"id"}:
        return is_whole(value["id"])
    return set(value) == {"source", "sourceId"} and is_text(value["source"]) and _is_id(value["sourceId"])


TEXTS = ("source", "firstName", "middleName", "lastName", "abbreviation", "title", "phone", "mobile", "dateOfBirth")
FIELDS: dict[str, tuple[Callable[[object], bool], str]] = {
    **dict.fromkeys(TEXTS, (is_text, "expected type: String")),
    "id": (is_whole, "expected type: Integer"),
    "sourceId": (_is_id, "expected type: String"),
    "debtorId": (_is_id, "expected type: String"),
    "parent": (_is_parent, "must be an object with id, or with source and sourceId"),
    "email": (is_email, "is not a valid email address"),
    "gender": (lambda value: value in ("m", "f", "u", "M", "F", "U"), "is not a valid enum value"),
    "language": (_is_language, "is not an ISO 639-1 code"),
    "primaryLanguage": (_is_language, "is not an ISO 639-1 code"),
}


def born(text: str, form: str) -> date | None:
    """Return the day of birth, or None if the text is not of the form: ``day_first``, ``iso`` or ``both``."""
    day_first = DAY_FIRST.fullmatch(text) if form != "iso" else None
    year_first = YEAR_FIRST.fullmatch(text) if form != "day_first" else None
    parts = [*reversed(day_first.groups())] if day_first else [*year_first.groups()] if year_first else []
    try:
        return date(*map(int, parts)) if parts else None
    except ValueError:
        return None


def violations(api: VendorApi, contacts: list[object]) -> Iterator[tuple[str, str]]:
    """Yield a JSON pointer and a sentence for everything the schema does not permit."""
    for index, contact in enumerate(contacts):
        pointer = f"#/contacts/{index}"
        if isinstance(contact, dict):
            yield from _contact_violations(api, pointer, contact)
        else:
            yield pointer, "expected type: JSONObject"


def _contact_violations(api: VendorApi, pointer: str, contact: Document) -> Iterator[tuple[str, str]]:
    for name, value in contact.items():
        if name not in FIELDS:
            yield pointer, f"extraneous key [{name}] is not permitted"
        elif fault := _value_fault(api, name, value):
            yield f"{pointer}/{name}", fault


def _value_fault(api: VendorApi, name: str, value: object) -> str | None:
    if value is None:
        return "expected type: String, found: Null" if api.quirk("null_value") == "refused" else None
    check, says = FIELDS[name]
    if not check(value):
        return says
    if name == "dateOfBirth" and born(str(value), api.quirk("date_of_birth")) is None:
        return "is not a valid date"
    return None


def directives_of(given: object) -> dict[str, list[str]] | None:
    """Return the directives by operation, from either published form, or None if it is neither."""
    if isinstance(given, dict):
        given = [{"operation": name, "fields": fields} for name, fields in given.items()]
    if not isinstance(given, list) or not all(_is_directive(one) for one in given):
        return None
    return {one["operation"]: one.get("fields", []) for one in given}


def _is_directive(one: object) -> bool:
    known = isinstance(one, dict) and set(one) <= {"operation", "fields"} and one.get("operation") in OPERATIONS
    return known and isinstance(one, dict) and isinstance(one.get("fields", []), list)


class Upsert:
    """One bulk call, already found valid.

    Args:
        api: The API whose people, companies and quirks count.
        contacts: The contacts as sent.
        lookup: ``id`` or ``sourceId``.
        directives: What not to do, by operation.
    """

    def __init__(self, api: VendorApi, contacts: list[Document], lookup: str, directives: dict[str, list[str]]) -> None:
        """Find the contacts and companies concerned."""
        self._api = api
        self._contacts = contacts
        self._lookup = lookup
        self._directives = directives
        self._now = api.world.clock.iso()
        self._roster = Roster(api.people, [self._key(contact) for contact in contacts])
        companies = api.world.catalogues.get("propeller")["companies"]
        self._companies = {str(company["id"]): company for company in companies}
        self._companies |= {f"{company['source']}\n{company['sourceId']}": company for company in companies}

    def run(self) -> list[Document]:
        """Do it, in order; return one element for each contact, with ``fault`` where it failed."""
        done = [self._one(contact) for contact in self._contacts]
        self._roster.save()
        return done

    def _key(self, contact: Document) -> tuple[str, str]:
        if self._lookup == "id":
            return "id", str(contact["id"])
        return "source", f"{contact['source']}\n{contact['sourceId']}"

    def _one(self, contact: Document) -> Document:
        person = self._roster.first(*self._key(contact))
        text = self._api.quirk("key_form") == "string"
        key = contact[self._lookup]
        element = {"action": "update" if person else "create", "key": str(key) if text else key}
        element |= {"lookupKey": self._lookup, "success": True}
        fault = self._fault(contact, person)
        if fault:
            return element | {"success": False, "fault": fault}
        if person is None and "skipCreate" in self._directives:
            return element | {"action": "skip"}
        person = person or self._new(contact)
        self._merge(person.document, contact)
        self._roster.keep(person)
        return element | {"id": int(person.id)}

    def _fault(self, contact: Document, person: Person | None) -> str | None:
        parent = contact.get("parent")
        if parent is None and person is None and "skipCreate" not in self._directives:
            return "parent is required"
        if parent is not None and self._company(parent) is None:
            return "parent not found"
        unknown_id = person is None and self._lookup == "id" and self._api.quirk("unknown_id") == "fails"
        return f"Contact with id [{contact['id']}] not found" if unknown_id else None

    def _company(self, parent: Document) -> Document | None:
        key = str(parent["id"]) if "id" in parent else f"{parent['source']}\n{parent['sourceId']}"
        return self._companies.get(key)

    def _new(self, contact: Document) -> Person:
        given = contact["id"] if self._lookup == "id" else None
        number = given or self._free_number()
        times = {"dateCreated": self._now, "dateModified": self._now}
        return Person(str(number), {"id": number, **times})

    def _free_number(self) -> int:
        number = self._api.world.ids.number("propeller_contact")
        while self._roster.holders("id", str(number)) or self._api.people.by_id([str(number)]):
            number = self._api.world.ids.number("propeller_contact")
        return number

    def _merge(self, document: Document, contact: Document) -> None:
        kept = {name for name in self._directives.get("skipIfNotEmpty", []) if document.get(name) not in (None, "")}
        if "skipMoveOnUpdate" in self._directives and "parent" in document:
            kept.add("parent")
        clears = self._api.quirk("null_value") == "clears"
        for name, value in contact.items():
            if name not in kept and name != "id" and (value is not None or clears):
                document[name] = value
        document["dateModified"] = self._now
