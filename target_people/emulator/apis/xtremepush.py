"""Xtremepush, external API: profile import, tasks, profiles and attributes. Every call is a POST with the app token.

Documented: the envelope, the meaning of the codes, 202 with a task from 100 rows on, list/task, the condition form.
Sources: https://docs.xtremepush.com/reference/user-profile-import , https://docs.xtremepush.com/reference/task-list ,
https://docs.xtremepush.com/docs/external-api-overview ,
https://support.xtremepush.com/hc/en-us/articles/115001058185-External-API-Responses-Status-Error-Codes .
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

import msgspec

from target_people.emulator.apis.base import VendorApi, is_credential
from target_people.emulator.apis.fields import folded
from target_people.emulator.apis.xtremepush_import import RESERVED, TYPES, Import, call_fault, checks_of
from target_people.emulator.apis.xtremepush_list import selected
from target_people.emulator.exchange import Answer, Call, Route
from target_people.emulator.quirks import XTREMEPUSH, Quirk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_people.emulator.jobs import Job
    from target_people.emulator.people import Key
    from target_people.emulator.store import Document

RECOMMENDED_ROWS = 10_000
ASYNC_ROWS = 100
STATES = {"queued": 0, "running": 1, "completed": 2, "failed": 3}
EXAMPLE: Document = {
    "apptoken": "emulator",
    "columns": ["user_id", "email", "email_subscription", "plan"],
    "rows": [["u-1", "ana@example.org", 1, "gold"]],
}
LIST: Document = {"apptoken": "emulator", "condition": [["user_id", "=", "u-1"]], "limit": 1, "offset": 0}


class Xtremepush(VendorApi):
    """Xtremepush's profiles."""

    name: ClassVar[str] = "xtremepush"
    title: ClassVar[str] = "Xtremepush"
    prefix: ClassVar[str] = "/xtremepush/api/external"
    imported: ClassVar[str] = "rows"
    quirks: ClassVar[tuple[Quirk, ...]] = XTREMEPUSH
    guesses: ClassVar[tuple[str, ...]] = (
        "the answers of info/task, list/task, list/tag and create/tag beyond the documented envelope",
        "a subscription is 0 or 1 and neither true nor false; a Number may be a text; texts are at most 101 everywhere",
        "a profile is matched by user_id, or else device_id, or else email; rows are applied in order",
    )
    not_emulated: ClassVar[tuple[str, ...]] = (
        "OAuth 2.0: only the app token is taken",
        "campaigns, events, segments, subscription history, consent, deleting",
    )

    def routes(self) -> Sequence[Route]:
        """Return the operations."""
        task = {"apptoken": "emulator", "id": 1}
        tag = {"apptoken": "emulator", "key": "tier", "type": "String"}
        return (
            Route("POST", "/import/profile", self.import_profile, "Create or update profiles", EXAMPLE),
            Route("POST", "/info/task", self.info_task, "One task", task),
            Route("POST", "/list/task", self.list_task, "List tasks", LIST),
            Route("POST", "/list/profile", self.list_profile, "List profiles", LIST),
            Route("POST", "/list/tag", self.list_tag, "List attributes", LIST),
            Route("POST", "/create/tag", self.create_tag, "Create an attribute", tag),
        )

    def error(self, status: int, message: str) -> Answer:
        """Return the envelope of a failure; its HTTP status depends on a quirk."""
        return self._failure(status, message)

    def _failure(self, code: int, message: str, errors: list[object] | None = None) -> Answer:
        body: Document = {"success": False, "code": code, "message": message}
        if errors is not None:
            body["errors"] = errors
        return Answer.of(body, HTTPStatus.OK if self.quirk("failure_status") == "always_200" else code)

    def authorise(self, call: Call) -> None:
        """Refuse the call unless its body carries the app token."""
        token = self.body(call).get("apptoken")
        if token is None:
            raise self.refuse(HTTPStatus.BAD_REQUEST, "apptoken is missing")
        if not isinstance(token, str) or not is_credential(token):
            raise self.refuse(HTTPStatus.UNAUTHORIZED, "Unauthorized")

    def keys_of(self, document: Document) -> frozenset[Key]:
        """Return user id, device id and e-mail address."""
        keys = {name: document.get(name) for name in ("user_id", "device_id")} | {
            "email": folded(document.get("email"))
        }
        return frozenset((kind, value) for kind, value in keys.items() if value)

    def identity_of(self, document: Document) -> str:
        """Return the user id, or else the device id, or else the e-mail address."""
        return str(document.get("user_id") or document.get("device_id") or document.get("email"))

    def import_profile(self, call: Call) -> Answer:
        """Create or update profiles, at once or as a task."""
        body = self.body(call)
        self._check(body)
        if body.get("async", len(body["rows"]) >= ASYNC_ROWS):
            return self._start_task(call, body)
        done = Import(self, body["columns"], body["rows"])
        done.run()
        return self._imported(self._errors(done), bad=bool(done.bad))

    def _check(self, body: Document) -> None:
        fault = call_fault(body)
        if fault is None and self.quirk("unknown_column") == "refused":
            known = checks_of(self.world.catalogues.get(self.name)["attributes"])
            unknown = [name for name in body["columns"] if name not in known]
            fault = f"columns: {unknown[0]} is no attribute" if unknown else None
        if fault:
            raise self.refuse(HTTPStatus.BAD_REQUEST, fault)
        over = self.quirk("over_recommended")
        if len(body["rows"]) > RECOMMENDED_ROWS and over != "accepted":
            raise self.refuse(int(over), f"rows: at most {RECOMMENDED_ROWS}")

    def _imported(self, errors: list[object], *, bad: bool) -> Answer:
        variant = self.quirk("row_errors")
        if bad and variant == "all_or_nothing":
            return self._failure(HTTPStatus.BAD_REQUEST, "Import failed")
        if bad and variant == "listed_as_failure":
            return self._failure(HTTPStatus.BAD_REQUEST, "Some rows were not imported", errors)
        return self._success({"errors": errors} if errors else {})

    def _errors(self, done: Import) -> list[object]:
        if self.quirk("row_errors") not in ("listed", "listed_as_failure"):
            return []
        if self.quirk("error_form") == "object":
            return [{"row": row, "column": name, "message": says} for row, (name, says) in done.bad.items()]
        return [f"rows[{row}].{name}: {says}" for row, (name, says) in done.bad.items()]

    def _start_task(self, call: Call, body: Document) -> Answer:
        number = self.world.ids.number("xtremepush_task")
        work = {name: body[name] for name in ("columns", "rows")}  # The app token is not kept.
        self.submit(call, str(number), msgspec.json.encode(work))
        key = self.quirk("task_id_key")
        shapes: dict[str, Document] = {
            "task_id_and_model_id": {"task_id": number, "model": {"id": number}},
            "model.id": {"model": {"id": number}},
            "data.task_id": {"data": {"task_id": number}},
            "data.id": {"data": {"id": number}},
        }
        named = shapes.get(key, {key: number})
        return Answer.of({"success": True, "code": 202, "async": True} | named, HTTPStatus.ACCEPTED)

    def work(self, body: Document) -> Document:
        """Do the import of a task."""
        done = Import(self, **body)
        done.run()
        failed = bool(done.bad) and self.quirk("row_errors") in ("all_or_nothing", "listed_as_failure")
        return {"failed": failed, "errors": self._errors(done)}

    def _task(self, job: Job) -> Document:
        word = "failed" if job.outcome.get("failed") or job.state == "failed" else "completed"
        if job.running:
            word = "running" if job.polls else "queued"
        task: Document = {"id": int(job.id), "identifier": "profile_import", "create_time": int(job.submitted_at)}
        task["status"] = STATES[word] if self.quirk("task_status") == "numeric" else word
        task["finish_time"] = int(job.finished_at) if job.finished_at and not job.running else None
        return task | ({"errors": job.outcome["errors"]} if job.outcome.get("errors") and not job.running else {})

    def info_task(self, call: Call) -> Answer:
        """Answer one task."""
        job = self.world.jobs.poll(self.name, str(self.body(call).get("id")))
        if job is None:
            return self.error(HTTPStatus.NOT_FOUND, "task not found")  # Not raised: the poll counts.
        return self._success({"model": self._task(job)})

    def list_task(self, call: Call) -> Answer:
        """Answer the tasks that meet a condition; counts as a poll of each unfinished one."""
        polled = [self.world.jobs.poll(self.name, job.id) for job in self.world.jobs.listed(self.name)]
        return self._list(call, [self._task(job) for job in polled if job is not None])

    def list_profile(self, call: Call) -> Answer:
        """Answer the profiles that meet a condition."""
        return self._list(call, [self.shown(person) for person in self.people.page(-1)])

    def list_tag(self, call: Call) -> Answer:
        """Answer the attributes of the project."""
        return self._list(call, self.world.catalogues.get(self.name)["attributes"])

    def _list(self, call: Call, entries: list[Document]) -> Answer:
        try:
            return self._success({"data": selected(self.body(call), entries)})
        except ValueError as error:
            raise self.refuse(HTTPStatus.BAD_REQUEST, str(error)) from None

    def create_tag(self, call: Call) -> Answer:
        """Create a profile attribute."""
        body, catalogue = self.body(call), self.world.catalogues.get(self.name)
        key, taken = body.get("key"), {entry["key"] for entry in catalogue["attributes"]} | set(RESERVED)
        if not isinstance(key, str) or not key or key in taken:
            raise self.refuse(HTTPStatus.BAD_REQUEST, "key: must be a text that is not in use")
        if body.get("type") not in tuple(TYPES):
            raise self.refuse(HTTPStatus.BAD_REQUEST, f"type: must be one of {', '.join(TYPES)}")
        number = 1 + max((entry["id"] for entry in catalogue["attributes"]), default=0)
        entry = {"id": number, "key": key, "name": body.get("name", key), "type": body["type"], "profile": 1}
        self.world.catalogues.put(self.name, catalogue | {"attributes": [*catalogue["attributes"], entry]})
        return self._success({"model": entry})

    def _success(self, more: Document) -> Answer:
        return Answer.of({"success": True, "code": 200} | more)
