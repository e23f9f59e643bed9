"""Xtremepush: ``POST /api/external/import/profile``, answered at once below 100 rows, by an import task from there on.

External API, unversioned. Documentation, read in copies of 2026-11 whose later parts were missing:
https://docs.xtremepush.com/reference/user-profile-import, /reference/task-list, /docs/attributes-tags.

Documented: one list of columns for all rows; 10,000 rows recommended; an address needs its subscription beside it;
texts of at most 101 characters; dates ``YYYY-MM-DD[ HH:MM:SS]`` in UTC, so fractions of a second are left out; arrays
and objects as JSON text; 202 and a task from 100 rows on. Inferred: columns that are not listed stay, because listed
ones are said to be updated; ``list/tag`` and ``info/task``, because every path is method and model. Where ``list/tag``
is refused, unreadable or empty, columns go by their JSON schema types. Unknown: where a 202 has the task's id; what
null does; whether bare row numbers in errors begin at 0 or 1 (so only ``rows[N]`` and identities name a row); a task's
statuses: ``finish_time`` says that it is over, only a known word that it went well. After any other end its people go
again in halves, until few enough are answered at once. Hence 99 rows by default: their answer is about all of them.
"""

from __future__ import annotations

import re
from functools import lru_cache, reduce
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from target_people.delivery.auth import Auth, BodyToken
from target_people.delivery.contract import Access, Job, Limits, Refusal, Vendor, words
from target_people.delivery.json import encode
from target_people.delivery.message import Request
from target_people.delivery.settings import Optional, Secret, VendorSettings
from target_people.delivery.verdict import DELIVERED, Outcome
from target_people.errors import BatchRefused, MappingError, NotConfirmedError, RecordError
from target_people.people import converter
from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.code import Code
from target_people.people.field import PersonField
from target_people.people.model import PeopleModel
from target_people.people.person import Person, Takes, WireField
from target_people.sinks import PeopleSink

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch
    from target_people.delivery.message import Flow, Response

_STRONGER = MappingProxyType({"user_id": (), "device_id": ("user_id",), "email": ("user_id", "device_id")})
_CONSENTS = (("email", "email_subscription", "email_opt_in"), ("mobile_number", "sms_subscription", "sms_opt_in"))
_HOSTS = MappingProxyType({"eu": "external-api", "us": "api.us"})
_AT_ONCE, _ACCEPTED, _REFUSED, _TOLERATED = 100, 202, 400, frozenset({400, 403, 404, 405, 410})
_TASK = ("task_id", "taskId", "data.task_id", "data.id", "model.task_id", "model.id", "id")
_YES, _NO = (True, "true", "1"), (False, "false", "0")
_GOOD = frozenset({"complete", "completed", "done", "finished", "success", "succeeded", "successful"})
_BAD = frozenset({"aborted", "canceled", "cancelled", "error", "expired", "failed", "failure", "rejected"})


class XtremepushSettings(VendorSettings):
    """The object ``xtremepush`` of the configuration."""

    app_token: Secret = Field(description="App token of the project (Settings > Integrations > API Integration)")
    region: Literal["eu", "us"] = Field(default="eu", description="Where the project lives")
    identifier: Literal["user_id", "device_id", "email"] = Field(default="user_id", description="Who a person is")
    email_subscription: Literal[0, 1] | Optional = Field(None, description="Consent where an e-mail address has none")
    sms_subscription: Literal[0, 1] | Optional = Field(None, description="Consent where a mobile number has none")


def _digits(number: str) -> str:
    if not number.startswith("+"):
        raise RecordError(Code.NOT_PHONE, "mobile_number")
    return number[1:]


