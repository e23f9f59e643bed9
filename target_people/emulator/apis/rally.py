"""Rally UXR, public API v1, as far as loading and reading back people needs it.

Sources: https://docs.rallyuxr.com/api-reference/people/import-people ,
https://docs.rallyuxr.com/api-reference/imports/gets-an-import-by-id ,
https://docs.rallyuxr.com/api-reference/people/search-for-people ,
https://docs.rallyuxr.com/api-reference/person-properties/create-multiple-new-person-properties .
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from target_people.emulator.apis.base import VendorApi
from target_people.emulator.apis.fields import folded, is_texts
from target_people.emulator.apis.rally_import import Import, ImportCheck
from target_people.emulator.apis.rally_people import keys_of
from target_people.emulator.apis.rally_properties import Properties
from target_people.emulator.apis.rally_search import MOST, page, search
from target_people.emulator.clock import iso
from target_people.emulator.exchange import Answer, Call, Route
from target_people.emulator.quirks import RALLY, Quirk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_people.emulator.jobs import Job
    from target_people.emulator.people import Key, Person
    from target_people.emulator.store import Document
    from target_people.emulator.world import World

EXAMPLE: Document = {
    "people": [
        {
            "email": "ana@example.org",
            "firstName": "Ana",
            "properties": [{"propertyId": "cmprop0000000000000000001", "value": "gold"}],
        }
    ]
}


class Rally(VendorApi):
    """Rally's people, imports, properties, populations and users."""

    name: ClassVar[str] = "rally"
    title: ClassVar[str] = "Rally UXR"
    prefix: ClassVar[str] = "/rally/api/public/v1"
    imported: ClassVar[str] = "people"
    quirks: ClassVar[tuple[Quirk, ...]] = RALLY
    guesses: ClassVar[tuple[str, ...]] = (
        'the error body {"message": …}; a record of another form makes the call a 400, a wrong value fails the record',
        "a failed record without an e-mail address and without a stored person is named by a person id that nobody has",
        "values: select options by name, dates with or without a time, numbers and booleans as such in JSON",
        "a search answers an unknown property with the error NOT_FOUND; deleting one person is a 204",
    )
    not_emulated: ClassVar[tuple[str, ...]] = (
        "studies, segments, panels, incentives, webhooks, exclusive populations",
        "deletions are done at once, not queued",
        "permissions of single properties, but for those that a quirk hides from every search",
    )

    def __init__(self, world: World) -> None:
        """Give the properties their own room."""
        super().__init__(world)
        self._properties = Properties(self)

    def routes(self) -> Sequence[Route]:
        """Return the operations."""
        opted_out = "/people/{person}/opted-out"
        return (
            Route("POST", "/people/import", self.import_people, "Import people", EXAMPLE),
            Route("GET", "/imports/{import}", self.import_state, "State of an import"),
            Route("POST", "/people/search", self.search, "Search people", {"peopleIds": []}),
            Route("POST", "/people/delete", self.delete_people, "Delete people", {"personIds": []}),
            Route("GET", opted_out, self.opted_out, "Person id and opt-out of an e-mail address or id"),
            Route("PUT", opted_out, self.opt_out, "Set the opt-out", {"isOptedOut": True}),
            Route("DELETE", "/people/{person}", self.delete_person, "Delete a person by id"),
            Route("POST", "/properties/import", self._properties.create, "Create properties", [{"name": "tier"}]),
            Route("GET", "/properties", self._properties.list, "All properties"),
            Route("GET", "/properties/{property}", self._properties.one, "One property"),
            Route("GET", "/populations", self.populations, "Populations", query=("size", "startCursor")),
            Route("GET", "/users", self.users, "Users", query=("size", "startCursor", "email")),
        )

    def error(self, status: int, message: str) -> Answer:
        """Return ``{"message": …}``: the form of request-level errors is inferred."""
        return Answer.of({"message": message}, status)

    def keys_of(self, document: Document) -> frozenset[Key]:
        """Return e-mail address, phone and the values of unique properties."""
        entries = self.world.catalogues.get(self.name)["properties"]
        unique = [entry["propertyId"] for entry in entries if entry["isUnique"]]
        return keys_of(document, unique, fold=self.quirk("email_case") == "folded")

    def identity_of(self, document: Document) -> str:
        """Return the e-mail address, or else the phone, or else Rally's id."""
        return str(document["email"] or document["phone"] or document["personId"])

    def shown(self, person: Person) -> Document:
        """Return the person with property names in place of property ids."""
        entries = self.world.catalogues.get(self.name)["properties"]
        names = {entry["propertyId"]: entry["name"] for entry in entries}
        named = {names.get(key, key): value for key, value in person.document["properties"].items()}
        return person.document | {"properties": named}

    def import_people(self, call: Call) -> Answer:
        """Take an import."""
        body = self.body(call)
        ImportCheck(self).check(body)
        import_id = self.world.ids.cuid()
        self.submit(call, import_id, call.body)
        shown = None if self.quirk("import_id") == "null" else import_id
        answer = {"message": "Import started", "count": len(body["people"]), "importId": shown}
        return Answer.of(answer, int(self.quirk("import_status")))

    def work(self, body: Document) -> Document:
        """Do an import."""
        return Import(self, body, self._properties.named).run()

    def import_state(self, call: Call) -> Answer:
        """Answer how far an import is."""
        job = self.world.jobs.poll(self.name, call.params["import"])
        if job is None:
            return self.error(HTTPStatus.NOT_FOUND, "import not found")  # Not raised: the poll counts.
        state = {
            "importId": job.id,
            "type": "API",
            "status": self._status(job),
            "personCount": job.outcome.get("imported", 0),
            "failedRecords": self._failed(job.outcome.get("failed", [])),
            "updatedAt": iso(job.finished_at or job.submitted_at).replace("Z", ".000Z"),
        }
        if self.quirk("failed_records") == "absent":
            del state["failedRecords"]
        return Answer.of(state)

    def _status(self, job: Job) -> str:
        word = self.quirk("status_word")
        if job.state == "failed":
            return "ERROR"
        if not job.running:
            return "FINALISED" if word == "unknown_for_good" else "COMPLETED"
        if word != "documented":
            return "PROCESSING"
        more = self.world.jobs.pace(self.name).value > job.polls
        return "NOT_STARTED" if job.polls == 1 and more else "UPLOADING"

    def _failed(self, failed: list[Document]) -> list[Document] | None:
        form = self.quirk("failed_records")
        if form == "null":
            return None
        by_email = form == "list"
        return [
            {"email": entry["email"]} if by_email and entry["email"] else {"personId": entry["personId"]}
            for entry in failed
        ]

    def search(self, call: Call) -> Answer:
        """Answer the people that a search finds, a page at a time."""
        return search(self, self.body(call))

    def _find(self, text: str) -> Person:
        found = self.people.by_id([text]) or self.people.find("email", [folded(text), text])
        if not found:
            raise self.refuse(HTTPStatus.NOT_FOUND, "person not found")
        return found[0]

    def opted_out(self, call: Call) -> Answer:
        """Answer id, e-mail address and opt-out of one person."""
        document = self._find(call.params["person"]).document
        return Answer.of({name: document[name] for name in ("personId", "email", "isOptedOut")})

    def opt_out(self, call: Call) -> Answer:
        """Set the opt-out of one person."""
        value = self.body(call).get("isOptedOut")
        if not isinstance(value, bool):
            raise self.refuse(HTTPStatus.BAD_REQUEST, "isOptedOut must be true or false")
        person = self._find(call.params["person"])
        person.document |= {"isOptedOut": value, "updatedAt": self.world.clock.iso()}
        self.people.put([person])
        return Answer.of({name: person.document[name] for name in ("personId", "isOptedOut", "updatedAt")})

    def delete_person(self, call: Call) -> Answer:
        """Delete one person by id."""
        found = self.people.by_id([call.params["person"]])
        if not found:
            raise self.refuse(HTTPStatus.NOT_FOUND, "person not found")
        self.people.remove(found)
        return Answer(HTTPStatus.NO_CONTENT)

    def delete_people(self, call: Call) -> Answer:
        """Delete people by id or e-mail address."""
        body = self.body(call)
        ids, emails = body.get("personIds", []), body.get("emails", [])
        if not is_texts(ids) or not is_texts(emails) or not (ids or emails):
            raise self.refuse(HTTPStatus.BAD_REQUEST, "personIds or emails must be an array of texts")
        found = self.people.by_id(ids) + self.people.find("email", map(folded, emails))
        answer = {"message": "People marked for deletion", "count": self.people.remove(found)}
        return Answer.of(answer, HTTPStatus.ACCEPTED)

    def populations(self, call: Call) -> Answer:
        """Answer the populations, a page at a time."""
        return self._page(call, self.world.catalogues.get(self.name)["populations"])

    def users(self, call: Call) -> Answer:
        """Answer the users, a page at a time."""
        users = self.world.catalogues.get(self.name)["users"]
        email = call.query.get("email")
        return self._page(call, [user for user in users if email in (None, user["email"])])

    def _page(self, call: Call, entries: list[Document]) -> Answer:
        size = self.whole(call, "size", 10, 1, MOST)
        return Answer.of(page(entries, size, self.whole(call, "startCursor", 0, 0, 10**9)))
