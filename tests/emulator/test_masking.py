"""Properties at Rally that the key may not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import requests

CITY, NOTES = "cmprop0000000000000000006", "cmprop0000000000000000010"
ANA = "ana@example.org"


@pytest.mark.parametrize(("variant", "masked"), [("none", set()), ("flagged", {NOTES}), ("custom", {CITY, NOTES})])
def test_masked_properties_are_errors_and_have_no_value(
    rally: requests.Session, control: requests.Session, variant: str, masked: set[str]
) -> None:
    properties = control.get("/rally/catalogue").json()["properties"]
    flagged = [entry | {"isPII": entry["propertyId"] == NOTES} for entry in properties]
    assert control.put("/rally/catalogue", json={"properties": flagged}).ok
    assert control.put("/rally/quirks", json={"masked_properties": variant}).ok
    control.put("/rally/jobs", json={"mode": "at_once"})
    entries = [{"propertyId": name, "value": "x"} for name in (CITY, NOTES)]
    assert rally.post("/people/import", json={"people": [{"email": ANA, "properties": entries}]}).ok

    found = rally.post("/people/search", json={"attachProperties": ["EMAIL", CITY, NOTES]}).json()

    shown = {entry["propertyId"] for entry in found["results"][0]["properties"]}
    assert shown == {"EMAIL", CITY, NOTES} - masked
    assert {(error["errorCode"], error["propertyId"]) for error in found["errors"]} == {
        ("UNAUTHORIZED", name) for name in masked
    }
