"""Rally's import: what of a request is refused at once, and what the import job then does with each person.

Documented: the body, the identifiers, property entries by id or by name and type (missing ones are created before the
import starts), PUT-like removal across the people of one request, and that a record with somebody else's e-mail
address fails when the identifier is another. Everything else is inferred or a quirk.
Source: https://docs.rallyuxr.com/api-reference/people/import-people
"""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING

from target_people.emulator.apis.fields import is_email, is_moment, is_text, is_texts
from target_people.emulator.apis.rally_people import TYPES, blank, fits
from target_people.emulator.people import Key, Person
from target_people.emulator.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.emulator.apis.base import VendorApi
    from target_people.emulator.store import Document

MOST_PEOPLE = 1_000
FORMS = ({"propertyId", "value"}, {"name", "propertyType", "value"})


def _is_name(value: object) -> bool:
    return value is None or is_text(value)


BUILT_IN: dict[str, Callable[[object], bool]] = {
    "email": is_text,
    "phone": is_text,
    "firstName": _is_name,
    "lastName": _is_name,
    "isOptedOut": lambda value: isinstance(value, bool),
    "lastContactDate": is_text,
    "additionalEmails": is_texts,
    "additionalPhones": is_texts,
    "properties": lambda value: isinstance(value, list),
}


class ImportCheck:
    """What makes the whole request a 400: its form. The content of a record only ever fails that record."""

    def __init__(self, api: VendorApi) -> None:
        """Take the API whose catalogue and quirks count."""
        self._api = api

    def check(self, body: Document) -> None:
        """Refuse a request that does not have the documented form.

        Raises:
            Refusal: It has not; the message says where.
        """
        people = body.get("people")
        if not isinstance(people, list):
            raise self._api.refuse(HTTPStatus.BAD_REQUEST, "people must be an array")
        if len(people) > MOST_PEOPLE:
            status = int(self._api.quirk("over_cap"))
            raise self._api.refuse(status, f"people must have at most {MOST_PEOPLE} elements")
        self._check_settings(body)
        for index, person in enumerate(people):
            fault = self._fault(person)
            if fault:
                raise self._api.refuse(HTTPStatus.BAD_REQUEST, f"people.{index}{fault}")

    def _check_settings(self, body: Document) -> None:
        catalogue = self._api.world.catalogues.get("rally")
        unique = {entry["propertyId"] for entry in catalogue["properties"] if entry["isUnique"]}
        if body.get("identifierPropertyId", "email") not in ("email", "phone", *unique):
            message = "identifierPropertyId must be email, phone or the id of a unique property"
            raise self._api.refuse(HTTPStatus.BAD_REQUEST, message)
        populations = [entry["populationId"] for entry in catalogue["populations"]]
        if "populationId" in body and body["populationId"] not in populations:
            raise self._api.refuse(HTTPStatus.BAD_REQUEST, "populationId is not a population of this workspace")
        unknown = set(body) - {"people", "identifierPropertyId", "populationId"}
        if unknown and self._api.quirk("unknown_key") == "refused":
            raise self._api.refuse(HTTPStatus.BAD_REQUEST, f"{min(unknown)} is not a key of this request")

    def _fault(self, person: object) -> str | None:
        if not isinstance(person, dict):
            return ": must be an object"
        for name, value in person.items():
            known = BUILT_IN.get(name)
            if known is None and self._api.quirk("unknown_key") == "refused":
                return f".{name}: is not a key of a person"
            if known is not None and not known(value):
                return f".{name}: has the wrong type"
        faults = (_entry_fault(index, entry) for index, entry in enumerate(person.get("properties", ())))
        return next(filter(None, faults), None)


def _entry_fault(index: int, entry: object) -> str | None:
    if not isinstance(entry, dict) or set(entry) not in FORMS:
        return f".properties.{index}: must have propertyId and value, or name, propertyType and value"
    if "propertyType" in entry and entry["propertyType"] not in TYPES:
        return f".properties.{index}.propertyType: must be one of {', '.join(TYPES)}"
    if not is_text(entry.get("propertyId", entry.get("name"))):
        return f".properties.{index}: propertyId and name must be texts"
    return None


