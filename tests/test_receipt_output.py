"""The command ``target-people receipt``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from target_people.cli import _group
from target_people.configuration import Given
from target_people.errors import ConfigurationError
from target_people.receipt_output import output_dir
from tests.support.load import load, message
from tests.support.receipt import facts, old

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tests.support.control import Control

CANARY = "canary-of-nobody"
FORMS = {"table": "exit 3, RejectLimit", "markdown": "## target-people: exit 3, RejectLimit", "html": "<!DOCTYPE html>"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a receipt below the default ``output_dir``, and one below another."""
    monkeypatch.chdir(tmp_path)
    for place, made in ((".target-people", facts()), ("elsewhere", old())):
        (tmp_path / place / "receipts").mkdir(parents=True)
        (tmp_path / place / "receipts" / "20260109T120000Z-a.json").write_text(json.dumps(made), "utf-8")
    (tmp_path / "config.json").write_text('{"output_dir": "elsewhere"}', "utf-8")
    return tmp_path


def call(*arguments: str) -> Result:
    return CliRunner().invoke(_group(), [*arguments], standalone_mode=False)


def ended(result: Result) -> str:
    """What the error said that ends the command with 2."""
    assert getattr(result.exception, "exit_code", None) == 2, result.exception
    return str(result.exception)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_goes_to_standard_output(form: str) -> None:
    assert FORMS[form] in call("receipt", "--format", form).stdout


@pytest.mark.parametrize("form", FORMS)
def test_each_form_goes_to_a_file_instead(form: str, folder: Path) -> None:
    done = call("receipt", "--last", "--format", form, "--output", "out")
    assert (done.exception, done.stdout) == (None, "")
    assert FORMS[form] in (folder / "out").read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("receipt", "elsewhere/receipts/20260109T120000Z-a.json"),
        ("receipt", "--config", "config.json"),
        ("--config", "config.json", "receipt", "--last"),
    ],
)
def test_a_named_file_or_a_configured_folder_goes_before_the_default(arguments: tuple[str, ...]) -> None:
    assert "exit 0, clean" in call(*arguments).stdout


def test_the_environment_is_read_only_when_asked_for() -> None:
    environment = {"TARGET_PEOPLE_OUTPUT_DIR": "from-env"}
    assert str(output_dir(Given({}, parse_env=True), environment)) == "from-env"
    assert str(output_dir(Given({"output_dir": "from-file"}), environment)) == "from-file"
    assert str(output_dir(Given({"output_dir": None}), {})) == ".target-people"


@pytest.mark.parametrize("value", [7, "", ["a"]])
def test_an_output_dir_that_is_none_is_a_configuration_error(value: object) -> None:
    with pytest.raises(ConfigurationError, match="output_dir must be"):
        output_dir(Given({"output_dir": value}), {})


def test_without_a_receipt_it_ends_with_2(folder: Path) -> None:
    (folder / ".target-people" / "receipts" / "20260109T120000Z-a.json").unlink()
    assert "name the file" in ended(call("receipt"))


def test_what_is_no_receipt_ends_with_2() -> None:
    assert "is no receipt" in ended(call("receipt", "config.json"))


def test_an_output_that_cannot_be_written_ends_with_2() -> None:
    assert "--output missing/out" in ended(call("receipt", "--output", "missing/out"))


def test_a_file_and_last_exclude_each_other() -> None:
    assert "exclude each other" in ended(call("receipt", "config.json", "--last"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("key", "code"), [("emulator", 3), (CANARY, 4)])
def test_no_value_of_a_record_and_no_secret_is_shown(
    key: str, code: int, form: str, control: Control, folder: Path
) -> None:
    """Real runs whose people, refused ones, STATE and wrong key all hold a canary."""
    record = {"id": f"{CANARY}-1", "email": f"{CANARY}@example.com", "first_name": CANARY}
    config = {"flameup": {"api_key": key, "api_url": f"{control.address}/flameup/api/v1"}}
    schema = message("SCHEMA", stream="s", schema={"properties": {name: {} for name in record}}, key_properties=["id"])
    people = [message("RECORD", stream="s", record=record), message("RECORD", stream="s", record=record | {"id": ""})]
    loaded = load(config, [schema, *people, message("STATE", value={"bookmark": CANARY})], folder / "run")
    (path,) = (folder / "run" / "receipts").iterdir()
    shown = call("receipt", str(path), "--format", form).stdout
    assert (loaded.exit_code, f"exit {code}, " in shown) == (code, True)
    assert CANARY not in shown + path.read_text("utf-8")
