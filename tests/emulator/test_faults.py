"""Faults: each kind, for how long, on which calls."""

from __future__ import annotations

import pytest
import requests

BULK = "/targets/bulk_upsert"
ONE = {"records": [{"external_id": "M-1"}]}


def add(control: requests.Session, fault: dict[str, object], vendor: str = "movement") -> None:
    answer = control.post(f"/{vendor}/faults", json=fault)
    assert answer.ok, answer.text


def statuses(session: requests.Session, times: int = 3) -> list[int]:
    return [session.get("/custom_fields").status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"fault": "throttled"}, 429),
        ({"fault": "outage"}, 503),
        ({"fault": "outage", "status": 500}, 500),
        ({"fault": "expired_token"}, 401),
        ({"fault": "forbidden"}, 403),
    ],
)
def test_a_fault_hits_as_often_as_it_says(
    movement: requests.Session, control: requests.Session, fault: dict[str, object], status: int
) -> None:
    add(control, {**fault, "times": 2})
    assert statuses(movement) == [status, status, 200]
    assert control.get("/movement/faults").json() == {"faults": []}


@pytest.mark.parametrize("seconds", [None, 3])
def test_a_429_has_a_retry_after_if_asked(
    movement: requests.Session, control: requests.Session, seconds: int | None
) -> None:
    add(control, {"fault": "throttled"} | ({} if seconds is None else {"retry_after": seconds}))
    assert movement.get("/custom_fields").headers.get("Retry-After") == (None if seconds is None else str(seconds))


def test_faults_apply_in_order_skip_calls_and_choose_their_path(
    movement: requests.Session, control: requests.Session
) -> None:
    add(control, {"fault": "outage", "path": "bulk_upsert", "method": "POST"})
    add(control, {"fault": "forbidden", "skip": 1})
    assert statuses(movement) == [200, 403, 200]
    assert movement.post(BULK, json=ONE).status_code == 503
    assert movement.post(BULK, json=ONE).status_code == 200


def test_an_answer_lost_after_the_work_was_done(movement: requests.Session, control: requests.Session) -> None:
    control.put("/movement/jobs", json={"mode": "at_once"})
    add(control, {"fault": "answer_lost", "path": "bulk_upsert"})
    with pytest.raises(requests.ConnectionError):
        movement.post(BULK, json=ONE)
    assert control.get("/movement/people").json()["total"] == 1
    entry = control.get("/journal?vendor=movement").json()["entries"][-1]
    assert (entry["status"], entry["fault"]) == (200, "answer_lost")
    assert movement.post(BULK, json=ONE).status_code == 200


def test_a_slow_answer_comes_after_the_work_was_done(movement: requests.Session, control: requests.Session) -> None:
    """A client that does not wait so long misses it."""
    control.put("/movement/jobs", json={"mode": "at_once"})
    add(control, {"fault": "answer_slow", "path": "bulk_upsert", "seconds": 3600})
    add(control, {"fault": "answer_slow", "path": "bulk_upsert", "seconds": 0})
    with pytest.raises(requests.ReadTimeout):
        movement.post(BULK, json=ONE, timeout=0.2)
    assert control.get("/movement/people").json()["total"] == 1
    entry = control.get("/journal?vendor=movement").json()["entries"][-1]
    assert (entry["status"], entry["fault"]) == (200, "answer_slow")
    assert movement.post(BULK, json=ONE).status_code == 200


@pytest.mark.parametrize(
    ("vendor", "path", "words"),
    [
        ("rally", "/users", {"message": "too many requests"}),
        ("flameup", "/people", {"error": "Rate limit exceeded"}),
        ("movement", "/custom_fields", {"error": "too many requests"}),
        ("xtremepush", "/list/profile", {"success": False, "code": 429}),
        ("propeller", "/v2/attribute-descriptions", {}),
    ],
)
def test_a_fault_speaks_the_vendors_words(
    vendor: str, path: str, words: dict[str, object], control: requests.Session, request: pytest.FixtureRequest
) -> None:
    session = request.getfixturevalue(vendor)
    add(control, {"fault": "throttled"}, vendor)
    answer = session.get(path)
    assert answer.status_code == 429
    assert words.items() <= answer.json().items()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"fault": "fire"}, "throttled, outage, answer_lost, answer_slow, expired_token, forbidden"),
        ({"fault": "outage", "often": 2}, "times"),
        ({"fault": "outage", "times": "2"}, "whole number"),
        ({"fault": "outage", "times": -1}, "whole number"),
        ({"fault": "outage", "status": 200}, "status"),
        ({"fault": "outage", "path": 5}, "text"),
    ],
)
def test_an_unknown_fault_is_refused_and_the_known_ones_named(
    control: requests.Session, fault: dict[str, object], says: str
) -> None:
    answer = control.post("/movement/faults", json=fault)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


def test_faults_are_listed_and_taken_away(control: requests.Session) -> None:
    add(control, {"fault": "throttled", "times": 5, "retry_after": 1})
    listed = control.get("/movement/faults").json()["faults"][0]
    assert listed == {"fault": "throttled", "times": 5, "skip": 0, "method": "", "path": "", "retry_after": 1}
    assert control.delete("/movement/faults").json() == {"faults": []}


def test_an_expired_token_can_be_renewed(propeller: requests.Session, control: requests.Session) -> None:
    add(control, {"fault": "expired_token"}, "propeller")
    form = {"grant_type": "client_credentials", "client_id": "emulator", "client_secret": "emulator"}
    assert propeller.post("/oauth2/token", data=form).status_code == 200
    path = "/v2/attribute-descriptions"
    assert [propeller.get(path).status_code for _ in range(2)] == [401, 200]
