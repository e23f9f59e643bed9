"""Flameup, API v1: people, on the flat paths and on the older ones that name a workspace.

Sources: https://docs.flameup.ai/post-people-batch , https://docs.flameup.ai/people ,
https://docs.flameup.ai/errors , https://docs.flameup.ai/rate-limits , https://docs.flameup.ai/get-people-id .
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from target_people.emulator.apis.base import VendorApi
from target_people.emulator.apis.fields import folded
from target_people.emulator.apis.flameup_people import Upsert, answered, faults, keys_of, merge
from target_people.emulator.exchange import Answer, Call, Refusal, Route
from target_people.emulator.limit import RateLimit
from target_people.emulator.quirks import FLAMEUP, Quirk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_people.emulator.people import Key, Person
    from target_people.emulator.store import Document
    from target_people.emulator.world import World

MOST_PEOPLE = 100
PER_MINUTE = 120
PER_MINUTE_WITHOUT_KEY = 75
STATUSES = ("active", "unsubscribed", "bounced")
ONE: Document = {"userId": "crm-1", "email": "ana@example.org", "traits": {"first_name": "Ana", "plan": "gold"}}
LIST = ("limit", "offset", "status", "search")


class Flameup(VendorApi):
    """Flameup's people."""

    name: ClassVar[str] = "flameup"
    title: ClassVar[str] = "Flameup"
    prefix: ClassVar[str] = "/flameup/api/v1"
    quirks: ClassVar[tuple[Quirk, ...]] = FLAMEUP
    guesses: ClassVar[tuple[str, ...]] = (
        "an empty batch, or one of more than 100 people, is a 422; details.fields spells people[N].field",
        "records of one userId in a batch are merged in order and counted once",
        "creating one person is a 201, deleting one is a DELETE and a 204",
    )
    not_emulated: ClassVar[tuple[str, ...]] = (
        "events, campaigns, devices, the merging of anonymous activity",
        "separate workspaces: every workspace id shows the same people",
        "validation rules of traits: any JSON value is taken",
    )

    def __init__(self, world: World) -> None:
        """Start with the published limits."""
        super().__init__(world)
        self.limit = RateLimit(world.clock, PER_MINUTE)
        self.keyless_limit = RateLimit(world.clock, PER_MINUTE_WITHOUT_KEY)

    def routes(self) -> Sequence[Route]:
        """Return the operations."""
        old, batch = "/workspaces/{workspace}/people", {"people": [ONE]}
        search = ("q", "email", "external_id", "limit")
        return (
            Route("POST", "/people/batch", self.batch, "Create or update people", batch),
            Route("POST", "/people", self.create, "Create a person", ONE),
            Route("GET", "/people", self.list, "List people", query=LIST),
            Route("GET", "/people/{person}", self.one, "One person by external id or e-mail address"),
            Route("PUT", "/people/{person}", self.update, "Update a person", {"traits": {"plan": "free"}}),
            Route("DELETE", "/people/{person}", self.delete, "Delete a person"),
            Route("POST", f"{old}/batch", self.batch, "Create or update people (older path)", batch),
            Route("POST", f"{old}/upsert", self.upsert, "Create or update a person (older path)", ONE),
            Route("POST", old, self.create, "Create a person (older path)", ONE),
            Route("GET", old, self.list, "List people (older path)", query=LIST),
            Route("GET", f"{old}/search", self.search, "Search people (older path)", query=search),
            Route("GET", f"{old}/{{id}}", self.one, "One person by UUID (older path)"),
            Route("PUT", f"{old}/{{id}}", self.update, "Update a person (older path)", {"traits": {}}),
        )

    def reset(self) -> None:
        """Go back to the published limits, with no calls counted."""
        self.limit = RateLimit(self.world.clock, PER_MINUTE)
        self.keyless_limit = RateLimit(self.world.clock, PER_MINUTE_WITHOUT_KEY)

    def error(self, status: int, message: str) -> Answer:
        """Return an error in the one of the four published forms that its page shows for the status."""
        codes = {401: "unauthorized", 404: "not_found", 422: "validation_error"}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            text = "Too many requests. Please try again later."
            return Answer.of({"error": "Rate limit exceeded", "message": text}, status)
        if status in codes:
            return Answer.of({"error": {"code": codes[status], "message": message}}, status)
        kind = HTTPStatus(status).phrase.lower().replace(" ", "_")
        body = {"success": False, "error": {"type": kind, "message": message}, "request_id": self._request_id()}
        return Answer.of(body, status)

    def _request_id(self) -> str:
        return f"req_{self.world.ids.number('flameup_request'):012d}"

    def keys_of(self, document: Document) -> frozenset[Key]:
        """Return external id and e-mail address."""
        return keys_of(document)

    def identity_of(self, document: Document) -> str:
        """Return the external id."""
        return str(document["external_id"])

    def _limit(self, call: Call) -> tuple[RateLimit, str]:
        key = call.bearer()
        return (self.limit, key) if key else (self.keyless_limit, call.client)

    def admit(self, call: Call) -> Answer | None:
        """Return 429 when the key has used up its minute."""
        limit, key = self._limit(call)
        return None if limit.take(key) else self.error(HTTPStatus.TOO_MANY_REQUESTS, "")

    def finish(self, call: Call, answer: Answer) -> None:
        """Add the three headers of the rate limit."""
        limit, key = self._limit(call)
        answer.headers.update(limit.headers(key))

    def batch(self, call: Call) -> Answer:
        """Create or update up to 100 people."""
        records = self.body(call).get("people")
        if not isinstance(records, list) or not 1 <= len(records) <= MOST_PEOPLE:
            raise self._invalid({"people": f"must be an array of 1 to {MOST_PEOPLE} people"})
        wrong = {index: found for index, record in enumerate(records) if (found := faults(self, record))}
        if wrong and self.quirk("invalid_element") != "drop_silently":
            raise self._invalid(
                {
                    f"people[{index}].{field}".rstrip("."): says
                    for index, found in wrong.items()
                    for field, says in found.items()
                }
            )
        people, created = Upsert(self, [record for at, record in enumerate(records) if at not in wrong]).run()
        shown = [answered(self, person.document) for person in people]
        if self.quirk("order") == "reversed":
            shown.reverse()
        answer = {"people": shown, "created_count": created, "updated_count": len(people) - created}
        return Answer.of(answer, int(self.quirk("batch_status")))

    def _invalid(self, fields: dict[str, str]) -> Refusal:
        error: Document = {"code": "validation_error", "message": "Validation failed"}
        if self.quirk("invalid_element") != "refuse_batch_unnamed":
            error["details"] = {"fields": fields}
        return Refusal(Answer.of({"error": error}, HTTPStatus.UNPROCESSABLE_ENTITY))

    def _put(self, call: Call) -> Person:
        record = self.body(call)
        wrong = faults(self, record)
        if wrong:
            raise self._invalid(wrong)
        return Upsert(self, [record]).run()[0][0]

    def create(self, call: Call) -> Answer:
        """Create one person."""
        known = self.people.find("external_id", [str(self.body(call).get("userId"))])
        if known and self.quirk("create_existing") == "conflict_409":
            raise self.refuse(HTTPStatus.CONFLICT, "this userId exists")
        return Answer.of(answered(self, self._put(call).document), HTTPStatus.CREATED)

    def upsert(self, call: Call) -> Answer:
        """Create or update one person; the documented answer is an empty object."""
        self._put(call)
        return Answer.of({})

    def list(self, call: Call) -> Answer:
        """List people."""
        limit, offset = self.whole(call, "limit", 20, 1, MOST_PEOPLE), self.whole(call, "offset", 0, 0, 10**9)
        status = call.query.get("status")
        if status not in (None, *STATUSES):
            raise self.refuse(HTTPStatus.BAD_REQUEST, f"status must be one of {', '.join(STATUSES)}")
        text = call.query.get("search", "")
        if status in (None, "active"):
            found, total = self.people.search(text, limit, offset)
        else:
            found, total = [], 0  # Nobody is unsubscribed or bounced here: no operation makes them so.
        shown = [answered(self, person.document) for person in found]
        return Answer.of({"people": shown, "total": total, "limit": limit, "offset": offset})

    def search(self, call: Call) -> Answer:
        """Search people; e-mail address and external id match exactly."""
        limit = self.whole(call, "limit", 20, 1, MOST_PEOPLE)
        if "external_id" in call.query:
            found = self.people.find("external_id", [call.query["external_id"]])
        elif "email" in call.query:
            found = self.people.find("email", [folded(call.query["email"])])
        else:
            found = self.people.search(call.query.get("q", ""), limit)[0]
        return Answer.of({"people": [answered(self, person.document) for person in found[:limit]]})

    def _find(self, call: Call) -> Person:
        if "id" in call.params:
            found = self.people.by_id([call.params["id"]])
        else:
            text = call.params["person"]
            found = self.people.find("external_id", [text]) or self.people.find("email", [folded(text)])
        if not found:
            raise self.refuse(HTTPStatus.NOT_FOUND, "Person not found")
        return found[0]

    def one(self, call: Call) -> Answer:
        """Answer one person."""
        return Answer.of(answered(self, self._find(call).document))

    def update(self, call: Call) -> Answer:
        """Merge fields and traits into one person."""
        person, record = self._find(call), self.body(call)
        wrong = faults(self, record, needs_id=False)
        if wrong:
            raise self._invalid(wrong)
        merge(self, person.document, record, self.world.clock.iso())
        self.people.put([person])
        return Answer.of(answered(self, person.document))

    def delete(self, call: Call) -> Answer:
        """Delete one person."""
        self.people.remove([self._find(call)])
        return Answer(HTTPStatus.NO_CONTENT)
