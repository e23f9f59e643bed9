"""A plan says what a run of the same input then does, at every vendor."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest

from target_people.samples import VENDORS, configuration
from tests.dry_run.planned import SAMPLE, Sent, planned, run
from tests.support.control import Control

PATIENT = {"flush_seconds": 100_000, "max_rejected_percent": 100}
"""The clock of the real run leaps while import jobs are waited for; no batch leaves for its age in either."""
MISSING = {"customer_id": 1, "email": 5}
"""Records of the sample that fit their SCHEMA, and lack the column or have something else in it."""


@pytest.fixture(scope="module")
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Sent]:
    """The plan of the sample people, and then a real run of them."""
    address = request.getfixturevalue("emulator").url
    with contextlib.closing(Control(address)) as control:
        control.post("reset")
    config = configuration(address) | PATIENT
    plan = planned(config, SAMPLE, show_values=True)
    return plan, run(config, SAMPLE, tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_run_of_the_same_input_sends_as_many_requests_people_and_bytes(
    both: tuple[dict[str, Any], Sent], vendor: str
) -> None:
    plan, sent = both[0]["vendors"][vendor], both[1]
    bodies = sent.bodies[vendor][plan["sample"]["path"]]
    assert plan["requests"] == len(bodies) == sum(plan["cut_by"].values())
    assert plan["bytes"] == sum(map(len, bodies))
    assert plan["largest_request"] == max(map(len, bodies))
    verdicts = sent.receipt["vendors"][vendor]["verdicts"]
    assert plan["people"] == sum(verdicts[kind] for kind in ("created", "updated", "delivered", "accepted"))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_run_of_the_same_input_rejects_and_supersedes_the_same(
    both: tuple[dict[str, Any], Sent], vendor: str
) -> None:
    plan, sent = both[0]["streams"]["people"]["vendors"][vendor], both[1]
    verdicts = sent.receipt["vendors"][vendor]["verdicts"]
    codes = {one["code"]: one["count"] for one in plan["rejections"]}
    assert codes == sent.rejected(vendor)
    assert codes
    assert (plan["rejected"], plan["superseded"]) == (verdicts["rejected"], verdicts["superseded"])
    assert plan["to_send"] == both[0]["vendors"][vendor]["people"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_run_of_the_same_input_leaves_the_same_columns_out(both: tuple[dict[str, Any], Sent], vendor: str) -> None:
    plan, sent = both[0]["streams"]["people"]["vendors"][vendor], both[1]
    left = [
        {"column": one["column"].removeprefix("people."), "why": one["why"]}
        for one in sent.receipt["vendors"][vendor]["not_sent"]
    ]
    assert plan["not_sent"] == left


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_run_of_the_same_input_sends_the_fields_and_people_of_the_sample(
    both: tuple[dict[str, Any], Sent], vendor: str
) -> None:
    """Whoever the sample shows stands in one of the requests, value for value."""
    sample, sent = both[0]["vendors"][vendor]["sample"], both[1]
    listed = next(key for key in ("people", "records", "contacts", "rows") if key in sample["body"])
    really = [json.loads(body) for body in sent.bodies[vendor][sample["path"]]]
    same = [one for one in really if one[listed][: sample["shown"]] == sample["body"][listed]]
    assert [len(one[listed]) for one in same] == [sample["people"]]


@pytest.mark.parametrize("vendor", VENDORS)
def test_people_are_counted_by_the_identity_that_the_vendor_knows(
    both: tuple[dict[str, Any], Sent], vendor: str
) -> None:
    plan = both[0]["streams"]["people"]["vendors"][vendor]
    column = "email" if vendor == "rally" else "customer_id"
    refused = {line for one in plan["rejections"] for line in one["lines"]}
    records = {at: json.loads(line)["record"] for at, line in enumerate(SAMPLE, 1) if b'"RECORD"' in line}
    good = {record[column].strip().lower() for at, record in records.items() if at not in refused}
    fitting = [record for record in records.values() if isinstance(record["first_name"], str | None)]
    identity = plan["identity"]
    assert (identity["columns"], identity["people"], identity["approximate"]) == ([column], len(good), False)
    assert identity["looked_for_in"] == len(fitting) == 999
    assert identity["found_in"] == 999 - MISSING[column]
