"""Import jobs that fail, vanish or never end, at each vendor that has jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    import requests


class Told(NamedTuple):
    """What a vendor says of a job: the HTTP status, and its own word."""

    http: int
    word: object


class Account:
    """One vendor with jobs, spoken to in its own words.

    Args:
        vendor: its name.
        session: below its API.
        control: the control interface.
    """

    def __init__(self, vendor: str, session: requests.Session, control: requests.Session) -> None:
        self.vendor = vendor
        self._session = session
        self._control = control
        if vendor == "xtremepush":
            assert control.put("/xtremepush/quirks", json={"task_status": "text"}).ok

    def fault(self, kind: str, **parts: object) -> None:
        answer = self._control.post(f"/{self.vendor}/faults", json={"fault": kind, **parts})
        assert answer.ok, answer.text

    def submit(self, count: int = 100) -> str:
        """Import people; the job's id."""
        people: dict[str, tuple[str, dict[str, Any]]] = {
            "rally": ("/people/import", {"people": [{"email": f"{at}@example.org"} for at in range(count)]}),
            "movement": ("/targets/bulk_upsert", {"records": [{"external_id": f"m{at}"} for at in range(count)]}),
            "xtremepush": ("/import/profile", {"columns": ["user_id"], "rows": [[f"u{at}"] for at in range(count)]}),
        }
        path, body = people[self.vendor]
        answer = self._session.post(path, json={**body, **self._token}).json()
        return str(answer.get("importId") or answer.get("deferred_result_id") or answer.get("task_id"))

    def ask(self, job: str) -> Told:
        if self.vendor == "xtremepush":
            answer = self._session.post("/info/task", json={"id": int(job), **self._token})
            model = answer.json().get("model", {})
            return Told(answer.status_code, model.get("status") if model.get("finish_time") else None)
        path = {"rally": f"/imports/{job}", "movement": f"/deferred_results/{job}"}[self.vendor]
        answer = self._session.get(path)
        word = answer.json().get("status")
        return Told(answer.status_code, None if word in ("NOT_STARTED", "UPLOADING", "pending") else word)

    @property
    def total(self) -> int:
        number: int = self._control.get(f"/{self.vendor}/people").json()["total"]
        return number

    @property
    def journal(self) -> list[object]:
        """The faults in the journal."""
        entries = self._control.get(f"/journal?vendor={self.vendor}").json()["entries"]
        return [entry["fault"] for entry in entries]

    @property
    def _token(self) -> dict[str, str]:
        return {"apptoken": "emulator"} if self.vendor == "xtremepush" else {}


@pytest.fixture(params=["rally", "movement", "xtremepush"])
def account(request: pytest.FixtureRequest, control: requests.Session) -> Account:
    return Account(request.param, request.getfixturevalue(request.param), control)


FAILURE = {"rally": "ERROR", "movement": "failed", "xtremepush": "failed"}
WORK = pytest.mark.parametrize(("work", "total"), [("none", 0), ("half", 50), ("all", 100)])


@WORK
def test_a_job_that_fails_says_so_after_its_share_of_the_work(account: Account, work: str, total: int) -> None:
    account.fault("job_fails", work=work)
    job = account.submit()
    assert [account.ask(job) for _ in range(2)] == [Told(200, None), Told(200, FAILURE[account.vendor])]
    assert account.total == total


@WORK
def test_a_job_that_vanishes_is_never_there_and_its_share_of_the_work_is(
    account: Account, work: str, total: int
) -> None:
    account.fault("job_vanishes", work=work)
    job = account.submit()
    assert [account.ask(job).http for _ in range(3)] == [404, 404, 404]
    assert account.total == total


@WORK
def test_a_job_that_never_ends_is_under_way_and_its_share_of_the_work_done(
    account: Account, work: str, total: int
) -> None:
    account.fault("job_never_ends", work=work)
    job = account.submit()
    assert [account.ask(job) for _ in range(5)] == [Told(200, None)] * 5
    assert account.total == total


def test_the_next_job_is_as_good_as_ever_and_the_fault_in_the_journal(account: Account) -> None:
    account.fault("job_fails")
    first, second = account.submit(), account.submit()
    for _ in range(2):
        told = [account.ask(first), account.ask(second)]
    assert [one.word == FAILURE[account.vendor] for one in told] == [True, False]
    assert account.total == 100
    assert account.journal[:3] == ["job_fails", None, None]


def test_a_fault_of_jobs_waits_for_one(account: Account, control: requests.Session) -> None:
    account.fault("job_fails")
    account.ask("1")
    assert len(control.get(f"/{account.vendor}/faults").json()["faults"]) == 1


def test_an_unknown_amount_of_work_is_refused(control: requests.Session) -> None:
    answer = control.post("/rally/faults", json={"fault": "job_fails", "work": "most"})
    assert answer.status_code == 422
    assert "none, half, all" in answer.json()["detail"]
