"""Xtremepush as documented, and every variant where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import requests

Document = dict[str, Any]
COLUMNS = ["user_id", "email", "email_subscription", "plan"]
ANA = ["u-1", "ana@example.org", 1, "gold"]
BAD = ["u-2", "nobody", 1, "gold"]


def send(xtremepush: requests.Session, columns: object, rows: object, **more: object) -> requests.Response:
    body = {"apptoken": "emulator", "columns": columns, "rows": rows, **more}
    return xtremepush.post("/import/profile", json=body)


def call(xtremepush: requests.Session, path: str, **more: object) -> Document:
    answer: Document = xtremepush.post(path, json={"apptoken": "emulator", **more}).json()
    return answer


def stored(control: requests.Session, identity: str) -> Document:
    document: Document = control.get(f"/xtremepush/people/{identity}").json()["document"]
    return document


def quirk(control: requests.Session, **variants: str) -> None:
    assert control.put("/xtremepush/quirks", json=variants).ok


def test_few_rows_are_stored_at_once_and_merged(xtremepush: requests.Session, control: requests.Session) -> None:
    assert send(xtremepush, COLUMNS, [ANA]).json() == {"success": True, "code": 200}
    send(xtremepush, ["user_id", "seats", "tags"], [["u-1", 3, '["a"]']])
    found = stored(control, "u-1")
    assert (found["plan"], found["seats"], found["tags"], found["email"]) == ("gold", 3, '["a"]', "ana@example.org")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 400),
        ({"apptoken": "wrong"}, 401),
        ({"apptoken": 5}, 401),
    ],
)
def test_a_missing_token_is_a_400_and_a_wrong_one_a_401(
    xtremepush: requests.Session, body: Document, code: int
) -> None:
    answer = xtremepush.post("/list/profile", json=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["success"]) == (code, code, False)


def test_a_failure_may_be_a_200(xtremepush: requests.Session, control: requests.Session) -> None:
    quirk(control, failure_status="always_200")
    answer = xtremepush.post("/list/profile", json={"apptoken": "wrong"})
    assert (answer.status_code, answer.json()["code"], answer.json()["success"]) == (200, 401, False)


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (None, [ANA]),
        ([], [[]]),
        (["plan"], [["gold"]]),
        (["user_id", "user_id"], [["u-1", "u-1"]]),
        (["user_id", "email"], [["u-1", "ana@example.org"]]),
        (["user_id", "mobile_number"], [["u-1", "353850123456"]]),
        (COLUMNS, []),
        (COLUMNS, [ANA[:3]]),
        (COLUMNS, [{"user_id": "u-1"}]),
    ],
)
def test_a_malformed_import_is_a_400(xtremepush: requests.Session, columns: object, rows: object) -> None:
    assert send(xtremepush, columns, rows).status_code == 400


@pytest.mark.parametrize(
    ("column", "value", "good"),
    [
        ("plan", "x" * 101, True),
        ("plan", "x" * 102, False),
        ("plan", 5, False),
        ("seats", 1.5, True),
        ("seats", "1.5", True),
        ("seats", "many", False),
        ("seats", True, False),
        ("vip", True, True),
        ("vip", 1, True),
        ("vip", "yes", False),
        ("signed_up_at", "2025-01-31", True),
        ("signed_up_at", "2025-01-31 10:00:00", True),
        ("signed_up_at", "2025-01-31 10:00:00 +01:00", True),
        ("signed_up_at", "2025-01-31T10:00:00Z", False),
        ("signed_up_at", "2025-01-32", False),
        ("tags", '{"a": 1}', True),
        ("tags", ["a"], False),
        ("tags", '"a"', False),
        ("tags", "[", False),
        ("nickname", "anything", True),
    ],
)
def test_values_are_checked_by_type(xtremepush: requests.Session, column: str, value: object, good: bool) -> None:  # noqa: FBT001 - data
    answer = send(xtremepush, ["user_id", column], [["u-1", value]]).json()
    assert [error.split(":")[0] for error in answer.get("errors", [])] == ([] if good else [f"rows[0].{column}"])


@pytest.mark.parametrize(("number", "good"), [("353850123456", True), (353850123456, True), ("+353850123456", False)])
def test_a_mobile_number_is_digits(xtremepush: requests.Session, number: object, good: bool) -> None:  # noqa: FBT001 - data
    answer = send(xtremepush, ["user_id", "mobile_number", "sms_subscription"], [["u-1", number, 0]]).json()
    assert ("errors" not in answer) == good


@pytest.mark.parametrize("subscription", [True, 2, "1"])
def test_a_subscription_is_0_or_1(xtremepush: requests.Session, subscription: object) -> None:
    assert send(xtremepush, COLUMNS[:3], [["u-1", "ana@example.org", subscription]]).json()["errors"]


def test_device_id_or_email_stand_in_for_user_id(xtremepush: requests.Session, control: requests.Session) -> None:
    send(xtremepush, ["device_id", "plan"], [["d-1", "gold"]])
    send(xtremepush, COLUMNS[1:], [["ana@example.org", 1, "free"], ["ANA@example.org", 0, "gold"], [None, 1, "x"]])
    people = control.get("/xtremepush/people").json()["people"]
    assert [(person["identity"], person["document"]["plan"]) for person in people] == [
        ("d-1", "gold"),
        ("ANA@example.org", "gold"),
    ]


@pytest.mark.parametrize(
    ("rows", "forced", "status"), [(99, None, 200), (100, None, 202), (100, 0, 200), (1, True, 202)]
)
def test_100_rows_or_the_async_switch_make_a_task(
    xtremepush: requests.Session, rows: int, forced: object, status: int
) -> None:
    more = {} if forced is None else {"async": forced}
    answer = send(xtremepush, ["user_id"], [[f"u-{number}"] for number in range(rows)], **more)
    assert (answer.status_code, answer.json()["code"]) == (status, status)


@pytest.mark.parametrize(("variant", "status"), [("413", 413), ("400", 400), ("accepted", 202)])
def test_more_rows_than_recommended(
    xtremepush: requests.Session, control: requests.Session, variant: str, status: int
) -> None:
    quirk(control, over_recommended=variant)
    assert send(xtremepush, ["user_id"], [[str(number)] for number in range(10_001)]).status_code == status


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("task_id_and_model_id", {"task_id": 0, "model": {"id": 0}}),
        ("model.id", {"model": {"id": 0}}),
        ("data.task_id", {"data": {"task_id": 0}}),
        ("data.id", {"data": {"id": 0}}),
        ("taskId", {"taskId": 0}),
        ("id", {"id": 0}),
    ],
)
def test_the_task_id_comes_in_every_place(
    xtremepush: requests.Session, control: requests.Session, variant: str, expected: Document
) -> None:
    quirk(control, task_id_key=variant)
    answer = send(xtremepush, COLUMNS, [ANA], **{"async": 1}).json()
    number = control.get("/xtremepush/jobs").json()["jobs"][-1]["id"]
    text = str({"success": True, "code": 202, "async": True, **expected})
    assert str(answer) == text.replace("'id': 0", f"'id': {number}").replace("d': 0", f"d': {number}")


@pytest.mark.parametrize(("variant", "words"), [("numeric", [0, 2]), ("text", ["queued", "completed"])])
def test_a_task_is_done_after_one_poll(
    xtremepush: requests.Session, control: requests.Session, variant: str, words: list[object]
) -> None:
    quirk(control, task_status=variant)
    number = send(xtremepush, COLUMNS, [ANA], **{"async": 1}).json()["task_id"]
    polls = [call(xtremepush, "/info/task", id=number)["model"] for _ in range(2)]
    assert [poll["identifier"] for poll in polls] == ["profile_import"] * 2
    assert [bool(poll["finish_time"]) for poll in polls] == [False, True]
    assert polls[1]["status"] == words[1]
    assert polls[0]["status"] != polls[1]["status"]
    assert call(xtremepush, "/info/task", id=10**9)["code"] == 404


@pytest.mark.parametrize(
    ("variant", "answer", "total"),
    [
        ("listed", (200, True, 1), 1),
        ("listed_as_failure", (400, False, 1), 1),
        ("row_skipped", (200, True, 0), 1),
        ("all_or_nothing", (400, False, 0), 0),
    ],
)
def test_bad_rows(
    xtremepush: requests.Session, control: requests.Session, variant: str, answer: tuple[int, bool, int], total: int
) -> None:
    quirk(control, row_errors=variant, error_form="object")
    sent = send(xtremepush, COLUMNS, [ANA, BAD])
    errors = sent.json().get("errors", [])
    assert (sent.status_code, sent.json()["success"], len(errors)) == answer
    assert [(error["row"], error["column"]) for error in errors] == [(1, "email")] * len(errors)
    assert control.get("/xtremepush/people").json()["total"] == total


@pytest.mark.parametrize(("variant", "status"), [("listed", 2), ("all_or_nothing", 3)])
def test_a_task_with_bad_rows(
    xtremepush: requests.Session, control: requests.Session, variant: str, status: int
) -> None:
    quirk(control, row_errors=variant)
    number = send(xtremepush, COLUMNS, [ANA, BAD], **{"async": 1}).json()["task_id"]
    control.post("/xtremepush/jobs/settle")
    model = call(xtremepush, "/info/task", id=number)["model"]
    assert (model["status"], len(model.get("errors", []))) == (status, 1 if variant == "listed" else 0)


def test_an_unknown_column_is_ignored_or_refused(xtremepush: requests.Session, control: requests.Session) -> None:
    send(xtremepush, ["user_id", "nickname"], [["u-1", "A"]])
    assert "nickname" not in stored(control, "u-1")
    quirk(control, unknown_column="refused")
    assert send(xtremepush, ["user_id", "nickname"], [["u-1", "A"]]).status_code == 400


@pytest.mark.parametrize(("variant", "plan"), [("clears", None), ("ignored", "gold")])
def test_a_null(xtremepush: requests.Session, control: requests.Session, variant: str, plan: str | None) -> None:
    send(xtremepush, COLUMNS, [ANA])
    quirk(control, null_value=variant)
    assert send(xtremepush, ["user_id", "plan"], [["u-1", None]]).json()["success"]
    assert stored(control, "u-1").get("plan") == plan


def test_an_empty_text_where_no_text_belongs_is_a_null(xtremepush: requests.Session, control: requests.Session) -> None:
    send(xtremepush, ["user_id", "seats", "plan"], [["u-1", 3, "gold"]])
    assert "errors" not in send(xtremepush, ["user_id", "seats", "plan"], [["u-1", "", ""]]).json()
    found = stored(control, "u-1")
    assert ("seats" in found, found["plan"]) == (False, "")


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ([["user_id", "=", "u-1"]], ["u-1"]),
        ([["user_id", "IN", ["u-1", "u-3"]]], ["u-1", "u-3"]),
        ([["seats", ">", 1], ["seats", "<=", 3]], ["u-2", "u-3"]),
        ({"0": ["seats", "=", 1], "1": ["seats", "=", 3], "operator": "OR"}, ["u-1", "u-3"]),
        ({"0": ["seats", "!=", 1], "operator": "AND"}, ["u-2", "u-3"]),
    ],
)
def test_profiles_are_listed_by_condition(xtremepush: requests.Session, condition: object, found: list[str]) -> None:
    send(xtremepush, ["user_id", "seats"], [["u-1", 1], ["u-2", 2], ["u-3", 3]])
    data = call(xtremepush, "/list/profile", condition=condition, select=["user_id"])["data"]
    assert data == [{"user_id": name} for name in found]


def test_lists_are_ordered_and_paged(xtremepush: requests.Session) -> None:
    send(xtremepush, ["user_id", "seats"], [["u-1", 1], ["u-2", 2], ["u-3", 3]])
    data = call(xtremepush, "/list/profile", order=["seats DESC"], limit=1, offset=1)["data"]
    assert [entry["user_id"] for entry in data] == ["u-2"]
    for wrong in ({"limit": -1}, {"condition": [["a", "~", "b"]]}, {"condition": "x"}):
        assert call(xtremepush, "/list/profile", **wrong)["code"] == 400


def test_tasks_are_listed(xtremepush: requests.Session) -> None:
    number = send(xtremepush, COLUMNS, [ANA], **{"async": 1}).json()["task_id"]
    data = call(xtremepush, "/list/task", condition=[["identifier", "=", "profile_import"]])["data"]
    assert [task["id"] for task in data] == [number]


def test_an_attribute_is_created_and_then_known(xtremepush: requests.Session, control: requests.Session) -> None:
    assert call(xtremepush, "/create/tag", key="tier", type="String")["model"]["key"] == "tier"
    assert [call(xtremepush, "/create/tag", key="tier", type=kind)["code"] for kind in ("String", "Text")] == [400, 400]
    assert call(xtremepush, "/create/tag", key="other", type="Text")["code"] == 400
    assert "tier" in {entry["key"] for entry in call(xtremepush, "/list/tag")["data"]}
    send(xtremepush, ["user_id", "tier"], [["u-1", "a"]])
    assert stored(control, "u-1")["tier"] == "a"


def test_a_get_is_a_405_and_an_unknown_path_a_404_in_the_envelope(xtremepush: requests.Session) -> None:
    answers = [xtremepush.get("/list/profile"), xtremepush.post("/delete/profile", json={"apptoken": "emulator"})]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(405, 405), (404, 404)]