class XtremepushPerson(Person):
    """One row; https://docs.xtremepush.com/reference/user-profile-import. The names are custom attributes there."""

    user_id: Annotated[str | None, Takes((PersonField.EXTERNAL_ID,))] = None
    device_id: Annotated[str | None, Takes((PersonField.DEVICE_ID,), clearable=True)] = None
    email: Annotated[str | None, Takes((PersonField.EMAIL,), clearable=True)] = None
    email_subscription: Annotated[int | None, Takes((PersonField.EMAIL_OPT_IN,), int)] = None
    mobile_number: Annotated[str | None, Takes((PersonField.MOBILE, PersonField.PHONE), _digits, clearable=True)] = None
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
        found, read, new = dict[str, str | None](), 0, True
        while new:
            body = encode({"limit": 1000, "offset": read})
            page = _at((yield Request("POST", "/api/external/list/tag", body, expects=_TOLERATED)).json(), "data")
            if not isinstance(page, list):
                return
            listed = {key: entry for entry in page if (key := str(_at(entry, "key") or ""))}
            new, read = not listed.keys() <= found.keys(), read + len(page)
            found |= {k: None if _at(v, "profile") in _NO else str(_at(v, "type")).lower() for k, v in listed.items()}
        self._attributes = MappingProxyType(found)

    def submit(self, batch: Batch) -> Flow[Job]:
        """https://docs.xtremepush.com/reference/user-profile-import; the task's id may stand in several places."""
        body = b'{"columns":' + encode(batch[0].shape) + b',"rows":[' + batch.bodies() + b"]}"
        response = yield Request("POST", "/api/external/import/profile", body)
        answer, waiting = response.json(), self.status(response) == _ACCEPTED
        task = next((found for place in _TASK if (waiting or "task" in place) and (found := _at(answer, place))), None)
        if waiting or task:
            return Job(str(task) if task else None)
        good = (_at(answer, "success"), _at(answer, "code")) == (None, 200) or _at(answer, "success") in _YES
        return Job(outcomes=self._outcomes(response, batch, good=good, bad=False))

    def confirm(self, job: Job, batch: Batch) -> Flow[tuple[Outcome, ...] | None]:
        """Ask ``info/task``; one that is not to be seen, or has neither ``finish_time`` nor a known word, goes on."""
        body = encode({"id": int(job.id) if job.id and job.id.isdecimal() else job.id})
        response = yield Request("POST", "/api/external/info/task", body, expects=frozenset({404}))
        answer = response.json()
        word = "failed" if _at(answer, "model.success") in _NO else str(_at(answer, "model.status")).lower()
        if word not in _GOOD | _BAD and _at(answer, "model.finish_time") in (None, "", 0, "0"):
            return None
        return self._outcomes(response, batch, good=word in _GOOD, bad=word in _BAD or len(batch) >= _AT_ONCE)

    def check(self) -> Flow[Access]:
        """What a public connector calls to test the token, and the catalogue, without which a load does as well."""
        yield Request("POST", "/api/external/list/profile", b'{"limit":1}')
        yield from self.prepare()
        known = sum(kind is not None for kind in self._attributes.values())
        return Access(known or None, "" if known else "no attribute is listed, so a load goes by the columns' types")

    def status(self, response: Response) -> int:
        """Older text tells a failure by ``success`` and ``code`` alone; /docs/external-api-overview."""
        body = response.json()
        code = _at(body, "code") if isinstance(_at(body, "code"), int) else response.status
        return max(response.status, code, _REFUSED if _at(body, "success") in _NO else 0)

    def refusal(self, response: Response, batch: Batch) -> Refusal:
        """``errors``, also a task's, may name rows; the form of its elements is not documented."""
        answer = response.json()
        errors, details = _at(answer, "errors") or _at(answer, "model.errors") or [], {-1: words(answer)}
        for error in errors if isinstance(errors, list) else [errors]:
            row = re.search(r"\brows\[([0-9]{1,5})\]", words(error))
            at = int(row[1]) if row else batch.position(_at(error, self.settings.identifier) or "")
            if at is not None and at < len(batch):
                details[at] = "; ".join(filter(None, (details.get(at), words(error))))
        return Refusal(tuple(sorted(details.keys() - {-1})), details)

    def _outcomes(self, response: Response, batch: Batch, *, good: bool, bad: bool) -> tuple[Outcome, ...]:
        """Success, when no error is listed: else nobody says whether the rest was stored, so it goes again."""
        faulty = _at(response.json(), "errors") or _at(response.json(), "model.errors")
        if good and not faulty:
            return (DELIVERED,) * len(batch)
        if bad or faulty:
            raise BatchRefused(0, (named := self.refusal(response, batch)).indexes, dict(named.details or {}))
        message = f"xtremepush did not say what became of a request of {len(batch)} people; run again"
        raise NotConfirmedError(message)


class XtremepushSink(PeopleSink):
    """One stream on its way to Xtremepush."""

    vendor_class = Xtremepush


def _at(body: Any, place: str) -> Any:  # noqa: ANN401 - any JSON
    return reduce(lambda found, key: found.get(key) if isinstance(found, dict) else None, place.split("."), body)


_FORMS = MappingProxyType(
    {
        **dict.fromkeys(("string", "text"), converter.limited(converter.as_text, 101)),
        **dict.fromkeys(
            ("date", "datetime"),
            lambda value: str(converter.as_datetime_text(value))[:19].replace("T", " ").removesuffix(" 00:00:00"),
        ),
        **dict.fromkeys(("array", "object"), converter.as_text),
        "number": converter.as_number_from_text,
        "integer": lambda value: converter.as_integer(converter.as_number_from_text(value)),
        "boolean": converter.as_boolean,
        "unknown": lambda value: converter.as_text(value) if isinstance(value, list | dict) else value,
    }
)
