"""The receipt of a run."""

from __future__ import annotations

import json
import os
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.meter import Cause, Meter
from target_people.delivery.verdict import ACCEPTED, CREATED, DELIVERED, SUPERSEDED, UPDATED, Outcome, Verdict, rejected
from target_people.receipt import Receipt, VendorAccount, write
from target_people.state import StateGate
from tests.support.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CANARY = "ann@example.com"
OUTCOMES = [
    *[CREATED] * 2,
    *[UPDATED] * 3,
    *[DELIVERED] * 4,
    *[ACCEPTED] * 5,
    *[SUPERSEDED] * 6,
    rejected("not_email", "work_email", CANARY),
    rejected("vendor_refused", detail=CANARY),
    rejected("vendor_refused", detail=f"not {CANARY} again"),
]


def facts(outcomes: Iterable[Outcome] = OUTCOMES, skipped: int = 7) -> dict[str, Any]:
    """The receipt of a run that took 90 seconds and had these outcomes at one vendor."""
    clock = FakeClock()
    receipt = Receipt("run-1", clock)
    meter = Meter(3, 1, 2.00049, 123_456, ["j1"])
    account = VendorAccount(meter, not_sent={"people.notes": "no field"}, limit=1200)
    receipt.vendors["plain"] = account
    for outcome in outcomes:
        clock.advance(1)
        receipt.count("plain", outcome)
        receipt.stream("people").read += 1
    account.skipped = skipped
    receipt.stream("orders").read = receipt.stream("orders").skipped = skipped
    with meter.waiting(Cause.RETRY, clock):
        clock.advance(90 - clock.monotonic())
    gate = StateGate(lambda _: None)
    gate.receive(CANARY.encode())
    return receipt.facts(3, "RejectLimit", gate)


def test_a_receipt_has_exactly_the_documented_keys() -> None:
    found = facts()
    vendor = found["vendors"]["plain"]
    assert set(found) == {
        *("run_id", "version", "started_at", "finished_at", "exit_code", "reason", "streams", "vendors", "states"),
        "seconds",
    }
    assert set(found["streams"]["people"]) == {"read", "skipped"}
    assert set(found["states"]) == {"received", "printed"}
    assert set(vendor) == {
        *("verdicts", "requests", "retries", "throttled_seconds", "bytes_sent", "jobs", "not_sent", "rejections"),
        *("skipped", "waited", "limit", "timeline"),
    }
    assert set(vendor["verdicts"]) == {"created", "updated", "delivered", "accepted", "superseded", "rejected"}
    assert {key for entry in vendor["rejections"] for key in entry} == {"code", "reason", "remedy", "count"}


def test_the_figures_are_those_of_the_run() -> None:
    found = facts()
    vendor = found["vendors"]["plain"]
    assert (found["run_id"], found["exit_code"], found["reason"]) == ("run-1", 3, "RejectLimit")
    assert found["version"] == version("target-people")
    assert (found["started_at"], found["finished_at"]) == (
        "2026-01-09T12:00:00.000+00:00",
        "2026-01-09T12:01:30.000+00:00",
    )
    assert found["states"] == {"received": 1, "printed": 1}
    counts = {"requests": 3, "retries": 1, "throttled_seconds": 2.0, "bytes_sent": 123_456, "jobs": ["j1"]}
    assert {key: vendor[key] for key in counts} == counts
    assert vendor["not_sent"] == [{"column": "people.notes", "why": "no field"}]
    assert (found["seconds"], vendor["limit"]) == (90, 1200)
    assert vendor["timeline"] == {"interval_seconds": 0.25, "settled": [at // 4 for at in range(4 * len(OUTCOMES) + 1)]}
    assert {cause: seconds for cause, seconds in vendor["waited"].items() if seconds} == {"retry": 90 - len(OUTCOMES)}


def test_it_adds_up() -> None:
    """What was read is what has a verdict and what was skipped; rejections are as many as verdicts say."""
    found = facts()
    vendor = found["vendors"]["plain"]
    read = sum(stream["read"] for stream in found["streams"].values())
    assert sum(vendor["verdicts"].values()) + vendor["skipped"] == read == len(OUTCOMES) + 7
    assert sum(entry["count"] for entry in vendor["rejections"]) == vendor["verdicts"]["rejected"] == 3


@pytest.mark.parametrize("verdict", Verdict)
def test_every_outcome_counts_for_its_verdict_alone(verdict: Verdict) -> None:
    account = VendorAccount(Meter())
    account.count(Outcome(verdict, code="not_email") if verdict is Verdict.REJECTED else Outcome(verdict))
    assert account.settled == 1
    assert {name for name, count in account.facts(0)["verdicts"].items() if count} == {verdict}


def test_rejections_are_told_by_cause_the_most_frequent_first() -> None:
    entries = facts()["vendors"]["plain"]["rejections"]
    assert [(entry["code"], entry["count"]) for entry in entries] == [("vendor_refused", 2), ("not_email", 1)]
    assert entries[1]["reason"] == "work_email is not an e-mail address"


def test_it_holds_neither_the_vendors_words_nor_a_state() -> None:
    assert CANARY not in json.dumps(facts())


def test_a_run_that_did_nothing_has_a_receipt_too() -> None:
    receipt = Receipt("run-1", FakeClock())
    receipt.vendors["plain"] = VendorAccount(Meter())
    found = receipt.facts(0, "clean", StateGate(lambda _: None))
    assert found["vendors"]["plain"]["verdicts"] == dict.fromkeys(map(str, Verdict), 0)
    assert (found["streams"], found["vendors"]["plain"]["rejections"]) == ({}, [])


def test_it_is_written_as_json_under_the_name_of_the_run(tmp_path: Path) -> None:
    found = facts()
    path = write(tmp_path / "out" / "receipts", found)
    assert path == tmp_path / "out" / "receipts" / "run-1.json"
    assert json.loads(path.read_text("utf-8")) == found
    assert [entry.name for entry in path.parent.iterdir()] == ["run-1.json"]


def test_what_the_pictures_need_does_not_grow_with_the_run() -> None:
    """A night of a record a second at one vendor: the receipt stays as small as that of a minute."""
    clock = FakeClock()
    receipt = Receipt("run-1", clock)
    receipt.vendors["plain"] = VendorAccount(Meter())
    for _ in range(10 * 60 * 60):
        clock.advance(1)
        receipt.count("plain", DELIVERED)
    found = receipt.facts(0, "clean", StateGate(lambda _: None))
    assert found["vendors"]["plain"]["timeline"]["settled"][-1] == 36_000
    assert len(json.dumps(found)) < 3_000


def test_a_run_id_with_dots_keeps_its_name(tmp_path: Path) -> None:
    assert write(tmp_path, {**facts(), "run_id": "a.b.c"}).name == "a.b.c.json"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_it_is_written_whole_or_not_at_all(failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up leaves the receipt of before as it was."""
    before = write(tmp_path, {"run_id": "run-1"}).read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, refuse)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path, facts())
    assert [entry.name for entry in tmp_path.iterdir()] == ["run-1.json"]
    assert (tmp_path / "run-1.json").read_bytes() == before


def test_moments_are_in_iso_8601_and_utc() -> None:
    moment = Receipt("run-1", FakeClock(1_767_960_000.1234)).now()
    assert re.fullmatch(r"2026-01-09T12:00:00\.123\+00:00", moment)
