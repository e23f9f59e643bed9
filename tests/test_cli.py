"""The executable, as a user runs it."""

from __future__ import annotations

import json
import signal
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from target_people.samples import configuration, people
from tests.support.executable import EXECUTABLE, SECONDS, run
from tests.vendors.people import messages_of, person

if TYPE_CHECKING:
    from tests.support.control import Control


@pytest.fixture
def config(control: Control, tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(configuration(control.address, ["flameup"])), "utf-8")
    return path


def test_a_configuration_that_cannot_be_used_still_has_a_receipt_where_it_says(tmp_path: Path) -> None:
    """What is readable of it counts; and --about writes none."""
    for name, text in (("good", '{"output_dir": "out", "surprise": 1}'), ("bad", "{")):
        (tmp_path / name).write_text(text, "utf-8")
    done = run("--config", "good", "--config", "bad", cwd=tmp_path)
    assert done.returncode == 2
    (receipt,) = (tmp_path / "out" / "receipts").iterdir()
    assert done.stderr.decode().splitlines()[-1] == f"receipt: {receipt.relative_to(tmp_path)}"
    assert run("--config", "good", "--about", cwd=tmp_path).returncode == 0
    assert len(list(tmp_path.rglob("*.json"))) == 1


def test_an_input_that_cannot_be_opened_ends_with_2_and_a_receipt(config: Path, tmp_path: Path) -> None:
    done = run("--config", config, "--input", "nowhere", cwd=tmp_path)
    assert (done.returncode, b"--input nowhere: No such file" in done.stderr) == (2, True)
    assert len(list(tmp_path.glob(".target-people/receipts/*.json"))) == 1


def test_version_names_the_product_and_the_sdk() -> None:
    out = run("--version").stdout.decode()
    assert out.startswith(f"target-people v{version('target-people')}, Meltano SDK v")


def test_help_lists_the_sub_commands() -> None:
    out = run("--help").stdout.decode()
    names = ("--config", "--input", "--about", "check", "plan", "emulate", "demo", "receipt")
    assert [name for name in names if name not in out] == []


def test_people_piped_in_arrive_and_only_state_comes_out(config: Path, control: Control, tmp_path: Path) -> None:
    done = run("--config", config, given=people().read_bytes(), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [b"bookmarks" in line and bool(json.loads(line)) for line in done.stdout.splitlines()].count(False) == 0
    assert done.stdout.splitlines()[-1] == json_of_last_state()
    receipt = Path(done.stderr.decode().splitlines()[-1].rpartition("receipt: ")[2])
    facts = json.loads((tmp_path / receipt).read_text("utf-8"))
    account = facts["vendors"]["flameup"]
    assert sum(account["verdicts"].values()) == facts["streams"]["people"]["read"] == 1000
    assert (
        len(control.people("flameup"))
        == 1000 - account["verdicts"]["rejected"] - account["verdicts"]["superseded"] - twice()
    )


def json_of_last_state() -> bytes:
    """The value of the sample's last STATE as its bytes stand there."""
    last = [line for line in people().read_bytes().splitlines() if line.startswith(b'{"type":"STATE"')][-1]
    return last.removeprefix(b'{"type":"STATE","value":').removesuffix(b"}")


def twice() -> int:
    """How many records of the sample are newer ones of a person in another batch; the rest are superseded."""
    ids = [
        json.loads(line)["record"]["customer_id"] for line in people().read_bytes().splitlines() if b'"RECORD"' in line
    ]
    return len(ids) - len(set(ids)) - superseded()


def superseded() -> int:
    return 8


def test_an_input_file_is_read_instead_of_standard_input(config: Path, control: Control, tmp_path: Path) -> None:
    path = tmp_path / "in.singer"
    path.write_bytes(b"\n".join(messages_of([person(0)])))
    assert run("--config", config, "--input", path, cwd=tmp_path).returncode == 0
    assert list(control.people("flameup")) == ["c-00000"]


def test_a_wrong_setting_ends_with_2_and_one_line_about_it(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"flameup": {"api_ke": "secret-1"}}', "utf-8")
    done = run("--config", path)
    assert done.returncode == 2
    assert b"did you mean api_key" in done.stderr
    assert b"Traceback" not in done.stderr + done.stdout
    assert b"secret-1" not in done.stderr


@pytest.mark.parametrize("text", ["{", "[]", None], ids=["no JSON", "no object", "no file"])
def test_a_configuration_file_that_cannot_be_read_ends_with_2(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "config.json"
    if text is not None:
        path.write_text(text, "utf-8")
    done = run("--config", path)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False), done.stderr


def test_the_demo_loads_all_five_vendors_and_its_receipt_adds_up() -> None:
    done = run("demo")
    assert done.returncode == 0, done.stderr
    out = done.stdout.decode()
    assert [
        name for name in ("rally", "flameup", "movement", "xtremepush", "propeller", "http://") if name not in out
    ] == []


def test_emulate_prints_one_line_and_stops_when_asked() -> None:
    process = subprocess.Popen([EXECUTABLE, "emulate", "--port", "0"], stdout=subprocess.PIPE)  # noqa: S603 - our own executable
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=SECONDS)
    assert line.startswith("emulator ready on http://127.0.0.1:")
    assert rest == b""


def test_emulate_starts_with_the_faults_that_it_is_given() -> None:
    faults = ["--fault", "outage:vendor=rally,status=502,path=/users", "--fault", "forbidden:vendor=rally"]
    process = subprocess.Popen([EXECUTABLE, "emulate", "--port", "0", *faults], stdout=subprocess.PIPE)  # noqa: S603 - our own executable
    assert process.stdout is not None
    address = process.stdout.readline().decode().split()[-1]
    got = [requests.get(f"{address}/rally/api/public/v1/users", timeout=SECONDS).status_code for _ in range(3)]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=SECONDS)
    assert got == [502, 403, 401]


@pytest.mark.parametrize("fault", ["throttled", "throttled:vendor=acme", "nope:vendor=rally"])
def test_emulate_with_a_fault_that_is_none_ends_with_2_and_one_line_about_it(fault: str) -> None:
    done = run("emulate", "--port", "0", "--fault", fault)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"--fault: ")
    assert done.stderr.count(b"\n") == 1


def test_receipt_prints_a_table(config: Path, tmp_path: Path) -> None:
    run("--config", config, given=b"\n".join(messages_of([person(0)])), cwd=tmp_path)
    out = run("receipt", cwd=tmp_path).stdout.decode()
    assert "exit 0, clean" in out
    assert "flameup" in out


def test_receipt_without_any_ends_with_2(tmp_path: Path) -> None:
    done = run("receipt", cwd=tmp_path)
    assert (done.returncode, b"name the file" in done.stderr) == (2, True)