class Import:
    """One import job.

    Args:
        api: The API whose people, catalogue and quirks count.
        body: The request, as checked by :class:`ImportCheck`.
        ensure: Returns the property with a name, creating it with a type if there is none.
    """

    def __init__(self, api: VendorApi, body: Document, ensure: Callable[[str, str], Document]) -> None:
        """Resolve the property entries and find the people concerned."""
        self._api = api
        self._identifier: str = body.get("identifierPropertyId", "email")
        self._population: str | None = body.get("populationId")
        self._records: list[Document] = body["people"]
        self._custom = [_by_id(record, ensure) for record in self._records]
        self._columns = {name for custom in self._custom for name in custom}
        properties = api.world.catalogues.get("rally")["properties"]
        self._properties = {entry["propertyId"]: entry for entry in properties}
        self._unique = [name for name, entry in self._properties.items() if entry["isUnique"]]
        self._now = api.world.clock.iso()
        keys = [self._keys(record, custom) for record, custom in zip(self._records, self._custom, strict=True)]
        self._own = [dict(found).get(self._identifier) for found in keys]
        self._times = Counter(self._own)
        used = reversed(self._own) if api.quirk("duplicates") == "first" else self._own
        at = range(len(keys) - 1, -1, -1) if api.quirk("duplicates") == "first" else range(len(keys))
        self._used = dict(zip(used, at, strict=True))
        self._roster = Roster(api.people, {key for found in keys for key in found})

    def run(self) -> Document:
        """Do the import; return ``imported``, a count, and ``failed``, an identity for each failed record."""
        failed = []
        for index, record in enumerate(self._records):
            own = self._own[index]
            person = self._roster.first(self._identifier, own) if own else None
            if own is None or not self._passes(index, person):
                failed.append(self._identity(record, person))
            elif self._used[own] == index:
                self._apply(index, person)
        self._roster.save()
        return {"imported": len(self._records) - len(failed), "failed": failed}

    def _keys(self, record: Document, custom: Document) -> list[Key]:
        document = {"email": record.get("email"), "phone": record.get("phone"), "properties": custom}
        return list(self._api.keys_of(document))

    def _passes(self, index: int, person: Person | None) -> bool:
        record, custom = self._records[index], self._custom[index]
        if self._api.quirk("duplicates") == "both_fail" and self._times[self._own[index]] > 1:
            return False
        if "email" in record and not is_email(record["email"]):
            return False
        if not is_moment(record.get("lastContactDate", "2000-01-01")):
            return False
        return self._values_fit(custom) and not self._taken(record, custom, person)

    def _values_fit(self, custom: Document) -> bool:
        form = self._api.quirk("select_value")
        nulls = self._api.quirk("null_value") == "clears"
        for name, value in custom.items():
            entry = self._properties.get(name)
            if entry is None or not (nulls if value is None else fits(entry, value, form)):
                return False
        return True

    def _taken(self, record: Document, custom: Document, person: Person | None) -> bool:
        unique = {"email", *self._unique} - {self._identifier}
        keys = [(kind, value) for kind, value in self._keys(record, custom) if kind in unique]
        return any(self._roster.others(kind, value, person) for kind, value in keys)

    def _apply(self, index: int, person: Person | None) -> None:
        if person is None:
            identity = self._api.world.ids.cuid()
            person = Person(identity, blank(identity, self._now))
        record, document = self._records[index], person.document
        document.update({name: value for name, value in record.items() if name in BUILT_IN and name != "properties"})
        if self._api.quirk("absent_names") == "clear":
            document.update({name: record.get(name) for name in ("firstName", "lastName")})
        if document["lastContactDate"]:
            document["lastContactDate"] = document["lastContactDate"][:10]
        if self._population and self._population not in document["populationIds"]:
            document["populationIds"].append(self._population)
        document["updatedAt"] = self._now
        self._put_properties(document, self._custom[index])
        self._roster.keep(person)

    def _put_properties(self, document: Document, custom: Document) -> None:
        strict = self._api.quirk("put_scope") == "strict_put"
        kept = {} if strict else {k: v for k, v in document["properties"].items() if k not in self._columns}
        document["properties"] = kept | {name: value for name, value in custom.items() if value is not None}

    def _identity(self, record: Document, person: Person | None) -> Document:
        person_id = person.id if person else self._api.world.ids.cuid()
        return {"personId": person_id, "email": record.get("email")}


def _by_id(record: Document, ensure: Callable[[str, str], Document]) -> Document:
    """Return the custom properties of a record by property id."""
    found = {}
    for entry in record.get("properties", ()):
        named = "propertyId" not in entry
        name = ensure(entry["name"], entry["propertyType"])["propertyId"] if named else entry["propertyId"]
        found[name] = entry["value"]
    return found
