"""Movement: ``POST /targets/bulk_upsert``, whose outcome is a deferred result that has to be asked for.

Unversioned API. Documentation, read in partial copies of 2026-11: https://developers.yourmovement.org/docs/importing-data,
/docs/subscriptions, /reference/post_targets_bulk_upsert-1. The page of the deferred result was not to be had.

Documented: 1,000 records a call, 413 above; ``external_id`` identifies; custom fields by slug, of the kinds Text, Float
and Date (``YYYY-MM-DD``); data is merged, so what is not sent stays; ``conflict_strategy`` concerns new records that
share an e-mail address or a phone number; 200 means accepted, done minutes later; ``subscription_*`` sets consent.
Inferred: the path of the result, because it is usual, so it is a setting; ``GET /custom_fields``, because the path is
documented; a 404 for a result means not yet; ``create_user*`` makes logins as its CSV column does, so it is never sent.
Unknown: the result's keys and words, so all usual ones are read, and whatever does not account for everybody is no
success; what null does, so ``nulls: clear`` is for those who have tried it; the form of consent, sent as true or false;
which custom fields stand for organisations and move people between them, so a kind other than the three is not sent.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from target_people.delivery.auth import Auth, Bearer
from target_people.delivery.contract import Access, Job, Limits, Vendor, words
from target_people.delivery.json import encode
from target_people.delivery.message import Request
from target_people.delivery.settings import Optional, Secret, Text, VendorSettings, segment
from target_people.delivery.verdict import ACCEPTED, CREATED, DELIVERED, UPDATED, Outcome, rejected
from target_people.errors import BatchRefused
from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.converter import as_datetime_text, as_number_from_text, as_text
from target_people.people.field import PersonField
from target_people.people.model import PeopleModel
from target_people.people.person import Person, Takes
from target_people.sinks import PeopleSink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from target_people.delivery.batch import Batch
    from target_people.delivery.message import Flow

_MISSING = frozenset({404})
_DONE = frozenset({"complete", "completed", "finished", "success", "succeeded", "done"})
_FAILED = frozenset({"failed", "error", "errored"})
_FAULTY = re.compile("error|fail|reject|invalid")
_COUNTS = ("created", "updated", "unchanged")
_KINDS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "text": as_text,
        "float": as_number_from_text,
        "date": lambda value: (as_datetime_text(value) or "")[: len("YYYY-MM-DD")],
    }
)


class MovementSettings(VendorSettings):
    """The object ``movement`` of the configuration."""

    api_token: Secret = Field(description="API token, which Movement's helpdesk hands out")
    subdomain: Text | Optional = Field(
        default=None, description="The part before .yourmovement.org; required unless api_url is given"
    )
    conflict_strategy: Literal["reject", "ignore"] = Field(
        default="reject",
        description="New people with somebody else's e-mail address or phone: reject, or ignore and make duplicates",
    )
    deferred_result_path: Text = Field(
        default="/deferred_results/{id}",
        description="Where the outcome of a request is asked for; {id} stands for its id",
    )

    @field_validator("subdomain")
    @classmethod
    def _plain(cls, name: str | None) -> str | None:
        if name is None or (name.isascii() and name.replace("-", "").isalnum() and name == name.lower()):
            return name
        message = "must be the part before .yourmovement.org alone: a-z, 0-9 and hyphens"
        raise ValueError(message)

    @field_validator("deferred_result_path")
    @classmethod
    def _with_id(cls, path: str) -> str:
        if path.startswith("/") and "{id}" in path:
            return path
        message = "must begin with / and hold {id}, such as /deferred_results/{id}"
        raise ValueError(message)

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if self.subdomain is None and self.api_url is None:
            message = "set movement.subdomain to the part before .yourmovement.org, or movement.api_url"
            raise ValueError(message)
        return self


class MovementPerson(Person):
    """One record; https://developers.yourmovement.org/reference/post_targets_bulk_upsert-1."""

    external_id: Annotated[str, Takes((PersonField.EXTERNAL_ID,))]
    first_name: Annotated[str | None, Takes((PersonField.FIRST_NAME,), clearable=True)] = None
    last_name: Annotated[str | None, Takes((PersonField.LAST_NAME,), clearable=True)] = None
    email: Annotated[str | None, Takes((PersonField.EMAIL,), clearable=True)] = None
    phone_number: Annotated[str | None, Takes((PersonField.PHONE,), clearable=True)] = None
    subscription_email: Annotated[bool | None, Takes((PersonField.EMAIL_OPT_IN,))] = None
    subscription_sms: Annotated[bool | None, Takes((PersonField.SMS_OPT_IN,))] = None
    subscription_phone: Annotated[bool | None, Takes((PersonField.PHONE_OPT_IN,))] = None
    subscription_whatsapp: Annotated[bool | None, Takes((PersonField.WHATSAPP_OPT_IN,))] = None


