"""Columns: what a SCHEMA offers, by name or by a dotted path into an object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from target_people.errors import MappingError, RecordError
from target_people.people.attribute import ColumnType
from target_people.people.code import Code

if TYPE_CHECKING:
    from target_people.people.rules import Source

METADATA_PREFIX: Final = "_sdc_"
"""Columns that the pipeline adds about itself; they are never sent."""


class Absence(Enum):
    """The one value that no column has."""

    ABSENT = "absent"


ABSENT: Final = Absence.ABSENT
"""A record does not have the column; null is something else."""


@dataclass(frozen=True)
class Column:
    """One column, or one place inside a column of objects.

    Args:
        path: as the configuration writes it.
        keys: the same, step by step; one key for a column of its own, dots or not.
        type: what it holds.
    """

    path: str
    keys: tuple[str, ...]
    type: ColumnType

    def read(self, record: Mapping[str, Any]) -> object:
        """The value in a record: ``ABSENT`` where a step is missing, None where one is null.

        Raises:
            RecordError: ``not_object`` when the path leads through a value that is no object.
        """
        value: object = record
        for key in self.keys:
            if value is None or value is ABSENT:
                return value
            if not isinstance(value, dict):
                raise RecordError(Code.NOT_OBJECT, self.path)
            value = value.get(key, ABSENT)
        return value


class Columns:
    """All columns of one stream that may be sent.

    Args:
        source: the SCHEMA message.
    """

    def __init__(self, source: Source) -> None:
        """Read the schema once; one without properties has no columns."""
        self.stream = source.stream
        self.key_properties = source.key_properties
        self._properties = _properties(source.schema)
        self.top: dict[str, Column] = {
            name: Column(name, (name,), ColumnType.of(schema))
            for name, schema in self._properties.items()
            if not name.startswith(METADATA_PREFIX)
        }
        self.metadata: tuple[str, ...] = tuple(name for name in self._properties if name not in self.top)

    def find(self, path: str) -> Column | None:
        """A column by its name, or else a place inside one; None when the schema rules it out."""
        if path in self.top:
            return self.top[path]
        if path.startswith(METADATA_PREFIX):
            return None
        found = _descend(self._properties, path)
        return None if found is None else Column(path, *found)

    def named(self, path: str, setting: str) -> Column:
        """A column that a setting names.

        Raises:
            MappingError: when the stream has no such column; it names the stream, the setting and the nearest column.
        """
        found = self.find(path)
        if found is None:
            message = f"stream {self.stream}: {setting} names the column {path}, which {self._instead(path)}"
            raise MappingError(message)
        return found

    def _instead(self, path: str) -> str:
        if path.startswith(METADATA_PREFIX):
            return "is the pipeline's own and is never sent"
        nearest = nearest_of(path, [*self.top, *self._nested()])
        return f"its SCHEMA does not have; {nearest or 'name a column of the SCHEMA or remove the entry'}"

    def _nested(self) -> list[str]:
        return [f"{name}.{inner}" for name in self.top for inner in _properties(self._properties[name])]


def nearest_of(name: str, known: list[str]) -> str:
    """``did you mean …?``, or nothing when no known name comes near."""
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else ""


def _properties(schema: object) -> dict[str, Any]:
    """The properties of an object's schema, also where it stands beside null in ``anyOf`` or ``oneOf``."""
    if not isinstance(schema, Mapping):
        return {}
    own = schema.get("properties")
    if isinstance(own, Mapping):
        return {str(name): inner for name, inner in own.items()}
    options = schema.get("anyOf") or schema.get("oneOf")
    found: dict[str, Any] = {}
    for option in options if isinstance(options, list) else []:
        found |= _properties(option)
    return found


def _descend(properties: Mapping[str, Any], path: str) -> tuple[tuple[str, ...], ColumnType] | None:
    """The steps to a path and the type there; a key that itself holds dots goes before an object of objects."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        head, rest = ".".join(parts[:length]), ".".join(parts[length:])
        if head in properties:
            found = _inside(properties[head], rest)
            if found is not None:
                return (head, *found[0]), found[1]
    return None


def _inside(schema: object, rest: str) -> tuple[tuple[str, ...], ColumnType] | None:
    """The same below one property. An object of unknown make-up may hold anything, so the path is believed."""
    kind = ColumnType.of(schema)
    if not rest:
        return (), kind
    inner = _properties(schema)
    if inner:
        return _descend(inner, rest)
    return (tuple(rest.split(".")), ColumnType("unknown")) if kind.kind in {"object", "unknown"} else None
