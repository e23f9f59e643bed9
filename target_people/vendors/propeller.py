"""Propeller Commerce: ``POST /v2/contacts/bulk/sourceId`` or ``/bulk/id``, answered at once, one element per contact.

REST v2. Documentation, read in copies of 2026-11 whose later parts were missing:
https://docs.propeller-commerce.com/rest-v2/bulk-contacts-by-source-id, /rest-v2/contacts/contacts,
/rest-v2/core-concepts/errors, /integrations/integration-patterns/directives.

Documented: upsert by ``source`` and ``sourceId``, or by ``id``; a strict schema, by which one unknown key refuses the
request with a pointer such as ``#/contacts/7``; a company that does not exist is an error; a token lives for 30 minutes
and its ``expires_in`` is a text; elements of the answer have ``action``, ``key`` and ``success``.
Inferred: fields that are not sent stay, because PATCH says so; directives go as a list, because a schema of a sibling
call says so; ``sourceId`` is sent as text, because the newest page says so, and ``key`` is compared as text.
Unknown: the cap on contacts (1,000 is chosen) and the recommended number (100 is chosen); where a failed element says
why; in which order elements come; what null does, so it is never sent; the form of ``dateOfBirth``, which is sent as
in all examples, ``28/08/1993``. Custom attributes take a separate call per contact, which is not offered.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from target_people.delivery.auth import Auth, ClientCredentials
from target_people.delivery.contract import Access, Answer, Job, Limits, Refusal, Vendor, words
from target_people.delivery.json import encode
from target_people.delivery.message import Request
from target_people.delivery.settings import Optional, Secret, Text, VendorSettings
from target_people.delivery.verdict import CREATED, DELIVERED, UPDATED, Outcome, Verdict, rejected
from target_people.errors import BatchRefused, NotConfirmedError
from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.field import PersonField
from target_people.people.model import PeopleModel
from target_people.people.number import integer
from target_people.people.person import Person, Takes, WireField
from target_people.sinks import PeopleSink

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from target_people.delivery.batch import Batch
    from target_people.delivery.message import Flow, Response

_POINTER = re.compile(r"#/contacts/([0-9]{1,5})\b")
_LIFETIME = 1800.0
_PAGE, _NO_SUCH_PAGE = 12, frozenset({400})
_ACTIONS = MappingProxyType({"create": CREATED, "update": UPDATED})


class PropellerSettings(VendorSettings):
    """The object ``propeller`` of the configuration."""

    client_id: Secret = Field(description="Client id of an active REST key (Backoffice, API Key Management)")
    client_secret: Secret = Field(description="Client secret of the same key")
    identifier: Literal["source_id", "id"] = Field(
        default="source_id", description="Whose id the external id is: the source system's, or Propeller's own"
    )
    source: Text | Optional = Field(
        default=None, description="Name of the source system of people and companies; required with source_id"
    )
    parent: dict[str, int | Text] | Optional = Field(
        default=None, description='{"source": …, "sourceId": …} or {"id": …}: company used when the record names none'
    )
    directives: list[dict[str, Any]] | Optional = Field(
        default=None, description='Sent as they are, such as [{"operation": "skipMoveOnUpdate", "fields": []}]'
    )

    @field_validator("parent")
    @classmethod
    def _lookup(cls, parent: dict[str, int | str] | None) -> dict[str, int | str] | None:
        if parent is None or (set(parent) == {"id"} and isinstance(parent["id"], int)):
            return parent
        if set(parent) == {"source", "sourceId"}:
            return {key: str(value) for key, value in parent.items()}
        message = 'must be {"source": …, "sourceId": …}, or {"id": …} with a whole number'
        raise ValueError(message)

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if self.identifier == "source_id" and self.source is None:
            message = "set propeller.source to the name of the source system, or propeller.identifier to id"
            raise ValueError(message)
        return self


def _day_first(day: dt.date) -> str:
    return f"{day:%d/%m}/{day.year:04}"


def _number(text: str) -> int | None:
    return integer(text, from_text=True)


class PropellerPerson(Person):
    """One element of ``contacts``; https://docs.propeller-commerce.com/rest-v2/contacts/contacts."""

    id: Annotated[int | None, Takes((PersonField.EXTERNAL_ID,), _number)] = None
    source_id: Annotated[str | None, Takes((PersonField.EXTERNAL_ID,))] = Field(default=None, alias="sourceId")
    parent: Annotated[str | None, Takes((PersonField.COMPANY,))] = None
    first_name: Annotated[str | None, Takes((PersonField.FIRST_NAME,))] = Field(default=None, alias="firstName")
    middle_name: Annotated[str | None, Takes((PersonField.MIDDLE_NAME,))] = Field(default=None, alias="middleName")
    last_name: Annotated[str | None, Takes((PersonField.LAST_NAME,))] = Field(default=None, alias="lastName")
    abbreviation: Annotated[str | None, Takes((PersonField.ABBREVIATION,))] = None
    title: Annotated[str | None, Takes((PersonField.TITLE,))] = None
    email: Annotated[str | None, Takes((PersonField.EMAIL,))] = None
    phone: Annotated[str | None, Takes((PersonField.PHONE,))] = None
    mobile: Annotated[str | None, Takes((PersonField.MOBILE,))] = None
    gender: Annotated[str | None, Takes((PersonField.GENDER,))] = None
    date_of_birth: Annotated[str | None, Takes((PersonField.BIRTH_DATE,), _day_first)] = Field(
        default=None, alias="dateOfBirth"
    )
    primary_language: Annotated[str | None, Takes((PersonField.LANGUAGE,), str.upper)] = Field(
        default=None, alias="primaryLanguage"
    )


