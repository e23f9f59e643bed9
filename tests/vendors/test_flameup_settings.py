"""Flameup: its settings, and the call that proves them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from target_people.delivery.message import Request, wire
from target_people.errors import CredentialsError
from target_people.vendors.flameup import FlameupSettings
from tests.support.flow import asked
from tests.support.vendor import ScriptedTransport, answer
from tests.support.work import finish
from tests.vendors.account import SECRET, flameup


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "api_key"),
        ({"api_key": None}, "api_key"),
        ({"api_key": ""}, "api_key"),
        ({"api_key": SECRET, "workspace_id": " "}, "workspace_id"),
        ({"api_key": SECRET, "workspace": "ws"}, "workspace"),
        ({"api_key": SECRET, "api_url": "flameup"}, "api_url"),
        ({"api_key": [SECRET]}, "api_key"),
    ],
)
def test_a_mistake_names_the_setting_and_shows_no_secret(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        FlameupSettings.model_validate(settings)
    assert words in str(refused.value)
    assert SECRET not in str(refused.value)


def test_one_host_unless_an_address_is_given() -> None:
    assert flameup().api_url == "https://api.flameup.ai/api/v1"
    assert flameup(api_url="http://127.0.0.1:1/f").api_url == "http://127.0.0.1:1/f"


def test_the_key_goes_as_a_bearer_and_is_not_shown() -> None:
    vendor, script = flameup(), ScriptedTransport([answer()])
    finish(vendor.auth(Request("GET", "/people"), wire, 0), script)
    assert script.requests[0].headers["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in repr(vendor.settings) + str(vendor.settings) + repr(script.requests)


@pytest.mark.parametrize(("workspace", "path"), [(None, "/people"), ("a/b", "/workspaces/a%2Fb/people")])
def test_check_lists_one_person(workspace: str | None, path: str) -> None:
    access, (request,) = asked(flameup(workspace_id=workspace).check(), answer({"people": []}))
    assert (request.method, request.path, request.query) == ("GET", path, (("limit", "1"),))
    assert access.custom_fields is None


def test_check_names_the_permission_that_a_key_lacks() -> None:
    with pytest.raises(CredentialsError, match=r"flameup\.api_key.*people:read"):
        asked(flameup().check(), answer({"error": {"code": "forbidden"}}, 403))
