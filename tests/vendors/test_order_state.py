"""At every moment of a schedule, and however it ends: what a STATE covers is at the vendors, or in the rejects."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.vendors import sinks
from tests.support.load import message
from tests.support.rehearsal import rehearse
from tests.support.watch import Watch
from tests.vendors.scenario import BULK
from tests.vendors.schedule import BOUNDED, DOUBTFUL_PEOPLE, STRESS, Stress, schema, uncovered, versions

if TYPE_CHECKING:
    from tests.support.control import Control
    from tests.vendors.people import Record

VENDORS = st.lists(st.sampled_from(list(sinks())), min_size=1, max_size=3, unique=True)
ENDINGS = {
    "end of the input": {0},
    "signal": {0, 143},
    "outage of the first vendor": {0, 5},
    "line that is no message": {6},
    "reader gone": {0, 143},
}
"""What ends the run → with which exit codes; 0 when everything is settled before it happens."""


def messages(records: list[Record], every: int) -> list[bytes]:
    """A STATE after every so many records and at the end; its value is how many were read."""
    lines = [schema()]
    for at, record in enumerate(records, 1):
        lines.append(message("RECORD", stream="people", record=record))
        lines += [message("STATE", value=at)] if at % every == 0 or at == len(records) else []
    return lines


@pytest.mark.parametrize("ending", ENDINGS)
@settings(BOUNDED, max_examples=10)
@given(
    vendors=VENDORS,
    drawn=st.lists(DOUBTFUL_PEOPLE, min_size=8, max_size=30),
    every=st.integers(1, 3),
    moments=st.lists(st.integers(0, 30), min_size=1, max_size=2),
    stress=STRESS,
)
def test_what_a_state_covers_is_at_the_vendors_or_in_the_rejects(  # noqa: PLR0913, PLR0917 - what hypothesis draws
    control: Control,
    ending: str,
    vendors: list[str],
    drawn: list[tuple[int, dict[str, Any]]],
    every: int,
    moments: list[int],
    stress: Stress,
) -> None:
    """As the vendors and the file are in the moment it is printed; and of those that qualify it is the newest."""
    records = versions(drawn)
    lines = messages(records, every)
    config = stress.apply(control, vendors)
    if ending == "line that is no message":
        lines.insert(min(moments[0], len(lines)), b"{")
    if ending == "outage of the first vendor":
        fault = {"fault": "outage", "times": 100_000, "skip": moments[0] // 5, "path": BULK[vendors[0]]}
        control.post(f"{vendors[0]}/faults", fault)
        config[vendors[0]] |= {"retry_seconds": 20}

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        watch = Watch(
            lambda read: uncovered(control, vendors, records[:read], folder),
            breaks_at=moments[0] // 8 if ending == "reader gone" else None,
        )
        signals = moments if ending == "signal" else ()
        result = rehearse(config, lines, folder, stress.chance, watch, signals)
        left = uncovered(control, vendors, records[: watch.read], folder)

    assert (watch.problems, left) == ([], [])
    assert result.exit_code in ENDINGS[ending], result.receipt
    assert result.exit_code or watch.read == len(records)
