"""Numbers and yes or no, as a column may spell them.

Like every normaliser, these take a decoded JSON value, give None for null and blank text, and raise ``RecordError``
without a field: the mapping, which knows it, adds it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING

from target_people.errors import RecordError
from target_people.people.code import Code

if TYPE_CHECKING:
    from collections.abc import Mapping

# A number as JSON writes it; Decimal would also take `1_000`, `NaN` and the digits of other scripts.
_NUMERIC = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,6})?")
# No number of real data has more digits; `1e999999999` written out would fill the memory.
_MAX_DIGITS = 400
_MAX_BITS = 1328  # the bits of 400 digits

_BOOLEANS: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
        **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
    }
)


def number(value: object, *, from_text: bool = False) -> int | Decimal | float | None:
    """A finite number, as it came: integers and decimals lose nothing.

    Args:
        value: a decoded JSON value.
        from_text: whether text that is a JSON number counts; it becomes an integer or a decimal.

    Raises:
        RecordError: ``not_number``.
    """
    if value.__class__ is int:
        return value
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if from_text and isinstance(value, str):
        return _from_text(value.strip())
    if isinstance(value, int | Decimal | float) and not isinstance(value, bool) and _finite(value):
        return value
    raise RecordError(Code.NOT_NUMBER)


def _finite(value: float | Decimal) -> bool:
    return value.is_finite() if isinstance(value, Decimal) else isinstance(value, int) or isfinite(value)


def _from_text(text: str) -> int | Decimal:
    if len(text) > _MAX_DIGITS or not _NUMERIC.fullmatch(text):
        raise RecordError(Code.NOT_NUMBER)
    return int(text) if text.lstrip("+-").isdigit() else Decimal(text)


def integer(value: object, *, from_text: bool = False) -> int | None:
    """A whole number; ``12.0`` is one.

    Args:
        value: a decoded JSON value.
        from_text: whether text that is a whole number counts.

    Raises:
        RecordError: ``not_integer``.
    """
    try:
        found = number(value, from_text=from_text)
    except RecordError:
        raise RecordError(Code.NOT_INTEGER) from None
    if found is None or isinstance(found, int):
        return found
    if not _writable(found) or found != int(found):
        raise RecordError(Code.NOT_INTEGER)
    return int(found)


def boolean(value: object) -> bool | None:
    """Yes or no, in the spellings that cannot mean anything else: true, yes, y, t, on, 1 and their opposites, any case.

    Raises:
        RecordError: ``not_boolean``.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        if not word or word in _BOOLEANS:
            return _BOOLEANS.get(word)
    elif isinstance(value, int | Decimal | float) and _finite(value) and value in (0, 1):
        return bool(value)
    raise RecordError(Code.NOT_BOOLEAN)


def _writable(value: float | Decimal) -> bool:
    """Whether a number can be written out in full."""
    if isinstance(value, int):
        return value.bit_length() <= _MAX_BITS
    exact = Decimal(value)
    return (
        exact.is_finite()
        and -_MAX_DIGITS <= exact.adjusted() <= _MAX_DIGITS
        and len(exact.as_tuple().digits) <= 2 * _MAX_DIGITS
    )


def written(value: float | Decimal) -> str:
    """A number as plain text: every digit, no exponent.

    Raises:
        RecordError: ``not_number`` for what is not finite, or has more than some 400 digits.
    """
    if isinstance(value, int) and _writable(value):
        return str(value)
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not _writable(exact):
        raise RecordError(Code.NOT_NUMBER)
    return f"{exact:f}"
