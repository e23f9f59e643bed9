"""Rally's people and the values of their properties.

Documented: the property types, and that a number has at most 16 characters. Value forms are partly inferred.
Source: https://docs.rallyuxr.com/api-reference/person-properties/get-a-person-property-by-id
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from target_people.emulator.apis.fields import digits, folded, is_moment, is_number, is_text, is_texts

if TYPE_CHECKING:
    from target_people.emulator.people import Key
    from target_people.emulator.store import Document

TYPES = ("STRING", "NUMBER", "DATETIME", "BOOLEAN", "SINGLE_SELECT", "MULTI_SELECT", "LOCATION")
LONGEST_NUMBER = 16


def options(entry: Document, form: str) -> set[str]:
    """Return what a select property takes: option names, or option ids."""
    key = "name" if form == "name" else "propertyOptionId"
    return {option[key] for option in entry.get("propertyOptions", [])}


def fits(entry: Document, value: Any, form: str) -> bool:  # noqa: ANN401 - any JSON value
    """Tell whether ``value`` is of the type of the property ``entry``."""
    kind = entry["propertyType"]
    if kind == "NUMBER":
        return is_number(value) and len(msgspec.json.encode(value)) <= LONGEST_NUMBER
    if kind == "SINGLE_SELECT":
        return isinstance(value, str) and value in options(entry, form)
    if kind == "MULTI_SELECT":
        return is_texts(value) and set(value) <= options(entry, form)
    checks = {"BOOLEAN": lambda given: isinstance(given, bool), "DATETIME": is_moment}
    return bool(checks.get(kind, is_text)(value))


def blank(person_id: str, now: str) -> Document:
    """Return the document of a person of whom nothing is known."""
    empty: Document = dict.fromkeys(("email", "phone", "firstName", "lastName", "lastContactDate"))
    lists: Document = {name: [] for name in ("additionalEmails", "additionalPhones", "populationIds")}
    times = {"createdAt": now, "updatedAt": now}
    return {"personId": person_id, **empty, "isOptedOut": False, **lists, "properties": {}, **times}


def keys_of(document: Document, unique: list[str], *, fold: bool) -> frozenset[Key]:
    """Return the keys a person is found by: e-mail address, phone and unique properties."""
    email = folded(document["email"]) if fold else (document["email"] or "")
    values = {"email": email, "phone": digits(document["phone"])}
    values |= {name: str(document["properties"].get(name) or "") for name in unique}
    return frozenset((kind, value) for kind, value in values.items() if value)
