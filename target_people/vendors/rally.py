"""Rally UXR: ``POST /people/import``, an import job of which ``GET /imports/{id}`` tells the end.

Public API v1. Documentation, read in partial copies of 2026-11, below https://docs.rallyuxr.com/api-reference:
people/import-people, imports/gets-an-import-by-id, person-properties/get-a-person-property-by-id.

Documented: a person loses every custom property that another person of the same request has and this one lacks; null
overwrites a name; a COMPLETED import may have ``failedRecords``, by e-mail address or person id; a property by name and
type is created before the import starts; a number has at most 16 characters.
Inferred: 1,000 people a request, as for participants; ``GET /properties``, because its siblings are there; selects take
option names, because CSV files do; ``failedRecords`` has the address that was sent; DATETIME takes a date, because the
examples do, so a date-time becomes its date in UTC.
Unknown: what an absent ``isOptedOut`` does, so only people with equal keys go together; false could sign somebody up
again and is never sent; null may not clear a property, so only the documented removal does; whether a property that
nobody in a request has stays (the text says so, the word PUT in it does not).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from target_people.delivery.auth import Auth, Bearer
from target_people.delivery.contract import Access, Job, Limits, Vendor
from target_people.delivery.json import decode, encode
from target_people.delivery.message import Request
from target_people.delivery.settings import Optional, Secret, Text, VendorSettings, segment
from target_people.delivery.verdict import DELIVERED, Outcome, rejected
from target_people.errors import BatchRefused, ConfigurationError, RecordError
from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.code import Code
from target_people.people.converter import as_boolean, as_datetime_text, as_number_from_text, as_text, limited
from target_people.people.field import PersonField
from target_people.people.model import PeopleModel
from target_people.people.person import Person, Takes, WireField
from target_people.sinks import PeopleSink

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Mapping

    from target_people.delivery.batch import Batch
    from target_people.delivery.message import Flow, Response

_MISSING, _FORBIDDEN = frozenset({404}), frozenset({403})
_CREATED = ("NUMBER", "DATETIME", "BOOLEAN")


class RallySettings(VendorSettings):
    """The object ``rally`` of the configuration."""

    api_token: Secret = Field(description="API key of the workspace")
    identifier: Text = Field(default="email", description="email, phone, or the id of a unique custom property")
    population_id: Text | Optional = Field(default=None, description="Population that the people are put into")
    create_properties: bool = Field(default=False, description="Create missing custom properties, by column name")


class RallyPerson(Person):
    """One element of ``people``; https://docs.rallyuxr.com/api-reference/people/import-people."""

    model_config = ConfigDict(alias_generator=to_camel)
    external_id: Annotated[str | None, Takes((PersonField.EXTERNAL_ID,))] = None
    email: Annotated[str | None, Takes((PersonField.EMAIL,))] = None
    phone: Annotated[str | None, Takes((PersonField.PHONE,))] = None
    first_name: Annotated[str | None, Takes((PersonField.FIRST_NAME,), clearable=True)] = None
    last_name: Annotated[str | None, Takes((PersonField.LAST_NAME,), clearable=True)] = None
    is_opted_out: Annotated[bool | None, Takes((PersonField.OPTED_OUT,), lambda said: said or None)] = None
    last_contact_date: Annotated[str | None, Takes((PersonField.LAST_CONTACTED_ON,), str)] = None
    additional_emails: Annotated[list[str] | None, Takes((PersonField.ADDITIONAL_EMAILS,))] = None
    additional_phones: Annotated[list[str] | None, Takes((PersonField.ADDITIONAL_PHONES,))] = None


