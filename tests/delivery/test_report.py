"""Reading a report on an import; the forms that Movement's may have are tested there."""

from __future__ import annotations

from typing import Any

import pytest

from target_people.delivery.report import DONE, FAILED, complaints, outcome
from target_people.delivery.verdict import CREATED, DELIVERED


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ({"errors": [{"user": "u1", "message": "no"}]}, [("u1", "no")]),
        ({"errors": [{"other": "u1", "message": "no"}]}, [("other", "u1"), ("message", "no")]),
        ({"failed": {"u1": "no"}}, [("u1", "no")]),
        ({"created": [{"user": "u1"}], "note": "fine"}, []),
    ],
)
def test_complaints_name_people_by_the_key_that_is_theirs(report: Any, said: list[tuple[str, str]]) -> None:
    assert list(complaints(report, "user")) == said


def test_counts_must_account_for_everybody() -> None:
    assert outcome({"created": 2}, 2, 0) == CREATED
    assert outcome({"created": 1, "updated": 1}, 2, 0) == DELIVERED
    assert outcome({"created": 1}, 2, 0) is None
    assert outcome({"created": 2, "failed": 1}, 2, 0) is None


def test_no_word_is_both_good_and_bad() -> None:
    assert not DONE & FAILED
