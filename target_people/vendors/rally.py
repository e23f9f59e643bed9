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
nobody in a request has stays (the text says so, the word PUT in it does not); what an ERROR leaves behind.
Reading back, inferred from two documented calls: ``GET /people/{email}/opted-out`` gives one id each, ``POST
/people/search`` the values; a custom identifier is searched for itself; by phone there is no way.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from target_people.delivery import reading
from target_people.delivery.auth import Auth, Bearer
from target_people.delivery.contract import Access, Job, Limits, Vendor
from target_people.delivery.json import decode, encode
from target_people.delivery.message import Request
from target_people.delivery.settings import Optional, Secret, Text, VendorSettings, segment
from target_people.delivery.verdict import DELIVERED, Outcome, rejected
from target_people.errors import ConfigurationError, JobFailed
from target_people.people import converter
from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.field import PersonField
from target_people.people.likeness import Likeness
from target_people.people.model import PeopleModel
from target_people.people.person import Person, Takes, WireField, wire_names
from target_people.sinks import PeopleSink

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from target_people.delivery.batch import Batch, Outgoing
    from target_people.delivery.message import Flow

_CUSTOM = "CUSTOM_PROPERTY"
_TEST = {"propertyGroup": _CUSTOM, "propertyName": _CUSTOM, "propertyType": "STRING", "operator": "IS"}
_IN, _FORBIDDEN = "in the population", frozenset({403})
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


_SEARCHED = MappingProxyType({key: name.upper().removeprefix("IS_") for name, key in wire_names(RallyPerson).items()})