class Movement(Vendor[MovementSettings, MovementPerson], PeopleModel):
    """Targets by ``external_id``; custom fields by slug."""

    name = "movement"
    title = "Movement"
    settings_class = MovementSettings
    person_class = MovementPerson
    identifier = PersonField.EXTERNAL_ID
    credentials = "movement.api_token"
    limits = Limits(people=1000, batch=500)

    def __init__(self, settings: MovementSettings) -> None:
        """Know no custom field yet."""
        super().__init__(settings)
        self._kinds: dict[str, str] = {}

    @property
    def api_url(self) -> str:
        """One host per client; https://developers.yourmovement.org/docs/importing-data."""
        return self.settings.api_url or f"https://{self.settings.subdomain}.yourmovement.org/api"

    @property
    def auth(self) -> Auth:
        """A token; https://developers.yourmovement.org/docs/importing-data."""
        return Bearer(self.settings.api_token)

    def attribute(self, name: str, column: ColumnType) -> Attribute | NotSent:
        """A custom field, by its slug; consent and logins are none."""
        del column
        if name.startswith("subscription_"):
            return NotSent(name, "consent is set by the person fields email_opt_in, sms_opt_in and the like alone")
        if name.startswith("create_user") or name in MovementPerson.model_fields:
            return NotSent(name, "Movement has another use for this name: a login, or a field of its own")
        kind = self._kinds.get(name)
        if kind is None:
            return NotSent(name, "GET /custom_fields lists no field with that slug")
        if kind not in _KINDS:
            return NotSent(name, f"its custom field is of the kind {kind}, none of Text, Float and Date")
        return Attribute(name, _KINDS[kind], clearable=True)

    def names(self, person: MovementPerson) -> tuple[str, ...]:
        """Results name records by ``external_id``, as far as is known."""
        return (person.external_id,)

    def encode(self, person: MovementPerson, keys: frozenset[str]) -> bytes:
        """Custom fields stand beside the others."""
        del keys
        return encode(person.attributes | person.sent())

    def prepare(self) -> Flow[None]:
        """https://developers.yourmovement.org/docs/importing-data; a field without a kind is taken for a text."""
        body = (yield Request("GET", "/custom_fields")).json()
        wrapped = [body, *body.values()] if isinstance(body, dict) else [body]
        listed = next((part for part in wrapped if isinstance(part, list)), ())
        fields = [field for field in listed if isinstance(field, dict) and field.get("slug")]
        self._kinds = {str(field["slug"]): str(field.get("kind") or "text").lower() for field in fields}

    def submit(self, batch: Batch) -> Flow[Job]:
        """https://developers.yourmovement.org/reference/post_targets_bulk_upsert-1."""
        strategy = encode(self.settings.conflict_strategy)
        body = b'{"conflict_strategy":' + strategy + b',"records":[' + batch.bodies() + b"]}"
        return Job(_id(_object((yield Request("POST", "/targets/bulk_upsert", body)).json())))

    def confirm(self, job: Job, batch: Batch) -> Flow[tuple[Outcome, ...] | None]:
        """Read the deferred result; while it is not there, or has an unknown status, it is not done.

        Raises:
            BatchRefused: when it failed, or does not account for everybody of the batch.
        """
        path = self.settings.deferred_result_path.replace("{id}", segment(job.id or ""))
        answer = yield Request("GET", path, expects=_MISSING)
        body = {} if answer.status in _MISSING else _object(answer.json())
        told = _object(body.get("deferred_result")) or body
        status = str(told.get("status") or told.get("state")).lower()
        if status not in _DONE | _FAILED:
            return None
        complaints = [(batch.position(who), said) for who, said in _complaints(told)]
        named = {at: said for at, said in complaints if at is not None}
        good = _good(_object(told.get("result")) or told, len(batch) - len(named), len(named))
        if status in _FAILED or good is None or any(at is None for at, _ in complaints):
            nameless = "; ".join(said for at, said in complaints if at is None)
            raise BatchRefused(0, tuple(sorted(named)), {-1: nameless or "not everybody is accounted for", **named})
        return tuple(rejected("vendor_refused", detail=named[at]) if at in named else good for at in range(len(batch)))

    def check(self) -> Flow[Access]:
        """The cheapest documented call is the catalogue itself."""
        yield from self.prepare()
        return Access(len(self._kinds))


class MovementSink(PeopleSink):
    """One stream on its way to Movement."""

    vendor_class = Movement


def _object(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, dict) else {}


def _id(answer: Mapping[str, Any]) -> str | None:
    """In whichever of the usual places it stands."""
    inner = answer.get("deferred_result")
    places = (*map(answer.get, ("deferred_result_id", "result_id")), _object(inner).get("id"), inner, answer.get("id"))
    return next((str(found) for found in places if isinstance(found, str | int) and found), None)


def _complaints(node: object, key: str = "", *, faulty: bool = False) -> Iterator[tuple[str, str]]:
    """Whom a result complains of, or the nearest key, and in which words; lists of the good are none of it."""
    if isinstance(node, dict) and "external_id" in node:
        yield str(node["external_id"]), words(node)
        return
    inside = node.items() if isinstance(node, dict) else [(key, one) for one in node] if isinstance(node, list) else ()
    for inner, value in inside:
        if inner not in _COUNTS:
            yield from _complaints(value, inner, faulty=faulty or _FAULTY.search(inner) is not None)
    if faulty and isinstance(node, str) and node:
        yield key, node


def _good(result: Mapping[str, Any], good: int, bad: int) -> Outcome | None:
    """What became of those whom no error names; None when the counts do not account for everybody."""
    counts = [_count(result.get(key, result.get(f"{key}_count"))) for key in _COUNTS]
    known = [count for count in counts if count is not None]
    faults = [_count(value) for key, value in result.items() if _FAULTY.search(key)]
    if (known and sum(known) != good) or max((count or 0 for count in faults), default=0) > bad:
        return None
    if not known and not faults:
        return ACCEPTED
    return next((one for one, count in zip((CREATED, UPDATED), counts, strict=False) if count == good), DELIVERED)


def _count(value: object) -> int | None:
    return len(value) if isinstance(value, list) else value if isinstance(value, int) else None
