"""The journal: everything that was asked, no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import requests

SECRET = "not-the-right-one"  # noqa: S105 - what must not be found


def test_an_entry_holds_request_and_answer(movement: requests.Session, control: requests.Session) -> None:
    body = {"records": [{"external_id": "M-1"}]}
    answer = movement.post("/targets/bulk_upsert?a=b", json=body).json()
    entry = control.get("/journal?vendor=movement").json()["entries"][-1]
    assert {name: entry[name] for name in ("vendor", "method", "path", "query", "status", "body", "response")} == {
        "vendor": "movement",
        "method": "POST",
        "path": "/movement/api/targets/bulk_upsert",
        "query": {"a": "b"},
        "status": 200,
        "body": body,
        "response": answer,
    }
    assert (entry["milliseconds"], entry["fault"], entry["at"][-1]) == (0, None, "Z")


def test_entries_are_numbered_and_can_be_followed(
    movement: requests.Session, rally: requests.Session, control: requests.Session
) -> None:
    movement.get("/custom_fields")
    first = control.get("/journal").json()["entries"][-1]["number"]
    rally.get("/users")
    movement.get("/nothing")
    entries = control.get(f"/journal?since={first}").json()["entries"]
    assert [(entry["vendor"], entry["status"]) for entry in entries] == [("rally", 200), ("movement", 404)]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda session: session.get("/custom_fields", headers={"Authorization": f"Bearer {SECRET}"}),
        lambda session: session.post("/custom_fields", json={"apptoken": SECRET, "client_secret": SECRET}),
        lambda session: session.post("/custom_fields", data={"client_secret": SECRET}),
        lambda session: session.get("/custom_fields", params={"apptoken": SECRET, "access_token": SECRET}),
        lambda session: session.post("/custom_fields", data=f'{{"apptoken": "{SECRET}",'),
    ],
)
def test_no_secret_reaches_the_journal(movement: requests.Session, control: requests.Session, attempt: object) -> None:
    assert callable(attempt)
    attempt(movement)
    text = control.get("/journal").text
    assert control.get("/journal").json()["entries"]
    assert SECRET not in text


def test_a_token_handed_out_is_hidden(propeller: requests.Session, control: requests.Session) -> None:
    entry = control.get("/journal").json()["entries"][-1]
    assert (entry["response"]["access_token"], entry["body"]["client_secret"]) == ("***", "***")
    assert str(propeller.headers["Authorization"]).split()[1] not in control.get("/journal").text


def test_a_body_that_is_not_announced_as_json_is_refused(movement: requests.Session) -> None:
    answer = movement.post("/targets/bulk_upsert", data='{"records": []}')
    assert (answer.status_code, answer.json()["error"]) == (400, "Content-Type must be application/json")
