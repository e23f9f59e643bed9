"""Faults given as text: from the fields of a form, and from the option of the command line."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from types import NoneType
from typing import TYPE_CHECKING, Literal, get_args, get_origin, get_type_hints

from target_people.emulator.faults import FAULTS, fault_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_people.emulator.faults import Fault

SELECTS = {
    "times": "how many calls it hits",
    "skip": "how many calls it lets pass first",
    "method": "only calls with this method; empty for all",
    "path": "only calls whose path contains this; empty for all",
}
"""What the parameters mean that all faults share."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a kind of fault.

    Attributes:
        name: Its name.
        default: What it is unless given; None when it has no value of its own.
        is_text: Whether it is a text; otherwise it is a whole number, 0 or more.
        choices: The texts that are allowed; empty when any is.
        says: What it means, or an empty text.
    """

    name: str
    default: object
    is_text: bool
    choices: tuple[str, ...]
    says: str


def parameters(kind: type[Fault]) -> list[Parameter]:
    """Return the parameters of a kind of fault, its own first."""
    hints = get_type_hints(kind)
    found = [
        _parameter(field.name, hints[field.name], None if field.default is MISSING else field.default)
        for field in fields(kind)
    ]
    return sorted(found, key=lambda parameter: parameter.name in SELECTS)


def _parameter(name: str, hint: object, default: object) -> Parameter:
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    is_text = bool(choices) or str in (hint, *(part for part in get_args(hint) if part is not NoneType))
    return Parameter(name, default, is_text, choices, SELECTS.get(name, ""))


def fault_of(kind: str, texts: Mapping[str, str]) -> Fault:
    """Return a fault whose parameters were written as texts.

    Args:
        kind: One of :data:`~target_people.emulator.faults.FAULTS`.
        texts: The parameters; one that is empty is as if it were not given.

    Raises:
        ValueError: The kind or a parameter is unknown, or a value is of no use; the message names what is allowed.
    """
    known = {found.name: found for found in parameters(FAULTS[kind])} if kind in FAULTS else {}
    given = {name: _value(known.get(name), text.strip()) for name, text in texts.items() if text.strip()}
    return fault_from({**given, "fault": kind})


def _value(parameter: Parameter | None, text: str) -> object:
    whole = text.isascii() and text.isdecimal()
    return int(text) if whole and parameter is not None and not parameter.is_text else text


def fault_option(text: str) -> tuple[str, Fault]:
    """Read a fault as the command line has it, such as ``throttled:vendor=flameup,times=3,retry_after=2``.

    Returns:
        The vendor's name, and the fault.

    Raises:
        ValueError: It has another form, names no vendor, or is no fault; the message says what to write.
    """
    kind, _, rest = text.partition(":")
    pairs = [pair.partition("=") for pair in rest.split(",") if pair]
    if not all(equals for _, equals, _ in pairs):
        message = f"fault {text!r}: write it as kind:vendor=name,parameter=value,…"
        raise ValueError(message)
    texts = {name.strip(): value for name, _, value in pairs}
    vendor = texts.pop("vendor", "").strip()
    if not vendor:
        message = f"fault {text!r} names no vendor: write {kind}:vendor=name,…"
        raise ValueError(message)
    return vendor, fault_of(kind.strip(), texts)
