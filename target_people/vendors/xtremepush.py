"""Xtremepush: ``POST /api/external/import/profile``, answered at once below 100 rows, by an import task from there on.

External API, unversioned. Documentation, read in copies of 2026-11 whose later parts were missing:
https://docs.xtremepush.com/reference/user-profile-import, /reference/task-list, /docs/attributes-tags.

Documented: one list of columns for all rows; 10,000 rows recommended; an address needs its subscription beside it;
texts of at most 101 characters; dates ``YYYY-MM-DD[ HH:MM:SS]`` in UTC, so fractions of a second are left out; arrays
and objects as JSON text; 202 and a task from 100 rows on. Inferred: columns that are not listed stay, because listed
ones are said to be updated; ``list/tag`` and ``info/task``, because every path is method and model. Where ``list/tag``
is refused, unreadable or empty, columns go by their JSON schema types. Unknown: where a 202 has the task's id; what
null does; whether bare row numbers in errors begin at 0 or 1 (so only ``rows[N]`` and identities name a row); a task's
statuses: ``finish_time`` says that it is over, only a known word that it went well. After any other end its people are
read back, by a condition that public clients use; whoever is not seen as sent goes again in halves, until few enough
are answered at once. Hence 99 rows by default: the answer itself then says that all were processed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from target_people.delivery.auth import Auth, BodyToken
from target_people.delivery.contract import Access, Job, Limits, Refusal, Vendor, words
from target_people.delivery.json import decode, encode
from target_people.delivery.message import Request
from target_people.delivery.reading import GONE, OPTIONAL, at, first_at, listed, objects_of, offset_pages
from target_people.delivery.report import DONE, FAILED
from target_people.delivery.settings import Optional, Secret, VendorSettings
from target_people.delivery.verdict import DELIVERED, Outcome
from target_people.errors import BatchRefused, JobFailed, JobUnknown, MappingError, NotConfirmedError, RecordError
from target_people.people import converter
from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.field import PersonField
from target_people.people.likeness import Likeness
from target_people.people.model import PeopleModel
from target_people.people.person import Person, Takes, WireField
from target_people.people.phone import without_plus
from target_people.sinks import PeopleSink

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch
    from target_people.delivery.message import Flow, Response

_STRONGER = MappingProxyType({"user_id": (), "device_id": ("user_id",), "email": ("user_id", "device_id")})
_CONSENTS = (("email", "email_subscription", "email_opt_in"), ("mobile_number", "sms_subscription", "sms_opt_in"))
_HOSTS = MappingProxyType({"eu": "external-api", "us": "api.us"})
_BARE = without_plus("mobile_number")
_AT_ONCE, _ACCEPTED, _REFUSED = 100, 202, 400
_TASK = ("task_id", "taskId", "data.task_id", "data.id", "model.task_id", "model.id", "id")
_YES, _NO = (True, "true", "1"), (False, "false", "0")
_ERRORS = ("errors", "model.errors")


class XtremepushSettings(VendorSettings):
    """The object ``xtremepush`` of the configuration."""

    app_token: Secret = Field(description="App token of the project (Settings > Integrations > API Integration)")
    region: Literal["eu", "us"] = Field(default="eu", description="Where the project lives")
    identifier: Literal["user_id", "device_id", "email"] = Field(default="user_id", description="Who a person is")
    email_subscription: Literal[0, 1] | Optional = Field(None, description="Consent where an e-mail address has none")
    sms_subscription: Literal[0, 1] | Optional = Field(None, description="Consent where a mobile number has none")


class XtremepushPerson(Person):
    """One row; https://docs.xtremepush.com/reference/user-profile-import. The names are custom attributes there."""

    user_id: Annotated[str | None, Takes((PersonField.EXTERNAL_ID,))] = None
    device_id: Annotated[str | None, Takes((PersonField.DEVICE_ID,), clearable=True)] = None
    email: Annotated[str | None, Takes((PersonField.EMAIL,), clearable=True)] = None
    email_subscription: Annotated[int | None, Takes((PersonField.EMAIL_OPT_IN,), int)] = None
    mobile_number: Annotated[str | None, Takes((PersonField.MOBILE, PersonField.PHONE), _BARE, clearable=True)] = None
    sms_subscription: Annotated[int | None, Takes((PersonField.SMS_OPT_IN,), int)] = None
    first_name: Annotated[str | None, Takes((PersonField.FIRST_NAME,), clearable=True)] = Field(None, max_length=101)
    last_name: Annotated[str | None, Takes((PersonField.LAST_NAME,), clearable=True)] = Field(None, max_length=101)
    language: Annotated[str | None, Takes((PersonField.LANGUAGE,), clearable=True)] = None
    timezone: Annotated[str | None, Takes((PersonField.TIMEZONE,), clearable=True)] = None
    country: Annotated[str | None, Takes((PersonField.COUNTRY,), clearable=True)] = None
    region: Annotated[str | None, Takes((PersonField.REGION,), clearable=True)] = None


