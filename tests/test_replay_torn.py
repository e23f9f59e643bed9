"""A rejects file whose last line a crash has cut off."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.support.load import message
from tests.support.replay import MISMAPPED, Loaded, config_of, lines_of
from tests.vendors.people import person

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.control import Control


def torn(control: Control, folder: Path) -> tuple[bytes, int]:
    """A rejects file of three records, the last of another stream, and where its last line begins."""
    content = lines_of(person(0), person(1)) + lines_of(person(2), stream="leads")
    whole = Loaded(config_of(control, "flameup", streams=MISMAPPED), content, folder).rejects
    return whole, whole.rstrip(b"\n").rindex(b"\n") + 1


@pytest.mark.parametrize("kept", [1, 20, 200, -2])
def test_a_last_line_that_a_crash_cut_off_is_told_and_all_whole_lines_are_sent_again(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture, kept: int
) -> None:
    """No STATE covered its record, so the tap sends it again."""
    whole, start = torn(control, tmp_path)
    end = start + kept if kept > 0 else len(whole) + kept
    with caplog.at_level(logging.WARNING):
        again = Loaded(config_of(control, "flameup"), whole[:end], tmp_path)
    assert again.exit_code == 0
    assert sorted(control.people("flameup")) == ["c-00000", "c-00001"]
    assert "line 5 of the input is cut off and left out" in caplog.text


def test_a_schema_that_a_crash_cut_off_is_told_as_well(control: Control, tmp_path: Path) -> None:
    whole, start = torn(control, tmp_path)
    assert Loaded(config_of(control, "flameup"), whole[: start - 9], tmp_path).exit_code == 0
    assert sorted(control.people("flameup")) == ["c-00000", "c-00001"]


def test_a_last_line_that_lacks_only_its_end_is_whole(control: Control, tmp_path: Path) -> None:
    whole, _ = torn(control, tmp_path)
    assert Loaded(config_of(control, "flameup"), whole.rstrip(b"\n"), tmp_path).exit_code == 0
    assert sorted(control.people("flameup")) == ["c-00000", "c-00001", "c-00002"]


def test_bytes_that_a_crash_left_empty_are_a_line_cut_off(control: Control, tmp_path: Path) -> None:
    """Some file systems give a file its length before its content."""
    whole, start = torn(control, tmp_path)
    assert Loaded(config_of(control, "flameup"), whole[:start] + bytes(40), tmp_path).exit_code == 0


@pytest.mark.parametrize("line", [b"5", b"[]", b'{"record": {}}'])
def test_a_last_line_that_is_json_is_not_cut_off(control: Control, tmp_path: Path, line: bytes) -> None:
    """So it is wrong, whatever stands before it."""
    whole, _ = torn(control, tmp_path)
    again = Loaded(config_of(control, "flameup"), whole + line, tmp_path)
    assert (again.exit_code, again.receipt["reason"]) == (6, "Input")


def test_a_line_that_is_cut_off_before_the_last_is_6(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No crash of ours leaves that: a file belongs to one run."""
    whole, start = torn(control, tmp_path)
    again = Loaded(config_of(control, "flameup"), whole[: start - 9] + b"\n" + whole[start:], tmp_path)
    assert (again.exit_code, again.receipt["reason"]) == (6, "Input")
    assert "line 4 " in caplog.text


@pytest.mark.parametrize(
    "before",
    [b"", lines_of(), lines_of(person(0)), lines_of(person(0)) + message("STATE", value=1) + b"\n"],
    ids=["nothing", "a schema", "a record of a tap", "a state of a tap"],
)
def test_a_last_line_of_a_tap_that_is_cut_off_is_6(control: Control, tmp_path: Path, before: bytes) -> None:
    """What a tap meant to say further is unknown."""
    done = Loaded(config_of(control, "flameup"), before + b'{"type": "RECORD", "stream": "peo', tmp_path)
    assert done.exit_code == 6


def test_a_rejects_file_behind_records_of_a_tap_is_no_longer_only_that(control: Control, tmp_path: Path) -> None:
    whole, start = torn(control, tmp_path)
    again = Loaded(config_of(control, "flameup"), lines_of(person(7)) + whole[: start + 20], tmp_path)
    assert again.exit_code == 6
