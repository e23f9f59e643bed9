"""Converters: the forms that vendors' custom attributes take; a vendor picks one per attribute.

Each takes a decoded JSON value that is neither null nor blank and raises ``RecordError`` without a field: the mapping,
which knows the attribute's key, adds it. No text of theirs holds the value.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from target_people.errors import RecordError
from target_people.people.code import Code
from target_people.people.moment import date_time
from target_people.people.number import boolean, integer, number, written

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

# The form that is written here anyway, on days that every month has: recognised in a tenth of the time of reading it.
_USUAL_MOMENT = re.compile(
    r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
)
_encode = msgspec.json.Encoder(decimal_format="number").encode


def as_is(value: object) -> object:
    """Any JSON value, untouched.

    Raises:
        RecordError: ``not_json`` for NaN and infinity, which JSON does not have; a stream map can make them.
    """
    if _expressible(value):
        return value
    raise RecordError(Code.NOT_JSON)


def _expressible(value: object) -> bool:
    """Whether every number inside is finite: the encoder writes null for a float that is not, which may clear."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, dict):
        return all(map(_expressible, value.values()))
    return all(map(_expressible, value)) if isinstance(value, list) else True


def as_text(value: object) -> str:
    """Text as it is; numbers in full, booleans as ``true`` and ``false``, objects and arrays as compact JSON.

    Raises:
        RecordError: ``not_text`` for what JSON cannot write, or a number beyond some 400 digits.
    """
    if isinstance(value, str):
        return value
    try:
        if isinstance(value, int | Decimal | float) and not isinstance(value, bool):
            return written(value)
        return as_json_text(value)
    except RecordError:
        raise RecordError(Code.NOT_TEXT) from None


def as_number_from_text(value: object) -> int | Decimal | float | None:
    """A finite number without loss, also from text that is a JSON number.

    Raises:
        RecordError: ``not_number``.
    """
    return number(value, from_text=True)


def as_integer(value: object) -> int | None:
    """A whole number; ``12.0`` is one, text is none.

    Raises:
        RecordError: ``not_integer``.
    """
    return integer(value)


def as_boolean(value: object) -> bool | None:
    """A boolean, in its usual spellings.

    Raises:
        RecordError: ``not_boolean``.
    """
    return boolean(value)


def as_datetime_text(value: object) -> str | None:
    """``YYYY-MM-DDTHH:MM:SS[.ffffff]Z``, in UTC; a time without an offset is read as UTC, a date as its midnight.

    Raises:
        RecordError: ``not_datetime``.
    """
    if value.__class__ is str and _USUAL_MOMENT.fullmatch(value):
        return value
    found = date_time(value)
    try:
        return None if found is None else f"{found.astimezone(dt.UTC).replace(tzinfo=None).isoformat()}Z"
    except OverflowError:
        raise RecordError(Code.NOT_DATETIME) from None


def as_day_text(value: object) -> str:
    """``YYYY-MM-DD``, of a date-time the day that it is in UTC: for vendors that keep no time.

    Raises:
        RecordError: ``not_datetime``.
    """
    return (as_datetime_text(value) or "")[: len("YYYY-MM-DD")]


def as_second_text(value: object) -> str:
    """``YYYY-MM-DD HH:MM:SS`` in UTC, fractions left out; a midnight is its day alone.

    Raises:
        RecordError: ``not_datetime``.
    """
    return str(as_datetime_text(value))[: len("YYYY-MM-DDTHH:MM:SS")].replace("T", " ").removesuffix(" 00:00:00")


def as_json_text(value: object) -> str:
    """Compact JSON text of any value, decimals without loss.

    Raises:
        RecordError: ``not_json`` for what JSON cannot write.
    """
    try:
        if _expressible(value):
            return _encode(value).decode()
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise RecordError(Code.NOT_JSON) from None
    raise RecordError(Code.NOT_JSON)


def one_of(names: Collection[object]) -> Callable[[Any], str]:
    """Text that is one of ``names``; any text when there are none.

    Raises:
        RecordError: ``not_in_list``, by what is returned.
    """

    def chosen(value: object) -> str:
        text = as_text(value)
        if names and text not in names:
            raise RecordError(Code.NOT_IN_LIST)
        return text

    return chosen


def each(convert: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    """The same converter for every element of a list; a value that is no list counts as a list of it alone."""
    return lambda value: [convert(one) for one in (value if isinstance(value, list) else [value])]


def limited(convert: Callable[[Any], Any], max_characters: int) -> Callable[[Any], Any]:
    """The same converter with a limit: too long is refused, never cut.

    Args:
        convert: any converter; of a result that is no text, its text is counted.
        max_characters: at most this many, at least 1.

    Raises:
        RecordError: ``too_long``, by what is returned.
    """

    def checked(value: object) -> object:
        if value.__class__ is str and convert is as_text and len(value) <= max_characters:
            return value
        result = convert(value)
        if result is not None and len(as_text(result)) > max_characters:
            raise RecordError(Code.TOO_LONG)
        return result

    return checked


def of_type(word: str, names: Collection[object] = ()) -> Callable[[Any], Any] | None:
    """The converter for what vendors call a type of attribute, in any case; None for a word that is not known.

    Args:
        word: such as ``Text``, ``NUMBER`` or ``single_select``. Of a date-time the day is taken.
        names: of the options of a select; any when there are none.
    """
    select = one_of(names)
    known: dict[str, Callable[[Any], Any]] = {
        **dict.fromkeys(("text", "string", "location"), as_text),
        **dict.fromkeys(("number", "float"), as_number_from_text),
        **dict.fromkeys(("date", "datetime"), as_day_text),
        "boolean": as_boolean,
        "single_select": select,
        "multi_select": each(select),
    }
    return known.get(word.lower())


_UNCHANGED: Mapping[Callable[[Any], Any], frozenset[type]] = MappingProxyType(
    {
        as_is: frozenset({str, int, bool}),
        as_text: frozenset({str}),
        as_number_from_text: frozenset({int}),
        as_integer: frozenset({int}),
        as_boolean: frozenset({bool}),
    }
)


def unchanged(convert: Callable[[Any], Any]) -> frozenset[type]:
    """The classes whose values a converter hands back as they are, so that it need not be called for them."""
    return _UNCHANGED.get(convert, frozenset())
