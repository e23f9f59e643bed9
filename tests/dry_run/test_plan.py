"""The plan of a run, against the emulator and without it."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from target_people.errors import ConfigurationError
from target_people.samples import VENDORS, configuration
from target_people.vendors.flameup import Flameup
from tests.dry_run.planned import SAMPLE, planned
from tests.support.load import message
from tests.vendors.people import SCHEMA, messages_of, person

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.control import Control

CANARY = "Xanthippe"
_ID = {"properties": {"id": {"type": "string"}}}
ORDERS = message("SCHEMA", stream="orders", schema=_ID, key_properties=["id"])
ORDER = message("RECORD", stream="orders", record={"id": "1"})
OPTIONAL = ("city", "plan", "seats", "vip")


def all_different() -> list[dict[str, Any]]:
    """As many people as the optional columns may be filled or not."""
    empty = [[column for at, column in enumerate(OPTIONAL) if number >> at & 1] for number in range(16)]
    return [person(number, **dict.fromkeys(columns)) for number, columns in enumerate(empty)]


def test_the_emulator_is_asked_for_catalogues_alone(control: Control, tmp_path: Path) -> None:
    planned(configuration(control.address) | {"output_dir": str(tmp_path / "out")}, SAMPLE)
    asked = {vendor: {entry["path"] for entry in control.journal(vendor)} for vendor in VENDORS}
    assert asked == {
        "rally": {"/rally/api/public/v1/properties"},
        "flameup": set(),
        "movement": {"/movement/api/custom_fields"},
        "xtremepush": {"/xtremepush/api/external/list/tag"},
        "propeller": set(),
    }
    assert [vendor for vendor in VENDORS if control.people(vendor)] == []
    assert list(tmp_path.iterdir()) == []


def test_offline_nobody_is_asked_and_the_plan_says_what_it_cannot_know(control: Control) -> None:
    plan = planned(configuration(control.address), SAMPLE, offline=True)
    assert [vendor for vendor in VENDORS if control.journal(vendor)] == []
    assert {name: (found["catalogue"], found["unknown"]) for name, found in plan["vendors"].items()} == {
        **dict.fromkeys(("rally", "movement", "xtremepush"), ("unread", "--offline")),
        **dict.fromkeys(("flameup", "propeller"), ("none", "")),
    }
    rally = plan["streams"]["people"]["vendors"]["rally"]
    whys = {one["column"]: one["why"] for one in rally["not_sent"]}
    assert whys["city"] == "not known: the vendor's catalogue, which was not read, decides"
    assert whys["email_opt_in"].startswith("consent is sent")


@pytest.mark.parametrize(
    ("change", "unknown"),
    [({"api_token": "wrong"}, "credentials"), ({"api_url": "http://127.0.0.1:9/"}, "no answer"), ({}, "")],
)
def test_a_vendor_that_gives_no_catalogue_is_planned_for_without(
    control: Control, change: dict[str, Any], unknown: str
) -> None:
    config = configuration(control.address, ["rally"])
    config["rally"] |= change | {"retry_seconds": 0}
    plan = planned(config, messages_of([person(0)]))
    assert unknown in plan["vendors"]["rally"]["unknown"]
    assert bool(plan["vendors"]["rally"]["unknown"]) == bool(unknown)
    assert (plan["exit_code"], plan["vendors"]["rally"]["people"]) == (0, 1)


def test_without_credentials_a_mapping_can_be_planned(control: Control) -> None:
    config = configuration(control.address)
    for vendor, settings in config.items():
        for key in ("api_token", "api_key", "app_token", "client_id", "client_secret"):
            if vendor in VENDORS:
                settings.pop(key, None)
    plan = planned(config, messages_of([person(0)]))
    assert [vendor for vendor in VENDORS if control.journal(vendor)] == []
    assert {found["people"] for found in plan["vendors"].values()} == {1}
    assert plan["vendors"]["rally"]["unknown"] == "no credentials are set"


def test_a_wrong_setting_is_one_as_ever() -> None:
    with pytest.raises(ConfigurationError, match="did you mean api_key"):
        planned({"flameup": {"api_ke": "x"}}, [])


def test_masked_requests_hold_no_value_of_anybody(control: Control) -> None:
    """Every text of the record is a canary, also in lists, objects and their keys."""
    texts = dict.fromkeys(("first_name", "last_name", "notes", "city", "customer_id", "company"), CANARY)
    numbers = {"seats": 17_171, "lifetime_value": 17.171}
    record = person(0, **texts, **numbers, address={CANARY: {CANARY: [CANARY]}}, tags=[CANARY])
    lines = messages_of([record | {"email": f"{CANARY}@example.com"}])
    secrets = (CANARY.lower(), "1717", "17.17", "example.com", "7946", "1980")
    masked = planned(configuration(control.address), lines)
    shown = planned(configuration(control.address), lines, show_values=True)
    for vendor in VENDORS:
        hidden = json.dumps(masked["vendors"][vendor]["sample"], ensure_ascii=False).lower()
        assert [value for value in secrets if value in hidden] == []
        assert CANARY.lower() in json.dumps(shown["vendors"][vendor]["sample"]).lower()
    del masked["vendors"]
    assert CANARY.lower() not in json.dumps(masked).lower()


def test_rejected_records_are_told_by_line_and_never_by_value(control: Control) -> None:
    records = [person(number, email=f"{CANARY} {number}" if number % 2 else "a@example.com") for number in range(30)]
    config = configuration(control.address, ["flameup"])
    plan = planned(config, messages_of(records))
    (rejection,) = plan["streams"]["people"]["vendors"]["flameup"]["rejections"]
    assert rejection == {
        "code": "not_email",
        "reason": "email is not an e-mail address",
        "remedy": "correct it in the source",
        "count": 15,
        "lines": [*range(3, 23, 2)],
    }
    assert plan["would_stop"] == "flameup: 15 of 30 records were rejected, max_rejected_percent is 10"
    assert plan["exit_code"] == 0
    assert CANARY not in json.dumps(plan)


def test_a_limit_ends_the_reading_at_once(control: Control) -> None:
    """What follows is not even looked at."""
    lines = [*messages_of([person(number) for number in range(5)])[:4], b"nothing of the kind"]
    plan = planned(configuration(control.address, ["flameup"]), lines, limit=3)
    assert (plan["records"], plan["lines"], plan["partly"], plan["exit_code"]) == (3, 4, True, 0)
    assert plan["vendors"]["flameup"]["people"] == 3


def test_what_was_read_before_invalid_input_is_planned(control: Control) -> None:
    plan = planned(configuration(control.address, ["flameup"]), [*messages_of([person(0)])[:2], b"{"])
    assert (plan["exit_code"], plan["vendors"]["flameup"]["requests"]) == (6, 1)
    assert "line 3 " in plan["problem"]


def test_a_defect_is_told_without_a_value(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(Flameup, "encode", fail)
    plan = planned(configuration(control.address, ["flameup"]), messages_of([person(0)]))
    assert (plan["exit_code"], "RuntimeError in fail (test_plan.py:" in plan["problem"]) == (1, True)
    assert CANARY not in json.dumps(plan)


def test_one_vendors_mapping_error_leaves_the_others_planned(control: Control) -> None:
    config = configuration(control.address, ["flameup", "rally"])
    config["streams"] = {"people": {"rally": {"fields": {"email": "no_such_column"}}}}
    plan = planned(config, messages_of([person(0)]))
    vendors = plan["streams"]["people"]["vendors"]
    assert plan["exit_code"] == 2
    assert "fields.email names the column no_such_column" in vendors["rally"]["problem"]
    assert (vendors["flameup"]["problem"], vendors["flameup"]["to_send"]) == ("", 1)
    assert [plan["vendors"][name]["requests"] for name in ("flameup", "rally")] == [1, 0]


def test_a_stream_that_shows_no_people_is_left_out_with_the_reason(
    control: Control, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        plan = planned(configuration(control.address, ["flameup"]), [ORDERS, ORDER, *messages_of([person(0)])])
    assert plan["exit_code"] == 0
    found = plan["streams"]["orders"]
    assert (found["read"], found["skipped"]) == (1, 1)
    assert "do not show people" in found["vendors"]["flameup"]["problem"]
    assert caplog.messages == []


@pytest.mark.parametrize("records", [0, 1])
def test_no_stream_at_all_is_a_mapping_error(control: Control, records: int) -> None:
    plan = planned(configuration(control.address, ["flameup"]), [ORDERS, *[ORDER] * records])
    assert (plan["exit_code"], "no stream could be mapped" in plan["problem"]) == (2, True)


def test_no_input_is_no_error(control: Control) -> None:
    plan = planned(configuration(control.address), [])
    assert (plan["exit_code"], plan["streams"], plan["records"]) == (0, {}, 0)


def test_streams_are_told_apart_after_stream_maps(control: Control) -> None:
    config = configuration(control.address, ["flameup"])
    config["stream_maps"] = {"people": {"__alias__": "members"}}
    plan = planned(config, messages_of([person(0), person(0), person(1)]))
    assert list(plan["streams"]) == ["members"]
    tally = plan["streams"]["members"]["vendors"]["flameup"]
    assert (tally["to_send"], tally["superseded"], tally["identity"]["people"]) == (2, 1, 2)


@pytest.mark.parametrize(
    ("records", "settings", "cuts", "binding"),
    [
        ([person(n) for n in range(5)], {"batch_size": 2}, {"batch size": 2, "end of the input": 1}, "batch size"),
        ([person(n) for n in range(2)], {}, {"end of the input": 1}, "end of the input"),
        (
            [person(n, city=None if n % 2 else "here") for n in range(4)],
            {},
            {"different columns": 1, "end of the input": 1},
            "different columns",
        ),
        (
            [person(0), person(0, city=None)],
            {},
            {"a newer record of the same person": 1, "end of the input": 1},
            "a newer record of the same person",
        ),
        (
            [person(n, notes="x" * 1_500_000) for n in range(5)],
            {},
            {"bytes": 2, "end of the input": 1},
            "bytes",
        ),
        (all_different(), {"batch_size": 2}, {"different columns": 15, "end of the input": 1}, "different columns"),
        (all_different(), {"batch_size": 1}, {"batch size": 16}, "batch size"),
    ],
    ids=["size", "end", "columns", "order", "bytes", "too many open", "single"],
)
def test_what_cuts_requests_is_told(
    control: Control, records: list[dict[str, Any]], settings: dict[str, Any], cuts: dict[str, int], binding: str
) -> None:
    config = configuration(control.address, ["rally"])
    config["rally"] |= settings
    plan = planned(config, messages_of(records))["vendors"]["rally"]
    assert (plan["cut_by"], plan["binding"]) == (cuts, binding)


def test_a_schema_that_changes_is_planned_as_it_is_last(control: Control) -> None:
    lines = messages_of([person(0)])[:2]
    smaller = {"properties": {name: SCHEMA["properties"][name] for name in ("customer_id", "email")}}
    lines += [
        message("SCHEMA", stream="people", schema=smaller, key_properties=["customer_id"]),
        message("RECORD", stream="people", record={"customer_id": "1", "email": "a@example.com"}),
    ]
    tally = planned(configuration(control.address, ["flameup"]), lines)["streams"]["people"]["vendors"]["flameup"]
    assert [column["column"] for column in tally["columns"]] == ["customer_id", "email"]
    assert (tally["to_send"], tally["identity"]["looked_for_in"]) == (2, 2)
