"""Dates and times, ISO 8601 alone: ``01/02/2024`` is a different day in different countries and is refused.

Like every normaliser, these take a decoded JSON value, give None for null and blank text, and raise ``RecordError``
without a field: the mapping, which knows it, adds it.
"""

from __future__ import annotations

import datetime as dt
import re

from target_people.errors import RecordError
from target_people.people.code import Code

# The standard library also reads `20240102`, `2024-W01-2` and any character for the `T`; only what people write on
# purpose is taken.
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}.*)?")


def date(value: object, *, from_datetime: bool = False) -> dt.date | None:
    """A calendar date from ``YYYY-MM-DD``.

    Args:
        value: a decoded JSON value.
        from_datetime: whether a date-time counts. Its date is the one that is written, whatever the offset says: a
            birthday at midnight in Amsterdam is not the day before in London.

    Raises:
        RecordError: ``not_date``.
    """
    text = _text(value, Code.NOT_DATE)
    if text is None:
        return None
    if from_datetime and len(text) > len("YYYY-MM-DD"):
        return _read(text, Code.NOT_DATE).date()
    if not _DATE.fullmatch(text):
        raise RecordError(Code.NOT_DATE)
    return _read(text, Code.NOT_DATE).date()


def date_time(value: object) -> dt.datetime | None:
    """A moment with its offset, from ISO 8601 with ``Z``, an offset or none, with ``T`` or a space, with fractions.

    A time without an offset is read as UTC; a date alone is its midnight in UTC. Fractions are kept to the microsecond.

    Raises:
        RecordError: ``not_datetime``.
    """
    text = _text(value, Code.NOT_DATETIME)
    if text is None:
        return None
    found = _read(text, Code.NOT_DATETIME)
    return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found


def _text(value: object, code: Code) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise RecordError(code)
    return value.strip() or None


def _read(text: str, code: Code) -> dt.datetime:
    """The standard library's reading, without its words, which hold the value."""
    if not _DATE_TIME.fullmatch(text):
        raise RecordError(code)
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise RecordError(code) from None
