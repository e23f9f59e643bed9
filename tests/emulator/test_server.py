"""Starting, stopping, keeping, and the command that serves."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from target_people.emulator.clock import Clock
from target_people.emulator.server import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PEOPLE = {"people": [{"userId": "c-1"}]}


def create(emulator: Emulator) -> str:
    """Create somebody at Flameup and return the id they were given."""
    headers = {"Authorization": "Bearer emulator"}
    answer = requests.post(f"{emulator.url}/flameup/api/v1/people/batch", json=PEOPLE, headers=headers, timeout=10)
    person: str = answer.json()["people"][0]["id"]
    return person


def test_it_listens_only_inside_the_block() -> None:
    with Emulator() as emulator:
        url = emulator.url
        assert requests.get(url, timeout=10).ok
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)
    gc.collect()


def test_it_can_be_stopped_twice_and_started_again() -> None:
    emulator = Emulator()
    for _ in range(2):
        emulator.start()
        emulator.stop()
        emulator.stop()


def test_it_stops_although_a_client_keeps_its_connection() -> None:
    with requests.Session() as session, Emulator() as emulator:
        assert session.get(emulator.url, timeout=10).ok


def test_a_taken_port_is_an_oserror() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        Emulator(port=taken.getsockname()[1]).start()


def test_a_file_keeps_people_and_ids_go_on(tmp_path: Path) -> None:
    data = str(tmp_path / "people.sqlite")
    ids = set()
    for number in range(2):
        with Emulator(data=data, seed=1) as emulator:
            ids.add(create(emulator))
            listed = requests.get(f"{emulator.url}/_emulator/flameup/people", timeout=10).json()
            assert listed["total"] == 1
            deleted = requests.delete(
                f"{emulator.url}/flameup/api/v1/people/c-1",
                headers={"Authorization": "Bearer emulator"},
                timeout=10,
            )
            assert deleted.status_code == 204 or number
            create(emulator)
    assert len(ids) == 2


def test_a_file_that_is_no_database_leaves_nothing_open(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at as one" * 20)
    with pytest.raises(Exception, match="not a database"):
        Emulator(data=str(path)).start()
    gc.collect()


def test_the_seed_decides_the_ids() -> None:
    ids = []
    for seed in (1, 1, 2):
        with Emulator(seed=seed, clock=Clock(lambda: 0.0)) as emulator:
            ids.append(create(emulator))
    assert ids[0] == ids[1] != ids[2]


@pytest.fixture
def served() -> Iterator[subprocess.Popen[str]]:
    code = "from target_people.emulator.server import serve; serve('127.0.0.1', 0, None, 0)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    command = [sys.executable, "-W", "error", "-c", code]
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment) as process:  # noqa: S603 - our own interpreter
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_prints_one_line_when_ready_and_ends_with_a_signal(
    served: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert served.stdout is not None
    assert served.stderr is not None
    line = served.stdout.readline()
    assert line.startswith("emulator ready on http://127.0.0.1:")
    assert requests.get(line.split()[-1], timeout=10).ok
    served.send_signal(number)
    assert served.wait(10) == 0
    assert (served.stdout.read(), served.stderr.read()) == ("", "")
