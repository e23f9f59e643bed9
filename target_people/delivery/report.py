"""Reading a report on an import whose form is not known: whom it complains of, and what became of the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from target_people.delivery.contract import words
from target_people.delivery.verdict import ACCEPTED, CREATED, DELIVERED, UPDATED, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DONE = frozenset({"complete", "completed", "done", "finished", "success", "succeeded", "successful"})
"""Words, in lower case, for an import that went well."""
FAILED = frozenset({"aborted", "canceled", "cancelled", "error", "errored", "expired", "failed", "failure", "rejected"})
"""Words for one that did not. Whatever is in neither set may go on."""

_FAULTY = re.compile("error|fail|reject|invalid")
_COUNTS = ("created", "updated", "unchanged")


def complaints(node: object, own: str, key: str = "", *, faulty: bool = False) -> Iterator[tuple[str, str]]:
    """Whom a report complains of, or the nearest key, and in which words; lists of the good are none of it.

    Args:
        node: the report.
        own: the key by which it names people, such as ``external_id``.
        key: under which the node stands.
        faulty: whether any key above speaks of errors.
    """
    if isinstance(node, dict) and own in node:
        yield str(node[own]), words(node)
        return
    inside = node.items() if isinstance(node, dict) else [(key, one) for one in node] if isinstance(node, list) else ()
    for inner, value in inside:
        if inner not in _COUNTS:
            yield from complaints(value, own, inner, faulty=faulty or _FAULTY.search(inner) is not None)
    if faulty and isinstance(node, str) and node:
        yield key, node


def outcome(result: Mapping[str, Any], good: int, bad: int) -> Outcome | None:
    """What became of those whom no error names; None when the counts do not account for everybody.

    Args:
        result: the part of a report that may hold counts, or lists, of the created, updated, unchanged and failed.
        good: how many no error names.
        bad: how many one names.
    """
    counts = [_count(result.get(key, result.get(f"{key}_count"))) for key in _COUNTS]
    known = [count for count in counts if count is not None]
    faults = [_count(value) for key, value in result.items() if _FAULTY.search(key)]
    if (known and sum(known) != good) or max((count or 0 for count in faults), default=0) > bad:
        return None
    if not known and not faults:
        return ACCEPTED
    return next((one for one, count in zip((CREATED, UPDATED), counts, strict=False) if count == good), DELIVERED)


def _count(value: object) -> int | None:
    return len(value) if isinstance(value, list) else value if isinstance(value, int) else None
