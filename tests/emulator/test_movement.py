"""Movement as documented, and every variant where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import requests

Document = dict[str, Any]
ANA: Document = {"external_id": "M-1", "email": "ana@example.org", "phone_number": "+44 20 1", "plan": "gold"}


def send(movement: requests.Session, *records: object, **more: object) -> requests.Response:
    return movement.post("/targets/bulk_upsert", json={"records": records, **more})


def load(movement: requests.Session, *records: object, **more: object) -> Document:
    """Upsert and wait; return the result."""
    answer = send(movement, *records, **more)
    assert answer.ok, answer.text
    state: Document = {}
    for _ in range(3):
        state = movement.get(f"/deferred_results/{answer.json()['deferred_result_id']}").json()
    result: Document = state["result"]
    return result


def stored(control: requests.Session, identity: str) -> Document:
    document: Document = control.get(f"/movement/people/{identity}").json()["document"]
    return document


def quirk(control: requests.Session, **variants: str) -> None:
    assert control.put("/movement/quirks", json=variants).ok


def test_records_are_merged_and_what_is_left_out_stays(movement: requests.Session, control: requests.Session) -> None:
    assert load(movement, ANA) == {"created": 1, "updated": 0, "errors": []}
    assert load(movement, {"external_id": "M-1", "seats": 2}) == {"created": 0, "updated": 1, "errors": []}
    assert stored(control, "M-1") == {"id": stored(control, "M-1")["id"], **ANA, "seats": 2}


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("plan", "x", True),
        ("plan", 1, False),
        ("plan", True, False),
        ("seats", 1.5, True),
        ("seats", 1, True),
        ("seats", "1", False),
        ("seats", True, False),
        ("signed_up_at", "2025-01-31", True),
        ("signed_up_at", "2025-01-32", False),
        ("signed_up_at", "2025-01-31T00:00:00Z", False),
        ("signed_up_at", "", False),
        ("email", "nobody", False),
        ("phone_number", 44, False),
        ("first_name", ["A"], False),
        ("subscription_email", True, True),
        ("subscription_sms_region", "y", True),
        ("subscription_email", "perhaps", False),
        ("nickname", "A", True),
    ],
)
def test_values_are_checked_by_kind(movement: requests.Session, name: str, value: object, good: bool) -> None:  # noqa: FBT001 - data
    result = load(movement, {"external_id": "M-1", name: value}, {"external_id": "M-2"})
    assert result["created"] == 1 + good
    assert [error["external_id"] for error in result["errors"]] == ([] if good else ["M-1"])


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"records": {}},
        {"records": ["M-1"]},
        {"records": [{"first_name": "A"}]},
        {"records": [{"external_id": 5}]},
        {"records": [{"external_id": " "}]},
        {"records": [ANA], "conflict_strategy": "merge"},
        {"csv_url": "https://example.com/people.csv"},
        {"records": [ANA], "csv_url": "https://example.com/people.csv"},
    ],
)
def test_a_malformed_call_is_a_400(movement: requests.Session, body: object) -> None:
    assert movement.post("/targets/bulk_upsert", json=body).status_code == 400


def test_more_than_1000_records_are_a_413(movement: requests.Session) -> None:
    records = [{"external_id": str(number)} for number in range(1001)]
    assert send(movement, *records).status_code == 413
    assert send(movement, *records[:1000]).status_code == 200


def test_a_new_record_that_shares_an_address_or_phone_is_rejected_or_ignored(
    movement: requests.Session, control: requests.Session
) -> None:
    load(movement, ANA)
    twins = [{"external_id": "M-2", "email": "ANA@example.org"}, {"external_id": "M-3", "phone_number": "+44201"}]
    says = [error["errors"] for error in load(movement, *twins)["errors"]]
    assert says == [["email is already taken"], ["phone_number is already taken"]]
    assert load(movement, *twins, conflict_strategy="ignore")["created"] == 2
    assert load(movement, *twins)["updated"] == 2
    assert control.get("/movement/people").json()["total"] == 3


def test_two_new_records_of_one_call_collide_too(movement: requests.Session) -> None:
    assert load(movement, ANA, ANA | {"external_id": "M-2"})["errors"][0]["external_id"] == "M-2"


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("id", ["id"]),
        ("result_id", ["result_id"]),
        ("deferred_result_id", ["deferred_result_id"]),
        ("deferred_result.id", ["deferred_result", "id"]),
    ],
)
@pytest.mark.parametrize("form", ["number", "uuid"])
def test_the_id_of_the_result_comes_in_every_form(
    movement: requests.Session, control: requests.Session, key: str, path: list[str], form: str
) -> None:
    quirk(control, id_key=key, id_form=form)
    found: Any = send(movement, ANA).json()
    for name in path:
        found = found[name]
    assert isinstance(found, int if form == "number" else str)
    assert movement.get(f"/deferred_results/{found}").json()["id"] == found


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("pending_complete", ["pending", "complete"]),
        ("queued_completed", ["queued", "completed"]),
        ("processing_finished", ["processing", "finished"]),
        ("running_succeeded", ["running", "succeeded"]),
        ("unknown_word", ["under_way", "wound_up"]),
    ],
)
def test_status_words(movement: requests.Session, control: requests.Session, variant: str, words: list[str]) -> None:
    quirk(control, status_words=variant)
    number = send(movement, ANA).json()["deferred_result_id"]
    assert [movement.get(f"/deferred_results/{number}").json()["status"] for _ in range(2)] == words


def test_a_running_result_may_be_a_404(movement: requests.Session, control: requests.Session) -> None:
    quirk(control, while_running="missing_404")
    number = send(movement, ANA).json()["deferred_result_id"]
    assert [movement.get(f"/deferred_results/{number}").status_code for _ in range(2)] == [404, 200]
    assert movement.get("/deferred_results/0").status_code == 404


def test_a_result_may_only_count(movement: requests.Session, control: requests.Session) -> None:
    quirk(control, record_errors="absent")
    assert load(movement, ANA, {"external_id": "M-2", "seats": "x"}) == {"created": 1, "updated": 0}


def test_an_unknown_slug_and_a_missing_id_may_reject_the_record(
    movement: requests.Session, control: requests.Session
) -> None:
    quirk(control, unknown_slug="rejected", missing_external_id="refuse_record")
    result = load(movement, ANA, {"external_id": "M-2", "nickname": "B"}, {"first_name": "C"})
    assert (result["created"], [error["external_id"] for error in result["errors"]]) == (1, ["M-2", None])


def test_an_unknown_slug_is_not_stored(movement: requests.Session, control: requests.Session) -> None:
    load(movement, ANA | {"nickname": "A"})
    assert "nickname" not in stored(control, "M-1")


@pytest.mark.parametrize(
    ("variant", "plan", "updated"), [("ignored", "gold", 1), ("clears", None, 1), ("rejected", "gold", 0)]
)
def test_a_null(
    movement: requests.Session, control: requests.Session, variant: str, plan: str | None, updated: int
) -> None:
    load(movement, ANA)
    quirk(control, null_value=variant)
    assert load(movement, {"external_id": "M-1", "plan": None})["updated"] == updated
    assert stored(control, "M-1")["plan"] == plan


@pytest.mark.parametrize(("variant", "plan"), [("last", "free"), ("first", "gold")])
def test_of_two_records_of_a_person(
    movement: requests.Session, control: requests.Session, variant: str, plan: str
) -> None:
    quirk(control, duplicates=variant)
    load(movement, ANA, {"external_id": "M-1", "plan": "free"})
    assert stored(control, "M-1")["plan"] == plan


def test_one_target_is_upserted_and_read(movement: requests.Session, control: requests.Session) -> None:
    target = movement.post("/targets/upsert", json=ANA).json()
    assert movement.get(f"/targets/{target['id']}").json() == movement.get("/targets/M-1").json() == target
    assert movement.post("/targets/upsert", json={"external_id": "M-2", "seats": "x"}).status_code == 422
    assert movement.post("/targets/upsert", json={}).status_code == 400
    quirk(control, show_by="id_only")
    assert movement.get("/targets/M-1").status_code == 404


def test_custom_fields_come_bare_or_wrapped(movement: requests.Session, control: requests.Session) -> None:
    fields = movement.get("/custom_fields").json()
    assert {field["kind"] for field in fields} == {"Text", "Float", "Date"}
    quirk(control, custom_fields_shape="wrapped")
    assert movement.get("/custom_fields").json() == {"custom_fields": fields}


def test_another_token_is_refused(movement: requests.Session) -> None:
    assert movement.get("/custom_fields", headers={"Authorization": "Bearer x"}).status_code == 401
