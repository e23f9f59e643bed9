"""A person as a request holds it, without what it says of anybody."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from target_people.delivery.json import decode, encode

if TYPE_CHECKING:
    from collections.abc import Collection

_MASK = "•••"
_MIDDLING, _LONG = 9, 41
_PLACES_OF_NAMES = 2
"""So deep, keys are the vendor's own or columns; below, inside the value of a column, they may be anything."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d[\d:.+Z-]*)?|\d\d/\d\d/\d{4}")
_PHONE = re.compile(r"\+\d+")


def masked(body: bytes, constants: Collection[str]) -> bytes:
    """The same JSON with the same structure and types, and no value in it.

    Text becomes ``•••``, ``••••••`` or ``•••••••••`` (up to 8, up to 40, more characters), ``•••@•••`` for an e-mail
    address, ``+•••`` for an international phone number and zeros for a date. Numbers become 0, true becomes false;
    null stays. Keys inside the value of a column are masked as well.

    Args:
        body: one encoded person.
        constants: the vendor's ``constants``, which stay as they are.
    """
    return encode(_masked(decode(body), (), constants))


def _masked(value: Any, path: tuple[str, ...], constants: Collection[str]) -> Any:  # noqa: ANN401 - any JSON
    if ".".join(path) in constants and isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {
            _key(key, path, number): _masked(inner, (*path, key), constants)
            for number, (key, inner) in enumerate(value.items(), 1)
        }
    if isinstance(value, list):
        return [_masked(inner, path, constants) for inner in value]
    return _leaf(value)


def _key(key: str, path: tuple[str, ...], number: int) -> str:
    return key if len(path) < _PLACES_OF_NAMES else f"{_MASK}{number}"


def _leaf(value: object) -> object:
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value and False
    return Decimal("0.0") if isinstance(value, Decimal | float) else 0


def _text(value: str) -> str:
    if "@" in value:
        return f"{_MASK}@{_MASK}"
    if _DATE.fullmatch(value):
        return re.sub(r"\d", "0", value)
    if _PHONE.fullmatch(value):
        return f"+{_MASK}"
    return _MASK * (1 + (len(value) >= _MIDDLING) + (len(value) >= _LONG))