class Rally(Vendor[RallySettings, RallyPerson], PeopleModel):
    """People by e-mail address, phone or a unique custom property; custom properties by name or id."""

    name = "rally"
    title = "Rally UXR"
    home = "https://api.rallyuxr.com/api/public/v1"
    settings_class = RallySettings
    person_class = RallyPerson
    constants = frozenset({"properties.propertyId", "properties.propertyType", "properties.name"})
    credentials = "rally.api_token"
    limits = Limits(people=1000, batch=500, read_back=10)
    _properties: Mapping[str, Mapping[str, Any]] = MappingProxyType({})

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
        names = [option.get("name") for option in known.get("propertyOptions") or ()] if known else ()
        convert = converter.of_type(str(entry.get("propertyType")), names)
        convert = converter.limited(convert, 16) if convert and entry["propertyType"] == "NUMBER" else convert
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
            if reading.at((yield Request("GET", path, expects=reading.GONE)).json(), "isUnique") is not True:
                message = "rally.identifier must be email, phone, or the propertyId of a property with isUnique true"
                raise ConfigurationError(message)
        request = Request("GET", "/properties", expects=reading.GONE)
        listed = yield from reading.cursor_pages(request, "results", "properties", "data")
        self._properties = reading.indexed(listed, "propertyId", "name")

    def submit(self, batch: Batch) -> Flow[Job]:
        """https://docs.rallyuxr.com/api-reference/people/import-people."""
        head = {"identifierPropertyId": self.settings.identifier, "populationId": self.settings.population_id}
        given = encode({key: value for key, value in head.items() if value})
        body = given[:-1] + b',"people":[' + batch.bodies() + b"]}"
        job = reading.at((yield Request("POST", "/people/import", body)).json(), "importId")
        return Job(str(job) if job else None)

    def confirm(self, job: Job, batch: Batch) -> Flow[tuple[Outcome, ...] | None]:
        """https://docs.rallyuxr.com/api-reference/imports/gets-an-import-by-id; any other status means unfinished."""
        state = yield from reading.told_of(Request("GET", f"/imports/{segment(job.id or '')}"))
        if state.get("status") == "ERROR":
            raise JobFailed(details={-1: "the import ended with the status ERROR"})
        if state.get("status") != "COMPLETED":
            return None
        failed = yield from self._failed(state, batch)
        count = state.get("personCount", len(batch) if isinstance(state.get("failedRecords"), list) else None)
        if not isinstance(count, int) or count < len(batch) - len(failed):
            raise JobFailed(tuple(sorted(failed)), {-1: "the import does not account for everybody"})
        good = self._good(batch, failed)
        return tuple(rejected("vendor_refused") if at in failed else good for at in range(len(batch)))

    def read_back(self, batch: Batch) -> Flow[tuple[bool | None, ...] | None]:
        """https://docs.rallyuxr.com/api-reference/people/search-for-people; PHONE and the like are inferred names."""
        own = _SEARCHED.get(self.settings.identifier, self.settings.identifier)
        sent = [self._sent(person) for person in batch]
        where = None if own == "PHONE" else (yield from self._where(own, [one.get(own) for one in sent]))
        if where is None:
            return None
        wanted = sorted(set().union(*sent) & {*_SEARCHED.values(), *self._properties})
        query = {**where, "attachProperties": wanted, "pageInfo": {"size": len(batch)}}
        answer = yield Request("POST", "/people/search", encode(query), expects=reading.OPTIONAL)
        masked = reading.indexed(reading.objects_of(reading.at(answer.json(), "errors")), "propertyId")
        if answer.status in reading.OPTIONAL or own in masked:
            return None
        held = []
        for one in reading.objects_of(answer.json(), "results"):
            values = reading.values_of(one.get("properties"), "propertyId") | {"EMAIL": one.get("email")}
            values[_IN] = self.settings.population_id in reading.list_of(one.get("populationIds"))
            held.append({key: values[key] for key in values.keys() - masked.keys()})
        return Likeness(self.fields(), _SEARCHED).of_all(sent, held, own)

    def check(self) -> Flow[Access]:
        """The cheapest documented call, and the catalogue; a key that may not list users may still import people."""
        answer = yield Request("GET", "/users", query=(("size", "1"),), expects=_FORBIDDEN)
        yield from self.prepare()
        note = "the key may not list users, which no load needs" if answer.status in _FORBIDDEN else ""
        return Access(len({entry["propertyId"] for entry in self._properties.values()}), note)

    def _failed(self, state: Mapping[str, Any], batch: Batch) -> Flow[set[int]]:
        """Positions of ``failedRecords``; a person id is traced only where the address identifies, so is not old."""
        failed: set[int] = set()
        for entry in map(reading.object_of, reading.list_of(state.get("failedRecords"))):
            found = entry
            if "email" not in found and self.identifier is PersonField.EMAIL:
                traced = yield from reading.looked_up([f"/people/{segment(str(found.get('personId')))}/opted-out"])
                found = traced[0] if traced else {}
            email = str(found.get("email") or "").strip().lower()
            at = batch.position(email)
            if at is None or batch[at].names[-1] != email:
                raise JobFailed(tuple(sorted(failed)), {-1: "a person failed whom Rally does not name"})
            failed.add(at)
        return failed

    def _sent(self, person: Outgoing) -> dict[str, Any]:
        """What was sent, as a search calls it; None where it was to be cleared."""
        body = decode(person.body)
        values = {entry.get("propertyId", entry.get("name")): entry["value"] for entry in body.pop("properties", ())}
        names = [key.removeprefix("attributes.") for key in person.keys if key.startswith("attributes.")]
        cleared = dict.fromkeys(self._properties.get(name, {}).get("propertyId", name) for name in names)
        own = {_SEARCHED[key]: value for key, value in body.items()} | {_IN: self.settings.population_id is not None}
        return own | cleared | values

    def _where(self, own: str, values: list[Any]) -> Flow[dict[str, Any] | None]:
        """Whom to search for, by what identifies them; None where the ids of e-mail addresses are refused."""
        if own != "EMAIL":
            tests = [{**_TEST, "propertyId": own, "value": one} for one in values]
            return {"filter": {"operator": "OR", "filters": [{"customProperty": test} for test in tests]}}
        traced = yield from reading.looked_up(f"/people/{segment(email)}/opted-out" for email in values)
        return None if traced is None else {"peopleIds": [one["personId"] for one in traced if "personId" in one]}

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
