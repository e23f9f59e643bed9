"""Xtremepush: its settings, and the call that proves them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from target_people.delivery.contract import Access
from target_people.delivery.message import Request, wire
from tests.support.flow import asked
from tests.support.vendor import ScriptedTransport, answer
from tests.support.work import finish
from tests.vendors.account import SECRET, xtremepush

DONE = {"success": True, "code": 200}


class TestSettings:
    """The object ``xtremepush`` of the configuration."""

    @pytest.mark.parametrize(
        ("settings", "url"),
        [
            ({}, "https://external-api.xtremepush.com"),
            ({"region": "us"}, "https://api.us.xtremepush.com"),
            ({"region": "us", "api_url": "https://api.example.org"}, "https://api.example.org"),
        ],
    )
    def test_region_selects_the_host_unless_an_address_is_given(self, settings: dict[str, Any], url: str) -> None:
        assert xtremepush(**settings).api_url == url

    @pytest.mark.parametrize(
        "settings",
        [
            {"region": "mars"},
            {"identifier": "phone"},
            {"email_subscription": 2},
            {"sms_subscription": -1},
            {"other": 1},
        ],
    )
    def test_what_is_not_allowed_is_refused_without_showing_the_token(self, settings: dict[str, Any]) -> None:
        with pytest.raises(ValidationError) as refused:
            xtremepush(**settings)
        assert SECRET not in str(refused.value)

    def test_the_token_goes_in_the_body_and_is_not_shown(self) -> None:
        vendor, script = xtremepush(), ScriptedTransport([answer(DONE)])
        finish(vendor.auth(Request("POST", "/x", b'{"limit":1}'), wire, 0), script)
        assert json.loads(script.requests[0].body) == {"apptoken": SECRET, "limit": 1}
        assert SECRET not in repr(vendor.settings) + repr(script.requests)


def test_check_lists_one_profile_and_counts_the_profile_attributes() -> None:
    tags = [{"key": "plan"}, {"key": "score", "profile": 1}, {"key": "campaign", "profile": 0}]
    answers = [answer({**DONE, "data": listed}) for listed in ([], tags, [])]
    access, (request, *_) = asked(xtremepush().check(), *answers)
    assert (request.path, json.loads(request.body)) == ("/api/external/list/profile", {"limit": 1})
    assert access == Access(2)


def test_check_says_that_no_attribute_is_known() -> None:
    access, _ = asked(xtremepush().check(), answer({**DONE, "data": []}), answer(status=403))
    assert (access.custom_fields, "goes by the columns' types" in access.note) == (None, True)
