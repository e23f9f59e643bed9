"""Movement's targets: what makes a call malformed, what rejects a record, and how a record is merged.

Documented: ``external_id`` on every record, ``conflict_strategy``, custom fields of the kinds Text, Float and Date,
merging, and that ``reject`` applies to new records that share an e-mail address or a phone number.
Source: https://developers.yourmovement.org/reference/post_targets_bulk_upsert-1
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_people.emulator.apis.fields import digits, folded, is_date, is_email, is_number, is_text
from target_people.emulator.people import Person
from target_people.emulator.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.emulator.apis.base import VendorApi
    from target_people.emulator.store import Document

STRATEGIES = ("reject", "ignore")
KINDS: dict[str, Callable[[object], bool]] = {"Text": is_text, "Float": is_number, "Date": is_date}
BUILT_IN = ("external_id", "first_name", "last_name", "email", "phone_number")
LOGIN_KEYS = ("create_user", "create_user_role_slugs")
SUBSCRIPTION = re.compile(r"subscription_(?:email|sms|phone|whatsapp)(?:_\w+)?")
Rule = tuple["Callable[[object], bool] | None", str]
"""What a key's value has to be, and what to say if it is not; None for a key that is ignored."""
FLAGS = (True, False, "y", "n")


def call_fault(body: Document) -> str | None:
    """Return what makes the whole call malformed, or None."""
    records = body.get("records")
    checks = {
        "csv_url is not emulated": "csv_url" not in body,
        "records must be an array of objects": isinstance(records, list)
        and all(isinstance(record, dict) for record in records),
        "conflict_strategy must be reject or ignore": body.get("conflict_strategy", "reject") in STRATEGIES,
    }
    return next((fault for fault, passed in checks.items() if not passed), None)


def blank_external_id(record: Document) -> bool:
    """Tell whether a record has no external id, or one that is no text."""
    value = record.get("external_id")
    return not isinstance(value, str) or not value.strip()


class Upsert:
    """One bulk upsert.

    Args:
        api: The API whose people, custom fields and quirks count.
        records: The records as sent.
        strategy: ``reject`` or ``ignore``.
    """

    def __init__(self, api: VendorApi, records: list[Document], strategy: str) -> None:
        """Find everybody the records mention."""
        self._api = api
        self._records = records
        self._rejects = strategy == "reject"
        fields = api.world.catalogues.get("movement")["custom_fields"]
        self._kinds = {field["slug"]: field["kind"] for field in fields}
        self._nulls = api.quirk("null_value")
        self._unknown_ignored = api.quirk("unknown_slug") == "ignored"
        self._first_only = api.quirk("duplicates") == "first"
        self._roster = Roster(api.people, (key for record in records for key in _keys(record)))
        self._seen: set[str] = set()
        self._rules: dict[str, Rule] = {}
        self._outcome: Document = {"created": 0, "updated": 0, "errors": []}

    def run(self) -> Document:
        """Merge all records in order; return ``created``, ``updated`` and ``errors``, one entry for each rejected."""
        for record in self._records:
            external_id = record.get("external_id")
            errors = self._errors(record)
            if errors:
                self._outcome["errors"].append({"external_id": external_id, "errors": errors})
            elif external_id not in self._seen or not self._first_only:
                self._merge(record)
            self._seen.add(str(external_id))
        self._roster.save()
        return self._outcome

    def _errors(self, record: Document) -> list[str]:
        if blank_external_id(record):
            return ["external_id is missing"]
        errors = [found for name, value in record.items() if (found := self._error(name, value))]
        if errors or not self._rejects or self._roster.holders("external_id", record["external_id"]):
            return errors
        return [f"{kind} is already taken" for kind, value in _keys(record) if self._roster.holders(kind, value)]

    def _error(self, name: str, value: object) -> str | None:
        if value is None:
            return f"{name} must not be null" if self._nulls == "rejected" else None
        check, says = self._rule(name)
        return None if check is None or check(value) else f"{name} {says}"

    def _rule(self, name: str) -> Rule:
        if name not in self._rules:
            self._rules[name] = self._new_rule(name)
        return self._rules[name]

    def _new_rule(self, name: str) -> Rule:
        kind = self._kinds.get(name)
        if kind is not None:
            return KINDS[kind], f"is not a valid {kind}"
        if name in BUILT_IN:
            return is_email if name == "email" else is_text, "is invalid"
        if name in LOGIN_KEYS or SUBSCRIPTION.fullmatch(name):
            return lambda value: name in LOGIN_KEYS or value in FLAGS, "is not a flag"
        return None if self._unknown_ignored else lambda _: False, "is not a custom field"

    def _merge(self, record: Document) -> None:
        person = self._roster.first("external_id", record["external_id"])
        if person is None:
            number = self._api.world.ids.number("movement_target")
            person = Person(str(number), {"id": number})
            self._outcome["created"] += 1
        else:
            self._outcome["updated"] += 1
        for name, value in record.items():
            ignored = value is None and self._nulls == "ignored"
            if self._rule(name)[0] is not None and not ignored:
                person.document[name] = value
        self._roster.keep(person)


def _keys(record: Document) -> list[tuple[str, str]]:
    external_id = record.get("external_id")
    email, phone = folded(record.get("email")), digits(record.get("phone_number"))
    keys = (("external_id", external_id), ("email", email), ("phone_number", phone))
    return [(kind, value) for kind, value in keys if isinstance(value, str) and value]
