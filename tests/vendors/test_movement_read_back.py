"""Movement: people read back one by one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.flow import asked, batch_of, run
from tests.support.vendor import answer
from tests.vendors.account import movement

ANN = {"external_id": "m/1", "first_name": "Ann", "years_in": "3.5", "email_opt_in": "true"}
THERE = {"id": 7, "external_id": "m/1", "first_name": "Ann", "years_in": 3.50, "subscription_email": "y"}


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (THERE, True),
        ({"target": THERE}, True),
        ({**THERE, "years_in": 4}, False),
        ({key: value for key, value in THERE.items() if key != "subscription_email"}, None),
        ({**THERE, "external_id": "another, whose own id is m/1"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_target_is_held_against_what_was_sent(body: Any, *, seen: bool | None) -> None:
    vendor = movement()
    found, (request,) = asked(vendor.read_back(batch_of(vendor, ANN)), answer(body))
    assert found == (seen,)
    assert (request.method, request.path) == ("GET", "/targets/m%2F1")


def test_a_target_that_is_not_found_cannot_be_told_because_the_path_may_not_take_external_ids() -> None:
    vendor = movement()
    batch = batch_of(vendor, ANN, {**ANN, "external_id": "m2"})
    assert run(vendor.read_back(batch), answer({}, 404), answer({**THERE, "external_id": "m2"})) == (None, True)


def test_a_refused_path_is_no_way() -> None:
    vendor = movement()
    assert run(vendor.read_back(batch_of(vendor, ANN, ANN)), answer({}, 403)) is None
