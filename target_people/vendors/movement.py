"""Movement: ``POST /targets/bulk_upsert``, whose outcome is a deferred result that has to be asked for.

Unversioned API. Documentation, read in partial copies of 2026-11: https://developers.yourmovement.org/docs/importing-data,
/docs/subscriptions, /reference/post_targets_bulk_upsert-1. The page of the deferred result was not to be had.

Documented: 1,000 records a call, 413 above; ``external_id`` identifies; custom fields by slug, of the kinds Text, Float
and Date (``YYYY-MM-DD``); data is merged, so what is not sent stays; ``conflict_strategy`` concerns new records that
share an e-mail address or a phone number; 200 means accepted, done minutes later; ``subscription_*`` sets consent.
Inferred: the path of the result, because it is usual, so it is a setting; ``GET /custom_fields``, because the path is
documented; a 404 for a result may mean not yet; ``create_user*`` makes logins as its CSV column does, so never sent.
Unknown: the result's keys and words, so all usual ones are read, and whatever does not account for everybody is no
success; what null does, so ``nulls: clear`` is for those who have tried it; the form of consent, sent as true or false;
which custom fields stand for organisations and move people between them, so a kind other than the three is not sent;
whether ``GET /targets/{id}``, inferred from the page "Targets, Show", takes an external id, so it is only tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from target_people.delivery import reading, report
from target_people.delivery.auth import Auth, Bearer
from target_people.delivery.contract import Access, Job, Limits, Vendor
from target_people.delivery.json import decode, encode
from target_people.delivery.message import Request
from target_people.delivery.settings import Optional, Secret, Text, VendorSettings, segment
from target_people.delivery.verdict import Outcome, rejected
from target_people.errors import JobFailed
from target_people.people import converter
from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.field import PersonField
from target_people.people.likeness import Likeness
from target_people.people.model import PeopleModel
from target_people.people.person import Person, Takes
from target_people.sinks import PeopleSink

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch
    from target_people.delivery.message import Flow

_KINDS = frozenset({"text", "float", "date"})


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
    limits = Limits(people=1000, batch=500, read_back=10)

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
        convert = converter.of_type(kind) if kind in _KINDS else None
        if convert is None:
            return NotSent(name, f"its custom field is of the kind {kind}, none of Text, Float and Date")
        return Attribute(name, convert, clearable=True)

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
        fields = [field for field in reading.objects_of(body) if field.get("slug")]
        self._kinds = {str(field["slug"]): str(field.get("kind") or "text").lower() for field in fields}

    def submit(self, batch: Batch) -> Flow[Job]:
        """https://developers.yourmovement.org/reference/post_targets_bulk_upsert-1."""
        strategy = encode(self.settings.conflict_strategy)
        body = b'{"conflict_strategy":' + strategy + b',"records":[' + batch.bodies() + b"]}"
        return Job(_id((yield Request("POST", "/targets/bulk_upsert", body)).json()))

    def confirm(self, job: Job, batch: Batch) -> Flow[tuple[Outcome, ...] | None]:
        """Read the deferred result; while it has an unknown status it is not done.

        Raises:
            JobFailed: when it failed, or does not account for everybody of the batch.
            JobUnknown: when it is not there.
        """
        path = self.settings.deferred_result_path.replace("{id}", segment(job.id or ""))
        body = yield from reading.told_of(Request("GET", path))
        told = reading.object_of(body.get("deferred_result")) or body
        status = str(told.get("status") or told.get("state")).lower()
        if status not in report.DONE | report.FAILED:
            return None
        complaints = [(batch.position(who), said) for who, said in report.complaints(told, "external_id")]
        named = {at: said for at, said in complaints if at is not None}
        result = reading.object_of(told.get("result")) or told
        good = report.outcome(result, len(batch) - len(named), len(named))
        if status in report.FAILED or good is None or any(at is None for at, _ in complaints):
            nameless = "; ".join(said for at, said in complaints if at is None)
            raise JobFailed(tuple(sorted(named)), {-1: nameless or "not everybody is accounted for", **named})
        return tuple(rejected("vendor_refused", detail=named[at]) if at in named else good for at in range(len(batch)))

    def read_back(self, batch: Batch) -> Flow[tuple[bool | None, ...] | None]:
        """One request each; where nobody is found, the path may take no external id, so that cannot be told."""
        sent = [decode(person.body) for person in batch]
        found = yield from reading.looked_up(f"/targets/{segment(one['external_id'])}" for one in sent)
        if found is None:
            return None
        held = [reading.object_of(one.get("target")) or one for one in found]
        known = {str(one.get("external_id")) for one in held}
        seen = Likeness(self.fields()).of_all(sent, held, "external_id")
        return tuple(one if who["external_id"] in known else None for one, who in zip(seen, sent, strict=True))

    def check(self) -> Flow[Access]:
        """The cheapest documented call is the catalogue itself."""
        yield from self.prepare()
        return Access(len(self._kinds))


class MovementSink(PeopleSink):
    """One stream on its way to Movement."""

    vendor_class = Movement


def _id(answer: Any) -> str | None:  # noqa: ANN401 - whatever the vendor answered
    """In whichever of the usual places it stands."""
    places = ("deferred_result_id", "result_id", "deferred_result.id", "deferred_result", "id")
    found = (reading.at(answer, place) for place in places)
    return next((str(one) for one in found if isinstance(one, str | int) and one), None)
