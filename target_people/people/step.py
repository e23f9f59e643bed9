"""Steps: how one value after another gets from a record to its place on the wire.

Why two kinds: nearly all columns are read by one key, and for these a record costs one look-up, one call and one
assignment each. Paths into objects and wire fields with several sources take the slower way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from target_people.errors import RecordError
from target_people.people.column import ABSENT
from target_people.people.converter import unchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from target_people.people.column import Column


@dataclass(frozen=True)
class Origin:
    """Where a value comes from.

    Args:
        column: the column.
        convert: from its value, never null or blank, to what stands on the wire; None when there is nothing.
        name: what to call it when it is refused.
    """

    column: Column
    convert: Callable[[Any], Any]
    name: str

    def read(self, record: Mapping[str, Any]) -> object:
        """The converted value, None or ``ABSENT``.

        Raises:
            RecordError: naming this origin, when the value is refused.
        """
        try:
            value = self.column.read(record)
            return value if value is ABSENT else _converted(self.convert, value)
        except RecordError as error:
            raise _named(error, self.name) from None


@dataclass(frozen=True)
class Step:
    """One key on the wire.

    Args:
        key: the name on the wire.
        origins: in order of preference; the first that has a value wins.
        clear: whether the key is cleared when every origin is there and none has a value.
    """

    key: str
    origins: tuple[Origin, ...]
    clear: bool

    @property
    def plain(self) -> bool:
        """Whether one look-up by one key does it."""
        return len(self.origins) == 1 and len(self.origins[0].column.keys) == 1

    def read(self, record: Mapping[str, Any]) -> object:
        """The value, None to clear it, or ``ABSENT`` to leave it out."""
        found = [origin.read(record) for origin in self.origins[:1]]
        for origin in self.origins[1:]:
            if _filled(found[-1]):
                break
            found.append(origin.read(record))
        if _filled(found[-1]):
            return found[-1]
        return None if self.clear and ABSENT not in found else ABSENT


class Steps:
    """All steps to one object on the wire.

    Args:
        steps: in the order of the wire.
    """

    def __init__(self, steps: Iterable[Step]) -> None:
        """Lay the plain ones out flat, for speed."""
        listed = tuple(steps)
        self._plain = tuple(
            (
                step.key,
                step.origins[0].column.keys[0],
                unchanged(step.origins[0].convert),
                step.origins[0].convert,
                step.clear,
            )
            for step in listed
            if step.plain
        )
        self._names = tuple(step.origins[0].name for step in listed if step.plain)
        self._others = tuple(step for step in listed if not step.plain)

    def values(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Key on the wire → value, None where it is to be cleared, nothing where nothing is to be sent.

        Raises:
            RecordError: naming the field or attribute, when a value is refused.
        """
        found: dict[str, Any] = {}
        try:
            self._add_plain(found, record)
        except RecordError as error:
            raise _named(error, self._refused(record)) from None
        self._add_others(found, record)
        return found

    def _add_plain(self, found: dict[str, Any], record: Mapping[str, Any]) -> None:
        get = record.get
        for key, column, whole, convert, clear in self._plain:
            value = get(column)
            kind = value.__class__
            # Written out: a call for each column of each record takes longer than most of them need.
            if value is None or (kind is str and (not value or value.isspace())):
                value = None
            elif kind not in whole:
                value = convert(value)
            if value is not None or (clear and column in record):
                found[key] = value

    def _refused(self, record: Mapping[str, Any]) -> str:
        """What to call the first plain step that refuses its value."""
        for name, (_, column, _, convert, _) in zip(self._names, self._plain, strict=True):
            try:
                _converted(convert, record.get(column))
            except RecordError:
                return name
        return ""

    def _add_others(self, found: dict[str, Any], record: Mapping[str, Any]) -> None:
        for step in self._others:
            value = step.read(record)
            if value is not ABSENT:
                found[step.key] = value


def _filled(value: object) -> bool:
    return value is not None and value is not ABSENT


def _named(error: RecordError, name: str) -> RecordError:
    return error if error.field else RecordError(error.code, name, error.detail)


def _converted(convert: Callable[[Any], Any], value: object) -> object:
    """None for null and for text of white space alone."""
    blank = value is None or (value.__class__ is str and (not value or value.isspace()))
    return None if blank else convert(value)


def then(first: Callable[[Any], Any], second: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    """One after the other; the second never sees None."""
    if second is None:
        return first

    def both(value: object) -> object:
        found = first(value)
        return None if found is None else second(found)

    return both
