"""Propeller: authorisation, submission and isolation together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.verdict import CREATED, rejected
from target_people.errors import CredentialsError
from tests.support.pipeline import deliver
from tests.support.vendor import answer
from tests.vendors.account import SECRET, propeller

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_people.delivery.message import Request, Response

TOKEN = {"access_token": "token", "expires_in": "1899"}


def contacts(*ids: str) -> list[Mapping[str, Any]]:
    """Records that have nothing but an id."""
    return [{"id": one} for one in ids]


def element(key: str) -> dict[str, Any]:
    """One element of an answer."""
    return {"action": "create", "id": 501, "key": key, "lookupKey": "sourceId", "success": True}


class TestDelivery:
    """Authorisation, submission and isolation together."""

    def test_a_404_for_all_is_narrowed_down_to_the_contact_whose_company_is_missing(self) -> None:
        def lines(request: Request) -> Response:
            if request.path == "/oauth2/token":
                return answer(TOKEN)
            keys = [one["sourceId"] for one in json.loads(request.body)["contacts"]]
            if "c" in keys:
                return answer({"error": {"code": 50007, "messages": ["parent not found"]}}, 404)
            return answer({"data": [element(key) for key in keys]})

        outcomes, transport = deliver(propeller(), contacts("a", "b", "c", "d"), lines)
        detail = rejected("vendor_refused", detail="parent not found")
        assert outcomes == [CREATED, CREATED, detail, CREATED]
        assert transport.called[0] == "POST /oauth2/token"
        assert transport.called.count("POST /oauth2/token") == 1

    def test_a_token_that_is_not_accepted_any_more_is_renewed_once(self) -> None:
        tokens = iter(["old", "new"])

        def lines(request: Request) -> Response:
            if request.path == "/oauth2/token":
                return answer({**TOKEN, "access_token": next(tokens)})
            if request.headers["authorization"] == "Bearer old":
                return answer({"fault": {"faultstring": "Invalid Access Token"}}, 401)
            return answer({"data": [element("a")]})

        assert deliver(propeller(), contacts("a"), lines)[0] == [CREATED]

    def test_refused_client_credentials_name_their_settings_and_reject_nobody(self) -> None:
        with pytest.raises(CredentialsError, match=r"propeller\.client_id and propeller\.client_secret") as refused:
            deliver(propeller(), contacts("a"), lambda _: answer({"error": "invalid_client"}, 401))
        assert SECRET not in str(refused.value)
