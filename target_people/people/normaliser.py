"""Normalisers: from what a column holds to the one form of a person field.

Each takes a decoded JSON value (integers and decimals without loss), gives None for null and blank text, and raises
``RecordError`` without a field: the mapping, which knows it, adds it. No text of theirs holds the value.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from target_people.errors import ConfigurationError, RecordError
from target_people.people.code import Code
from target_people.people.contact import email, emails, phones
from target_people.people.field import CONSENT, PersonField
from target_people.people.moment import date
from target_people.people.number import boolean, written
from target_people.people.phone import phone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# ISO 639-1, all codes; `zz-ZZ` would otherwise pass for a language.
_LANGUAGE_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it "
    "iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt "
    "my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl "
    "sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo "
    "za zh zu"
)
_LANGUAGES = frozenset(_LANGUAGE_CODES.split())
_LOCALE = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8})*)")
_USUAL_LOCALE = re.compile("[a-z]{2}-[A-Z]{2}")
_SCRIPT_LENGTH, _REGION_LENGTH = 4, 2
# U is all that is left where the vendor's list ends at M, F and U; ISO 5218's numbers are too easily something else.
_GENDERS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("m", "male", "man"), "M"),
        **dict.fromkeys(("f", "female", "woman"), "F"),
        **dict.fromkeys(("u", "unknown", "unspecified", "undisclosed", "not specified", "prefer not to say"), "U"),
        **dict.fromkeys(("x", "other", "diverse", "non-binary", "nonbinary"), "U"),
    }
)


def text(value: object) -> str | None:
    """Text without the white space around it; a number becomes its digits, without an exponent.

    Raises:
        RecordError: ``not_text`` for a boolean, an object, an array or a number beyond some 400 digits.
    """
    if isinstance(value, str):
        return value.strip() or None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float):
        raise RecordError(Code.NOT_TEXT)
    try:
        return written(value)
    except RecordError:
        raise RecordError(Code.NOT_TEXT) from None


def _word(value: object, code: Code) -> str | None:
    """Text that was text before; None when blank."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise RecordError(code)
    return value.strip() or None


def gender(value: object) -> str | None:
    """``M``, ``F`` or ``U`` from the usual English words; other genders are ``U``, as no vendor has more.

    Raises:
        RecordError: ``not_gender``.
    """
    word = _word(value, Code.NOT_GENDER)
    if word is None:
        return None
    found = _GENDERS.get(word.lower())
    if found is None:
        raise RecordError(Code.NOT_GENDER)
    return found


def language(value: object) -> str | None:
    """Two lower-case letters of ISO 639-1; a locale such as ``en-GB`` gives its language.

    Raises:
        RecordError: ``not_language``.
    """
    word = _word(value, Code.NOT_LANGUAGE)
    if word is None or word in _LANGUAGES:
        return word
    found = _LOCALE.fullmatch(word)
    if found is None or found[1].lower() not in _LANGUAGES:
        raise RecordError(Code.NOT_LANGUAGE)
    return found[1].lower()


def locale(value: object) -> str | None:
    """A language tag with hyphens and the usual case, such as ``nl-NL`` from ``nl_nl``.

    Raises:
        RecordError: ``not_locale``.
    """
    word = _word(value, Code.NOT_LOCALE)
    if word is None or _USUAL_LOCALE.fullmatch(word):
        return word
    found = _LOCALE.fullmatch(word)
    if found is None:
        raise RecordError(Code.NOT_LOCALE)
    parts = found[2].replace("_", "-").split("-")
    return "-".join([found[1].lower(), *map(_cased, parts[1:])])


def _cased(part: str) -> str:
    """Regions in capitals, scripts with a capital, the rest in lower case."""
    if len(part) == _REGION_LENGTH:
        return part.upper()
    return part.title() if len(part) == _SCRIPT_LENGTH and part.isalpha() else part.lower()


@cache
def _timezones() -> Mapping[str, str]:
    """The names of the time zone database by their lower-case spelling."""
    return MappingProxyType({name.lower(): name for name in available_timezones()})


def timezone(value: object) -> str | None:
    """A name of the IANA time zone database, such as ``Europe/Dublin``.

    Raises:
        RecordError: ``not_timezone``, also for offsets and abbreviations that the database does not list.
    """
    word = _word(value, Code.NOT_TIMEZONE)
    if word is None:
        return None
    found = _timezones().get(word.lower())
    if found is None:
        raise RecordError(Code.NOT_TIMEZONE)
    return found


def url(value: object) -> str | None:
    """A web address, ``http`` or ``https`` with a host, as it is.

    Raises:
        RecordError: ``not_url``.
    """
    word = _word(value, Code.NOT_URL)
    if word is None:
        return None
    try:
        parts = urlsplit(word)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and len(word.split()) == 1
    except ValueError:
        good = False
    if not good:
        raise RecordError(Code.NOT_URL)
    return word


_day = partial(date, from_datetime=True)
"""Columns of dates often arrive as date-times at midnight, and the fields concerned have no time of day."""

_NORMALISERS: Mapping[PersonField, Callable[[Any], Any]] = MappingProxyType(
    {
        PersonField.EMAIL: email,
        PersonField.ADDITIONAL_EMAILS: emails,
        PersonField.GENDER: gender,
        PersonField.BIRTH_DATE: _day,
        PersonField.LAST_CONTACTED_ON: _day,
        PersonField.LANGUAGE: language,
        PersonField.LOCALE: locale,
        PersonField.TIMEZONE: timezone,
        PersonField.AVATAR_URL: url,
        **dict.fromkeys(CONSENT, boolean),
    }
)
_OF_REGION: Mapping[PersonField, Callable[[Any, str | None], Any]] = MappingProxyType(
    {PersonField.PHONE: phone, PersonField.MOBILE: phone, PersonField.ADDITIONAL_PHONES: phones}
)


def _has_numbers(region: str) -> bool:
    import phonenumbers  # noqa: PLC0415 - slow to import, and a stream may have no phone numbers

    return region in phonenumbers.SUPPORTED_REGIONS


def normaliser(field: PersonField, phone_region: str | None = None) -> Callable[[Any], Any]:
    """What brings a value into the form of a person field; text, for a field without a form of its own.

    Args:
        field: the person field.
        phone_region: ISO 3166-1 alpha-2 region of national phone numbers.

    Raises:
        ConfigurationError: when no phone number belongs to the region.
    """
    if field not in _OF_REGION:
        return _NORMALISERS.get(field, text)
    if phone_region is not None and not _has_numbers(phone_region):
        message = f"phone_region: {phone_region} is no ISO 3166-1 alpha-2 region with phone numbers, such as GB"
        raise ConfigurationError(message)
    chosen = _OF_REGION[field]
    return lambda value: chosen(value, phone_region)
