"""The command ``check``, as a user runs it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from target_people.samples import VENDORS, configuration
from tests.support.executable import EXECUTABLE, SECONDS, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.control import Control

SECRET = "secret-that-nobody-may-see"  # noqa: S105 - the test's own, looked for where it must not be


def written(path: Path, config: dict[str, Any]) -> Path:
    path.write_text(json.dumps(config), "utf-8")
    return path


def test_all_is_well(control: Control, tmp_path: Path) -> None:
    """The table names every vendor; nothing but what was asked for is on standard output; no file is made."""
    config = written(tmp_path / "config.json", configuration(control.address))
    done = run("check", "--config", config, cwd=tmp_path)
    out = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert [name for name in VENDORS if f"✓ │ {name}" not in out] == []
    assert "✗" not in out
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


def test_json_is_one_object_with_the_documented_keys(control: Control, tmp_path: Path) -> None:
    config = configuration(control.address)
    config["rally"]["api_token"] = SECRET
    done = run("check", "--json", "--config", written(tmp_path / "config.json", config))
    found = json.loads(done.stdout)
    assert (done.returncode, found["exit_code"], sorted(found["vendors"])) == (4, 4, sorted(VENDORS))
    assert found["vendors"]["movement"] == {
        "ok": True,
        "exit_code": 0,
        "custom_fields": 11,
        "called": [{"method": "GET", "path": "/custom_fields", "status": 200}],
        "note": "",
        "problem": "",
        "settings": [],
    }
    rally = found["vendors"]["rally"]
    assert (rally["ok"], rally["exit_code"], rally["settings"]) == (False, 4, ["rally.api_token"])
    assert SECRET not in (done.stdout + done.stderr).decode()


@pytest.mark.parametrize("order", [("--config", "check"), ("check", "--config")], ids=["before", "behind"])
def test_config_stands_before_or_behind_the_command(control: Control, tmp_path: Path, order: tuple[str, str]) -> None:
    config = written(tmp_path / "config.json", configuration(control.address, ["rally"]))
    words = [word for part in order for word in ((part, config) if part == "--config" else (part,))]
    done = run(*words)
    assert (done.returncode, b"rally" in done.stdout) == (0, True), done.stderr


def test_config_may_be_given_several_times_and_from_the_environment(control: Control, tmp_path: Path) -> None:
    """One file before the command, one behind it, and the environment."""
    whole = configuration(control.address, ["rally", "flameup", "movement"])
    rally = written(tmp_path / "rally.json", {"rally": whole["rally"]})
    flameup = written(tmp_path / "flameup.json", {"flameup": {"api_url": whole["flameup"]["api_url"]}})
    env = {
        "TARGET_PEOPLE_FLAMEUP_API_KEY": "emulator",
        "TARGET_PEOPLE_MOVEMENT": json.dumps(whole["movement"]),
    }
    done = run("--config", rally, "check", "--config", flameup, "--config", "ENV", "--json", env=env)
    assert sorted(json.loads(done.stdout)["vendors"]) == ["flameup", "movement", "rally"]
    assert done.returncode == 0


@pytest.mark.parametrize(("kind", "code"), [("forbidden", 4), ("outage", 5)])
def test_the_exit_code_tells_what_is_wrong(control: Control, tmp_path: Path, kind: str, code: int) -> None:
    config = configuration(control.address)
    config["movement"]["retry_seconds"] = 0
    control.post("movement/faults", {"fault": kind, "times": 100})
    done = run("check", "--config", written(tmp_path / "config.json", config))
    assert done.returncode == code
    assert "✗ │ movement" in done.stdout.decode()
    assert "✓ │ rally" in done.stdout.decode()


def test_a_vendor_that_never_answers_is_5(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config = configuration(f"http://127.0.0.1:{silent.getsockname()[1]}", ["rally"])
        config["rally"] |= {"retry_seconds": 0, "request_timeout_seconds": 0.2}
        done = run("check", "--config", written(tmp_path / "config.json", config))
    assert (done.returncode, b"ReadTimeout" in done.stdout) == (5, True), done.stdout


@pytest.mark.parametrize("config", [{}, {"rally": {"api_tokn": SECRET}}], ids=["no vendor", "unknown key"])
def test_wrong_settings_are_2_and_nothing_is_printed_on_standard_output(tmp_path: Path, config: dict[str, Any]) -> None:
    done = run("check", "--json", "--config", written(tmp_path / "config.json", config))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Traceback" not in done.stderr
    assert SECRET.encode() not in done.stderr


def test_a_terminal_without_the_signs_gets_words(control: Control, tmp_path: Path) -> None:
    config = configuration(control.address, ["rally", "flameup"])
    config["rally"]["api_token"] = SECRET
    place = written(tmp_path / "config.json", config)
    done = run("check", "--config", place, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 4, done.stderr
    assert "| FAILED | rally" in done.stdout.decode("ascii")
    assert "| ok     | flameup" in done.stdout.decode("ascii")


def test_an_interrupt_ends_a_check_that_waits(tmp_path: Path) -> None:
    """At once, although a request is under way."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(SECONDS)
        config = configuration(f"http://127.0.0.1:{silent.getsockname()[1]}", ["rally"])
        command: list[str | Path] = [EXECUTABLE, "check", "--config", written(tmp_path / "config.json", config)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - our own executable
            connection, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            out, errors = process.communicate(timeout=SECONDS)
            connection.close()
    assert (process.returncode, out, b"Traceback" in errors) == (130, b"", False), errors
