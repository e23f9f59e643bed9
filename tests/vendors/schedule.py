"""Schedules: versions of few people, and everything that may go wrong or slowly while they are loaded."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from target_people.samples import configuration
from tests.support.likeness import IDENTITY, PLACES, differences
from tests.support.load import message
from tests.support.rehearsal import REFUSED
from tests.vendors.people import SCHEMA, Record, final, person
from tests.vendors.scenario import BULK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.support.control import Control
    from tests.support.load import Load

BOUNDED = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_CITIES = st.sampled_from(["Exampleton", "Sampleville", "Testbury", None])
_NOTES = st.sampled_from(["a", "b", None])
PEOPLE = st.tuples(st.integers(0, 7), st.fixed_dictionaries({"city": _CITIES, "notes": _NOTES}))
"""Who, and what has changed."""
_WRONG = st.sampled_from([{}, {}, {}, {}, {"first_name": REFUSED}, {"email": "nobody"}])
DOUBTFUL_PEOPLE = st.tuples(PEOPLE, _WRONG).map(lambda drawn: (drawn[0][0], drawn[0][1] | drawn[1]))
"""The same; some are refused by the vendor, some by us."""
_WHEN: dict[str, st.SearchStrategy[Any]] = {"times": st.integers(1, 2), "skip": st.integers(0, 5)}
_FAULTS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"fault": st.sampled_from(["throttled", "answer_lost"]), **_WHEN}),
        st.fixed_dictionaries({"fault": st.just("outage"), **_WHEN, "status": st.sampled_from([413, 500, 503])}),
    ),
    max_size=4,
)


@dataclass(frozen=True)
class Stress:
    """What goes wrong or slowly.

    Args:
        faults: of the vendor's bulk requests, as the emulator's control interface takes them.
        polls: after which an import job is done.
        in_flight: batches at once.
        batch_size: people in one.
        flush_seconds: after which a partly filled batch leaves.
        seed: of the schedule.
    """

    faults: list[dict[str, Any]]
    polls: int
    in_flight: int
    batch_size: int
    flush_seconds: int
    seed: int

    @property
    def chance(self) -> random.Random:
        """Draws the schedule."""
        return random.Random(self.seed)

    def apply(self, control: Control, vendors: Sequence[str]) -> dict[str, Any]:
        """Make an emulator that is as good as new behave so; the settings for a run against it."""
        control.post("reset")
        control.put("flameup/limit", {"per_minute": 1_000_000})  # the emulator's clock is not the simulated one
        config = configuration(control.address, vendors)
        for vendor in vendors:
            control.put(f"{vendor}/jobs", {"mode": "polls", "value": self.polls})
            for fault in self.faults:
                control.post(f"{vendor}/faults", fault | {"path": BULK[vendor]})
            config[vendor] |= {"batch_size": self.batch_size, "max_in_flight": self.in_flight}
        return config | {"max_rejected_percent": 100, "flush_seconds": self.flush_seconds}


STRESS = st.builds(
    Stress,
    faults=_FAULTS,
    polls=st.integers(0, 4),
    in_flight=st.integers(1, 8),
    batch_size=st.integers(1, 5),
    flush_seconds=st.sampled_from([1, 5, 60]),
    seed=st.integers(0, 2**16),
)


def versions(drawn: Iterable[tuple[int, dict[str, Any]]]) -> list[Record]:
    """Records whose last names are their positions, from 0."""
    return [person(number, last_name=f"v{at}", **changes) for at, (number, changes) in enumerate(drawn)]


def version(record: Record) -> int:
    """Its position."""
    return int(str(record["last_name"])[1:])


def schema() -> bytes:
    """The SCHEMA message of people."""
    return message("SCHEMA", stream="people", schema=SCHEMA, key_properties=["customer_id"])


def held(control: Control, vendor: str) -> dict[str, int]:
    """Customer id → the version that a vendor holds."""
    everybody = {str(one[IDENTITY[vendor]]): str(one["customer_id"]) for one in map(person, range(8))}
    place = PLACES[vendor]["last_name"]
    return {everybody[key]: int(found[place][1:]) for key, found in control.people(vendor).items()}


def refused(folder: Path, vendor: str) -> dict[str, int]:
    """Customer id → the last of the versions that stand in the rejects files of a folder at this moment."""
    lines = [json.loads(line) for path in folder.glob("rejects/*.jsonl") for line in path.read_bytes().splitlines()]
    found: dict[str, int] = {}
    for line in lines:
        if line.get("rejection", {}).get("vendor") == vendor:
            record = line["record"]
            found[record["customer_id"]] = max(version(record), found.get(record["customer_id"], -1))
    return found


def wrong(control: Control, vendor: str, records: list[Record], result: Load) -> list[str]:
    """In what a vendor does not hold the last value read.

    Of somebody of whom a record was rejected only the version is compared, and only when a later one was not: the
    rejected one may have superseded others, whose values are in the rejects file with it.
    """
    versions_lost = {version(line["record"]) for line in result.rejections(vendor)}
    lost = {record["customer_id"] for record in records if version(record) in versions_lost}
    last = {record["customer_id"]: version(record) for record in records}
    own = held(control, vendor)
    found = [
        f"{key}: v{own.get(key)} is held, v{newest} was the last"
        for key, newest in last.items()
        if newest not in versions_lost and own.get(key) != newest
    ]
    sound = final([record for record in records if record["customer_id"] not in lost])
    known = {row[IDENTITY[vendor]] for row in sound.values()}
    documents = {key: document for key, document in control.people(vendor).items() if key in known}
    return found + differences(vendor, documents, sound)


def uncovered(control: Control, vendors: Iterable[str], records: list[Record], folder: Path) -> list[str]:
    """Which of the records are now neither at a vendor, as they were or replaced by newer ones, nor in its rejects."""
    found: list[str] = []
    for vendor in vendors:
        own, rejected = held(control, vendor), refused(folder, vendor)
        for record in records:
            key = record["customer_id"]
            if max(own.get(key, -1), rejected.get(key, -1)) < version(record):
                found.append(f"{vendor}: {key} v{version(record)}")
    return found
