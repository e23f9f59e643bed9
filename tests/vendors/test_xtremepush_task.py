"""Xtremepush: a task, and what its end is taken for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from target_people.delivery.contract import Job
from target_people.delivery.verdict import DELIVERED, Outcome
from target_people.errors import JobFailed, JobUnknown
from tests.support.flow import asked, crowd, run
from tests.support.vendor import answer
from tests.vendors.account import xtremepush

DONE = {"success": True, "code": 200}


def confirmed(task: Any, count: int = 3) -> tuple[Outcome, ...] | None:
    """What one look at a task says of so many people."""
    vendor = xtremepush()
    return run(vendor.confirm(Job("7"), crowd(vendor, count)), answer({**DONE, "model": task}))


class TestConfirmation:
    """POST /api/external/info/task."""

    @pytest.mark.parametrize(("own", "wire"), [("7", 7), ("a-7", "a-7")])
    def test_the_task_is_asked_for_by_its_id(self, own: str, wire: object) -> None:
        vendor = xtremepush()
        told = answer({"model": {"status": "completed"}})
        outcomes, (request,) = asked(vendor.confirm(Job(own), crowd(vendor, 1)), told)
        assert (request.path, json.loads(request.body)) == ("/api/external/info/task", {"id": wire})
        assert outcomes == (DELIVERED,)

    @pytest.mark.parametrize("word", ["completed", "Complete", "success", "done", "FINISHED"])
    def test_a_known_word_is_a_success(self, word: str) -> None:
        assert confirmed({"status": word}) == (DELIVERED,) * 3

    @pytest.mark.parametrize(
        "task",
        [{}, {"status": 2}, {"status": 2, "finish_time": 0}, {"status": "rolling"}, {"finish_time": None}, None, [1]],
    )
    def test_a_task_without_an_end_goes_on(self, task: Any) -> None:
        assert confirmed(task) is None

    @pytest.mark.parametrize("http", [200, 404])
    def test_a_task_that_is_not_to_be_seen_is_unknown(self, http: int) -> None:
        vendor = xtremepush()
        flow = vendor.confirm(Job("7"), crowd(vendor, 1))
        assert 404 in next(flow).expects
        with pytest.raises(JobUnknown):
            flow.send(answer({"success": False, "code": 404}, http))

    @pytest.mark.parametrize(
        "task",
        [{"status": "failed"}, {"status": "Cancelled"}, {"success": False, "status": "completed", "finish_time": 9}],
    )
    def test_a_failed_task_is_a_refusal(self, task: Any) -> None:
        with pytest.raises(JobFailed):
            confirmed(task)

    def test_errors_of_a_task_that_is_not_over_are_no_end(self) -> None:
        assert confirmed({"status": "rolling", "errors": ["rows[1]: bad"]}) is None

    def test_a_finished_task_that_names_rows_is_a_refusal_of_these(self) -> None:
        with pytest.raises(JobFailed) as refused:
            confirmed({"status": "completed", "finish_time": 9, "errors": ["rows[1]: bad"]})
        assert refused.value.indexes == (1,)

    @pytest.mark.parametrize("status", [2, "2", None, "rounded"])
    def test_an_end_of_unknown_meaning_is_no_success(self, status: object) -> None:
        with pytest.raises(JobFailed):
            confirmed({"status": status, "finish_time": 9}, count=100)
        with pytest.raises(JobUnknown):
            confirmed({"status": status, "finish_time": 9}, count=99)
