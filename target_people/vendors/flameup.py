"""Flameup: ``POST /people/batch``, answered at once.

API v1. Documentation, read in copies of 2026-11: https://docs.flameup.ai/post-people-batch, /people, /authentication,
/rate-limits, /errors. Nothing is published about duplicates, order or idempotency.

Documented: 100 people a request; 120 requests a minute and key; ``userId`` required, at most 255 characters; ``email``
at most 254, ``phone`` at most 50; ``traits`` is an object; the answer holds ``people``, ``created_count`` and
``updated_count``; its spelling differs between pages (``external_id``/``attributes``, ``userId``/``traits``).
Inferred: ``userId`` comes back as ``external_id``, because examples show one in and the other out; traits are merged,
because PUT merges; a record missing from the answer was dropped, because the schema has no list of errors.
Unknown: what null does (so it is only sent when asked for, and the answer must show that the value is gone); how
``details.fields`` names a person (so every usual way is read).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from target_people.delivery.auth import Auth, Bearer
from target_people.delivery.contract import Job, Limits, Refusal, Vendor, words
from target_people.delivery.json import decode, encode
from target_people.delivery.message import Request
from target_people.delivery.settings import Optional, Secret, Text, VendorSettings, segment
from target_people.delivery.verdict import CREATED, DELIVERED, UPDATED, Outcome, rejected
from target_people.errors import NotConfirmedError
from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.converter import as_is
from target_people.people.field import PersonField
from target_people.people.model import PeopleModel
from target_people.people.person import Person, Takes, wire_names
from target_people.sinks import PeopleSink

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch, Outgoing
    from target_people.delivery.message import Flow, Response

_TRAIT = "traits."
_NAMES = ("external_id", "userId")
_INDEX = re.compile(r"people\W+(\d{1,9})(?!\d)")


class FlameupSettings(VendorSettings):
    """The object ``flameup`` of the configuration."""

    api_key: Secret = Field(description="API key with people:write, and people:read for checks")
    workspace_id: Text | Optional = Field(default=None, description="Uses the older workspace paths")


class FlameupPerson(Person):
    """One element of ``people``; https://docs.flameup.ai/people."""

    user_id: Annotated[str, Takes((PersonField.EXTERNAL_ID,))] = Field(alias="userId", max_length=255)
    email: Annotated[str | None, Takes((PersonField.EMAIL,), clearable=True)] = Field(default=None, max_length=254)
    phone: Annotated[str | None, Takes((PersonField.PHONE,), clearable=True)] = Field(default=None, max_length=50)
    first_name: Annotated[str | None, Takes((PersonField.FIRST_NAME,), clearable=True)] = Field(
        default=None, alias="traits.first_name"
    )
    last_name: Annotated[str | None, Takes((PersonField.LAST_NAME,), clearable=True)] = Field(
        default=None, alias="traits.last_name"
    )
    avatar_url: Annotated[str | None, Takes((PersonField.AVATAR_URL,), clearable=True)] = Field(
        default=None, alias="traits.avatar_url"
    )
    timezone: Annotated[str | None, Takes((PersonField.TIMEZONE,), clearable=True)] = Field(
        default=None, alias="traits.timezone"
    )
    locale: Annotated[str | None, Takes((PersonField.LOCALE,), clearable=True)] = Field(
        default=None, alias="traits.locale"
    )


_TRAITS = {name: name.removeprefix(_TRAIT) for name in wire_names(FlameupPerson).values() if name.startswith(_TRAIT)}
"""Wire name → trait, of those that a person field fills; an answer shows them beside the other traits."""


