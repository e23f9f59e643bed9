"""Checks of single values that more than one vendor makes."""

from __future__ import annotations

import re
from datetime import date, datetime

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
NO_DIGIT = re.compile(r"\D+")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_email(value: object) -> bool:
    """Tell whether ``value`` is a text that looks like an e-mail address."""
    return isinstance(value, str) and EMAIL.fullmatch(value) is not None


def is_text(value: object, longest: int | None = None) -> bool:
    """Tell whether ``value`` is a text of at most ``longest`` characters."""
    return isinstance(value, str) and (longest is None or len(value) <= longest)


def is_number(value: object) -> bool:
    """Tell whether ``value`` is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_date(value: object) -> bool:
    """Tell whether ``value`` is a text that is a day of the calendar, as ``YYYY-MM-DD``."""
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_moment(value: object) -> bool:
    """Tell whether ``value`` is a text that is a day or an ISO 8601 date-time."""
    if is_date(value):
        return True
    if not isinstance(value, str) or not ISO_DATE.match(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_texts(value: object) -> bool:
    """Tell whether ``value`` is a list of texts."""
    return isinstance(value, list) and all(isinstance(element, str) for element in value)


def digits(phone: object) -> str:
    """Return the digits of a phone number, as far as it is a text, for comparison."""
    return NO_DIGIT.sub("", phone) if isinstance(phone, str) else ""


def folded(email: object) -> str:
    """Return an e-mail address for comparison: trimmed and in lower case; empty if it is no text."""
    return email.strip().lower() if isinstance(email, str) else ""