class Rally(Vendor[RallySettings, RallyPerson], PeopleModel):
    """People by e-mail address, phone or a unique custom property; custom properties by name or id."""

    name = "rally"
    title = "Rally UXR"
    settings_class = RallySettings
    person_class = RallyPerson
    constants = frozenset({"properties.propertyId", "properties.propertyType", "properties.name"})
    credentials = "rally.api_token"
    limits = Limits(people=1000, batch=500)

    def __init__(self, settings: RallySettings) -> None:
        """Know no property yet."""
        super().__init__(settings)
        self._properties: dict[str, dict[str, Any]] = {}

    @property
    def api_url(self) -> str:
        """One fixed host for everybody; the workspace follows from the token."""
        return self.settings.api_url or "https://api.rallyuxr.com/api/public/v1"

    @property
    def auth(self) -> Auth:
        """A key of the workspace."""
        return Bearer(self.settings.api_token)

    @property
    def identifier(self) -> PersonField:
        """What ``rally.identifier`` says; a custom property takes the external id."""
        known = {"email": PersonField.EMAIL, "phone": PersonField.PHONE}
        return known.get(self.settings.identifier, PersonField.EXTERNAL_ID)

    def fields(self) -> tuple[WireField, ...]:
        """All of them, but an external id only where a custom property identifies people."""
        return tuple(wire for wire in super().fields() if wire.name != "externalId" or self.identifier == "external_id")

    def attribute(self, name: str, column: ColumnType) -> Attribute | NotSent:
        """A custom property, by its name or id; missing ones are created when the settings say so."""
        known = self._properties.get(name)
        if known is None and not self.settings.create_properties:
            return NotSent(name, "GET /properties lists no property of that name")
        kind = {"integer": "NUMBER", "date": "DATETIME"}.get(column.kind, column.kind.upper())
        entry = known or {"name": name, "propertyType": kind if kind in _CREATED else "STRING"}
        form = {"propertyId": known["propertyId"]} if known else entry
        convert = _converter(entry)
        if convert is None or form.get("propertyId") == self.settings.identifier:
            return NotSent(name, "its property is of an undocumented type, or the identifier, which external_id fills")
        return Attribute(entry["name"], lambda value: {**form, "value": convert(value)}, clearable=True)

    def names(self, person: RallyPerson) -> tuple[str, ...]:
        """The identity as Rally may compare it, then the e-mail address, by which it names failures."""
        email = (person.email or "").lower()
        digits = "".join(filter(str.isdigit, person.phone or ""))
        own = {PersonField.EMAIL: email, PersonField.PHONE: digits}.get(self.identifier, person.external_id or "")
        return (own, email) if email else (own,)

    def shape(self, keys: frozenset[str]) -> Hashable:
        """People with unequal keys never share a request, or one would lose what another has."""
        return keys

    def encode(self, person: RallyPerson, keys: frozenset[str]) -> bytes:
        """A property that is to be cleared is left out: that clears it beside people who have it."""
        del keys
        sent = person.sent()
        entries = [entry for entry in person.attributes.values() if entry is not None]
        if "externalId" in sent:
            entries.append({"propertyId": self.settings.identifier, "value": sent.pop("externalId")})
        return encode({**sent, "properties": entries} if entries else sent)

    def prepare(self) -> Flow[None]:
        """Read the properties, page after page; a custom ``rally.identifier`` must be the id of a unique one."""
        if self.identifier is PersonField.EXTERNAL_ID:
            path = f"/properties/{segment(self.settings.identifier)}"
            if _object((yield Request("GET", path, expects=_MISSING))).get("isUnique") is not True:
                message = "rally.identifier must be email, phone, or the propertyId of a property with isUnique true"
                raise ConfigurationError(message)
        query: tuple[tuple[str, str], ...] = ()
        for _ in range(100):
            page = yield Request("GET", "/properties", query=query, expects=_MISSING)
            self._properties |= _catalogue(page.json())
            info = _object(page).get("pageInfo") or {}
            if not info.get("hasNextPage") or not info.get("endCursor"):
                break
            query = (("startCursor", str(info["endCursor"])),)

    def submit(self, batch: Batch) -> Flow[Job]:
        """https://docs.rallyuxr.com/api-reference/people/import-people."""
        head = {"identifierPropertyId": self.settings.identifier, "populationId": self.settings.population_id}
        given = encode({key: value for key, value in head.items() if value})
        body = given[:-1] + b',"people":[' + batch.bodies() + b"]}"
        job = _object((yield Request("POST", "/people/import", body))).get("importId")
        return Job(str(job) if job else None)

    def confirm(self, job: Job, batch: Batch) -> Flow[tuple[Outcome, ...] | None]:
        """https://docs.rallyuxr.com/api-reference/imports/gets-an-import-by-id; any other status means unfinished."""
        state = _object((yield Request("GET", f"/imports/{segment(job.id or '')}", expects=_MISSING)))
        if state.get("status") == "ERROR":
            raise BatchRefused(0, details={-1: "the import ended with the status ERROR"})
        if state.get("status") != "COMPLETED":
            return None
        failed = yield from self._failed(state, batch)
        count = state.get("personCount", len(batch) if isinstance(state.get("failedRecords"), list) else None)
        if not isinstance(count, int) or count < len(batch) - len(failed):
            raise BatchRefused(0, tuple(sorted(failed)), {-1: "the import does not account for everybody"})
        good = self._good(batch, failed)
        return tuple(rejected("vendor_refused") if at in failed else good for at in range(len(batch)))

    def check(self) -> Flow[Access]:
        """The cheapest documented call, and the catalogue; a key that may not list users may still import people."""
        answer = yield Request("GET", "/users", query=(("size", "1"),), expects=_FORBIDDEN)
        yield from self.prepare()
        note = "the key may not list users, which no load needs" if answer.status in _FORBIDDEN else ""
        return Access(len({entry["propertyId"] for entry in self._properties.values()}), note)

    def _failed(self, state: Mapping[str, Any], batch: Batch) -> Flow[set[int]]:
        """Positions of ``failedRecords``; a person id is traced only where the address identifies, so is not old."""
        addresses = ["".join(person.names[1:]) for person in batch]
        failed: set[int] = set()
        listed = state.get("failedRecords")
        for entry in listed if isinstance(listed, list) else ():
            found = entry if isinstance(entry, dict) else {}
            if "email" not in found and self.identifier is PersonField.EMAIL:
                path = f"/people/{segment(str(found.get('personId')))}/opted-out"
                found = _object((yield Request("GET", path, expects=_MISSING)))
            email = str(found.get("email") or "").strip().lower()
            if not email or addresses.count(email) != 1:
                raise BatchRefused(0, tuple(sorted(failed)), {-1: "a person failed whom Rally does not name"})
            failed.add(addresses.index(email))
        return failed

    def _good(self, batch: Batch, failed: set[int]) -> Outcome:
        """Delivered, unless everybody was to lose a property: the removal needs somebody in the request who has it."""
        left = {key.removeprefix("attributes.") for key in batch[0].keys if key.startswith("attributes.")}
        for at, person in enumerate(batch):
            if left and at not in failed:
                entries = decode(person.body).get("properties", ())
                left -= {self._properties.get(entry.get("propertyId"), entry).get("name") for entry in entries}
        return rejected("not_cleared", min(left)) if left else DELIVERED


