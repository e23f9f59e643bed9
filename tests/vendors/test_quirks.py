"""Whatever a vendor does where its documentation is silent: nobody is lost, and nothing is said that is not so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_people.emulator import quirks
from target_people.samples import configuration
from tests.support.likeness import IDENTITY, differences
from tests.support.load import Load, load
from tests.vendors.people import Record, final, messages_of, person

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.control import Control

TABLES = {
    "rally": quirks.RALLY,
    "flameup": quirks.FLAMEUP,
    "movement": quirks.MOVEMENT,
    "xtremepush": quirks.XTREMEPUSH,
    "propeller": quirks.PROPELLER,
}
VARIANTS = [
    (vendor, quirk.name, variant) for vendor, table in TABLES.items() for quirk in table for variant in quirk.variants
]

EXITS = {
    ("rally", "import_id", "null"): 5,  # nobody asks for the import, so it is done after the deadline
    ("rally", "select_value", "option_id"): 3,
    ("propeller", "date_of_birth", "iso"): 3,
}
"""The variants under which a run cannot know, or cannot do, what became of its people, and how it ends then."""


SIZES = {"xtremepush": {"batch_size": 1000}}
"""Above the default, so that an import is a task."""


def people() -> list[Record]:
    """Enough for an asynchronous import, with sets of columns that differ and two people whose plan is no option."""
    lacking: dict[str, Any] = {"notes": None, "seats": None}
    return [
        *(person(number) for number in range(110)),
        *(person(number, **lacking) for number in range(110, 120)),
        person(120, plan="platinum", seats=None),
    ]


@pytest.mark.parametrize(("vendor", "quirk", "variant"), VARIANTS)
def test_nobody_is_lost_and_nothing_is_claimed_falsely(
    control: Control, tmp_path: Path, vendor: str, quirk: str, variant: str
) -> None:
    """Everybody with a good verdict is stored as sent, everybody else is in the rejects file or under no STATE."""
    control.put(f"{vendor}/quirks", {quirk: variant})
    config = configuration(control.address, [vendor])
    config[vendor] |= {"retry_seconds": 30, "confirm_seconds": 300} | SIZES.get(vendor, {})

    result = load(config, messages_of(people()), tmp_path)

    assert result.exit_code == EXITS.get((vendor, quirk, variant), 0), result.receipt
    verdicts = result.receipt["vendors"][vendor]["verdicts"]
    if result.states:
        assert sum(verdicts.values()) == len(people())
        assert differences(vendor, delivered(control, vendor, result), expected(vendor, result)) == []


def expected(vendor: str, result: Load) -> dict[str, Record]:
    """Everybody who was not rejected."""
    refused = {line["record"][IDENTITY[vendor]] for line in result.rejections(vendor)}
    return {key: row for key, row in final(people()).items() if row[IDENTITY[vendor]] not in refused}


def delivered(control: Control, vendor: str, result: Load) -> dict[str, Any]:
    """What the vendor has of them; somebody who was rejected may be there or not."""
    refused = {line["record"][IDENTITY[vendor]] for line in result.rejections(vendor)}
    return {key: document for key, document in control.people(vendor).items() if key not in refused}
