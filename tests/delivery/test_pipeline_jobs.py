"""One vendor account whose import jobs do not end well."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.message import Request
from target_people.errors import JobFailed, NotConfirmedError
from tests.support.vendor import Plain, answer, plain

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch
    from target_people.delivery.contract import Job
    from target_people.delivery.message import Flow
    from tests.support.vendor import Delivering

ANN, BEN = ({"id": name} for name in ("ann", "ben"))
JOB = answer({"job": "j1"})


def reading(batch: Batch, *, seen: bool) -> Flow[tuple[bool | None, ...] | None]:
    """Reads people back in one request, whatever it is answered."""
    yield Request("GET", "/people")
    return (seen,) * len(batch)


@pytest.mark.parametrize("taken", [{"job": "j1"}, {}])
def test_people_who_are_read_back_are_delivered_and_the_requests_for_it_counted(
    taken: dict[str, str], delivering: Delivering
) -> None:
    vendor = plain(kind={"read_back": lambda _, batch: reading(batch, seen=True)}, confirm_seconds=1)
    asked = [answer({"state": "running"})] * len(taken)
    delivery = delivering(vendor, [answer(taken), *asked, answer()])
    delivery.add(ANN, BEN)
    delivery.finish()
    assert delivery.verdicts == [("ann", "delivered"), ("ben", "delivered")]
    assert delivery.pipeline.meter.requests == 2 + len(asked)


def failing(*_: object) -> Flow[Any]:
    """The end of a job that failed."""
    yield Request("GET", "/jobs/j1")
    raise JobFailed


def test_when_all_jobs_fail_the_run_ends_unconfirmed_and_settles_nobody(delivering: Delivering) -> None:
    delivery = delivering(plain(kind={"confirm": failing}), cycle([JOB, answer()]))
    delivery.add(ANN, BEN)
    with pytest.raises(NotConfirmedError, match="nobody was rejected"):
        delivery.finish()
    assert delivery.settled == []


def test_one_person_whose_job_fails_after_others_have_passed_is_rejected(delivering: Delivering) -> None:
    def confirm(vendor: Plain, job: Job, batch: Batch) -> Flow[Any]:
        return failing() if batch[0].identity == "ben" else Plain.confirm(vendor, job, batch)

    vendor = plain(kind={"confirm": confirm}, batch_size=1)
    delivery = delivering(vendor, [JOB, answer({"outcomes": ["updated"]}), *[JOB, answer()] * 2])
    delivery.add(ANN, BEN)
    delivery.finish()
    assert delivery.verdicts == [("ann", "updated"), ("ben", "rejected")]
