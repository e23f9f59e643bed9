"""Whether what a vendor has is what it was sent, however it spells it.

A vendor may keep ``+44 20 7946 0000`` for ``+442079460000``, 1 for true, ``2024-05-01T00:00:00.000Z`` for
``2024-05-01`` and ``12`` for 12.0. What decides is what was sent: text that only looks like a number stays text, so
``02134`` and ``2134`` differ.
"""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from target_people.errors import RecordError
from target_people.people.converter import as_text
from target_people.people.field import PersonField
from target_people.people.moment import date_time
from target_people.people.number import boolean, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from target_people.people.person import WireField

_UNREADABLE = (msgspec.DecodeError, RecursionError)
_decode = msgspec.json.Decoder(float_hook=Decimal).decode


def _digits(value: object) -> str:
    return "".join(filter(str.isdigit, str(value))).removeprefix("00")


def _folded(value: object) -> str:
    return str(value).strip().casefold()


_FORMS: Mapping[PersonField, Callable[[object], str]] = MappingProxyType(
    {
        **dict.fromkeys((PersonField.PHONE, PersonField.MOBILE, PersonField.ADDITIONAL_PHONES), _digits),
        **dict.fromkeys((PersonField.EMAIL, PersonField.ADDITIONAL_EMAILS), _folded),
    }
)


class Likeness:
    """Holds people as a vendor has them against people as they were sent.

    Args:
        fields: the vendor's wire fields, by which phone numbers and addresses are known.
        names: their names where people are read back, as far as these differ.
    """

    def __init__(self, fields: Iterable[WireField], names: Mapping[str, str] = MappingProxyType({})) -> None:
        """Note which keys hold phone numbers and addresses."""
        known = {names.get(wire.name, wire.name): _FORMS.get(wire.takes.fields[0]) for wire in fields}
        self._forms = {name: form for name, form in known.items() if form is not None}

    def __call__(self, sent: Mapping[str, Any], held: Mapping[str, Any]) -> bool | None:
        """Whether everything that was sent is held.

        Args:
            sent: key → value as it was sent; None where it was to be cleared.
            held: key → value as the vendor has it; a key that is not there cannot be told.

        Returns:
            True when all is alike; False when a value differs; else None, when one cannot be told.
        """
        told = [key for key in sent if key in held]
        if not all(self._alike(key, sent[key], held[key]) for key in told):
            return False
        return True if len(told) == len(sent) else None

    def of_all(
        self, sent: Iterable[Mapping[str, Any]], held: Iterable[Mapping[str, Any]], own: str
    ) -> tuple[bool | None, ...]:
        """The same for many, in the order of ``sent``: False for those who are not held.

        Args:
            sent: each with the key ``own``.
            held: in any order.
            own: the key that tells people apart.
        """
        form = self._forms.get(own, str)
        there = {form(one[own]): one for one in held if not _is_blank(one.get(own))}
        return tuple(self(one, there[form(one[own])]) if form(one[own]) in there else False for one in sent)

    def _alike(self, key: str, sent: object, held: object) -> bool:
        form = self._forms.get(key)
        if form is None or _is_blank(sent) or _is_blank(held):
            return alike(sent, held)
        return sorted(map(form, _listed(sent))) == sorted(map(form, _listed(held)))


def alike(sent: object, held: object) -> bool:
    """Whether one value, as decoded JSON, says what another says.

    Args:
        sent: decides what is compared: yes or no, number, list in any order, moment, JSON text or text.
        held: the same value as somebody else may write it; null, blank text and empty lists are one.
    """
    if _is_blank(sent) or _is_blank(held):
        return _is_blank(sent) and _is_blank(held)
    try:
        return _same(sent, held)
    except RecordError:  # what is held is nothing of the kind
        return False


def _same(sent: object, held: object) -> bool:
    if isinstance(sent, bool):
        return boolean(held) is sent
    if isinstance(sent, int | Decimal | float):
        return number(int(held) if isinstance(held, bool) else held, from_text=True) == sent
    if isinstance(sent, list):
        return isinstance(held, list) and _same_members(sent, list(held))
    return _same_text(sent, held) if isinstance(sent, str) else sent == held


def _same_members(sent: list[Any], held: list[Any]) -> bool:
    for value in sent:
        match = next((at for at, other in enumerate(held) if alike(value, other)), None)
        if match is None:
            return False
        del held[match]
    return not held


def _same_text(sent: str, held: object) -> bool:
    if isinstance(held, list | dict) or (isinstance(held, str) and sent[0] in "[{"):
        return _parsed(sent) == _parsed(held)
    return as_text(held).strip() == sent.strip() or _same_moment(sent, held)


def _same_moment(sent: str, held: object) -> bool:
    """Also where the vendor writes seconds since 1970."""
    moment = date_time(sent)
    if moment is None or isinstance(held, str):
        return moment == date_time(held)
    return moment.timestamp() == number(held)


def _parsed(value: object) -> object:
    try:
        return _decode(value) if isinstance(value, str) else value
    except _UNREADABLE:
        return value


def _is_blank(value: object) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
