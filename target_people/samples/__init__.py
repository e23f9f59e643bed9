"""Sample people, none of whom exists, and the settings that send them to an emulator."""

from __future__ import annotations

from copy import deepcopy
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable

VENDORS: Mapping[str, Mapping[str, Any]] = {
    "rally": {"api_url": "/rally/api/public/v1", "api_token": "emulator"},
    "flameup": {"api_url": "/flameup/api/v1", "api_key": "emulator"},
    "movement": {"api_url": "/movement/api", "api_token": "emulator"},
    # The sample has consent columns; these two are for data without them. 0: nobody has agreed.
    "xtremepush": {
        "api_url": "/xtremepush",
        "app_token": "emulator",
        "email_subscription": 0,
        "sms_subscription": 0,
    },
    # Some of the sample people name no company, and the vendor wants one.
    "propeller": {
        "api_url": "/propeller",
        "client_id": "emulator",
        "client_secret": "emulator",
        "source": "crm",
        "parent": {"source": "crm", "sourceId": "company-1"},
    },
}
"""Vendor → its settings, with ``api_url`` relative to the emulator's address."""


def people() -> Traversable:
    """Return the bundled Singer stream ``people``: 1,000 records, among them newer ones of 20 people and 8 faulty."""
    return files(__name__) / "people.singer"


def configuration(address: str, vendors: Sequence[str] = tuple(VENDORS)) -> dict[str, Any]:
    """Return the settings that send the sample people to an emulator.

    Args:
        address: Where the emulator listens, such as ``http://127.0.0.1:8470``.
        vendors: The vendors to deliver to; all five unless given.

    Raises:
        KeyError: A name in ``vendors`` is none of the five.
    """
    base = address.rstrip("/")
    chosen = {name: deepcopy({**VENDORS[name], "api_url": base + VENDORS[name]["api_url"]}) for name in vendors}
    return {"phone_region": "GB", **chosen}
