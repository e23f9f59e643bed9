"""Answers that are lost, refusals that halve, jobs that take their time: the last value read is the last one stored."""

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
from tests.vendors.schedule import BOUNDED, DOUBTFUL_PEOPLE, STRESS, Stress, schema, versions, wrong

if TYPE_CHECKING:
    from tests.support.control import Control


@pytest.mark.parametrize("vendor", sinks())
@BOUNDED
@given(drawn=st.lists(DOUBTFUL_PEOPLE, min_size=1, max_size=40), stress=STRESS)
def test_nobodys_older_value_survives_a_newer_one(
    control: Control, vendor: str, drawn: list[tuple[int, dict[str, Any]]], stress: Stress
) -> None:
    """For everybody whose newest record was not rejected, at every vendor."""
    records = versions(drawn)
    lines = [schema(), *(message("RECORD", stream="people", record=record) for record in records)]
    config = stress.apply(control, [vendor])

    with tempfile.TemporaryDirectory() as folder:
        result = rehearse(config, [*lines, message("STATE", value=len(records))], Path(folder), stress.chance)

    assert (result.exit_code, result.states) == (0, [b"%d\n" % len(records)]), result.receipt
    assert wrong(control, vendor, records, result) == []