class Propeller(Vendor[PropellerSettings, PropellerPerson], PeopleModel):
    """Contacts by the id of a source system, or by Propeller's own; a contact belongs to a company."""

    name = "propeller"
    title = "Propeller Commerce"
    home = "https://api.helice.cloud"
    settings_class = PropellerSettings
    person_class = PropellerPerson
    identifier = PersonField.EXTERNAL_ID
    constants = frozenset({"source", "parent.source"})
    credentials = "propeller.client_id and propeller.client_secret"
    limits = Limits(people=1_000, batch=100, in_flight=2)
    answers: ClassVar[Mapping[int, Answer]] = MappingProxyType({404: Answer.REFUSED})
    """A company that does not exist may make the whole request a 404 (50007); isolation finds whose it is."""

    @property
    def auth(self) -> Auth:
        """A token for 30 minutes; https://docs.propeller-commerce.com/rest-v2/api-reference."""
        own = self.settings
        return ClientCredentials("/oauth2/token", own.client_id, own.client_secret, _lifetime, self.credentials)

    def fields(self) -> tuple[WireField, ...]:
        """With one of the two ids, and with companies only where the name of their source is known."""
        without = {"sourceId" if self.settings.identifier == "id" else "id"}
        without |= set() if self.settings.source else {"parent"}
        return tuple(wire for wire in super().fields() if wire.name not in without)

    def attribute(self, name: str, column: ColumnType) -> Attribute | NotSent:
        """None: an unknown key makes the whole request a 400."""
        del column
        return NotSent(name, "Propeller has custom attributes written by a separate call per contact, not offered here")

    def names(self, person: PropellerPerson) -> tuple[str, ...]:
        """The answer names contacts by the id that was sent, as a number or as text."""
        return (str(person.id if self.settings.identifier == "id" else person.source_id),)

    def encode(self, person: PropellerPerson, keys: frozenset[str]) -> bytes:
        """With the source, which is the same for all, and the company of the record or of the settings."""
        del keys
        sent = person.sent()
        sent.pop("parent", None)
        own = {"source": self.settings.source}
        parent = own | {"sourceId": person.parent} if person.parent else self.settings.parent
        return encode((own if person.source_id else {}) | sent | ({"parent": parent} if parent else {}))

    def submit(self, batch: Batch) -> Flow[Job]:
        """https://docs.propeller-commerce.com/rest-v2/bulk-contacts-by-source-id, or -by-id."""
        lookup = "id" if self.settings.identifier == "id" else "sourceId"
        tail = b',"directives":' + encode(self.settings.directives) if self.settings.directives else b""
        body = b'{"contacts":[' + batch.bodies() + b"]" + tail + b"}"
        response = yield Request("POST", f"/v2/contacts/bulk/{lookup}", body)
        return Job(outcomes=_outcomes(batch, response.json()))

    def check(self) -> Flow[Access]:
        """A token, and with it the catalogue in pages of the documented size, which ``offset`` means."""
        found, new, page = set[str](), True, 0
        while new:
            page += 1
            query = (("attributeClass", "contact"), ("page", str(page)), ("offset", str(_PAGE)))
            beyond = _NO_SUCH_PAGE if page > 1 else frozenset[int]()
            body = (yield Request("GET", "/v2/attribute-descriptions", query=query, expects=beyond)).json()
            data = body.get("data") if isinstance(body, dict) else None
            listed = {str(one.get("id")) for one in data if isinstance(one, dict)} if isinstance(data, list) else set()
            new = len(listed - found) >= _PAGE
            found |= listed
        return Access(len(found), "no load sends custom attributes: they would take a call of their own per contact")

    def refusal(self, response: Response, batch: Batch) -> Refusal:
        """Messages begin with a pointer, ``#/contacts/7: …``; /rest-v2/bulk-contacts-by-source-id."""
        body = response.json()
        error = body.get("error") if isinstance(body, dict) else None
        messages = error.get("messages") if isinstance(error, dict) else None
        details: dict[int, str] = {-1: words(body)}
        for message in messages if isinstance(messages, list) else ():
            found = _POINTER.search(str(message))
            if found and int(found[1]) < len(batch):
                at = int(found[1])
                details[at] = "; ".join(filter(None, (details.get(at), str(message))))
        return Refusal(tuple(sorted(details.keys() - {-1})), details)


