"""Reading answers whose form is known in part: nothing here fails, whatever the vendor answered."""

from __future__ import annotations

import dataclasses
from functools import reduce
from typing import TYPE_CHECKING, Any

from target_people.delivery.json import encode
from target_people.delivery.message import Request
from target_people.errors import JobUnknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from target_people.delivery.message import Flow

GONE = frozenset({404, 410})
"""Statuses of an answer that knows nothing of what was asked for; for ``Request.expects``."""

OPTIONAL = frozenset({400, 403, 404, 405, 410, 422, 501})
"""Statuses of a refusal that costs nothing but the answer, of a request that a run can do without; for ``expects``."""


def at(body: Any, place: str) -> Any:  # noqa: ANN401 - any JSON
    """What stands at a dotted place, such as ``data.task_id``; None where there is no such place."""
    return reduce(lambda found, key: found.get(key) if isinstance(found, dict) else None, place.split("."), body)


def first_at(body: Any, *places: str) -> Any:  # noqa: ANN401 - any JSON
    """What stands at the first of several places where anything but null, nothing and zero stands; None for none."""
    return next((found for place in places if (found := at(body, place))), None)


def object_of(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """The value itself when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    """The value itself when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    """The value itself when it is a list, else a list of it alone; empty for null and nothing."""
    return value if isinstance(value, list) else [value] if value else []


def objects_of(body: Any, *wrappers: str) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    """The objects of a list that stands bare or in a wrapper; empty when there is none.

    Args:
        body: any JSON.
        wrappers: keys under which it may stand, the first that holds a list counting; every key when none is given.
    """
    wrapped = object_of(body)
    inside = [wrapped.get(key) for key in wrappers or wrapped]
    listed: list[Any] = next((part for part in [body, *inside] if isinstance(part, list)), [])
    return [entry for entry in listed if isinstance(entry, dict)]


def indexed(entries: Iterable[Mapping[str, Any]], *keys: str) -> dict[str, Mapping[str, Any]]:
    """Entries that have all the keys, by the value of each; of equal values the last entry counts."""
    good = [entry for entry in entries if all(map(entry.get, keys))]
    return {str(entry[key]): entry for key in keys for entry in good}


def values_of(entries: object, key: str) -> dict[str, Any]:
    """What a list of ``{key: …, "value": …}`` holds, as one object."""
    return {name: entry.get("value") for name, entry in indexed(objects_of(entries), key).items()}


def cursor_pages(request: Request, *wrappers: str, most: int = 100) -> Flow[list[dict[str, Any]]]:
    """The objects of a list, page after page: ``pageInfo`` of one names the ``startCursor`` of the next.

    Args:
        request: the first page's; others have one more parameter.
        wrappers: as of ``objects_of``.
        most: pages at most, whatever the vendor says.
    """
    entries: list[dict[str, Any]] = []
    query = request.query
    for _ in range(most):
        page = (yield dataclasses.replace(request, query=query)).json()
        entries += objects_of(page, *wrappers)
        cursor = at(page, "pageInfo.endCursor")
        if not cursor or not at(page, "pageInfo.hasNextPage"):
            break
        query = (*request.query, ("startCursor", str(cursor)))
    return entries


def offset_pages(path: str, wrapper: str, key: str) -> Flow[dict[str, Mapping[str, Any]]]:
    """The objects of a list by one of their keys, page after page until one brings no new; none when one is no list.

    Args:
        path: takes a POST with ``limit`` and ``offset``, which may be refused.
        wrapper: where the list stands.
        key: tells the objects apart.
    """
    found: dict[str, Mapping[str, Any]] = {}
    read, more = 0, True
    while more:
        body = encode({"limit": 1000, "offset": read})
        page = at((yield Request("POST", path, body, expects=OPTIONAL)).json(), wrapper)
        if not isinstance(page, list):
            return {}
        entries = indexed(objects_of(page), key)
        read, more = read + len(page), not entries.keys() <= found.keys()
        found |= entries
    return found


def told_of(request: Request) -> Flow[dict[str, Any]]:
    """The object that the vendor tells of a job.

    Raises:
        JobUnknown: when it knows no such job.
    """
    answer = yield dataclasses.replace(request, expects=GONE)
    if answer.status in GONE:
        raise JobUnknown
    return object_of(answer.json())


def looked_up(paths: Iterable[str]) -> Flow[list[dict[str, Any]] | None]:
    """The object at each path, an empty one where there is nothing; None altogether when one is refused."""
    found = []
    for path in paths:
        answer = yield Request("GET", path, expects=OPTIONAL)
        if answer.status in OPTIONAL - GONE:
            return None
        found.append({} if answer.status in GONE else object_of(answer.json()))
    return found
