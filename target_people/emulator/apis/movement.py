"""Movement: bulk upsert of targets, deferred results, custom fields, one target.

Documented: the request, the three kinds of custom field, the conflict strategy, the statuses 200, 400 and 413, merging.
The deferred result, error bodies and the answers to reads are guesses.
Sources: https://developers.yourmovement.org/reference/post_targets_bulk_upsert-1 ,
https://developers.yourmovement.org/docs/importing-data , https://developers.yourmovement.org/docs/subscriptions .
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from target_people.emulator.apis.base import VendorApi
from target_people.emulator.apis.fields import digits, folded
from target_people.emulator.apis.movement_targets import STRATEGIES, Upsert, blank_external_id, call_fault
from target_people.emulator.exchange import Answer, Call, Route
from target_people.emulator.quirks import MOVEMENT, Quirk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_people.emulator.people import Key, Person
    from target_people.emulator.store import Document

MOST_RECORDS = 1_000
ONE: Document = {"external_id": "M-1", "first_name": "Ana", "email": "ana@example.org", "plan": "gold"}
WORDS = {
    "pending_complete": ("pending", "complete"),
    "queued_completed": ("queued", "completed"),
    "processing_finished": ("processing", "finished"),
    "running_succeeded": ("running", "succeeded"),
    "unknown_word": ("under_way", "wound_up"),
}


class Movement(VendorApi):
    """Movement's targets."""

    name: ClassVar[str] = "movement"
    title: ClassVar[str] = "Movement"
    prefix: ClassVar[str] = "/movement/api"
    imported: ClassVar[str] = "records"
    quirks: ClassVar[tuple[Quirk, ...]] = MOVEMENT
    guesses: ClassVar[tuple[str, ...]] = (
        "every error body, the form and path of a deferred result, the form of custom fields and targets",
        "two new records of one call collide like any others; an update is not checked for collisions",
        "subscription flags are true, false, 1, 0, y or n; an external_id that is no text counts as missing",
    )
    not_emulated: ClassVar[tuple[str, ...]] = (
        "csv_url: nothing is fetched, the call is a 400",
        "organisations, searches, campaigns, messages, platform logins, webhooks",
    )

    def routes(self) -> Sequence[Route]:
        """Return the operations."""
        bulk = {"conflict_strategy": "reject", "records": [ONE]}
        return (
            Route("POST", "/targets/bulk_upsert", self.bulk_upsert, "Create or update targets", bulk),
            Route("POST", "/targets/upsert", self.upsert, "Create or update a target", ONE),
            Route("GET", "/targets/{target}", self.target, "One target by id or external_id"),
            Route("GET", "/custom_fields", self.custom_fields, "All custom fields"),
            Route("GET", "/deferred_results/{result}", self.deferred_result, "Result of a bulk upsert"),
        )

    def error(self, status: int, message: str) -> Answer:
        """Return ``{"error": …}``: a guess, after the manner of Rails."""
        return Answer.of({"error": message}, status)

    def keys_of(self, document: Document) -> frozenset[Key]:
        """Return external id, e-mail address and phone number."""
        email, phone = folded(document.get("email")), digits(document.get("phone_number"))
        keys = (("external_id", document["external_id"]), ("email", email), ("phone_number", phone))
        return frozenset([key for key in keys if key[1]])

    def identity_of(self, document: Document) -> str:
        """Return the external id."""
        return str(document["external_id"])

    def bulk_upsert(self, call: Call) -> Answer:
        """Take up to 1,000 targets."""
        body = self.body(call)
        fault = call_fault(body)
        if fault:
            raise self.refuse(HTTPStatus.BAD_REQUEST, fault)
        records = body["records"]
        if len(records) > MOST_RECORDS:
            says = f"at most {MOST_RECORDS} targets in one call"
            raise self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, says)
        self._check_external_ids(records)
        number = self.world.ids.number("movement_result")
        result_id = self.world.ids.uuid() if self.quirk("id_form") == "uuid" else str(number)
        self.submit(call, result_id, call.body)
        return Answer.of(_nested(self.quirk("id_key"), _id_value(result_id)))

    def _check_external_ids(self, records: list[Document]) -> None:
        if self.quirk("missing_external_id") == "refuse_call":
            for index, record in enumerate(records):
                if blank_external_id(record):
                    raise self.refuse(HTTPStatus.BAD_REQUEST, f"records[{index}]: external_id is missing or no text")

    def work(self, body: Document) -> Document:
        """Do a bulk upsert."""
        return Upsert(self, body["records"], body.get("conflict_strategy", STRATEGIES[0])).run()

    def deferred_result(self, call: Call) -> Answer:
        """Answer how far a bulk upsert is."""
        job = self.world.jobs.poll(self.name, call.params["result"])
        hidden = job is not None and job.running and self.quirk("while_running") == "missing_404"
        if job is None or hidden:
            return self.error(HTTPStatus.NOT_FOUND, "Not found")  # Not raised: the poll counts.
        running, done = WORDS[self.quirk("status_words")]
        if job.state == "failed":
            return Answer.of({"id": _id_value(job.id), "status": "failed", "result": None})
        if job.running:
            return Answer.of({"id": _id_value(job.id), "status": running, "result": None})
        result = dict(job.outcome)
        if self.quirk("record_errors") == "absent":
            del result["errors"]
        return Answer.of({"id": _id_value(job.id), "status": done, "result": result})

    def upsert(self, call: Call) -> Answer:
        """Create or update one target at once."""
        record = self.body(call)
        if blank_external_id(record):
            raise self.refuse(HTTPStatus.BAD_REQUEST, "external_id is missing or no text")
        outcome = Upsert(self, [record], STRATEGIES[0]).run()
        if outcome["errors"]:
            raise self.refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(outcome["errors"][0]["errors"]))
        return Answer.of(self.people.find("external_id", [record["external_id"]])[0].document)

    def target(self, call: Call) -> Answer:
        """Answer one target."""
        found = self._find(call.params["target"])
        if not found:
            raise self.refuse(HTTPStatus.NOT_FOUND, "Not found")
        return Answer.of(found[0].document)

    def _find(self, text: str) -> list[Person]:
        found = self.people.by_id([text])
        if found or self.quirk("show_by") == "id_only":
            return found
        return self.people.find("external_id", [text])

    def custom_fields(self, call: Call) -> Answer:  # noqa: ARG002 - every handler takes the call
        """Answer the custom fields."""
        fields = self.world.catalogues.get(self.name)["custom_fields"]
        return Answer.of(fields if self.quirk("custom_fields_shape") == "array" else {"custom_fields": fields})


def _id_value(result_id: str) -> int | str:
    return int(result_id) if result_id.isdecimal() else result_id


def _nested(path: str, value: object) -> Document:
    outer, _, inner = path.partition(".")
    return {outer: {inner: value} if inner else value}
