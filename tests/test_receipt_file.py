"""Receipts that are read again."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from target_people.errors import ConfigurationError
from target_people.receipt_file import newest, read
from tests.support.receipt import facts, old, receipt

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "ann@example.com"


def written(folder: Path, content: Any, name: str = "r.json") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    found = read(written(tmp_path, facts()))
    assert (found.exit_code, found.reason, found.duration) == (3, "RejectLimit", 200)
    assert found.vendors["flameup"].settled == 1200
    assert found.vendors["flameup"].limit == 600


def test_an_older_receipt_has_defaults_for_what_it_lacks(tmp_path: Path) -> None:
    found = read(written(tmp_path, old()))
    account = found.vendors["flameup"]
    assert (account.waited, account.limit, account.timeline) == ({}, None, None)
    assert found.duration == 200


def test_a_newer_receipt_is_read_without_what_is_new(tmp_path: Path) -> None:
    assert read(written(tmp_path, facts(weather="rain"))).exit_code == 3


@pytest.mark.parametrize(
    ("started", "finished"),
    [
        ("", ""),
        ("yesterday", "today"),
        ("2026-01-09T12:00:00", "2026-01-09T12:00:00+00:00"),
        ("2026-02-01", "2026-01-01"),
    ],
)
def test_moments_that_tell_no_duration_are_no_duration(started: str, finished: str) -> None:
    assert receipt(old() | {"started_at": started, "finished_at": finished}).duration == 0


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"{" + CANARY.encode(), id="no JSON"),
        pytest.param([CANARY], id="a list"),
        pytest.param({"email": CANARY}, id="another object"),
        pytest.param(facts(exit_code=CANARY), id="a text for a number"),
        pytest.param(facts(seconds=-1), id="a negative time"),
        pytest.param(facts(vendors={"rally": {"verdicts": {"created": -1}}}), id="a negative count"),
        pytest.param(facts(vendors={"rally": {"timeline": {"interval_seconds": 0}}}), id="no interval"),
        pytest.param(b"[" * 100_000, id="nested without end"),
    ],
)
def test_what_is_no_receipt_is_told_with_the_place_and_without_values(content: Any, tmp_path: Path) -> None:
    path = written(tmp_path, content)
    with pytest.raises(ConfigurationError, match="is no receipt of target-people") as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert CANARY not in str(caught.value)


def test_a_folder_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="directory"):
        read(tmp_path)


def test_the_newest_is_of_the_run_that_started_last(tmp_path: Path) -> None:
    """By the run's name, not by the file's time: files get copied."""
    late = written(tmp_path / "receipts", facts(), "20260110T000000Z-000000.json")
    early = written(tmp_path / "receipts", facts(), "20260109T000000Z-ffffff.json")
    os.utime(late, (1, 1))
    assert early.stat().st_mtime > late.stat().st_mtime
    assert newest(tmp_path) == late


def test_of_runs_of_one_second_the_newest_is_the_one_that_ended_last(tmp_path: Path) -> None:
    first, second = (
        written(tmp_path / "receipts", facts(), f"20260109T000000Z-{name}.json") for name in ("ffffff", "000000")
    )
    os.utime(first, (1, 1))
    assert newest(tmp_path) == second


@pytest.mark.parametrize("make", [False, True])
def test_no_receipt_at_all_says_where_was_looked(make: bool, tmp_path: Path) -> None:  # noqa: FBT001 - parametrised
    if make:
        (tmp_path / "receipts" / "folder.json").mkdir(parents=True)
        (tmp_path / "receipts" / "half.part").touch()
    with pytest.raises(ConfigurationError, match=r"no receipt in .*receipts; name the file"):
        newest(tmp_path)
