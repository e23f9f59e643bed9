"""One account at each vendor: settings with a secret in them, and the catalogue that the account has."""

from __future__ import annotations

from typing import Any

from target_people.vendors.flameup import Flameup, FlameupSettings
from target_people.vendors.movement import Movement, MovementSettings
from target_people.vendors.propeller import Propeller, PropellerSettings
from target_people.vendors.rally import Rally, RallySettings
from target_people.vendors.xtremepush import Xtremepush, XtremepushSettings
from tests.support.flow import run
from tests.support.vendor import answer

SECRET = "secret-that-nobody-may-see"  # noqa: S105 - the test's own, looked for where it must not be

RALLY_UNIQUE = "cmprop9"
"""The id of a property that may identify people."""
_OPTIONS = [{"propertyOptionId": "o1", "name": "gold"}, {"propertyOptionId": "o2", "name": "basic"}]
RALLY_PROPERTIES: list[dict[str, Any]] = [
    {"propertyId": "cmprop1", "name": "plan", "propertyType": "SINGLE_SELECT", "propertyOptions": _OPTIONS},
    {"propertyId": "cmprop2", "name": "seats", "propertyType": "NUMBER"},
    {"propertyId": "cmprop3", "name": "city", "propertyType": "STRING", "propertyOptions": []},
    {"propertyId": "cmprop4", "name": "signed_up_at", "propertyType": "DATETIME"},
    {"propertyId": "cmprop5", "name": "vip", "propertyType": "BOOLEAN"},
    {"propertyId": "cmprop6", "name": "tags", "propertyType": "MULTI_SELECT", "propertyOptions": _OPTIONS},
    {"propertyId": "cmprop7", "name": "place", "propertyType": "LOCATION"},
    {"propertyId": "cmprop8", "name": "mood", "propertyType": "SMILEY"},
    {"propertyId": "cmprop10", "name": "level", "propertyType": "SINGLE_SELECT"},
    {"propertyId": RALLY_UNIQUE, "name": "member", "propertyType": "STRING", "isUnique": True},
]
MOVEMENT_FIELDS = [
    {"id": 1, "slug": "workplace", "name": "Workplace", "kind": "Text"},
    {"id": 2, "slug": "years_in", "name": "Years in", "kind": "Float"},
    {"id": 3, "slug": "joined_on", "name": "Joined on", "kind": "Date"},
    {"id": 4, "slug": "branch", "name": "Branch", "kind": "Organisation"},
    {"id": 5, "slug": "plain", "name": "Plain"},
    {"id": 6, "slug": "subscription_email_branch", "kind": "Text"},
    {"id": 7, "slug": "create_user", "kind": "Text"},
    {"id": 8, "slug": "phone_number", "kind": "Text"},
]
_TAGS = [
    {"key": "first_name", "type": "String", "profile": 1},
    {"key": "plan", "type": "String"},
    {"key": "score", "type": "Number"},
    {"key": "seats", "type": "integer"},
    {"key": "vip", "type": "Boolean"},
    {"key": "born", "type": "Date"},
    {"key": "tags", "type": "Array"},
    {"key": "odd", "type": 7},
    {"key": "campaign", "type": "String", "profile": 0},
    {"name": "without a key"},
]
PROPELLER_KEYS = {"client_id": SECRET, "client_secret": SECRET}


def flameup(**settings: Any) -> Flameup:
    """A vendor that takes any trait."""
    return Flameup(FlameupSettings.model_validate({"api_key": SECRET, **settings}))


def movement(**settings: Any) -> Movement:
    """A vendor whose account has the custom fields above."""
    vendor = Movement(MovementSettings.model_validate({"api_token": SECRET, "subdomain": "demo", **settings}))
    run(vendor.prepare(), answer(MOVEMENT_FIELDS))
    return vendor


def propeller(**settings: Any) -> Propeller:
    """A vendor with the source ``crm``, unless the settings say otherwise."""
    return Propeller(PropellerSettings.model_validate({**PROPELLER_KEYS, "source": "crm", **settings}))


def unprepared_rally(**settings: Any) -> Rally:
    """A vendor that has not read its workspace's properties."""
    return Rally(RallySettings.model_validate({"api_token": SECRET, **settings}))


def rally(**settings: Any) -> Rally:
    """A vendor whose workspace has the properties above."""
    vendor = unprepared_rally(**settings)
    own = [answer({"isUnique": True})] if settings.get("identifier") == RALLY_UNIQUE else []
    run(vendor.prepare(), *own, answer({"results": RALLY_PROPERTIES}))
    return vendor


def xtremepush(*, catalogue: bool = False, **settings: Any) -> Xtremepush:
    """A vendor; with ``catalogue`` its project has the attributes above."""
    vendor = Xtremepush(XtremepushSettings.model_validate({"app_token": SECRET, **settings}))
    if catalogue:
        run(vendor.prepare(), answer({"data": _TAGS}), answer({"data": []}))
    return vendor
