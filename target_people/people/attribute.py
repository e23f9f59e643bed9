"""Custom attributes: which columns a vendor takes beside the person fields, and in which form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal["text", "integer", "number", "boolean", "date", "datetime", "object", "array", "unknown"]

_KINDS: Mapping[object, Kind] = MappingProxyType(
    {
        "string": "text",
        "integer": "integer",
        "number": "number",
        "boolean": "boolean",
        "object": "object",
        "array": "array",
    }
)
_FORMATS: Mapping[object, Kind] = MappingProxyType({"date": "date", "date-time": "datetime"})
_NUMBERS: frozenset[Kind] = frozenset({"integer", "number"})
_TEXTS: frozenset[Kind] = frozenset({"text", "date", "datetime"})


@dataclass(frozen=True)
class ColumnType:
    """What a column holds, as far as its JSON schema says; whether it may be null makes no difference.

    Args:
        kind: ``unknown`` where the schema is silent, refers elsewhere (``$ref``) or allows several types.
    """

    kind: Kind

    @classmethod
    def of(cls, schema: object) -> ColumnType:
        """From one column's JSON schema, whatever it is."""
        return cls(_merged(_kinds(schema)))


def _kinds(schema: object) -> set[Kind]:
    """All kinds that a schema allows; null is none."""
    if not isinstance(schema, Mapping):
        return {"unknown"}
    options = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(options, list) and "type" not in schema:
        return set().union(*map(_kinds, options))
    types = schema.get("type", "absent")
    names = types if isinstance(types, list) else [types]
    return {_kind(name, schema.get("format")) for name in names if name != "null"}


def _kind(name: object, form: object) -> Kind:
    kind = _KINDS.get(name, "unknown") if isinstance(name, str) else "unknown"
    return _FORMATS.get(form, kind) if kind == "text" and isinstance(form, str) else kind


def _merged(kinds: set[Kind]) -> Kind:
    """One kind for several: a wider one where there is one, such as text for date-time or text."""
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds and kinds <= _NUMBERS:
        return "number"
    return "text" if kinds and kinds <= _TEXTS else "unknown"


@dataclass(frozen=True)
class Attribute:
    """Where and how one column is sent as a custom attribute.

    Args:
        key: the vendor's own key, under which the value stands in ``Person.attributes``.
        convert: from the value in the record, never null or blank, to what stands on the wire.
            Raises ``RecordError`` when the attribute cannot hold the value; it need not name the field.
        clearable: whether the vendor has a known way to clear it; where not, ``nulls: clear`` is an error.
    """

    key: str
    convert: Callable[[Any], Any]
    clearable: bool = False


@dataclass(frozen=True)
class NotSent:
    """A column that does not reach the vendor.

    Args:
        column: its name in the stream.
        why: a few words for the receipt.
        asked: whether the vendor said so, whose answer may depend on its catalogue; the rest follows from the settings.
    """

    column: str
    why: str
    asked: bool = field(default=False, compare=False)


AttributeResolver = Callable[[str, ColumnType], Attribute | NotSent]
"""Given the name that is wanted for an attribute and the type of its column, the vendor's answer."""
