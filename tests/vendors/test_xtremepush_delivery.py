"""Xtremepush: submission, confirmation and isolation together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.verdict import DELIVERED
from target_people.errors import CredentialsError
from tests.support.pipeline import deliver
from tests.support.vendor import answer
from tests.vendors.account import SECRET, xtremepush

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_people.delivery.message import Request, Response

DONE = {"success": True, "code": 200}


def crowd(count: int) -> list[Mapping[str, Any]]:
    """Records u-0, u-1 … with a country."""
    return [{"id": f"u-{at}", "country": "Ireland"} for at in range(count)]


class TestDelivery:
    """Submission, confirmation and isolation together."""

    def test_people_of_a_task_with_a_status_number_go_again_until_they_are_answered_at_once(self) -> None:
        def numeric(request: Request) -> Response:
            body = json.loads(request.body)
            if "id" in body:
                return answer({**DONE, "model": {"id": body["id"], "status": 2, "finish_time": 9}})
            if "condition" in body:
                return answer({"success": False, "code": 403}, 403)
            return answer({"success": True, "task_id": 7}, 202) if len(body["rows"]) >= 100 else answer(DONE)

        outcomes, transport = deliver(xtremepush(batch_size=1_000), crowd(150), numeric)
        assert outcomes == [DELIVERED] * 150
        assert [len(json.loads(request.body).get("rows", ())) for request in transport.requests] == [150, 0, 0, 75, 75]

    def test_of_an_import_that_fails_without_a_word_only_the_bad_row_is_rejected(self) -> None:
        def whole(request: Request) -> Response:
            bad = any(row[1] == "u-13" for row in json.loads(request.body)["rows"])
            return answer({"success": False, "code": 400, "message": "Import failed"}) if bad else answer(DONE)

        outcomes, _ = deliver(xtremepush(batch_size=1_000), crowd(20), whole)
        assert [at for at, outcome in enumerate(outcomes) if outcome != DELIVERED] == [13]
        assert (outcomes[13].code, outcomes[13].detail) == ("vendor_refused", "Import failed")

    def test_refused_credentials_in_a_200_end_the_run(self) -> None:
        body = {"success": False, "code": 401, "message": "Unauthorized"}
        with pytest.raises(CredentialsError, match=r"xtremepush\.app_token") as refused:
            deliver(xtremepush(), crowd(2), lambda _: answer(body))
        assert SECRET not in str(refused.value)
