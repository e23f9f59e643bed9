"""Movement: its settings, and the call that proves them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from target_people.delivery.contract import Access
from target_people.vendors.movement import MovementSettings
from tests.support.flow import asked
from tests.support.vendor import answer
from tests.vendors.account import MOVEMENT_FIELDS, SECRET, movement


def test_check_counts_the_custom_fields() -> None:
    access, (request,) = asked(movement().check(), answer({"custom_fields": MOVEMENT_FIELDS}))
    assert (access, request.method, request.path) == (Access(len(MOVEMENT_FIELDS)), "GET", "/custom_fields")


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"subdomain": "demo"}, "https://demo.yourmovement.org/api"),
        ({"subdomain": None, "api_url": "http://127.0.0.1:1/m"}, "http://127.0.0.1:1/m"),
        ({"api_url": "http://127.0.0.1:1/m"}, "http://127.0.0.1:1/m"),
    ],
)
def test_address_follows_from_the_subdomain_unless_set(settings: dict[str, str], url: str) -> None:
    assert movement(**settings).api_url == url


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "movement.subdomain .* or movement.api_url"),
        ({"subdomain": "demo.yourmovement.org"}, "alone"),
        ({"subdomain": "https://demo"}, "alone"),
        ({"subdomain": "Demo"}, "alone"),
        ({"subdomain": "-"}, "alone"),
        ({"subdomain": "demo", "deferred_result_path": "/results"}, "{id}"),
        ({"subdomain": "demo", "deferred_result_path": "results/{id}"}, "{id}"),
        ({"subdomain": "demo", "conflict_strategy": "merge"}, "'reject' or 'ignore'"),
    ],
)
def test_wrong_setting_says_what_is_allowed(settings: dict[str, str], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        MovementSettings.model_validate({"api_token": SECRET, **settings})
