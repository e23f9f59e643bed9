"""The same people on the wire as target-people makes of them, written down by hand for the two other subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tests.bench.endpoint import FLAMEUP, XTREMEPUSH
from tests.bench.people import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OTHERS = tuple(column for column in COLUMNS if column not in {"external_id", "email", "phone"})
_COLUMNS = ("user_id", "email", "email_subscription", "mobile_number", "sms_subscription", *_OTHERS)


class Wire(NamedTuple):
    """How one vendor takes people.

    Args:
        path: behind the address of the endpoint.
        person: from a record to one person.
        body: from people to the object that is sent.
    """

    path: str
    person: Callable[[Mapping[str, Any]], Any]
    body: Callable[[list[Any]], dict[str, Any]]


def _flameup(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "userId": record["external_id"],
        "email": record["email"],
        "phone": record["phone"],
        "traits": {column: record[column] for column in _OTHERS},
    }


def _xtremepush(record: Mapping[str, Any]) -> list[Any]:
    own = [record["external_id"], record["email"], 1, record["phone"][1:], 1]
    return own + [record[column] for column in _OTHERS]


WIRES = {
    "flameup": Wire(FLAMEUP, _flameup, lambda people: {"people": people}),
    "xtremepush": Wire(
        XTREMEPUSH, _xtremepush, lambda people: {"columns": _COLUMNS, "rows": people, "apptoken": "bench"}
    ),
}
"""Vendor → how it takes people."""
