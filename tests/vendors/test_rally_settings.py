"""Rally: its settings, and the call that proves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from target_people.errors import ConfigurationError
from tests.support.flow import run
from tests.support.vendor import answer
from tests.vendors.account import unprepared_rally

if TYPE_CHECKING:
    from target_people.delivery.message import Response


@pytest.mark.parametrize("found", [answer(status=404), answer({"isUnique": False}), answer({"propertyId": "p"})])
def test_custom_identifier_must_be_unique(found: Response) -> None:
    with pytest.raises(ConfigurationError, match=r"rally\.identifier"):
        run(unprepared_rally(identifier="p").prepare(), found)


@pytest.mark.parametrize("status", [200, 403])
def test_check_says_what_it_called_and_how_it_was_answered(status: int) -> None:
    assert next(unprepared_rally().check()).expects == {403}
    assert run(unprepared_rally().check(), answer({}, status)) == f"GET /users?size=1, answered with status {status}"


def test_address_is_the_vendors_unless_set() -> None:
    assert unprepared_rally().api_url == "https://api.rallyuxr.com/api/public/v1"
    assert unprepared_rally(api_url="http://127.0.0.1:1/r").api_url == "http://127.0.0.1:1/r"
