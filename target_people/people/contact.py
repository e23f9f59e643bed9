"""Addresses to reach somebody: one e-mail address, and several addresses or phone numbers in one column.

Like every normaliser, these take a decoded JSON value, give None for null and blank text, and raise ``RecordError``
without a field: the mapping, which knows it, adds it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from target_people.errors import RecordError
from target_people.people.code import Code
from target_people.people.phone import phone

if TYPE_CHECKING:
    from collections.abc import Callable

# Addresses that email-validator is known to take as they are, at a thirtieth of its time (35 microseconds each, more
# than all the rest of a record): short, of plain letters, no doubtful hyphens, none of the domain names that it holds
# special. Whatever does not match is left to the library; a property test holds the two against each other.
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_+'-]++(?:\.[A-Za-z0-9_+'-]++)*+@(?:[A-Za-z0-9]++(?:-[A-Za-z0-9]++)*+\.)+"
    r"(?!(?i:arpa|invalid|local|localhost|onion|test)$)[A-Za-z]{2,20}"
)
_PLAIN_LENGTH = 62  # too short for any part to be too long
_SEPARATORS = re.compile("[,;]")


def email(value: object) -> str | None:
    """An address that could exist: the domain in lower case, the local part as it is (its case may matter).

    Nothing is looked up. Domains kept for tests and examples are fine. International addresses are fine.

    Raises:
        RecordError: ``not_email``.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise RecordError(Code.NOT_EMAIL)
    text = value.strip()
    if not text:
        return None
    if len(text) <= _PLAIN_LENGTH and _PLAIN_EMAIL.fullmatch(text):
        local, _, domain = text.partition("@")
        return f"{local}@{domain.lower()}"
    return _checked_email(text)


def _checked_email(text: str) -> str:
    """By the library. A domain written in ASCII stays ASCII: not every vendor reads the other spelling."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - slow to import, seldom needed

    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise RecordError(Code.NOT_EMAIL) from None
    ascii_domain = text.rpartition("@")[2].isascii() and found.ascii_domain
    return f"{found.local_part}@{ascii_domain or found.domain}"


def emails(value: object) -> list[str] | None:
    """Several addresses, from an array or from text with commas or semicolons; each one once, in order.

    Raises:
        RecordError: ``not_email`` when one of them is none.
    """
    return _several(value, email, Code.NOT_EMAIL)


def phones(value: object, region: str | None = None) -> list[str] | None:
    """Several phone numbers, from an array or from text with commas or semicolons; each one once, in order.

    Raises:
        RecordError: ``not_phone`` when one of them is none.
    """
    return _several(value, lambda one: phone(one, region), Code.NOT_PHONE)


def _several(value: object, kind: Callable[[Any], str | None], code: Code) -> list[str] | None:
    """Blank and null members are nobody's address; a list of them alone is null."""
    if value is None:
        return None
    if isinstance(value, dict):
        raise RecordError(code)
    parts = _SEPARATORS.split(value) if isinstance(value, str) else value if isinstance(value, list) else [value]
    found = [one for part in parts if (one := kind(part)) is not None]
    return list(dict.fromkeys(found)) or None
