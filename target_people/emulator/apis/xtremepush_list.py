"""The parameters that all of Xtremepush's list calls share: condition, select, order, limit, offset.

Documented: the five names and conditions as ``[field, operator, value]``; the operators and the object form of a
condition are those that public clients use.
Source: https://docs.xtremepush.com/reference/task-list
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from target_people.emulator.apis.fields import is_number, is_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.emulator.store import Document

MOST = 5_000


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(stored: Any, wanted: Any) -> bool:  # noqa: ANN401 - any JSON value
        try:
            return stored is not None and test(float(stored), float(wanted))
        except (TypeError, ValueError):
            return test(str(stored), str(wanted))

    return compare


def _equal(stored: object, wanted: object) -> bool:
    return str(stored) == str(wanted) if stored is not None and wanted is not None else stored is wanted


def _among(stored: object, wanted: object) -> bool:
    return isinstance(wanted, list) and any(_equal(stored, one) for one in wanted)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": _equal,
    "!=": lambda stored, wanted: not _equal(stored, wanted),
    ">": _compare(operator.gt),
    ">=": _compare(operator.ge),
    "<": _compare(operator.lt),
    "<=": _compare(operator.le),
    "IN": _among,
    "NOT IN": lambda stored, wanted: not _among(stored, wanted),
}


def selected(body: Document, entries: list[Document]) -> list[Document]:
    """Return the entries that a list call asks for.

    Raises:
        ValueError: A parameter does not have the documented form.
    """
    tests, combine = _tests(body.get("condition", []))
    orders, names = body.get("order", []), body.get("select", [])
    if not is_texts(orders) or not is_texts(names):
        message = "order and select must be arrays of texts"
        raise ValueError(message)
    found = [e for e in entries if combine(OPERATORS[sign](e.get(name), value) for name, sign, value in tests)]
    for order in reversed(orders):
        name, _, direction = order.partition(" ")
        found.sort(key=lambda entry: _rank(entry.get(name)), reverse=direction.upper() == "DESC")
    limit, offset = body.get("limit", MOST), body.get("offset", 0)
    if not all(isinstance(number, int) and number >= 0 for number in (limit, offset)):
        message = "limit and offset must be whole numbers, 0 or more"
        raise ValueError(message)
    page = found[offset : offset + min(limit, MOST)]
    return [{name: entry.get(name) for name in names} for entry in page] if names else page


def _rank(value: object) -> tuple[float, str]:
    return (float(value), "") if is_number(value) and isinstance(value, int | float) else (0.0, str(value))


def _tests(condition: object) -> tuple[list[list[Any]], Callable[..., bool]]:
    combine: Callable[..., bool] = all
    if isinstance(condition, dict):
        combine = any if condition.get("operator") == "OR" else all
        condition = [value for name, value in condition.items() if name != "operator"]
    if not isinstance(condition, list) or not all(_is_test(test) for test in condition):
        message = f"condition must be an array of [field, operator, value]; operators are {' '.join(OPERATORS)}"
        raise ValueError(message)
    return condition, combine if condition else all


def _is_test(test: object) -> bool:
    return isinstance(test, list) and len(test) == 3 and isinstance(test[0], str) and test[1] in OPERATORS  # noqa: PLR2004 - field, operator, value
