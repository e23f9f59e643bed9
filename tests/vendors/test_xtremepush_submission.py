"""Xtremepush: an import, and what its answer is taken for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from target_people.delivery.contract import Job
from target_people.delivery.verdict import DELIVERED
from target_people.errors import BatchRefused, NotConfirmedError
from tests.support.flow import asked, crowd, run
from tests.support.vendor import answer
from tests.vendors.account import xtremepush

DONE = {"success": True, "code": 200}
PLACES = ("task_id", "taskId", "data.task_id", "data.id", "model.task_id", "model.id", "id")


def submitted(body: Any, status: int = 200, count: int = 3) -> Job:
    """What a submission of so many people became after one answer."""
    vendor = xtremepush()
    return run(vendor.submit(crowd(vendor, count)), answer(body, status))


class TestSubmission:
    """POST /api/external/import/profile."""

    def test_columns_once_and_a_row_for_everybody(self) -> None:
        vendor = xtremepush()
        job, (request,) = asked(vendor.submit(crowd(vendor, 2, country="Ireland")), answer(DONE))
        assert (request.method, request.path) == ("POST", "/api/external/import/profile")
        rows = [["Ireland", "u-0"], ["Ireland", "u-1"]]
        assert json.loads(request.body) == {"columns": ["country", "user_id"], "rows": rows}
        assert job.outcomes == (DELIVERED, DELIVERED)

    @pytest.mark.parametrize("body", [{"success": "true"}, {"success": 1, "errors": []}, {"code": 200}])
    def test_a_success_without_errors_is_everybodys(self, body: Any) -> None:
        assert submitted(body) == Job(outcomes=(DELIVERED,) * 3)

    @pytest.mark.parametrize("body", [None, [], {}, {"success": None}, {"success": "perhaps"}, {"message": "hello"}])
    def test_an_answer_that_says_nothing_is_no_success(self, body: Any) -> None:
        with pytest.raises(NotConfirmedError, match="3 people"):
            submitted(body)

    @pytest.mark.parametrize(
        ("errors", "indexes"),
        [
            (["rows[1].email: not valid", "rows[1].phone: not valid"], (1,)),
            ([{"user_id": "u-2", "message": "not valid"}], (2,)),
            (["rows[0]: bad", "something else"], (0,)),
            (["row 1 is bad", {"row": 1}, {"user_id": "nobody"}, "rows[3]: beyond the batch"], ()),
            ("all of it", ()),
        ],
    )
    def test_a_success_with_errors_is_none_and_names_whom_it_can(self, errors: Any, indexes: tuple[int, ...]) -> None:
        with pytest.raises(BatchRefused) as refused:
            submitted({**DONE, "errors": errors})
        assert refused.value.indexes == indexes

    def test_the_words_on_one_row_stay_together(self) -> None:
        with pytest.raises(BatchRefused) as refused:
            submitted({**DONE, "errors": ["rows[1].a: x", "rows[1].b: y"]})
        assert refused.value.details[1] == "rows[1].a: x; rows[1].b: y"

    @pytest.mark.parametrize("place", PLACES)
    @pytest.mark.parametrize(("status", "code"), [(202, 202), (200, 202), (202, 200)])
    def test_an_accepted_import_is_a_task_wherever_its_id_stands(self, place: str, status: int, code: int) -> None:
        outer, _, inner = place.partition(".")
        body = {"success": True, "code": code, "async": True, outer: {inner: 7} if inner else 7}
        assert submitted(body, status) == Job("7")

    def test_an_accepted_import_without_an_id_is_unfinished_all_the_same(self) -> None:
        assert submitted({"success": True, "code": 202}, 202) == Job()

    def test_a_task_in_a_200_is_waited_for(self) -> None:
        assert submitted({**DONE, "task_id": 7}) == Job("7")


class TestStatus:
    """Which status an answer has."""

    @pytest.mark.parametrize(
        ("http", "body", "status"),
        [
            (200, {"success": True, "code": 200}, 200),
            (200, {"success": False, "code": 401}, 401),
            (200, {"success": "false", "code": 429}, 429),
            (200, {"success": 0}, 400),
            (200, {"success": False, "code": 200}, 400),
            (200, {"success": True, "code": 500}, 500),
            (200, {"code": 202}, 202),
            (202, {"success": True, "code": 200}, 202),
            (503, None, 503),
            (401, {"success": False, "code": 401}, 401),
            (200, None, 200),
            (200, {"code": "later"}, 200),
        ],
    )
    def test_a_failure_in_the_body_counts(self, http: int, body: Any, status: int) -> None:
        assert xtremepush().status(answer(body, http)) == status

    def test_a_refusal_names_rows_and_keeps_its_own_words(self) -> None:
        body = {"success": False, "code": 400, "message": "Import failed", "errors": ["rows[2].email: not valid"]}
        named = xtremepush().refusal(answer(body, 400), crowd(xtremepush(), 3))
        assert named.indexes == (2,)
        assert named.details == {-1: "Import failed", 2: "rows[2].email: not valid"}
