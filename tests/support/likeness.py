"""Whether what a vendor holds about a person is what the database says.

Each vendor spells a value its own way (``07700 900123`` is ``447700900123`` at one and ``+447700900123`` at another),
so both sides are read back into what they mean, by the column they belong to.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import phonenumbers

if TYPE_CHECKING:
    from collections.abc import Callable

Document = dict[str, Any]

IDENTITY = {
    "rally": "email",
    "flameup": "customer_id",
    "movement": "customer_id",
    "xtremepush": "customer_id",
    "propeller": "customer_id",
}
"""Vendor → the column that tells people apart there."""

ATTRIBUTES = ("plan", "seats", "lifetime_value", "vip", "signed_up_at", "city", "notes")
"""Custom fields that the emulator's accounts have at every vendor."""

LISTS = ("tags", "address")
"""Custom fields that hold a list or an object, where the vendor has them."""

PLACES: dict[str, dict[str, str]] = {
    "rally": {
        "email": "email",
        "phone": "phone",
        "first_name": "firstName",
        "last_name": "lastName",
        **{name: f"properties.{name}" for name in (*ATTRIBUTES, *LISTS, "customer_id")},
    },
    "flameup": {
        **{name: name for name in ("email", "phone", "first_name", "last_name", "timezone", "locale")},
        **{name: f"attributes.{name}" for name in (*ATTRIBUTES, *LISTS)},
        **{
            name: f"attributes.{name}"
            for name in ("mobile", "gender", "date_of_birth", "language", "country", "company")
        },
        "updated_at": "attributes.updated_at",
        "customer_id": "external_id",
    },
    "movement": {
        **{name: name for name in ("email", "first_name", "last_name", "language", "country", *ATTRIBUTES, *LISTS)},
        "customer_id": "external_id",
        "phone": "phone_number",
        "email_opt_in": "subscription_email",
        "sms_opt_in": "subscription_sms",
    },
    "xtremepush": {
        **{name: name for name in ("email", "first_name", "last_name", "language", "timezone", "country")},
        **{name: name for name in (*ATTRIBUTES, *LISTS)},
        "customer_id": "user_id",
        "mobile": "mobile_number",
        "email_opt_in": "email_subscription",
        "sms_opt_in": "sms_subscription",
    },
    "propeller": {
        "customer_id": "sourceId",
        "email": "email",
        "phone": "phone",
        "mobile": "mobile",
        "gender": "gender",
        "first_name": "firstName",
        "last_name": "lastName",
        "date_of_birth": "dateOfBirth",
        "language": "primaryLanguage",
        "company": "parent.sourceId",
    },
}
"""Vendor → column → where its value stands in the vendor's document, dots standing for steps.

Propeller's bulk contacts have no custom attributes; Flameup has no fields for consent.
"""

INSTEAD = {("xtremepush", "mobile"): "phone"}
"""Vendor and column → the column that goes in its place when it is null."""

ABSENT = {("propeller", "company"): "company-1"}
"""Vendor and column → what the settings put in the place of a null."""

DAYS = {("rally", "signed_up_at"), ("movement", "signed_up_at")}
"""Vendor and column → the vendor takes the day (in UTC) and no time."""


def _phone(value: str | int) -> str:
    """Digits after the plus; numbers that a vendor keeps as bare digits are international already."""
    text = str(value)
    region = None if text.isdigit() and not text.startswith("0") else "GB"
    parsed = phonenumbers.parse(text if region else f"+{text}", region)
    return f"{parsed.country_code}{parsed.national_number}"


def _flag(value: object) -> bool:
    return {"true": True, "1": True, "y": True, "false": False, "0": False, "n": False}[str(value).lower()]


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(value: str) -> date:
    day, slash, rest = value.partition("/")
    return date.fromisoformat("-".join([*reversed(rest.split("/")), day])) if slash else date.fromisoformat(value[:10])


def _parsed(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


MEANING: dict[str, Callable[[Any], object]] = {
    **dict.fromkeys(("phone", "mobile"), _phone),
    **dict.fromkeys(("seats", "lifetime_value"), lambda value: Decimal(str(value))),
    **dict.fromkeys(("vip", "email_opt_in", "sms_opt_in"), _flag),
    **dict.fromkeys(("signed_up_at", "updated_at"), _moment),
    **dict.fromkeys(LISTS, _parsed),
    "date_of_birth": _date,
    "gender": lambda value: value[0].lower(),
    "language": str.lower,
}
"""Column → how its value is read; texts as they stand."""


def differences(vendor: str, documents: dict[str, Document], rows: dict[str, Document]) -> list[str]:
    """Return one line for each person and column in which a vendor and the database differ.

    Args:
        vendor: Whose documents they are.
        documents: Identity → what the vendor holds.
        rows: Any key → row of the database.
    """
    expected = {row[IDENTITY[vendor]]: row for row in rows.values()}
    found = [f"{identity}: missing" for identity in expected.keys() - documents.keys()]
    found += [f"{identity}: not in the database" for identity in documents.keys() - expected.keys()]
    for identity in expected.keys() & documents.keys():
        for column, place in PLACES[vendor].items():
            wanted, held = _wanted(vendor, column, expected[identity]), _at(documents[identity], place)
            if wanted != _meant(vendor, column, held):
                found.append(f"{identity}: {column} is held as {held!r}, should mean {wanted!r}")
    return sorted(found)


def _wanted(vendor: str, column: str, row: Document) -> object:
    value = row[column]
    if value is None and (vendor, column) in INSTEAD:
        value = row[INSTEAD[vendor, column]]
    return ABSENT.get((vendor, column)) if value is None else _meant(vendor, column, value)


def _meant(vendor: str, column: str, value: object) -> object:
    if value is None:
        return None
    meaning = MEANING[column](value) if column in MEANING else value
    return meaning.date() if (vendor, column) in DAYS and isinstance(meaning, datetime) else meaning


def _at(document: Document, place: str) -> object:
    held: Any = document
    for step in place.split("."):
        held = (held or {}).get(step)
    return held