class Flameup(Vendor[FlameupSettings, FlameupPerson], PeopleModel):
    """People by ``userId``; traits are merged into what is stored."""

    name = "flameup"
    title = "Flameup"
    home = "https://api.flameup.ai/api/v1"
    settings_class = FlameupSettings
    person_class = FlameupPerson
    identifier = PersonField.EXTERNAL_ID
    credentials = "flameup.api_key"
    limits = Limits(people=100, batch=100, in_flight=4, per_minute=120)

    @property
    def auth(self) -> Auth:
        """A key that selects the workspace; https://docs.flameup.ai/authentication."""
        return Bearer(self.settings.api_key)

    def attribute(self, name: str, column: ColumnType) -> Attribute | NotSent:
        """Every column may be a trait: no definition step is documented, and any JSON value comes back."""
        del column
        if name == "phone":
            return NotSent(name, "Flameup has the phone beside the traits, and which of the two wins is unknown")
        if name in _TRAITS.values():
            return NotSent(name, f"Flameup has one trait of that name, and the field {name} fills it")
        return Attribute(name, as_is, clearable=True)

    def names(self, person: FlameupPerson) -> tuple[str, ...]:
        """The answer names people by what was sent as ``userId``."""
        return (person.user_id,)

    def encode(self, person: FlameupPerson, keys: frozenset[str]) -> bytes:
        """Names and the like are traits; the rest stands at the top."""
        del keys
        sent, traits = person.sent(), person.attributes.copy()
        for key, trait in _TRAITS.items():
            if key in sent:
                traits[trait] = sent.pop(key)
        return encode({**sent, "traits": traits} if traits else sent)

    def submit(self, batch: Batch) -> Flow[Job]:
        """https://docs.flameup.ai/post-people-batch."""
        response = yield Request("POST", f"{self._root()}/people/batch", b'{"people":[' + batch.bodies() + b"]}")
        return Job(outcomes=_outcomes(batch, response.json()))

    def check(self) -> Flow[str]:
        """The smallest documented authenticated GET."""
        request = Request("GET", f"{self._root()}/people", query=(("limit", "1"),))
        yield request
        return f"GET {request.path}?limit=1"

    def refusal(self, response: Response, batch: Batch) -> Refusal:
        """``details.fields`` names fields, and perhaps the person; https://docs.flameup.ai/errors."""
        body = response.json()
        said: dict[int, list[str]] = {-1: [words(body)]}
        for key, text in _fields(body).items():
            found = _INDEX.search(key)
            at = int(found.group(1)) if found else -1
            said.setdefault(at if at < len(batch) else -1, []).append(f"{key}: {words(text)}")
        details = {at: "; ".join(filter(None, texts)) for at, texts in said.items()}
        return Refusal(tuple(sorted(details.keys() - {-1})), details)

    def _root(self) -> str:
        workspace = self.settings.workspace_id
        return f"/workspaces/{segment(workspace)}" if workspace else ""


class FlameupSink(PeopleSink):
    """One stream on its way to Flameup."""

    vendor_class = Flameup


def _fields(body: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the vendor answered
    """``error.details.fields``; empty in the published forms that have none."""
    for key in ("error", "details", "fields"):
        body = body.get(key) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else {}


def _outcomes(batch: Batch, answer: Any) -> tuple[Outcome, ...]:  # noqa: ANN401 - whatever the vendor answered
    """Who is in the answer was stored; who is not was dropped."""
    body = answer if isinstance(answer, dict) else {}
    counts = [body.get(key) for key in ("created_count", "updated_count")]
    created, updated = (count if type(count) is int else 0 for count in counts)
    good = {(len(batch), 0): CREATED, (0, len(batch)): UPDATED}.get((created, updated), DELIVERED)
    stored = _stored(body.get("people"))
    if stored or (body.get("people") == [] and counts == [0, 0]):  # nobody at all is an answer as well
        return tuple(_outcome(person, stored.get(person.identity), good) for person in batch)
    if created + updated == len(batch):
        return tuple(_outcome(person, {}, good) for person in batch)
    message = f"flameup answered a request of {len(batch)} people without saying whom it stored; run again"
    raise NotConfirmedError(message)


def _stored(people: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - whatever the vendor answered
    """The people of an answer by what was sent as ``userId``, in either spelling; without those that have neither."""
    found = [person for person in people if isinstance(person, dict)] if isinstance(people, list) else []
    names = [next((person[key] for key in _NAMES if person.get(key) is not None), None) for person in found]
    return {str(name): person for name, person in zip(names, found, strict=True) if name is not None}


def _outcome(person: Outgoing, stored: dict[str, Any] | None, good: Outcome) -> Outcome:
    if stored is None:
        return rejected("not_stored")
    kept = _not_cleared(person.body, stored) if b":null" in person.body else None
    return rejected("not_cleared", kept) if kept else good


def _not_cleared(body: bytes, stored: dict[str, Any]) -> str | None:
    """A field that was to be cleared and of which the answer does not show that it is gone."""
    sent = decode(body)
    traits = [part or {} for key in ("attributes", "traits") if isinstance(part := stored.get(key, ""), dict | None)]
    shown = [(key, [stored] if stored else []) for key in _nulls(sent)]
    for key in _nulls(sent.get("traits", {})):
        shown += [(key, [*traits, stored] if key in stored and key in _TRAITS.values() else traits)]
    return next((key for key, parts in shown if not _gone(key, parts)), None)


def _nulls(sent: dict[str, Any]) -> list[str]:
    return [key for key, value in sent.items() if value is None]


def _gone(key: str, parts: list[dict[str, Any]]) -> bool:
    return bool(parts) and all(part.get(key) is None for part in parts)
