"""Rally's custom properties: listing and creating them.

Documented: the form of a property, the bare array that creates several, results and errors side by side.
Source: https://docs.rallyuxr.com/api-reference/person-properties/create-multiple-new-person-properties
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from target_people.emulator.apis.rally_people import TYPES
from target_people.emulator.exchange import Answer

if TYPE_CHECKING:
    from target_people.emulator.apis.base import VendorApi
    from target_people.emulator.exchange import Call
    from target_people.emulator.store import Document

MOST_UNIQUE = 10
SELECTS = ("SINGLE_SELECT", "MULTI_SELECT")


class Properties:
    """The properties of the workspace.

    Args:
        api: The API whose catalogue holds them.
    """

    def __init__(self, api: VendorApi) -> None:
        """Bind the API."""
        self._api = api

    def _all(self) -> list[Document]:
        entries: list[Document] = self._api.world.catalogues.get("rally")["properties"]
        return entries

    def list(self, call: Call) -> Answer:  # noqa: ARG002 - every handler takes the call
        """Answer all properties."""
        return Answer.of(self._all() if self._api.quirk("property_list") == "array" else {"results": self._all()})

    def one(self, call: Call) -> Answer:
        """Answer one property."""
        for entry in self._all():
            if entry["propertyId"] == call.params["property"]:
                return Answer.of(entry)
        raise self._api.refuse(HTTPStatus.NOT_FOUND, "property not found")

    def create(self, call: Call) -> Answer:
        """Create properties; those that cannot be are listed beside those that are."""
        wanted = self._api.json(call)
        if not isinstance(wanted, list) or not all(isinstance(entry, dict) for entry in wanted):
            raise self._api.refuse(HTTPStatus.BAD_REQUEST, "the body must be an array of properties")
        results, errors = [], []
        for index, entry in enumerate(wanted):
            fault = self._fault(entry)
            if fault:
                errors.append({"message": fault, "path": [str(index)], "name": entry.get("name")})
            else:
                results.append({"personProperty": self._add(entry), "isAsync": False, "bulkActionUserRequestId": None})
        return Answer.of({"results": results, "errors": errors})

    def named(self, name: str, kind: str) -> Document:
        """Return the property with this name, which is created with the type ``kind`` if there is none."""
        known = next((entry for entry in self._all() if entry["name"] == name), None)
        return known or self._add({"name": name, "propertyType": kind})

    def _fault(self, entry: Document) -> str | None:
        name, kind, options = entry.get("name"), entry.get("propertyType"), entry.get("propertyOptions", [])
        named = isinstance(name, str) and bool(name) and name not in {known["name"] for known in self._all()}
        checks = {
            "name must be a text that is not in use": named,
            f"propertyType must be one of {', '.join(TYPES)}": kind in TYPES,
            "propertyOptions must be an array of objects with a name": _are_options(options),
            "only a select property has propertyOptions": kind in SELECTS or not options,
            f"only {MOST_UNIQUE} STRING properties can be unique": not entry.get("isUnique")
            or self._may_be_unique(kind),
        }
        return next((fault for fault, passed in checks.items() if not passed), None)

    def _may_be_unique(self, kind: object) -> bool:
        return kind == "STRING" and sum(known["isUnique"] for known in self._all()) < MOST_UNIQUE

    def _add(self, entry: Document) -> Document:
        ids, catalogues = self._api.world.ids, self._api.world.catalogues
        options = [
            {"propertyOptionId": ids.cuid(), "color": "GREY", **option, "order": str(order)}
            for order, option in enumerate(entry.get("propertyOptions", []), 1)
        ]
        flags = {name: bool(entry.get(name)) for name in ("isUnique", "isPHI", "isPII")}
        kind = {"propertyType": entry["propertyType"], "propertyOptions": options}
        added = {"propertyId": ids.cuid(), "name": entry["name"], **kind, **flags}
        catalogues.put("rally", catalogues.get("rally") | {"properties": [*self._all(), added]})
        return added


def _are_options(options: object) -> bool:
    return isinstance(options, list) and all(
        isinstance(option, dict) and isinstance(option.get("name"), str) for option in options
    )
