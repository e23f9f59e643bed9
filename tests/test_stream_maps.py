"""Stream maps and flattening: what comes out of them is what is loaded and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_people.errors import ConfigurationError
from target_people.samples import configuration
from tests.support.load import Load, load, message
from tests.vendors.people import messages_of, person

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.control import Control


def mapped(control: Control, folder: Path, maps: dict[str, Any], **config: Any) -> Load:
    """A run of two people to Flameup through these maps."""
    settings = configuration(control.address, ["flameup"]) | {"stream_maps": maps}
    return load(settings | config, messages_of([person(0), person(1)]), folder)


def test_a_stream_map_renames_and_computes(control: Control, tmp_path: Path) -> None:
    maps = {"people": {"plan": "plan.upper()", "notes": "__NULL__", "__alias__": "persons"}}
    result = mapped(control, tmp_path, maps)
    assert result.receipt["streams"] == {"persons": {"read": 2, "skipped": 0}}
    stored = control.people("flameup")["c-00001"]["attributes"]
    assert (stored["plan"], "notes" in stored) == ("BASIC", False)


def test_a_stream_map_that_filters_counts_what_it_leaves_out(control: Control, tmp_path: Path) -> None:
    result = mapped(control, tmp_path, {"people": {"__filter__": "seats > 0"}})
    assert result.receipt["streams"] == {"people": {"read": 2, "skipped": 1}}
    assert list(control.people("flameup")) == ["c-00001"]
    assert result.states == [b'{"read": 2}\n']


def test_a_stream_map_that_fails_on_a_record_rejects_that_record(control: Control, tmp_path: Path) -> None:
    result = mapped(control, tmp_path, {"people": {"x": "str(1 / seats)"}}, max_rejected_percent=100)
    codes = [line["rejection"]["code"] for line in result.rejections("flameup")]
    assert (result.exit_code, codes) == (0, ["stream_map_failed"])


@pytest.mark.parametrize(
    "maps",
    [
        {"people": {"plan": "(("}},
        {"people": {"__filter__": "(("}},
        {"people": {"__key_properties__": ["nothing"]}},
        {"people": {"__else__": 3}},
        {"*": {"__alias__": "((1"}},
    ],
    ids=lambda maps: str(next(iter(maps.values()))),
)
def test_a_stream_map_that_is_none_is_a_matter_of_the_configuration(
    maps: dict[str, Any], control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        assert mapped(control, tmp_path, maps).exit_code == ConfigurationError.exit_code
        told = caplog.text
    except ConfigurationError as error:  # found before the run begins
        told = str(error)
    assert "stream_maps" in told


def test_one_stream_in_two_maps_arrives_once_per_map(control: Control, tmp_path: Path) -> None:
    twin = {"__source__": "people", "customer_id": "'t-' + customer_id", "email": "'t.' + email"}
    maps = {"people": {"customer_id": "customer_id"}, "twins": twin}
    result = mapped(control, tmp_path, maps)
    assert result.exit_code == 0
    assert set(control.people("flameup")) == {"c-00000", "c-00001", "t-c-00000", "t-c-00001"}


def test_flattening_turns_objects_into_columns(control: Control, tmp_path: Path) -> None:
    flattening = {"flattening_enabled": True, "flattening_max_depth": 1}
    inner = {"type": "object", "properties": {"b": {"type": "integer"}}}
    schema = {"properties": {"id": {"type": "string"}, "email": {"type": "string"}, "a": inner}}
    lines = [
        message("SCHEMA", stream="flat", schema=schema, key_properties=["id"]),
        message("RECORD", stream="flat", record={"id": "f", "email": "f@example.com", "a": {"b": 7}}),
    ]
    result = load(configuration(control.address, ["flameup"]) | flattening, lines, tmp_path)
    assert result.exit_code == 0
    assert control.people("flameup")["f"]["attributes"] == {"a__b": 7}