class PropellerSink(PeopleSink):
    """One stream on its way to Propeller."""

    vendor_class = Propeller


def _lifetime(answer: object) -> float:
    """``expires_in`` is a text in the documentation's example."""
    told = str(answer.get("expires_in")) if isinstance(answer, dict) else ""
    return float(told) if told.isascii() and told.isdigit() else _LIFETIME


def _outcomes(batch: Batch, answer: Any) -> tuple[Outcome, ...]:  # noqa: ANN401 - whatever the vendor answered
    """By ``key``, never by position, because the order of the elements is not documented."""
    data = answer.get("data") if isinstance(answer, dict) else None
    elements = [element for element in data if isinstance(element, dict)] if isinstance(data, list) else []
    if not elements:
        message = f"propeller answered a request of {len(batch)} people without saying what became of them; run again"
        raise NotConfirmedError(message)
    keys = [element.get("key") for element in elements]
    found = {
        None if key is None else batch.position(key): _outcome(one) for key, one in zip(keys, elements, strict=True)
    }
    if None in found or len(found) < len(elements):
        return _without_keys(batch, elements)
    return tuple(found.get(at, rejected("not_stored")) for at in range(len(batch)))


def _without_keys(batch: Batch, elements: list[dict[str, Any]]) -> tuple[Outcome, ...]:
    """Of elements that do not tell people apart: a success of all is everybody's; else they go in smaller requests."""
    told = [_outcome(element) for element in elements]
    if len(told) != len(batch) or any(outcome.verdict is Verdict.REJECTED for outcome in told):
        raise BatchRefused(0, details={-1: "; ".join(filter(None, map(words, elements)))})
    return (told[0] if len(set(told)) == 1 else DELIVERED,) * len(batch)


def _outcome(element: dict[str, Any]) -> Outcome:
    """Where a failed element says why is not documented, so every usual place is read."""
    if element.get("success") is True:
        return _ACTIONS.get(str(element.get("action")).lower(), DELIVERED)
    return rejected("vendor_refused", detail=words(element))
