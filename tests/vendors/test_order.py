"""Whatever runs side by side, is retried or split: the last value read is the last value stored."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from target_people.samples import configuration
from target_people.vendors import sinks
from tests.support.likeness import differences
from tests.support.load import load, message
from tests.vendors.people import SCHEMA, Record, final, person
from tests.vendors.scenario import BULK

if TYPE_CHECKING:
    from tests.support.control import Control

CITIES = st.sampled_from(["Exampleton", "Sampleville", "Testbury", None])
NOTES = st.sampled_from(["a", "b", None])
RECORDS = st.lists(
    st.builds(lambda number, city, notes: person(number, city=city, notes=notes), st.integers(0, 7), CITIES, NOTES),
    min_size=1,
    max_size=40,
)
FAULTS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"fault": st.just("throttled"), "times": st.integers(1, 2), "skip": st.integers(0, 3)}),
        st.fixed_dictionaries({"fault": st.just("answer_lost"), "times": st.integers(1, 2), "skip": st.integers(0, 3)}),
        st.fixed_dictionaries(
            {
                "fault": st.just("outage"),
                "times": st.integers(1, 2),
                "skip": st.integers(0, 3),
                "status": st.sampled_from([413, 500, 503]),
            }
        ),
    ),
    max_size=3,
)


def stream(records: list[Record], changes: list[int]) -> list[bytes]:
    """The records, with a SCHEMA that differs from the one before it at some places, and a STATE after each record."""
    lines: list[bytes] = []
    for number, record in enumerate(records):
        if number == 0 or number in changes:
            properties = SCHEMA["properties"] | {f"column_{number}": {"type": ["string", "null"]}}
            schema = SCHEMA | {"properties": properties}
            lines.append(message("SCHEMA", stream="people", schema=schema, key_properties=["customer_id"]))
        lines += [message("RECORD", stream="people", record=record), message("STATE", value=number)]
    return lines


@pytest.mark.parametrize("vendor", sinks())
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    records=RECORDS,
    changes=st.lists(st.integers(1, 39), max_size=2),
    faults=FAULTS,
    seed=st.integers(0, 2**16),
    in_flight=st.integers(1, 5),
)
def test_the_last_value_read_is_the_last_value_stored(  # noqa: PLR0913, PLR0917 - what hypothesis draws
    control: Control,
    vendor: str,
    records: list[Record],
    changes: list[int],
    faults: list[dict[str, Any]],
    seed: int,
    in_flight: int,
) -> None:
    """For every person, at every vendor, under random latencies, retries, splits, jobs and SCHEMA changes."""
    control.post("reset", None)
    control.put("flameup/limit", {"per_minute": 1_000_000})  # the emulator's clock is not the simulated one
    for fault in faults:
        control.post(f"{vendor}/faults", fault | {"path": BULK[vendor]})
    config = configuration(control.address, [vendor]) | {"max_rejected_percent": 100}
    config[vendor] |= {"batch_size": 3, "max_in_flight": in_flight}

    with tempfile.TemporaryDirectory() as folder:
        result = load(config, stream(records, changes), Path(folder), simulate=random.Random(seed))

    assume(not result.rejects)  # a record that the vendor calls too large even alone
    assert result.exit_code == 0
    assert differences(vendor, control.people(vendor), final(records)) == []
    assert result.states[-1] == b"%d\n" % (len(records) - 1)
