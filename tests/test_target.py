"""The Singer side: messages in, STATE out."""

from __future__ import annotations

import gzip
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from target_people.samples import configuration
from tests.support.load import load, message
from tests.vendors.people import SCHEMA, messages_of, person

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.control import Control

CANARY = "canary-7f3a"


@pytest.fixture
def flameup(control: Control) -> dict[str, Any]:
    return configuration(control.address, ["flameup"])


def people_schema(stream: str = "people") -> bytes:
    return message("SCHEMA", stream=stream, schema=SCHEMA, key_properties=["customer_id"])


def record(number: int, stream: str = "people", **changes: Any) -> bytes:
    return message("RECORD", stream=stream, record=person(number, **changes))


@pytest.mark.parametrize(
    "value",
    [
        b'{"a": 1.10}',
        b'{"n":123456789012345678901234567890123}',
        b'{"deep": [{"a": {"b": [null, true, 1e400, "\\u00fc"]}}]}',
        b'"just text"',
        b"null",
        b"[]",
    ],
)
def test_a_state_comes_out_byte_for_byte(flameup: dict[str, Any], tmp_path: Path, value: bytes) -> None:
    result = load(flameup, [people_schema(), record(0), b'{"type":"STATE","value":' + value + b"}"], tmp_path)
    assert (result.exit_code, result.states) == (0, [value + b"\n"])


def test_blank_lines_are_skipped(flameup: dict[str, Any], tmp_path: Path) -> None:
    result = load(flameup, [b"", people_schema(), b"   ", record(0), b""], tmp_path)
    assert (result.exit_code, result.receipt["streams"]["people"]["read"]) == (0, 1)


def test_an_empty_input_is_a_clean_run(flameup: dict[str, Any], tmp_path: Path, control: Control) -> None:
    result = load(flameup, [], tmp_path)
    assert (result.exit_code, result.receipt["reason"], control.journal("flameup")) == (0, "clean", [])


