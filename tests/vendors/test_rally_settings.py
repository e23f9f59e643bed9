"""Rally: its settings, and the call that proves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from target_people.delivery.contract import Access
from target_people.errors import ConfigurationError
from tests.support.flow import asked, run
from tests.support.vendor import answer
from tests.vendors.account import RALLY_PROPERTIES, unprepared_rally

if TYPE_CHECKING:
    from target_people.delivery.message import Response


@pytest.mark.parametrize("found", [answer(status=404), answer({"isUnique": False}), answer({"propertyId": "p"})])
def test_custom_identifier_must_be_unique(found: Response) -> None:
    with pytest.raises(ConfigurationError, match=r"rally\.identifier"):
        run(unprepared_rally(identifier="p").prepare(), found)


@pytest.mark.parametrize(("status", "note"), [(200, ""), (403, "the key may not list users, which no load needs")])
def test_check_counts_the_properties_also_for_a_key_that_may_not_list_users(status: int, note: str) -> None:
    pages = answer({"results": []}, status), answer({"results": RALLY_PROPERTIES})
    access, (users, _) = asked(unprepared_rally().check(), *pages)
    assert (access, users.expects) == (Access(len(RALLY_PROPERTIES), note), frozenset({403}))


def test_address_is_the_vendors_unless_set() -> None:
    assert unprepared_rally().api_url == "https://api.rallyuxr.com/api/public/v1"
    assert unprepared_rally(api_url="http://127.0.0.1:1/r").api_url == "http://127.0.0.1:1/r"
