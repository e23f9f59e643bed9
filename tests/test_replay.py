"""Rejected records, sent again: to whom, in which order, and how they are counted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.load import message
from tests.support.replay import MISMAPPED, VENDORS, Loaded, config_of, lines_of
from tests.vendors.people import person

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.control import Control


CANARY = "canary-3c8f"


def asked(control: Control, vendor: str) -> int:
    return len([entry for entry in control.journal(vendor) if entry["method"] == "POST"])


def test_what_a_wrong_mapping_rejected_arrives_once_the_mapping_is_mended(control: Control, tmp_path: Path) -> None:
    """The file goes in as it is."""
    people = [person(number) for number in range(3)]
    first = Loaded(config_of(control, streams=MISMAPPED), lines_of(*people), tmp_path)
    assert [control.people(vendor) for vendor in VENDORS] == [{}, {}]
    again = Loaded(config_of(control), first.rejects, tmp_path)
    assert (again.exit_code, again.rejects) == (0, b"")
    assert [sorted(control.people(vendor)) for vendor in VENDORS] == [["c-00000", "c-00001", "c-00002"]] * 2


def test_settings_that_were_changed_in_between_count(control: Control, tmp_path: Path) -> None:
    """Here what a null does, and which column is the first name."""
    Loaded(config_of(control, "flameup"), lines_of(person(0)), tmp_path)
    assert control.people("flameup")["c-00000"]["phone"]
    refused = Loaded(config_of(control, "flameup", streams=MISMAPPED), lines_of(person(0, phone=None)), tmp_path)
    mended = {"people": {"nulls": {"phone": "clear"}, "fields": {"first_name": "city"}}}
    again = Loaded(config_of(control, "flameup", streams=mended), refused.rejects, tmp_path)
    assert again.exit_code == 0
    found = control.people("flameup")["c-00000"]
    assert (found.get("phone"), found["first_name"]) == (None, "Exampleton")


def test_a_record_that_two_vendors_rejected_goes_to_each_of_them_once(control: Control, tmp_path: Path) -> None:
    first = Loaded(config_of(control), lines_of(person(0, email="nobody"), person(1)), tmp_path)
    assert first.rejected() == [("flameup", "not_email"), ("propeller", "not_email")]
    again = Loaded(config_of(control), first.rejects.replace(b'"nobody"', b'"ann@example.com"'), tmp_path)
    assert (again.exit_code, again.receipt["streams"]["people"]) == (0, {"read": 2, "skipped": 0})
    assert [again.counts(vendor) for vendor in VENDORS] == [(1, 1), (1, 1)]
    assert [control.people(vendor)["c-00000"]["email"] for vendor in VENDORS] == ["ann@example.com"] * 2


def test_a_vendor_that_refused_nothing_is_not_called(control: Control, tmp_path: Path) -> None:
    first = Loaded(config_of(control), lines_of(person(0, language="klingon")), tmp_path)
    assert first.rejected() == [("propeller", "not_language")]
    before = asked(control, "flameup")
    again = Loaded(config_of(control), first.rejects.replace(b"klingon", b"en"), tmp_path)
    assert (asked(control, "flameup"), again.counts("flameup"), again.counts("propeller")) == (before, (0, 1), (1, 0))


def test_streams_schemas_and_vendors_that_alternate_are_sent_again_in_their_order(
    control: Control, tmp_path: Path
) -> None:
    """The newest value of a person wins as it would have in the first place."""
    content = b"".join(
        [
            lines_of(person(0, city="oldest"), person(1)),
            lines_of(person(0, city="older"), stream="leads"),
            lines_of(person(0, city="newer"), extra="nickname"),
            lines_of(person(2), stream="leads"),
            lines_of(person(0, city="newest")),
        ]
    )
    first = Loaded(config_of(control, streams=MISMAPPED), content, tmp_path)
    assert len(first.records) == 12
    again = Loaded(config_of(control), first.rejects, tmp_path)
    assert (again.exit_code, again.receipt["streams"]["leads"]["read"]) == (0, 4)
    found = control.people("flameup")
    assert (found["c-00000"]["attributes"]["city"], found["c-00000"]["attributes"]["nickname"]) == ("newest", "x")
    assert [sorted(control.people(vendor)) for vendor in VENDORS] == [["c-00000", "c-00001", "c-00002"]] * 2


def test_what_is_rejected_again_stands_in_the_new_file_with_its_newest_rejection_alone(
    control: Control, tmp_path: Path
) -> None:
    first = Loaded(config_of(control, "flameup", streams=MISMAPPED), lines_of(person(0)), tmp_path)
    other = {"people": {"fields": {"timezone": "city"}}}
    again = Loaded(config_of(control, "flameup", streams=other), first.rejects, tmp_path)
    assert (first.rejected(), again.rejected()) == ([("flameup", "not_email")], [("flameup", "not_timezone")])
    assert again.rejects.count(b'"rejection"') == 1
    assert first.records[0]["record"] == again.records[0]["record"] == person(0)
    assert Loaded(config_of(control, "flameup"), again.rejects, tmp_path).exit_code == 0


def test_a_stream_map_that_still_fails_rejects_for_the_same_vendor_alone(control: Control, tmp_path: Path) -> None:
    broken = {"people": {"x": "str(1 / seats)"}}
    first = Loaded(config_of(control, stream_maps=broken), lines_of(person(0)), tmp_path)
    codes = [(vendor, "stream_map_failed") for vendor in VENDORS]
    assert first.rejected() == codes
    assert [first.counts(vendor) for vendor in VENDORS] == [(1, 0), (1, 0)]
    again = Loaded(config_of(control, stream_maps=broken), first.rejects, tmp_path)
    assert again.rejected() == codes
    assert [again.counts(vendor) for vendor in VENDORS] == [(1, 1), (1, 1)]


def test_records_of_a_vendor_that_is_no_longer_configured_are_skipped_with_one_warning(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Those of the others arrive."""
    people = [person(number) for number in range(3)]
    first = Loaded(config_of(control, streams=MISMAPPED), lines_of(*people), tmp_path)
    with caplog.at_level(logging.WARNING):
        again = Loaded(config_of(control, "propeller"), first.rejects, tmp_path)
    assert (again.exit_code, again.counts("propeller")) == (0, (3, 3))
    assert again.receipt["streams"]["people"] == {"read": 6, "skipped": 3}
    assert (len(control.people("propeller")), control.people("flameup")) == (3, {})
    assert [text for text in caplog.messages if "flameup is not configured" in text] == [
        "records that flameup rejected are skipped: flameup is not configured; add its settings"
    ]


def test_a_file_of_vendors_that_are_not_configured_is_2(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A run that could send nothing is no success."""
    first = Loaded(config_of(control, "flameup", streams=MISMAPPED), lines_of(person(0)), tmp_path)
    again = Loaded(config_of(control, "propeller"), first.rejects, tmp_path)
    assert again.exit_code == 2
    assert "all records were rejected by flameup" in caplog.text
    assert asked(control, "propeller") == 0


@pytest.mark.parametrize(
    "rejection", [{"vendor": CANARY}, {"vendor": 7}, {"vendor": ["flameup"]}, {}, "flameup", ["flameup"], 0, False]
)
def test_a_rejection_that_names_no_vendor_is_6_and_goes_to_nobody(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture, rejection: Any
) -> None:
    """Sending it to all would be wrong; what stands there instead is not told."""
    line = message("RECORD", stream="people", record=person(1), rejection=rejection)
    again = Loaded(config_of(control), lines_of(person(0)) + line, tmp_path)
    assert again.exit_code == 6
    assert "line 3 of the input has a rejection whose vendor is none of" in caplog.text
    assert CANARY not in caplog.text
    assert [list(control.people(vendor)) for vendor in VENDORS] == [[], []]
