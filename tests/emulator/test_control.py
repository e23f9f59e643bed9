"""The control interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import requests

VENDORS = ["flameup", "movement", "propeller", "rally", "xtremepush"]
BULK = "/targets/bulk_upsert"


def send(movement: requests.Session, *ids: str) -> int:
    records = [{"external_id": external_id, "email": f"{external_id}@example.org"} for external_id in ids]
    number: int = movement.post(BULK, json={"records": records}).json()["deferred_result_id"]
    return number


def total(control: requests.Session) -> int:
    number: int = control.get("/movement/people").json()["total"]
    return number


@pytest.mark.parametrize(
    ("method", "path", "body", "says"),
    [
        ("GET", "/acme/people", None, ", ".join(VENDORS)),
        ("GET", "/journal?vendor=acme", None, ", ".join(VENDORS)),
        ("POST", "/reset?vendor=acme", None, ", ".join(VENDORS)),
        ("PUT", "/rally/quirks", {"mood": "good"}, "put_scope"),
        ("PUT", "/rally/quirks", {"put_scope": "none"}, "request_union, strict_put"),
        ("PUT", "/rally/jobs", {"mode": "slow"}, "at_once, polls, seconds"),
        ("PUT", "/rally/jobs", {"mode": "polls", "value": -1}, "0 or more"),
        ("PUT", "/rally/jobs", {"mode": "polls", "value": "x"}, "0 or more"),
        ("PUT", "/rally/catalogue", {"shoes": []}, "properties, populations"),
        ("PUT", "/rally/catalogue", {"properties": {}}, "array"),
        ("PUT", "/rally/limit", {"per_minute": 5}, "flameup"),
        ("POST", "/clock", {"advance": -1}, "0 or more"),
        ("POST", "/clock", {}, "0 or more"),
    ],
)
def test_unknown_names_are_a_422_that_names_the_known_ones(
    control: requests.Session, method: str, path: str, body: object, says: str
) -> None:
    answer = control.request(method, path, json=body)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


def test_people_are_paged_and_searched(movement: requests.Session, control: requests.Session) -> None:
    control.put("/movement/jobs", json={"mode": "at_once"})
    send(movement, "M-1", "M-2", "N-3")
    page = control.get("/movement/people?limit=1&offset=1").json()
    assert (page["total"], [person["identity"] for person in page["people"]]) == (3, ["M-2"])
    found = control.get("/movement/people?q=n-3@EXAMPLE").json()
    assert (found["total"], found["people"][0]["identity"]) == (1, "N-3")


def test_a_person_is_found_by_any_key(movement: requests.Session, control: requests.Session) -> None:
    control.put("/movement/jobs", json={"mode": "at_once"})
    send(movement, "M-1")
    person = control.get("/movement/people/M-1").json()
    assert person == control.get("/movement/people/m-1@example.org").json()
    assert person == control.get(f"/movement/people/{person['document']['id']}").json()
    assert control.get("/movement/people/M-2").status_code == 404


@pytest.mark.parametrize(
    ("pace", "states"),
    [
        ({"mode": "at_once"}, ["complete"]),
        ({"mode": "polls", "value": 0}, ["complete"]),
        ({"mode": "polls", "value": 2}, ["pending", "pending", "complete"]),
    ],
)
def test_jobs_are_done_at_once_or_after_polls(
    movement: requests.Session, control: requests.Session, pace: dict[str, object], states: list[str]
) -> None:
    assert control.put("/movement/jobs", json=pace).ok
    number = send(movement, "M-1")
    assert [movement.get(f"/deferred_results/{number}").json()["status"] for _ in states] == states


def test_jobs_are_done_after_seconds(movement: requests.Session, control: requests.Session) -> None:
    control.put("/movement/jobs", json={"mode": "seconds", "value": 30})
    number = send(movement, "M-1")
    control.post("/clock", json={"advance": 29})
    assert movement.get(f"/deferred_results/{number}").json()["status"] == "pending"
    assert total(control) == 0
    control.post("/clock", json={"advance": 1})
    assert total(control) == 1
    assert movement.get(f"/deferred_results/{number}").json()["status"] == "complete"


def test_a_job_nobody_polls_is_done_after_a_minute_or_when_told(
    movement: requests.Session, control: requests.Session
) -> None:
    send(movement, "M-1")
    assert total(control) == 0
    control.post("/clock", json={"advance": 60})
    assert total(control) == 1
    send(movement, "M-2")
    assert control.post("/movement/jobs/settle").json() == {"settled": 1}
    assert total(control) == 2
    jobs = control.get("/movement/jobs").json()
    assert [(job["state"], job["outcome"]["created"]) for job in jobs["jobs"]] == [("done", 1), ("done", 1)]
    assert (jobs["mode"], jobs["value"]) == ("polls", 1)


def test_a_reset_of_one_vendor_leaves_the_others(
    movement: requests.Session, flameup: requests.Session, control: requests.Session
) -> None:
    control.put("/movement/jobs", json={"mode": "at_once"})
    control.put("/movement/quirks", json={"null_value": "clears"})
    control.put("/movement/catalogue", json={"custom_fields": []})
    send(movement, "M-1")
    control.post("/movement/faults", json={"fault": "outage"})
    send_one = flameup.post("/people", json={"userId": "c-1"})
    assert send_one.ok
    assert control.post("/reset?vendor=movement").json() == {"reset": ["movement"]}
    assert (total(control), control.get("/flameup/people").json()["total"]) == (0, 1)
    assert control.get("/movement/jobs").json() == {"jobs": [], "mode": "polls", "value": 1}
    assert control.get("/movement/quirks").json()["null_value"]["variant"] == "ignored"
    assert control.get("/movement/faults").json() == {"faults": []}
    assert control.get("/movement/catalogue").json()["custom_fields"]
    assert {entry["vendor"] for entry in control.get("/journal").json()["entries"]} == {"flameup"}
    assert control.post("/reset").json() == {"reset": VENDORS}


def test_the_catalogue_can_be_replaced_in_part(movement: requests.Session, control: requests.Session) -> None:
    field = {"id": 1, "slug": "shoe", "name": "Shoe", "kind": "Float"}
    assert control.put("/movement/catalogue", json={"custom_fields": [field]}).json() == {"custom_fields": [field]}
    assert movement.get("/custom_fields").json() == [field]


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_quirk_has_a_default_among_its_variants_and_a_sentence(control: requests.Session, vendor: str) -> None:
    for quirk in control.get(f"/{vendor}/quirks").json().values():
        assert quirk["variant"] == quirk["variants"][0]
        assert len(set(quirk["variants"])) >= 2
        assert quirk["says"].endswith(".")


def test_a_choice_of_quirks_with_one_wrong_changes_none(control: requests.Session) -> None:
    control.put("/rally/quirks", json={"put_scope": "strict_put", "import_id": "lost"})
    assert control.get("/rally/quirks").json()["put_scope"]["variant"] == "request_union"
