"""Two streams that hold the same people: the order in which they were read holds over both."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_people.vendors import sinks
from tests.support.load import message
from tests.support.rehearsal import rehearse
from tests.vendors.people import SCHEMA, Record
from tests.vendors.schedule import BOUNDED, PEOPLE, STRESS, Stress, versions, wrong

if TYPE_CHECKING:
    from tests.support.control import Control

MAPS: dict[str, dict[str, Any]] = {
    "two names": {},
    "one alias": {
        "crm": {"__alias__": "people"},
        "shop": {"__alias__": "people", "customer_id": "buyer", "buyer": None, "__key_properties__": ["customer_id"]},
    },
    "duplicated": {
        "twins": {"__source__": "crm", "first_name": "'Twin'"},
        "doubles": {"__source__": "shop", "first_name": "'Double'"},
    },
}
"""Stream maps by what they do to the streams crm and shop."""
KEYS = {("one alias", "shop"): "buyer"}
"""Maps and stream → the column that holds the customer id there, where it has another name."""
COPIES = {("duplicated", "crm"): "Twin", ("duplicated", "shop"): "Double"}
"""Maps and stream → the first name in a second record that the maps make of every one."""
DRAWN = st.lists(st.tuples(st.sampled_from(["crm", "shop"]), PEOPLE, st.booleans()), min_size=1, max_size=20)
"""Stream, person, and whether the stream's SCHEMA changes before."""


def renamed(columns: Record, key: str) -> Record:
    return {key if name == "customer_id" else name: value for name, value in columns.items()}


def schema(stream: str, key: str, change: int) -> bytes:
    columns = SCHEMA["properties"] | {f"{stream}_{change}": {"type": ["string", "null"]}}
    return message("SCHEMA", stream=stream, schema={"properties": renamed(columns, key)}, key_properties=[key])


def messages(drawn: list[tuple[str, Any, bool]], maps: str, records: list[Record]) -> list[bytes]:
    """Both streams, with their SCHEMA messages and a STATE after each record."""
    keys = {stream: KEYS.get((maps, stream), "customer_id") for stream in ("crm", "shop")}
    lines = [schema(stream, key, -1) for stream, key in keys.items()]
    for at, ((stream, _, changes), record) in enumerate(zip(drawn, records, strict=True)):
        key = keys[stream]
        lines += [schema(stream, key, at)] if changes else []
        lines += [message("RECORD", stream=stream, record=renamed(record, key)), message("STATE", value=at)]
    return lines


def read(drawn: list[tuple[str, Any, bool]], maps: str, records: list[Record]) -> list[Record]:
    """All records after stream maps, in their order."""
    found: list[Record] = []
    for (stream, _, _), record in zip(drawn, records, strict=True):
        found.append(record)
        found += [record | {"first_name": COPIES[maps, stream]}] if (maps, stream) in COPIES else []
    return found


@pytest.mark.parametrize("vendor", sinks())
@BOUNDED
@given(maps=st.sampled_from(sorted(MAPS)), drawn=DRAWN, stress=STRESS)
def test_the_last_value_read_in_either_stream_is_the_last_value_stored(
    control: Control, vendor: str, maps: str, drawn: list[tuple[str, Any, bool]], stress: Stress
) -> None:
    """Whether they differ by name alone, become one by an alias, or each record goes twice."""
    records = versions(person for _, person, _ in drawn)
    config = stress.apply(control, [vendor]) | {"stream_maps": MAPS[maps]}

    with tempfile.TemporaryDirectory() as folder:
        result = rehearse(config, messages(drawn, maps, records), Path(folder), stress.chance)

    assert (result.exit_code, result.states[-1]) == (0, b"%d\n" % (len(records) - 1)), result.receipt
    assert wrong(control, vendor, read(drawn, maps, records), result) == []
