"""Phone numbers: E.164 where that can be known, else as they are.

Like every normaliser, this takes a decoded JSON value, gives None for null and blank text, and raises ``RecordError``
without a field: the mapping, which knows it, adds it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from target_people.errors import RecordError
from target_people.people.code import Code
from target_people.people.number import integer

if TYPE_CHECKING:
    from collections.abc import Callable

# Digits with what people put between them; at most one plus, in front. No letters: vanity numbers and extensions are
# not E.164, and cutting them off would be somebody else's number.
_PHONE = re.compile(r"\(?\+?[\d\s()./\u2010-\u2015-]*\d[\d\s()./\u2010-\u2015-]*")
_BETWEEN = re.compile(r"\D+")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
_MAX_BITS = 64


def phone(value: object, region: str | None = None) -> str | None:
    """A phone number: E.164 where that can be known, else as it is.

    A number with ``+`` or ``00`` in front is international and becomes E.164. Any other is national: with a region it
    becomes E.164, without one it is passed on trimmed. Possible is enough: numbering plans open ranges faster than
    libraries learn of them.

    Args:
        value: a decoded JSON value; whole numbers count as their digits.
        region: ISO 3166-1 alpha-2, such as ``GB``.

    Raises:
        RecordError: ``not_phone``, also for letters, extensions and several numbers in one.
    """
    if value is None:
        return None
    text = value.strip() if isinstance(value, str) else _digits(value)
    if not text:
        return None
    quick = _plainly_international(text)
    if quick is not None:
        return quick
    if not _PHONE.fullmatch(text):
        raise RecordError(Code.NOT_PHONE)
    return _e164(text, region)


def without_plus(field: str) -> Callable[[str], str]:
    """What writes an E.164 number as its digits alone.

    Args:
        field: the vendor's field, named where the number is national.

    Raises:
        RecordError: ``not_phone`` for a number without ``+``, by what is returned.
    """

    def digits(number: str) -> str:
        if not number.startswith("+"):
            raise RecordError(Code.NOT_PHONE, field)
        return number[1:]

    return digits


def _digits(value: object) -> str:
    """A number typed as a number; a sign would be a mistake."""
    try:
        whole = integer(value)
    except RecordError:
        whole = None
    if whole is None or whole < 0 or whole.bit_length() > _MAX_BITS:
        raise RecordError(Code.NOT_PHONE)
    return str(whole)


def _e164(text: str, region: str | None) -> str:
    international = f"+{text[2:]}" if text.startswith("00") else text
    if "+" in international:
        quick = _plainly_international(f"+{_BETWEEN.sub('', international)}")
        if quick is not None:
            return quick
    elif region is None:
        return text
    return _checked(international, region)


def _checked(international: str, region: str | None) -> str:
    """By the library."""
    import phonenumbers  # noqa: PLC0415 - slow to import, and a stream may have no phone numbers

    try:
        found = phonenumbers.parse(international, region)
    except phonenumbers.NumberParseException:
        raise RecordError(Code.NOT_PHONE) from None
    if phonenumbers.is_possible_number_with_reason(found) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise RecordError(Code.NOT_PHONE)
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


class _Numbers(NamedTuple):
    """The numbers of one country code.

    Args:
        lengths: how many digits may follow the country code.
        trunk: matches the digits in front that the library may take away; None when there are none.
    """

    lengths: frozenset[int]
    trunk: Callable[[str], object] | None


@cache
def _numbers(country_code: str) -> _Numbers | None:
    """From the library's metadata; None for a code that nobody has. At most 999 are ever asked for."""
    import phonenumbers  # noqa: PLC0415 - the same

    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(country_code))
    if regions is None:
        return None
    nowhere = regions[0] == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
    of = phonenumbers.PhoneMetadata
    known = of.metadata_for_nongeo_region(int(country_code)) if nowhere else of.metadata_for_region(regions[0])
    if known is None or known.general_desc is None:
        return None
    trunk = known.national_prefix_for_parsing
    return _Numbers(frozenset(known.general_desc.possible_length), re.compile(trunk).match if trunk else None)


def _plainly_international(text: str) -> str | None:
    """A number that the library leaves as it is, recognised in a twentieth of its time (22 microseconds each).

    Whatever may need a change, such as a trunk prefix, is left to the library; a property test holds
    the two against each other.
    """
    if not _INTERNATIONAL.fullmatch(text):
        return None
    for end in (3, 2, 4):
        known = _numbers(text[1:end])
        if known is not None:
            rest = text[end:]
            good = len(rest) in known.lengths and not (known.trunk and known.trunk(rest))
            return text if good else None
    return None
