"""The rejects file on a disk that is full, fails, or is slow to be sure; and the STATE that waits for it."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from target_people.delivery.sender import Surroundings
from target_people.delivery.verdict import rejected
from target_people.ending import run_to_end
from target_people.rejects import Rejects
from target_people.target import TargetPeople
from tests.support.clock import FakeClock
from tests.support.executable import EXECUTABLE
from tests.support.replay import MISMAPPED, Loaded, config_of, lines_of
from tests.vendors.people import messages_of, person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.control import Control

SCHEMA = b'{"type": "SCHEMA", "stream": "people", "schema": {"properties": {}}, "key_properties": ["id"]}\n'
RECORD = b'{"type": "RECORD", "stream": "people", "record": {"id": 1}}\n'


@pytest.fixture
def rejects(tmp_path: Path) -> Iterator[Rejects]:
    opened = Rejects(tmp_path / "out" / "rejects", "run-1")
    yield opened
    opened.close()


def write(rejects: Rejects, stream: str = "people") -> None:
    schema, record = (line.replace(b"people", stream.encode()) for line in (SCHEMA, RECORD))
    rejects.write(stream, schema, record, vendor="plain", outcome=rejected("not_email", "email"), at="2026-01-09")


def kinds(rejects: Rejects) -> list[str]:
    return [json.loads(line)["type"] for line in rejects.path.read_bytes().splitlines()]


def test_a_folder_that_cannot_be_synced_is_no_error(rejects: Rejects, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not every file system has it."""
    syncing = os.fsync

    def files_alone(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        syncing(file)

    monkeypatch.setattr(os, "fsync", files_alone)
    write(rejects)
    rejects.sync()


def test_a_rejection_is_on_disk_before_a_state_that_covers_its_record(
    control: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every STATE that leaves finds all rejected records before it written and synced."""
    synced: list[bytes] = []
    syncing = os.fsync

    def watched(file: int) -> None:
        syncing(file)
        synced[:] = [path.read_bytes() for path in (tmp_path / "rejects").iterdir()]

    monkeypatch.setattr("os.fsync", watched)
    found: list[tuple[int, int]] = []

    def state(line: bytes) -> None:
        found.append((json.loads(line)["read"], b"".join(synced).count(b'"rejection"')))

    target = TargetPeople(
        config=config_of(control, "flameup", output_dir=str(tmp_path)),
        around=Surroundings.of(FakeClock(), random.Random(1)),
        print_state=state,
    )
    people = [person(number, **({"email": "nobody"} if number % 2 else {})) for number in range(10)]
    assert run_to_end(target, io.BytesIO(b"\n".join(messages_of(people, state_every=1)))).exit_code == 0
    assert found[-1] == (10, 5)
    assert [rejected for read, rejected in found if rejected < read // 2] == []


@pytest.mark.parametrize("state_every", [0, 1], ids=["one state", "a state after each"])
def test_a_disk_that_takes_no_rejection_lets_no_state_out(
    control: Control,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    state_every: int,
) -> None:
    """It may say yes the second time it is asked; that is not believed."""
    fail_once(monkeypatch)
    people = [person(0, email="nobody"), person(1), person(2)]
    done = Loaded(config_of(control, "flameup"), b"\n".join(messages_of(people, state_every)), tmp_path)
    assert (done.exit_code, done.states) == (2, [])
    assert "output_dir" in caplog.text


def test_a_disk_that_takes_no_rejection_is_told_also_without_any_state(
    control: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_once(monkeypatch)
    assert Loaded(config_of(control, "flameup"), lines_of(person(0, email="nobody")), tmp_path).exit_code == 2


def fail_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first thing that is to be put on disk is not."""
    errors = [OSError(errno.EIO, "Input/output error")]

    def fsync(_file: int) -> None:
        if errors:
            raise errors.pop()

    monkeypatch.setattr("os.fsync", fsync)


def test_two_runs_of_the_same_moment_have_a_file_each(control: Control, tmp_path: Path) -> None:
    """In one folder, at one time of the clock."""
    runs = [Loaded(config_of(control, "flameup", streams=MISMAPPED), lines_of(person(n)), tmp_path) for n in (0, 1)]
    found = sorted(path.read_bytes() for path in (tmp_path / "rejects").iterdir())
    assert found == sorted(run.rejects for run in runs)
    assert [run.records[0]["record"]["customer_id"] for run in runs] == ["c-00000", "c-00001"]


def test_a_run_that_is_killed_leaves_a_file_that_can_be_sent_again(control: Control, tmp_path: Path) -> None:
    """All that its STATE covers is in it."""
    place = tmp_path / "config.json"
    place.write_text(json.dumps(config_of(control, "flameup", streams=MISMAPPED)), "utf-8")
    people = [person(number) for number in range(3)]
    with subprocess.Popen(  # noqa: S603 - our own executable
        [EXECUTABLE, "--config", place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n".join(messages_of(people)) + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"read": 3}
        process.kill()
    (file,) = (tmp_path / ".target-people" / "rejects").iterdir()
    assert Loaded(config_of(control, "flameup"), file.read_bytes(), tmp_path / "again").exit_code == 0
    assert sorted(control.people("flameup")) == ["c-00000", "c-00001", "c-00002"]
