"""Xtremepush: people read back by one list."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.flow import asked, batch_of, run
from tests.support.vendor import answer
from tests.vendors.account import xtremepush

ANN = {"id": "u-1", "phone": "+353850123456", "sms_opt_in": "true", "country": "Ireland"}
THERE = {"user_id": "u-1", "mobile_number": 353850123456, "sms_subscription": True, "country": "Ireland"}
BEN = {**ANN, "id": "u-2"}


def test_one_condition_asks_for_all_with_their_columns() -> None:
    vendor = xtremepush()
    batch = batch_of(vendor, ANN, BEN)
    seen, (request,) = asked(
        vendor.read_back(batch), answer({"success": True, "data": [{**THERE, "user_id": "u-2"}, THERE]})
    )
    assert seen == (True, True)
    assert request.path == "/api/external/list/profile"
    assert json.loads(request.body) == {
        "condition": [["user_id", "IN", ["u-1", "u-2"]]],
        "select": ["country", "mobile_number", "sms_subscription", "user_id"],
        "limit": 2,
    }


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        ([THERE], True),
        ([], False),
        ([{**THERE, "country": "France"}], False),
        ([{**THERE, "country": None}], False),
        ([{"user_id": "u-1"}], None),
        ([7], False),
    ],
)
def test_a_profile_is_held_against_what_was_sent(data: Any, *, seen: bool | None) -> None:
    vendor = xtremepush()
    assert run(vendor.read_back(batch_of(vendor, ANN)), answer({"success": True, "data": data})) == (seen,)


@pytest.mark.parametrize(
    "refusal", [answer({"success": False, "code": 403}, 403), answer({"success": False, "code": 403}), answer()]
)
def test_a_refused_list_is_no_way(refusal: Any) -> None:
    vendor = xtremepush()
    assert run(vendor.read_back(batch_of(vendor, ANN)), refusal) is None


def test_an_address_identifies_without_regard_to_case() -> None:
    vendor = xtremepush(identifier="email", email_subscription=1)
    batch = batch_of(vendor, {"email": "Ann@example.org"})
    told = answer({"data": [{"email": "ann@example.org", "email_subscription": 1}]})
    assert run(vendor.read_back(batch), told) == (True,)
