"""Xtremepush's profile import: what makes a call a 400, what makes a row bad, and how a row is merged.

Documented: columns and rows, the subscription column beside each address, attribute types, strings of at most 101
characters, arrays passed as JSON text, 10,000 rows recommended. Merging by listed columns is inferred.
Sources: https://docs.xtremepush.com/reference/user-profile-import , https://docs.xtremepush.com/docs/attributes-tags
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from target_people.emulator.apis.fields import folded, is_date, is_email, is_number, is_text
from target_people.emulator.people import Person
from target_people.emulator.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.emulator.apis.base import VendorApi
    from target_people.emulator.store import Document

IDENTITIES = ("user_id", "device_id", "email")
SUBSCRIPTIONS = {
    "email": "email_subscription",
    "mobile_number": "sms_subscription",
    "whatsapp_number": "whatsapp_subscription",
}
Column = tuple[int, str, "Callable[[object], bool]"]
"""A known column: its position, its name, and the check of its values."""
LONGEST_TEXT = 101
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
DATE_TIME = re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})(?: [+-]\d{2}:\d{2})?")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(value: object) -> bool:
    return is_text(value) or _is_whole(value)


def _is_flag(value: object) -> bool:
    return _is_whole(value) and value in (0, 1)


def _is_mobile(value: object) -> bool:
    return _is_id(value) and re.fullmatch(r"\d{5,15}", str(value)) is not None


def _is_numeric(value: object) -> bool:
    return is_number(value) or (isinstance(value, str) and NUMBER.fullmatch(value) is not None)


def _is_date_time(value: object) -> bool:
    found = DATE_TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return is_date(value)
    try:
        datetime.fromisoformat(found[1])
    except ValueError:
        return False
    return True


def _is_json_list_or_object(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return isinstance(msgspec.json.decode(value), list | dict)
    except msgspec.DecodeError:
        return False


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool) or _is_flag(value)


def _is_short_text(value: object) -> bool:
    return is_text(value, LONGEST_TEXT)


TYPES: dict[str, Callable[[object], bool]] = {
    "String": _is_short_text,
    "Number": _is_numeric,
    "Integer": _is_whole,
    "Date": _is_date_time,
    "Array": _is_json_list_or_object,
    "Boolean": _is_boolean,
}
RESERVED: dict[str, Callable[[object], bool]] = {
    "user_id": _is_id,
    "device_id": _is_id,
    "email": is_email,
    "mobile_number": _is_mobile,
    "whatsapp_number": _is_mobile,
    **dict.fromkeys(SUBSCRIPTIONS.values(), _is_flag),
    **dict.fromkeys(("language", "timezone", "country", "region"), _is_short_text),
}


def checks_of(attributes: list[Document]) -> dict[str, Callable[[object], bool]]:
    """Return the check of each known column: the reserved ones and the attributes of the project."""
    own = {entry["key"]: TYPES[entry["type"]] for entry in attributes}
    return own | RESERVED


def call_fault(body: Document) -> str | None:
    """Return what makes the whole call a 400, or None."""
    columns, rows = body.get("columns"), body.get("rows")
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        return "columns: must be an array of texts"
    if not isinstance(rows, list) or not rows:
        return "rows: must be an array of rows"
    if body.get("async", 0) not in (0, 1):
        return "async: must be 0, 1, true or false"
    return _columns_fault(columns) or _rows_fault(rows, len(columns))


def _columns_fault(columns: list[str]) -> str | None:
    if len(set(columns)) < len(columns):
        return "columns: a column occurs twice"
    if not set(IDENTITIES) & set(columns):
        return "columns: user_id is missing"
    for address, subscription in SUBSCRIPTIONS.items():
        if address in columns and subscription not in columns:
            return f"columns: {address} needs {subscription} beside it"
    return None


def _rows_fault(rows: list[object], width: int) -> str | None:
    for index, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != width:
            return f"rows[{index}]: must be an array with one value for each column"
    return None


@dataclass(slots=True)
class Import:
    """One profile import, already found well-formed.

    Attributes:
        api: The API whose people, attributes and quirks count.
        columns: The columns.
        rows: The rows.
        bad: After :meth:`run`, what is wrong with each bad row, by its position.
    """

    api: VendorApi
    columns: list[str]
    rows: list[list[object]]
    bad: dict[int, tuple[str, str]] = field(default_factory=dict)

    def run(self) -> None:
        """Merge the good rows in order; nothing when a bad row spoils the whole import."""
        checks = checks_of(self.api.world.catalogues.get("xtremepush")["attributes"])
        known = [(at, name, checks[name]) for at, name in enumerate(self.columns) if name in checks]
        for index, row in enumerate(self.rows):
            fault = self._fault(row, known)
            if fault:
                self.bad[index] = fault
        if not (self.bad and self.api.quirk("row_errors") == "all_or_nothing"):
            self._merge(known)

    def _fault(self, row: list[object], known: list[Column]) -> tuple[str, str] | None:
        if self._identity(row) is None:
            return self.columns[0], "the row names no profile"
        for at, name, check in known:
            if not _is_blank(row[at], check) and not check(row[at]):
                return name, "not a valid value"
        return None

    def _identity(self, row: list[object]) -> tuple[str, str] | None:
        for kind in IDENTITIES:
            value = row[self.columns.index(kind)] if kind in self.columns else None
            if value not in (None, ""):
                return kind, folded(value) if kind == "email" else str(value)
        return None

    def _merge(self, known: list[Column]) -> None:
        owners = [self._identity(row) for row in self.rows]
        roster = Roster(self.api.people, (owner for owner in owners if owner is not None))
        for index, owner in enumerate(owners):
            if owner is not None and index not in self.bad:
                person = roster.first(*owner) or self._new()
                self._put(person.document, known, self.rows[index])
                roster.keep(person)
        roster.save()

    def _new(self) -> Person:
        number = self.api.world.ids.number("xtremepush_profile")
        return Person(str(number), {"id": number})

    def _put(self, document: Document, known: list[Column], row: list[object]) -> None:
        clears = self.api.quirk("null_value") == "clears"
        for at, name, check in known:
            value = row[at]
            if not _is_blank(value, check):
                document[name] = str(value) if name in ("user_id", "device_id", "mobile_number") else value
            elif clears:
                document.pop(name, None)


def _is_blank(value: object, check: Callable[[object], bool]) -> bool:
    """Tell whether a value stands for none: a null, or an empty text in a column that is not text."""
    return value is None or (value == "" and check is not _is_short_text)