def test_activate_version_of_an_unknown_stream_is_no_crash(
    flameup: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is accepted, and logged once as having no effect."""
    lines = [message("ACTIVATE_VERSION", stream="never-seen", version=1)] * 3
    with caplog.at_level(logging.WARNING):
        result = load(flameup, lines, tmp_path)
    assert result.exit_code == 0
    assert sum("no effect" in text for text in caplog.messages) == 1


BROKEN: dict[str, tuple[list[bytes], int]] = {
    "record before its schema": ([record(0)], 1),
    "record without its key": (
        [people_schema(), message("RECORD", stream="people", record={"email": CANARY})],
        2,
    ),
    "no JSON": ([people_schema(), b"", b'{"type": "RECORD", "' + CANARY.encode()], 3),
    "JSON but no object": ([b'["' + CANARY.encode() + b'"]'], 1),
    "no type": ([message("", **{CANARY: 1}).replace(b'"type": ""', b'"x": ""')], 1),
    "unknown type": ([message(CANARY)], 1),
    "record that is no object": ([people_schema(), message("RECORD", stream="people", record=CANARY)], 2),
    "no record": ([people_schema(), message("RECORD", stream="people", rec={CANARY: 1})], 2),
    "schema without properties": ([message("SCHEMA", stream="people", schema={CANARY: 1})], 1),
    "schema that is none": (
        [message("SCHEMA", stream="p", schema={"properties": {"a": {"type": CANARY}}}, key_properties=[])],
        1,
    ),
    "key properties that are no list": (
        [message("SCHEMA", stream="p", schema={"properties": {}}, key_properties=CANARY)],
        1,
    ),
    "state without a value": ([message("STATE", other=CANARY)], 1),
    "batch of an unknown stream": ([message("BATCH", stream="p", encoding={}, manifest=[])], 1),
    "not UTF-8": ([people_schema(), b'{"type":"RECORD","stream":"\xff"}'], 2),
}


@pytest.mark.parametrize(("lines", "number"), BROKEN.values(), ids=BROKEN)
def test_invalid_singer_ends_with_6_and_names_the_line_but_not_its_content(
    flameup: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture, lines: list[bytes], number: int
) -> None:
    with caplog.at_level(logging.DEBUG):
        result = load(flameup, lines, tmp_path)
    assert result.exit_code == 6
    assert f"line {number} " in caplog.text
    assert CANARY not in caplog.text + json.dumps(result.receipt)


def batch(folder: Path, records: list[dict[str, Any]], compression: str | None) -> bytes:
    """A BATCH message with two files."""
    urls = []
    for number, part in enumerate((records[::2], records[1::2])):
        path = folder / f"{number}.jsonl"
        content = b"".join(json.dumps(entry).encode() + b"\n" for entry in part)
        path.write_bytes(gzip.compress(content) if compression == "gzip" else content)
        urls.append(path.as_uri())
    encoding = {"format": "jsonl", "compression": compression}
    return message("BATCH", stream="people", encoding=encoding, manifest=urls)


@pytest.mark.parametrize("compression", ["gzip", "none", None])
def test_batch_files_are_loaded_like_records(
    flameup: dict[str, Any], tmp_path: Path, control: Control, compression: str | None
) -> None:
    """They are validated, mapped and cut to the vendor's batch size; a bad one is rejected as a RECORD of its own."""
    records = [person(number) for number in range(249)] + [person(999, email="nobody")]
    lines = [people_schema(), batch(tmp_path, records, compression), message("STATE", value=1)]
    result = load(flameup, lines, tmp_path / "out")
    assert (result.exit_code, len(control.people("flameup")), result.states) == (0, 249, [b"1\n"])
    posted = [entry for entry in control.journal("flameup") if entry["method"] == "POST"]
    assert sorted(len(entry["body"]["people"]) for entry in posted) == [49, 100, 100]  # under way side by side
    (rejected,) = result.rejections("flameup")
    assert (rejected["type"], rejected["stream"], rejected["record"]) == ("RECORD", "people", records[-1])


def test_a_batch_file_that_is_cut_short_ends_with_6_and_its_state_stays_in(
    flameup: dict[str, Any], tmp_path: Path
) -> None:
    line = batch(tmp_path, [person(0), person(1)], "gzip")
    file = tmp_path / "1.jsonl"
    file.write_bytes(file.read_bytes()[:-9])
    result = load(flameup, [people_schema(), line, message("STATE", value=1)], tmp_path / "out")
    assert (result.exit_code, result.states) == (6, [])


def test_the_newest_value_wins_when_the_schema_changes_in_between(
    flameup: dict[str, Any], tmp_path: Path, control: Control
) -> None:
    changed = SCHEMA | {"properties": SCHEMA["properties"] | {"extra": {"type": "string"}}}
    lines = [
        people_schema(),
        record(0, city="older"),
        message("SCHEMA", stream="people", schema=changed, key_properties=["customer_id"]),
        message("RECORD", stream="people", record=person(0, city="newer") | {"extra": "x"}),
        people_schema(),
        record(0, city="newest"),
    ]
    result = load(flameup, lines, tmp_path)
    assert result.exit_code == 0
    assert control.people("flameup")["c-00000"]["attributes"]["city"] == "newest"


def test_a_stream_without_people_is_skipped_with_one_warning(
    flameup: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture, control: Control
) -> None:
    orders = {"properties": {"id": {"type": "integer"}, "total": {"type": "number"}}}
    lines = [
        message("SCHEMA", stream="orders", schema=orders, key_properties=["id"]),
        message("RECORD", stream="orders", record={"id": 1, "total": 2.5}),
        message("RECORD", stream="orders", record={"id": 2, "total": 2.5}),
        message("STATE", value="orders"),
        *messages_of([person(0)]),
    ]
    with caplog.at_level(logging.WARNING):
        result = load(flameup, lines, tmp_path)
    assert sum("orders is skipped" in text for text in caplog.messages) == 1
    assert result.receipt["streams"]["orders"] == {"read": 2, "skipped": 2}
    assert (result.exit_code, list(control.people("flameup"))) == (0, ["c-00000"])
    assert result.states[-1] == b'{"read": 1}\n'
    account = result.receipt["vendors"]["flameup"]
    assert sum(account["verdicts"].values()) + account["skipped"] == 3


def test_a_run_that_maps_no_stream_at_all_ends_with_2_and_prints_no_state(
    flameup: dict[str, Any], tmp_path: Path
) -> None:
    lines = [
        message("SCHEMA", stream="orders", schema={"properties": {"id": {"type": "integer"}}}, key_properties=["id"]),
        message("RECORD", stream="orders", record={"id": 1}),
        message("STATE", value=1),
    ]
    result = load(flameup, lines, tmp_path)
    assert (result.exit_code, result.states) == (2, [])


def test_a_named_stream_that_cannot_be_mapped_ends_with_2_at_its_schema(
    flameup: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines = [
        message("SCHEMA", stream="orders", schema={"properties": {"total": {"type": "number"}}}, key_properties=[])
    ]
    result = load(flameup | {"streams": {"ord*": {}}}, lines, tmp_path)
    assert result.exit_code == 2
    assert "streams.orders.fields.external_id" in caplog.text


def test_a_stream_goes_only_to_the_vendors_that_it_names(control: Control, tmp_path: Path) -> None:
    config = configuration(control.address, ["flameup", "propeller"]) | {
        "streams": {"people": {"vendors": ["propeller"]}}
    }
    result = load(config, messages_of([person(0)]), tmp_path)
    assert result.exit_code == 0
    assert (len(control.people("propeller")), len(control.people("flameup"))) == (1, 0)
    assert result.receipt["vendors"]["flameup"]["skipped"] == 1


def test_state_waits_for_the_slowest_of_several_vendors(control: Control, tmp_path: Path) -> None:
    """One vendor takes five people at once, the other fails: no STATE may leave."""
    config = configuration(control.address, ["flameup", "propeller"])
    config["propeller"] |= {"retry_seconds": 10}
    control.post("propeller/faults", {"fault": "outage", "times": 1000, "path": "/contacts/bulk"})
    result = load(config, messages_of([person(number) for number in range(5)], state_every=1), tmp_path)
    assert (result.exit_code, result.states) == (5, [])


def test_a_rejects_file_goes_again_to_the_vendor_that_refused_and_to_no_other(control: Control, tmp_path: Path) -> None:
    """The language of one person is wrong, which only one of two vendors minds; mended, only that one is asked."""
    config = configuration(control.address, ["flameup", "propeller"]) | {"max_rejected_percent": 50}
    people = [person(0), person(1, language="klingon"), person(2)]
    first = load(config, messages_of(people), tmp_path / "first")
    assert [line["rejection"]["vendor"] for line in first.rejects if "rejection" in line] == ["propeller"]
    asked = len(control.journal("flameup"))
    lines = [json.dumps(line).replace("klingon", "en").encode() for line in first.rejects]

    again = load(config, lines, tmp_path / "again")

    assert (again.exit_code, again.rejects) == (0, [])
    assert len(control.journal("flameup")) == asked
    assert set(control.people("propeller")) == {"c-00000", "c-00001", "c-00002"}


def test_no_value_reaches_a_log_or_a_receipt(
    flameup: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture, control: Control
) -> None:
    """Not at any level, not of a record that is delivered and not of one that is refused, and no secret either."""
    values = dict.fromkeys(("city", "notes", "plan", "first_name", "locale", "timezone"), CANARY)
    control.put("flameup/quirks", {"invalid_element": "refuse_batch"})
    refused = person(1, phone=CANARY)
    people = [person(0, **values | {"timezone": "Europe/Paris", "locale": "fr"}), refused, person(2, **values)]
    config = flameup | {"max_rejected_percent": 100}
    config["flameup"] |= {"api_key": "emulator"}
    with caplog.at_level(logging.DEBUG):
        result = load(config, messages_of(people), tmp_path)
    assert len(result.rejections("flameup")) == 2
    assert CANARY not in caplog.text + json.dumps(result.receipt)
    assert "emulator" not in caplog.text.replace(control.address, "")