class RallySink(PeopleSink):
    """One stream on its way to Rally."""

    vendor_class = Rally


def _object(answer: Response) -> dict[str, Any]:
    body = answer.json()
    return body if isinstance(body, dict) and answer.status not in _MISSING else {}


def _catalogue(body: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - whatever the vendor answered
    """The properties of one page by id and by name; bare, or in one of the usual wrappers."""
    wrapped = [body, *map(body.get, ("results", "properties", "data"))] if isinstance(body, dict) else [body]
    listed = next((part for part in wrapped if isinstance(part, list)), ())
    good = [entry for entry in listed if isinstance(entry, dict) and entry.get("propertyId") and entry.get("name")]
    return {entry["propertyId"]: entry for entry in good} | {entry["name"]: entry for entry in good}


def _converter(known: Mapping[str, Any]) -> Callable[[Any], Any] | None:
    """By the property's type; None for one that is not documented."""
    names = [option.get("name") for option in known.get("propertyOptions") or ()]
    converters: dict[object, Callable[[Any], Any]] = {
        "STRING": as_text,
        "LOCATION": as_text,
        "NUMBER": limited(as_number_from_text, 16),
        "DATETIME": lambda value: (as_datetime_text(value) or "")[: len("YYYY-MM-DD")],
        "BOOLEAN": as_boolean,
        "SINGLE_SELECT": lambda value: _chosen([value], names)[0],
        "MULTI_SELECT": lambda value: _chosen(value if isinstance(value, list) else [value], names),
    }
    return converters.get(known.get("propertyType"))


def _chosen(values: list[object], names: Collection[object]) -> list[str]:
    chosen = list(map(as_text, values))
    if names and not set(chosen) <= set(names):
        raise RecordError(Code.NOT_IN_LIST)
    return chosen
