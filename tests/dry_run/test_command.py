"""``target-people plan``, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from target_people.samples import configuration, people
from tests.support.executable import EXECUTABLE, SECONDS
from tests.support.load import message
from tests.support.process import until_read
from tests.vendors.people import messages_of, person

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.control import Control

ONE = b"\n".join(messages_of([person(0)]))


@pytest.fixture
def config(control: Control, tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(configuration(control.address, ["flameup"])), "utf-8")
    return path


def run(folder: Path, *args: object, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [str(EXECUTABLE), *map(str, args)]
    variables = {**os.environ, **environment}
    return subprocess.run(  # noqa: S603 - our own executable
        command, input=given, capture_output=True, timeout=SECONDS, cwd=folder, env=variables, check=False
    )


def test_it_prints_tables_and_leaves_nothing_behind(config: Path, control: Control) -> None:
    done = run(config.parent, "plan", "--config", config, given=people().read_bytes())
    assert (done.returncode, done.stderr) == (0, b"")
    assert "dry run: 1,000 records in 1,006 lines read; nobody was sent" in done.stdout.decode()
    assert (control.journal("flameup"), control.people("flameup")) == ([], {})
    assert list(config.parent.iterdir()) == [config]


def test_its_standard_output_holds_no_state(config: Path) -> None:
    state = message("STATE", value={"bookmark-of-the-tap": 1})
    done = run(config.parent, "plan", "--config", config, given=ONE + b"\n" + state)
    assert b"bookmark-of-the-tap" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("plan", "--config", "config.json", "--json"),
        ("--config", "config.json", "plan", "--json"),
        ("--config", "config.json", "plan", "--config", "more.json", "--json"),
        ("plan", "--config", "config.json", "--config", "more.json", "--json"),
        ("--config", "config.json", "--input", "in.singer", "plan", "--json"),
        ("--config", "config.json", "plan", "--input", "in.singer", "--json"),
    ],
    ids=" ".join,
)
def test_config_and_input_may_stand_before_or_behind_its_name(config: Path, args: tuple[str, ...]) -> None:
    (config.parent / "in.singer").write_bytes(ONE)
    (config.parent / "more.json").write_text('{"flameup": {"batch_size": 7}}', "utf-8")
    given = b"" if "--input" in args else ONE
    done = run(config.parent, *args, given=given)
    found = json.loads(done.stdout)
    assert (done.returncode, found["records"]) == (0, 1)
    assert found["vendors"]["flameup"]["batch_size"] == (7 if "more.json" in args else 100)


def test_the_environment_is_read_when_asked_for(tmp_path: Path, control: Control) -> None:
    settings = json.dumps(configuration(control.address, ["flameup"])["flameup"])
    done = run(tmp_path, "plan", "--config", "ENV", "--json", given=ONE, TARGET_PEOPLE_FLAMEUP=settings)
    assert json.loads(done.stdout)["vendors"]["flameup"]["people"] == 1


def test_json_has_the_documented_keys(config: Path) -> None:
    found = json.loads(run(config.parent, "plan", "--config", config, "--json", given=ONE).stdout)
    assert set(found) == {
        *("exit_code", "problem", "lines", "records", "partly", "would_stop", "values_shown", "streams", "vendors")
    }
    assert set(found["streams"]["people"]["vendors"]["flameup"]) == {
        *("problem", "columns", "not_sent", "identity", "to_send", "superseded", "rejected", "rejections")
    }
    assert set(found["vendors"]["flameup"]) == {
        *("catalogue", "unknown", "requests", "people", "bytes", "largest_request", "cut_by", "binding", "batch_size"),
        *("max_in_flight", "requests_per_minute", "minutes", "rounds", "sample"),
    }


@pytest.mark.parametrize(
    ("change", "given", "code", "said"),
    [
        ({}, b"nothing of the kind\n", 6, b"line 1 "),
        ({"streams": {"people": {"fields": {"email": "nowhere"}}}}, ONE, 2, b"names the column nowhere"),
        ({}, message("SCHEMA", stream="orders", schema={"properties": {"id": {}}}), 2, b"no stream could be mapped"),
        ({"flameup": {"api_ke": "secret-1"}}, ONE, 2, b"did you mean api_key"),
        ({"streams": {"people": {"fields": {"email": "first_name"}}}, "max_rejected": 0}, ONE, 0, b""),
    ],
    ids=["no Singer", "a column that is not there", "no people", "a wrong setting", "too many rejections"],
)
def test_its_exit_code_tells_what_is_wrong(
    config: Path, change: dict[str, Any], given: bytes, code: int, said: bytes
) -> None:
    config.write_text(json.dumps(json.loads(config.read_text("utf-8")) | change), "utf-8")
    done = run(config.parent, "plan", "--config", config, given=given)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    told = done.stdout + done.stderr
    assert [word for word in (b"Traceback", b"secret-1", b"nothing of the kind") if word in told] == []


def test_an_interrupted_plan_shows_what_was_read(config: Path) -> None:
    """An endless tap is planned for as long as one wants to watch."""
    process = subprocess.Popen(  # noqa: S603 - our own executable
        [EXECUTABLE, "plan", "--config", config, "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=config.parent,
    )
    assert process.stdin is not None
    process.stdin.write(ONE + b"\n")
    process.stdin.flush()
    until_read(process)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, json.loads(out)["records"]) == (130, 1), errors
    assert b"interrupted" in errors


def test_a_limit_needs_no_end_of_the_input(config: Path) -> None:
    process = subprocess.Popen(  # noqa: S603 - our own executable
        [EXECUTABLE, "plan", "--config", config, "--json", "--limit", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=config.parent,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(ONE + b"\n")
    process.stdin.flush()
    found = json.loads(process.stdout.read())
    process.stdin.close()
    assert (process.wait(SECONDS), found["records"], found["partly"]) == (0, 1, True)
    process.stdout.close()
