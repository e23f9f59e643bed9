"""Scenarios as data, and the runner that holds a vendor to what they promise."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from target_people.samples import configuration
from target_people.vendors import sinks
from tests.support.likeness import IDENTITY, differences
from tests.support.load import Load, load
from tests.vendors.people import Record, final, messages_of, records_of

if TYPE_CHECKING:
    from tests.support.control import Control

BULK = {
    "rally": "/people/import",
    "flameup": "/people/batch",
    "movement": "/targets/bulk_upsert",
    "xtremepush": "/import/profile",
    "propeller": "/contacts/bulk/sourceId",
}
"""Vendor → what tells its bulk requests from the others."""

READ = {"rally": "/people/search", "movement": "/targets/c-", "xtremepush": "/list/profile"}
"""Vendor → what tells its requests that read people back from the others."""

ASYNCHRONOUS = frozenset({"rally", "movement", "xtremepush"})
"""Vendors whose imports are jobs."""

SECRETS = {
    "rally": "api_token",
    "flameup": "api_key",
    "movement": "api_token",
    "xtremepush": "app_token",
    "propeller": "client_secret",
}
"""Vendor → the setting that holds its credentials."""


@dataclass(frozen=True)
class Scenario:
    """One row of scenarios.yaml; see the head of that file."""

    name: str
    says: str
    runs: list[dict[str, Any]]
    settings: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    quirks: dict[str, dict[str, str]] = field(default_factory=dict)
    jobs: dict[str, Any] = field(default_factory=dict)
    state_every: int = 0
    wrong_credentials: bool = False
    only: tuple[str, ...] = ()

    def applies(self, vendor: str) -> bool:
        """Whether a vendor has what the scenario is about."""
        return vendor in self.only if self.only else True


def scenarios() -> list[Scenario]:
    """All of them."""
    rows = yaml.safe_load(Path(__file__).with_name("scenarios.yaml").read_text("utf-8"))
    return [Scenario(**row | {"only": _vendors(row.get("only"))}) for row in rows]


def _vendors(only: str | list[str] | None) -> tuple[str, ...]:
    """The vendors that a scenario is about; empty for all."""
    return tuple(sorted(ASYNCHRONOUS)) if only == "asynchronous" else tuple(only or ())


def pairs() -> list[tuple[str, Scenario]]:
    """Every vendor with every scenario that applies to it."""
    return [(vendor, scenario) for scenario in scenarios() for vendor in sinks() if scenario.applies(vendor)]


class Trial:
    """One scenario at one vendor.

    Args:
        vendor: the vendor.
        scenario: the scenario.
        control: the emulator, as good as new.
        folder: for receipts and rejects.
    """

    def __init__(self, vendor: str, scenario: Scenario, control: Control, folder: Path) -> None:
        self.vendor = vendor
        self.scenario = scenario
        self.control = control
        self.folder = folder
        self.sent: list[Record] = []

    def run(self) -> None:
        """Set the emulator up, load every run, and look at all promises after each."""
        self._set_up()
        for number, run in enumerate(self.scenario.runs):
            records = records_of(run["people"])
            asked = len(self._bulk())
            result = load(self._config(), messages_of(records, self.scenario.state_every), self.folder / str(number))
            self._check(run["expect"], records, result, len(self._bulk()) - asked)

    def _set_up(self) -> None:
        for fault in self.scenario.faults:
            path = (
                fault.get("path", "").replace("{bulk}", BULK[self.vendor]).replace("{read}", READ.get(self.vendor, ""))
            )
            self.control.post(f"{self.vendor}/faults", fault | {"path": path})
        if self.scenario.jobs:
            self.control.put(f"{self.vendor}/jobs", self.scenario.jobs)
        if self.vendor in self.scenario.quirks:
            self.control.put(f"{self.vendor}/quirks", self.scenario.quirks[self.vendor])

    def _config(self) -> dict[str, Any]:
        config = configuration(self.control.address, [self.vendor]) | self.scenario.config
        config[self.vendor] |= self.scenario.settings
        if self.scenario.wrong_credentials:
            config[self.vendor][SECRETS[self.vendor]] = "wrong"
        return config

    def _bulk(self) -> list[dict[str, Any]]:
        return [entry for entry in self.control.journal(self.vendor) if BULK[self.vendor] in entry["path"]]

    def _check(self, expect: dict[str, Any], records: list[Record], result: Load, bulk: int) -> None:
        assert result.exit_code == expect["exit"], result.receipt
        self._check_rejects(expect.get("rejected", {}), result)
        self._check_receipt(expect, records, result)
        self._check_states(expect, result)
        if "bulk_requests" in expect:
            assert bulk == expect["bulk_requests"]
        assert sum(result.clock.slept) >= expect.get("slept_at_least", 0)
        self.sent += [record for record in records if record["customer_id"] not in expect.get("rejected", {})]
        self._check_stored(expect)

    def _check_rejects(self, rejected: dict[str, str], result: Load) -> None:
        found = {line["record"]["customer_id"]: line["rejection"]["code"] for line in result.rejections(self.vendor)}
        assert found == rejected

    def _check_receipt(self, expect: dict[str, Any], records: list[Record], result: Load) -> None:
        verdicts = Counter(result.receipt["vendors"][self.vendor]["verdicts"])
        assert verdicts["rejected"] == len(expect.get("rejected", {}))
        if "superseded" in expect:
            assert verdicts["superseded"] == expect["superseded"]
        if expect["exit"] == 0:
            assert verdicts.total() == len(records)
        assert bool(verdicts["accepted"]) == (self.scenario.settings.get("confirm") is False and self._is_slow(records))

    def _is_slow(self, records: list[Record]) -> bool:
        return bool(records) and self.vendor in ASYNCHRONOUS

    def _check_states(self, expect: dict[str, Any], result: Load) -> None:
        values = [json.loads(line)["read"] for line in result.states]
        assert values == sorted(values)
        received = result.receipt["states"]["received"]
        if expect.get("states") == "none":
            assert values == []
        elif expect["exit"] == 0:
            assert result.receipt["states"]["printed"] == len(values)
            assert received >= len(values) > 0

    def _check_stored(self, expect: dict[str, Any]) -> None:
        stored = self.control.people(self.vendor)
        if expect.get("stored") == "any":
            return
        expected = {} if expect.get("stored") == "none" else final(self.sent)
        found = differences(self.vendor, stored, expected)
        assert found == []
        assert len(stored) == len({row[IDENTITY[self.vendor]] for row in expected.values()})
