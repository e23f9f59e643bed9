"""Rally's people search: by ids and by custom properties, page by page.

Documented: the request, the answer and the operators ``AND``, ``OR``, ``IS``, ``EQUAL`` and ``NOT_EQUAL``.
Source: https://docs.rallyuxr.com/api-reference/people/search-for-people
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from target_people.emulator.exchange import Answer

if TYPE_CHECKING:
    from target_people.emulator.apis.base import VendorApi
    from target_people.emulator.people import Person
    from target_people.emulator.store import Document

INTERNAL = {
    "EMAIL": "email",
    "FIRST_NAME": "firstName",
    "LAST_NAME": "lastName",
    "PHONE": "phone",
    "OPTED_OUT": "isOptedOut",
    "LAST_CONTACT_DATE": "lastContactDate",
}
MOST = 100


def page(entries: list[Document], size: int, start: int) -> Document:
    """Return one page of ``entries`` in the form of all of Rally's lists; a cursor is the number of those before."""
    end = min(start + size, len(entries))
    info = {"hasNextPage": end < len(entries), "hasPreviousPage": start > 0}
    cursors = {"startCursor": str(start), "endCursor": str(end)}
    return {"results": entries[start:end], "total": len(entries), "pageInfo": info | cursors}


def search(api: VendorApi, body: Document) -> Answer:
    """Answer the people that a search finds.

    Raises:
        Refusal: The ids, the filter or the page is not of the documented form.
    """
    _check(api, body)
    ids = body.get("peopleIds")
    people = api.people.page(-1) if ids is None else api.people.by_id(map(str, ids))
    found = [person for person in people if _matches(api, body.get("filter"), person.document)]
    info = body.get("pageInfo") or {}
    size, cursor = info.get("size", 10), str(info.get("startCursor") or 0)
    if not isinstance(size, int) or not 1 <= size <= MOST or not cursor.isdecimal():
        raise api.refuse(HTTPStatus.BAD_REQUEST, f"pageInfo must have a size from 1 to {MOST} and a known startCursor")
    properties = api.world.catalogues.get("rally")["properties"]
    masked = {entry["propertyId"] for entry in properties if _is_masked(entry, api.quirk("masked_properties"))}
    kinds = {entry["propertyId"]: entry["propertyType"] for entry in properties if entry["propertyId"] not in masked}
    wanted = [str(name) for name in body.get("attachProperties") or []]
    answer = page([_result(person, wanted, kinds) for person in found], size, int(cursor))
    codes = {name: "UNAUTHORIZED" if name in masked else "NOT_FOUND" for name in wanted}
    errors = [(name, code) for name, code in codes.items() if name not in kinds and name not in INTERNAL]
    return Answer.of(answer | {"errors": [{"errorCode": code, "propertyId": name} for name, code in errors]})


def _is_masked(entry: Document, variant: str) -> bool:
    return variant == "custom" or (variant == "flagged" and (entry["isPII"] or entry["isPHI"]))


def _check(api: VendorApi, body: Document) -> None:
    forms = {"peopleIds": list, "attachProperties": list, "filter": dict, "pageInfo": dict}
    for name, form in forms.items():
        if name in body and body[name] is not None and not isinstance(body[name], form):
            raise api.refuse(HTTPStatus.BAD_REQUEST, f"{name} has the wrong type")


def _result(person: Person, wanted: list[str], kinds: dict[str, str]) -> Document:
    document = person.document
    attached = [
        {"propertyId": name, "propertyType": kinds.get(name, "STRING"), "value": _value(document, name)}
        for name in wanted
        if name in kinds or name in INTERNAL
    ]
    identity = {"personId": person.id, "email": document["email"]}
    return identity | {"properties": attached, "populationIds": document["populationIds"]}


def _value(document: Document, name: str) -> object:
    return document[INTERNAL[name]] if name in INTERNAL else document["properties"].get(name)


def _matches(api: VendorApi, node: Document | None, document: Document) -> bool:
    if not node:
        return True
    inner = node.get("filters", [node.get("customProperty")])
    if not isinstance(inner, list) or not all(isinstance(one, dict) for one in inner):
        raise api.refuse(HTTPStatus.BAD_REQUEST, "a filter has filters, or a customProperty")
    if "filters" in node:
        combine = any if node.get("operator") == "OR" else all
        return combine(_matches(api, one, document) for one in inner)
    return _holds(api, inner[0], document["properties"])


def _holds(api: VendorApi, test: Document, properties: Document) -> bool:
    equal = properties.get(str(test.get("propertyId"))) == test.get("value")
    outcomes: dict[str, bool] = {"IS": equal, "EQUAL": equal, "IS_NOT": not equal, "NOT_EQUAL": not equal}
    outcome = outcomes.get(str(test.get("operator")))
    if outcome is None:
        raise api.refuse(HTTPStatus.BAD_REQUEST, f"operator must be one of {', '.join(outcomes)}")
    return outcome
