"""What all vendors' APIs have in common: routes, the token, the body, the people."""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

import msgspec

from target_people.emulator.exchange import Answer, Refusal
from target_people.emulator.people import Key, People, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_people.emulator.exchange import Call, Route
    from target_people.emulator.jobs import Job
    from target_people.emulator.quirks import Quirk
    from target_people.emulator.store import Document
    from target_people.emulator.world import World

CREDENTIAL = "emulator"
"""The one token, client id and client secret that is accepted."""


class VendorApi(ABC):
    """One vendor's API.

    Attributes:
        name: The vendor's name, as in the path and in the client's settings.
        title: The vendor's name as it writes it.
        prefix: What stands in front of the paths of the routes.
        imported: The key of an import job's body that holds the people.
        quirks: What is not documented about it.
        guesses: What it does without knowing whether the vendor does, beside the quirks, in one sentence each.
        not_emulated: What a reader might look for and not find, in one sentence each.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    prefix: ClassVar[str]
    imported: ClassVar[str] = ""
    quirks: ClassVar[tuple[Quirk, ...]] = ()
    guesses: ClassVar[tuple[str, ...]] = ()
    not_emulated: ClassVar[tuple[str, ...]] = ()

    def __init__(self, world: World) -> None:
        """Take a place in ``world``: declare the quirks and offer to do the jobs."""
        self.world = world
        self.people = People(world.store, self.name, world.history, self.keys_of, self.identity_of)
        world.quirks.declare(self.name, self.quirks)
        world.jobs.employ(self.name, self._do)

    @abstractmethod
    def routes(self) -> Sequence[Route]:
        """Return the operations; where two paths match, the earlier counts."""

    @abstractmethod
    def error(self, status: int, message: str) -> Answer:
        """Return an error in the vendor's own form."""

    @abstractmethod
    def keys_of(self, document: Document) -> frozenset[Key]:
        """Return the keys that a stored document is found by."""

    @abstractmethod
    def identity_of(self, document: Document) -> str:
        """Return what the customer calls the person of a stored document."""

    def shown(self, person: Person) -> Document:
        """Return everything stored about a person, in the vendor's words, for the control interface."""
        return person.document

    def submit(self, call: Call, job_id: str, payload: bytes) -> None:
        """Take an import job, whose end the faults in force decide."""
        self.world.jobs.submit(self.name, job_id, payload, self.world.faults.fate(call))

    def work(self, body: Document) -> Document:
        """Do the import of ``body`` and return its outcome."""
        raise NotImplementedError

    def _do(self, job: Job) -> Document:
        """Do as much of a job as it is to do, from its first person on."""
        body = msgspec.json.decode(job.payload)
        people = body[self.imported]
        body[self.imported] = people[: int(len(people) * job.share)]
        return self.work(body)

    def admit(self, call: Call) -> Answer | None:  # noqa: ARG002 - for vendors with a limit
        """Return an answer that stands in front of everything else, such as a rate limit's, or None."""
        return None

    def finish(self, call: Call, answer: Answer) -> None:  # noqa: B027 - most vendors add none
        """Add the headers that stand on every answer."""

    def reset(self) -> None:  # noqa: B027 - most vendors keep nothing
        """Forget what the API keeps outside the store."""

    def authorise(self, call: Call) -> None:
        """Refuse the call unless it carries the token.

        Raises:
            Refusal: The token is missing or wrong.
        """
        if not is_credential(call.bearer()):
            raise Refusal(self.error(HTTPStatus.UNAUTHORIZED, "Unauthorized"))

    def handle(self, route: Route, call: Call) -> Answer:
        """Answer one call; what a refused call did is undone."""
        call.number = self.world.journal.reserve()
        try:
            if route.needs_token:
                self.authorise(call)
            with self.world.store.transaction(), self.world.history.caused_by(call.number):
                return route.handler(call)
        except Refusal as refusal:
            return refusal.answer

    def quirk(self, name: str) -> str:
        """Return the variant in force."""
        return self.world.quirks.get(self.name, name)

    def refuse(self, status: int, message: str) -> Refusal:
        """Return the refusal with this error, to be raised."""
        return Refusal(self.error(status, message))

    def json(self, call: Call) -> object:
        """Return the decoded body.

        Raises:
            Refusal: The body is not announced as JSON, or is not JSON.
        """
        if not call.headers.get("content-type", "").startswith("application/json"):
            raise self.refuse(HTTPStatus.BAD_REQUEST, "Content-Type must be application/json")
        try:
            return call.json()
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise self.refuse(HTTPStatus.BAD_REQUEST, "the body is not JSON") from None

    def body(self, call: Call) -> Document:
        """Return the decoded body, which must be an object.

        Raises:
            Refusal: It is not.
        """
        body = self.json(call)
        if not isinstance(body, dict):
            raise self.refuse(HTTPStatus.BAD_REQUEST, "the body must be a JSON object")
        return body

    def whole(self, call: Call, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number from the query.

        Raises:
            Refusal: It is not a whole number from ``least`` to ``most``.
        """
        text = call.query.get(name, str(default))
        if not text.isdecimal() or not least <= int(text) <= most:
            raise self.refuse(HTTPStatus.BAD_REQUEST, f"{name} must be a whole number from {least} to {most}")
        return int(text)


def is_credential(text: str) -> bool:
    """Tell whether ``text`` is the one accepted credential."""
    return hmac.compare_digest(text.encode(), CREDENTIAL.encode())
