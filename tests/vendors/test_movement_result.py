"""Movement: a bulk upsert, and what its deferred result is taken for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.contract import Job
from target_people.delivery.verdict import ACCEPTED, CREATED, DELIVERED, UPDATED, Outcome, rejected
from target_people.errors import JobFailed, JobUnknown
from tests.support.flow import batch_of, run, sent
from tests.support.vendor import ScriptedTransport, answer
from tests.support.work import follow
from tests.vendors.account import movement

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch
    from target_people.delivery.message import Response

TAKEN = {"external_id": "m1", "errors": ["phone_number is already taken"]}
REFUSED = rejected("vendor_refused", detail="phone_number is already taken")


def three() -> Batch:
    """The people m0, m1 and m2."""
    return batch_of(movement(), *({"external_id": f"m{at}"} for at in range(3)))


def told(result: Any, status: str = "complete") -> Response:
    """The answer for a deferred result."""
    return answer({"id": 1, "status": status, "result": result})


def outcomes_of(response: Response) -> tuple[Outcome, ...] | None:
    """What a deferred result says of the three people."""
    return run(movement().confirm(Job("1"), three()), response)


@pytest.mark.parametrize("strategy", ["reject", "ignore"])
def test_request_says_what_happens_to_conflicts(strategy: str) -> None:
    script, batch = ScriptedTransport([answer({"id": 1})]), three()
    follow(movement(conflict_strategy=strategy).submit(batch), script)
    assert script.called == ["POST /targets/bulk_upsert"]
    assert json.loads(script.requests[0].body) == {"conflict_strategy": strategy, "records": sent(batch)}


@pytest.mark.parametrize(
    ("body", "job"),
    [
        ({"deferred_result_id": 123}, "123"),
        ({"id": "b2e0"}, "b2e0"),
        ({"result_id": 7}, "7"),
        ({"deferred_result": 7}, "7"),
        ({"id": 1, "deferred_result": {"id": 7}}, "7"),
        ({"status": "ok"}, None),
        ({"id": None}, None),
        ([], None),
        (None, None),
    ],
)
def test_id_of_the_result_is_found_where_it_may_stand(body: Any, job: str | None) -> None:
    assert run(movement().submit(three()), answer(body)) == Job(job)


@pytest.mark.parametrize(
    ("path", "called"),
    [("/deferred_results/{id}", "GET /deferred_results/a%2Fb"), ("/x/{id}/result", "GET /x/a%2Fb/result")],
)
def test_result_is_asked_for_where_the_setting_says(path: str, called: str) -> None:
    script = ScriptedTransport([told({"created": 3, "updated": 0})])
    follow(movement(deferred_result_path=path).confirm(Job("a/b"), three()), script)
    assert script.called == [called]
    assert script.requests[0].expects == {404, 410}


@pytest.mark.parametrize(
    "response",
    [
        told(None, "pending"),
        told({"created": 3}, "wound_up"),
        answer({"created": 3}),
        answer([]),
        answer(),
    ],
)
def test_whatever_is_not_known_as_an_end_is_none(response: Response) -> None:
    assert outcomes_of(response) is None


@pytest.mark.parametrize("status", [404, 410])
def test_result_that_is_not_there_is_unknown_whatever_its_words(status: int) -> None:
    with pytest.raises(JobUnknown):
        outcomes_of(answer({"status": "error", "message": "Not found"}, status))


@pytest.mark.parametrize("word", ["complete", "Completed", "finished", "success", "succeeded", "DONE"])
def test_usual_words_for_done_are_understood(word: str) -> None:
    assert outcomes_of(told({"created": 3, "updated": 0, "errors": []}, word)) == (CREATED,) * 3


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ({"created": 3, "updated": 0}, CREATED),
        ({"created": 0, "updated": 3, "errors": []}, UPDATED),
        ({"created": 1, "updated": 2}, DELIVERED),
        ({"created_count": 1, "updated_count": 1, "unchanged_count": 1, "failed": 0}, DELIVERED),
        ({"created": [{"external_id": "m0"}], "updated": [{"external_id": "m1"}, {"external_id": "m2"}]}, DELIVERED),
        ({"errors": []}, DELIVERED),
        (None, ACCEPTED),
        ({"note": "thank you"}, ACCEPTED),
    ],
)
def test_counts_say_what_became_of_everybody(result: Any, outcome: Outcome) -> None:
    assert outcomes_of(told(result)) == (outcome,) * 3


@pytest.mark.parametrize(
    "response",
    [
        told({"created": 2, "updated": 0, "errors": [TAKEN]}),
        told({"created": 2, "report": {"lines": [TAKEN]}}),
        answer({"state": "done", "created": 2, "failed": 1, "errors": [TAKEN]}),
        answer({"deferred_result": {"status": "done", "result": {"created": 2, "rejected": [TAKEN]}}}),
        told({"created": 2, "errors": {"m1": ["phone_number is already taken"]}}),
    ],
)
def test_record_with_an_error_is_rejected_alone(response: Response) -> None:
    assert outcomes_of(response) == (CREATED, REFUSED, CREATED)


@pytest.mark.parametrize(
    ("response", "known"),
    [
        (told({"created": 2, "updated": 0}), ()),
        (told({"created": 4, "updated": 0}), ()),
        (told({"created": 3, "errors": [TAKEN]}), (1,)),
        (told({"errors": [{"external_id": "m9", "errors": ["?"]}]}), ()),
        (told({"errors": [{"external_id": None}]}), ()),
        (told({"errors": ["row 2 is invalid"]}), ()),
        (told({"errors": [{"row": 2, "message": "is invalid"}, TAKEN]}), (1,)),
        (told({"errors": [{"row": 2}]}), ()),
        (told({"errors": {"row 2": ["is invalid"]}}), ()),
        (told({"error": "boom"}), ()),
        (told({"failed": 1}), ()),
        (told({"rejected_count": 2, "errors": [TAKEN]}), (1,)),
        (told(None, "failed"), ()),
        (told({"created": 0, "errors": [TAKEN]}, "errored"), (1,)),
        (answer({"status": "error", "error": "boom"}), ()),
    ],
)
def test_result_that_does_not_say_what_became_of_everybody_is_isolated(
    response: Response, known: tuple[int, ...]
) -> None:
    with pytest.raises(JobFailed) as caught:
        outcomes_of(response)
    assert caught.value.indexes == known


def test_words_of_the_vendor_stay_with_their_record() -> None:
    with pytest.raises(JobFailed) as caught:
        outcomes_of(told({"errors": ["row 2 is invalid", TAKEN]}))
    assert caught.value.details == {-1: "row 2 is invalid", 1: "phone_number is already taken"}
    assert "row 2" not in str(caught.value)
