"""Propeller: its settings, its token, and the call that proves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from target_people.delivery.auth import ClientCredentials
from target_people.delivery.message import Request, wire
from target_people.vendors.propeller import PropellerSettings
from tests.support.flow import asked
from tests.support.vendor import ScriptedTransport, answer
from tests.support.work import finish
from tests.vendors.account import PROPELLER_KEYS, SECRET, propeller

if TYPE_CHECKING:
    from target_people.delivery.message import Response

TOKEN = {"access_token": "token", "expires_in": "1899"}


class TestSettings:
    """The object ``propeller`` of the configuration."""

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            (PROPELLER_KEYS, "propeller.source"),
            ({**PROPELLER_KEYS, "source": " "}, "source"),
            ({**PROPELLER_KEYS, "source": "crm", "identifier": "email"}, "identifier"),
            ({**PROPELLER_KEYS, "source": "crm", "parent": {"sourceId": "acme"}}, "parent"),
            ({**PROPELLER_KEYS, "source": "crm", "parent": {"id": "acme"}}, "parent"),
            ({**PROPELLER_KEYS, "source": "crm", "parent": {"id": 1, "source": "crm"}}, "parent"),
            ({**PROPELLER_KEYS, "source": "crm", "directives": {"skipCreate": []}}, "directives"),
            ({"client_id": SECRET, "source": "crm"}, "client_secret"),
        ],
    )
    def test_a_mistake_names_the_setting_and_shows_no_secret(self, settings: dict[str, Any], words: str) -> None:
        with pytest.raises(ValidationError) as refused:
            PropellerSettings.model_validate(settings)
        assert words in str(refused.value)
        assert SECRET not in str(refused.value)

    def test_the_id_of_propeller_needs_no_source(self) -> None:
        assert PropellerSettings.model_validate({**PROPELLER_KEYS, "identifier": "id"}).source is None

    def test_one_host_unless_an_address_is_given(self) -> None:
        assert propeller().api_url == "https://api.helice.cloud"
        assert propeller(api_url="https://api.example.org").api_url == "https://api.example.org"


@pytest.mark.parametrize(
    ("expires_in", "renewed_after"),
    [("1899", 1519.2), (100, 80.0), (None, 1440.0), ("soon", 1440.0), ("-5", 1440.0), ("²", 1440.0)],
)
def test_a_token_is_renewed_at_four_fifths_of_its_life(expires_in: object, renewed_after: float) -> None:
    auth = propeller().auth
    assert isinstance(auth, ClientCredentials)
    token = answer({**TOKEN, "expires_in": expires_in})
    script = ScriptedTransport([token, answer(), answer(), token, answer()])
    for now in (0.0, renewed_after - 0.1, renewed_after + 0.1):
        finish(auth(Request("GET", "/x"), wire, now), script)
    assert script.called == ["POST /oauth2/token", "GET /x", "GET /x", "POST /oauth2/token", "GET /x"]


def descriptions(count: int, start: int = 0) -> dict[str, Any]:
    return {"data": [{"id": f"a-{number}"} for number in range(start, start + count)]}


@pytest.mark.parametrize(
    ("answers", "count"),
    [
        ([answer({"data": []})], 0),
        ([answer(descriptions(11))], 11),
        ([answer(descriptions(12)), answer(descriptions(5, 12))], 17),
        ([answer(descriptions(12)), answer({"error": {"code": 10015}}, 400)], 12),
        ([answer(descriptions(12)), answer(descriptions(12))], 12),
    ],
    ids=["none", "a page", "two pages", "a full page, and no second", "the same page for ever"],
)
def test_check_counts_the_attribute_descriptions_of_contacts(answers: list[Response], count: int) -> None:
    access, requests = asked(propeller().check(), *answers)
    assert access.custom_fields == count
    assert {(request.method, request.path) for request in requests} == {("GET", "/v2/attribute-descriptions")}
    pages = [{"attributeClass": "contact", "page": str(page + 1), "offset": "12"} for page in range(len(answers))]
    assert [dict(request.query) for request in requests] == pages
    assert [request.expects for request in requests] == [frozenset(), *[{400}] * (len(answers) - 1)]