class Xtremepush(Vendor[XtremepushSettings, XtremepushPerson], PeopleModel):
    """People by user id, device id or e-mail address; custom attributes are those of the project."""

    name = "xtremepush"
    title = "Xtremepush"
    settings_class = XtremepushSettings
    person_class = XtremepushPerson
    credentials = "xtremepush.app_token"
    limits = Limits(people=10_000, batch=99, in_flight=2)
    _attributes: MappingProxyType[str, str | None] = MappingProxyType({})

    @property
    def api_url(self) -> str:
        """One host per region."""
        return self.settings.api_url or f"https://{_HOSTS[self.settings.region]}.xtremepush.com"

    @property
    def auth(self) -> Auth:
        """The token stands in the body; https://docs.xtremepush.com/docs/external-api-overview."""
        return BodyToken("apptoken", self.settings.app_token)

    @property
    def identifier(self) -> PersonField:
        """The person field of the column that the settings name."""
        return PersonField(self.settings.identifier.replace("user_id", "external_id"))

    def fields(self) -> tuple[WireField, ...]:
        """Without an id that could win over the identifier, and without names that the project has no attribute for."""
        lacking = {"first_name", "last_name"}.difference(self._attributes) if self._attributes else set()
        stronger = _STRONGER[self.settings.identifier]
        return tuple(wire for wire in super().fields() if wire.name not in {*lacking, *stronger})

    def attribute(self, name: str, column: ColumnType) -> Attribute | NotSent:
        """A profile attribute of the project; by the type of the column while the project's are not known."""
        kind = self._attributes.get(name)
        if any(sign in ". \t" for sign in name):
            return NotSent(name, "keys have no spaces or dots at Xtremepush; give it another name under attributes")
        if self._attributes and kind is None:
            return NotSent(name, "the project has no profile attribute of that name; create it in its Data Manager")
        if name in {*XtremepushPerson.model_fields, "whatsapp_number", "whatsapp_subscription"}:
            return NotSent(name, "a column of Xtremepush's own, which is filled from person fields alone")
        return Attribute(name, _FORMS.get(kind or "", _FORMS[column.kind]), clearable=True)

    def accept(self, sent: frozenset[str], stream: str) -> None:
        """An address goes with its consent; raises ``MappingError`` when neither a column nor a setting states it."""
        for address, consent, field in _CONSENTS:
            if address in sent and consent not in sent and getattr(self.settings, consent) is None:
                remedy = f"set streams.{stream}.fields.{field} to a column, or xtremepush.{consent} to 0 or 1"
                message = f"stream {stream} gives {address}, which Xtremepush takes only with {consent}; {remedy}"
                raise MappingError(message)

    def names(self, person: XtremepushPerson) -> tuple[str, ...]:
        """The identifier; addresses that differ in case alone are one person."""
        own = str(getattr(person, self.settings.identifier))
        return (own.lower(), own) if self.settings.identifier == "email" else (own,)

    @staticmethod
    @lru_cache(maxsize=4096)
    def shape(keys: frozenset[str]) -> tuple[str, ...]:
        """The columns: one list holds for all rows, so nobody gets a null because a neighbour has a value."""
        names = {key.removeprefix("attributes.") for key in keys}
        return tuple(sorted(names | {consent for address, consent, _ in _CONSENTS if address in names}))

    def encode(self, person: XtremepushPerson, keys: frozenset[str]) -> bytes:
        """One row; raises ``consent_missing`` where an address, even one to be cleared, has no consent beside it."""
        sent = person.sent() | person.attributes
        for address, consent, _ in _CONSENTS:
            if address in sent and sent.setdefault(consent, getattr(self.settings, consent)) is None:
                raise RecordError("consent_missing", consent)  # noqa: EM101 - a code, no message
        return encode([sent[column] for column in self.shape(keys)])

    def prepare(self) -> Flow[None]:
        """Read the attributes, page after page until one brings nothing new; what is refused leaves them unknown."""
        tags = yield from offset_pages("/api/external/list/tag", "data", "key")
        kinds = {key: None if tag.get("profile") in _NO else str(tag.get("type")).lower() for key, tag in tags.items()}
        self._attributes = MappingProxyType(kinds)

    def submit(self, batch: Batch) -> Flow[Job]:
        """https://docs.xtremepush.com/reference/user-profile-import; the task's id may stand in several places."""
        body = b'{"columns":' + encode(batch[0].shape) + b',"rows":[' + batch.bodies() + b"]}"
        response = yield Request("POST", "/api/external/import/profile", body)
        answer, waiting = response.json(), self.status(response) == _ACCEPTED
        task = first_at(answer, *(place for place in _TASK if waiting or "task" in place))
        if waiting or task:
            return Job(str(task) if task else None)
        if first_at(answer, *_ERRORS):  # of a success; nobody says whether the rest was stored
            named = self.refusal(response, batch)
            raise BatchRefused(0, named.indexes, dict(named.details or {}))
        if (at(answer, "success"), at(answer, "code")) == (None, 200) or at(answer, "success") in _YES:
            return Job(outcomes=(DELIVERED,) * len(batch))
        message = f"xtremepush did not say what became of a request of {len(batch)} people; run again"
        raise NotConfirmedError(message)

    def confirm(self, job: Job, batch: Batch) -> Flow[tuple[Outcome, ...] | None]:
        """Ask ``info/task``; one that has neither ``finish_time`` nor a known word goes on.

        Raises:
            JobFailed: when it did, lists errors, or is over without a known word; halves may be answered at once.
            JobUnknown: when it is not to be seen, or over so with people too few for halves to change anything.
        """
        body = encode({"id": int(job.id) if job.id and job.id.isdecimal() else job.id})
        response = yield Request("POST", "/api/external/info/task", body, expects=GONE)
        answer, gone = response.json(), self.status(response) in GONE
        word = "failed" if at(answer, "model.success") in _NO else str(at(answer, "model.status")).lower()
        if not gone and word not in DONE | FAILED and at(answer, "model.finish_time") in (None, "", 0, "0"):
            return None
        silent = word not in DONE | FAILED and not first_at(answer, *_ERRORS)
        if gone or (silent and len(batch) < _AT_ONCE):
            raise JobUnknown
        if word in DONE and not first_at(answer, *_ERRORS):
            return (DELIVERED,) * len(batch)
        named = self.refusal(response, batch)
        raise JobFailed(named.indexes, dict(named.details or {}))

    def read_back(self, batch: Batch) -> Flow[tuple[bool | None, ...] | None]:
        """One ``list/profile`` with a condition; a column that its answer does not have cannot be told."""
        own, columns = self.settings.identifier, batch[0].shape
        sent = [dict(zip(columns, decode(person.body), strict=True)) for person in batch]
        people = {"condition": [[own, "IN", [one[own] for one in sent]]], "select": columns, "limit": len(sent)}
        answer = (yield Request("POST", "/api/external/list/profile", encode(people), expects=OPTIONAL)).json()
        seen = Likeness(self.fields()).of_all(sent, objects_of(answer, "data"), own)
        return seen if isinstance(at(answer, "data"), list) else None

    def check(self) -> Flow[Access]:
        """What a public connector calls to test the token, and the catalogue, without which a load does as well."""
        yield Request("POST", "/api/external/list/profile", b'{"limit":1}')
        yield from self.prepare()
        known = sum(kind is not None for kind in self._attributes.values())
        return Access(known or None, "" if known else "no attribute is listed, so a load goes by the columns' types")

    def status(self, response: Response) -> int:
        """Older text tells a failure by ``success`` and ``code`` alone; /docs/external-api-overview."""
        body = response.json()
        code = at(body, "code") if isinstance(at(body, "code"), int) else response.status
        return max(response.status, code, _REFUSED if at(body, "success") in _NO else 0)

    def refusal(self, response: Response, batch: Batch) -> Refusal:
        """``errors``, also a task's, may name rows; the form of its elements is not documented."""
        answer = response.json()
        details = {-1: words(answer)}
        for error in listed(first_at(answer, *_ERRORS)):
            row = re.search(r"\brows\[([0-9]{1,5})\]", words(error))
            where = int(row[1]) if row else batch.position(at(error, self.settings.identifier) or "")
            if where is not None and where < len(batch):
                details[where] = "; ".join(filter(None, (details.get(where), words(error))))
        return Refusal(tuple(sorted(details.keys() - {-1})), details)


class XtremepushSink(PeopleSink):
    """One stream on its way to Xtremepush."""

    vendor_class = Xtremepush


_FORMS = MappingProxyType(
    {
        **dict.fromkeys(("string", "text"), converter.limited(converter.as_text, 101)),
        **dict.fromkeys(("date", "datetime"), converter.as_second_text),
        **dict.fromkeys(("array", "object"), converter.as_text),
        "number": converter.as_number_from_text,
        "integer": lambda value: converter.as_integer(converter.as_number_from_text(value)),
        "boolean": converter.as_boolean,
        "unknown": lambda value: converter.as_text(value) if isinstance(value, list | dict) else value,
    }
)
