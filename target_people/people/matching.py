"""Matching: which column is which person field, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from target_people.people.field import CONSENT, PersonField, canonical, names_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from target_people.people.column import Column, Columns
    from target_people.people.rules import Rules

Reason = Literal["explicit", "synonym", "key property", "attribute"]

REVEALING: frozenset[PersonField] = frozenset(
    {
        PersonField.EMAIL,
        PersonField.PHONE,
        PersonField.MOBILE,
        PersonField.FIRST_NAME,
        PersonField.LAST_NAME,
    }
)
"""What tells people from other things: orders and events have keys and customer numbers as well."""


@dataclass(frozen=True)
class Match:
    """A person field found in a stream.

    Args:
        column: where.
        reason: ``explicit`` by the configuration, ``synonym`` by the column's name (the field's own or a usual other
            one), ``key property`` for an identity that nothing else gave.
    """

    column: Column
    reason: Reason


def matched(columns: Columns, wanted: Collection[PersonField], rules: Rules) -> dict[PersonField, Match]:
    """The person fields that a stream gives, out of those that a vendor takes.

    An explicit entry wins, also over another field's claim to the column. Then comes the column of the field's own
    name, then the synonyms in their order; by name, a column is used once. The single key property stands in for
    ``external_id`` at last, even if it is, say, the e-mail address already.

    Raises:
        MappingError: when an explicit entry names a column that the stream does not have.
    """
    explicit = {
        field: columns.named(path, f"fields.{field}") for field, path in rules.fields.items() if path is not None
    }
    found = {field: Match(column, "explicit") for field, column in explicit.items() if field in wanted}
    taken = {column.path for column in explicit.values()}
    for field in wanted:
        column = None if field in rules.fields else _by_name(columns, field, taken)
        if column is not None:
            found[field] = Match(column, "synonym")
    key = _key_column(columns)
    if PersonField.EXTERNAL_ID in set(wanted) - set(found) - set(rules.fields) and key is not None:
        found[PersonField.EXTERNAL_ID] = Match(key, "key property")
    return found


def _by_name(columns: Columns, field: PersonField, taken: Collection[str]) -> Column | None:
    """The column of the best name; of several with one name, the exact spelling, then the order of the schema."""
    free = {name: canonical(name) for name in columns.top if name not in taken}
    if field in free:
        return columns.top[field]
    for name in _names(columns, field):
        for column, plain in free.items():
            if plain == name:
                return columns.top[column]
    return None


def _names(columns: Columns, field: PersonField) -> tuple[str, ...]:
    """The names to look for. A synonym that is the stream's key goes before those that are not: in ``contacts`` with
    the key ``contact_id``, ``user_id`` is somebody else.
    """  # noqa: D205 - one thought, not a title
    names = names_of(field)
    key = _key_column(columns)
    if field is PersonField.EXTERNAL_ID and key is not None and canonical(key.path) in names[1:]:
        return (names[0], canonical(key.path), *names[1:])
    return names


def _key_column(columns: Columns) -> Column | None:
    return columns.top.get(columns.key_properties[0]) if len(columns.key_properties) == 1 else None


def consent_columns(columns: Columns, rules: Rules) -> set[str]:
    """Columns that decide whether somebody may be contacted, by name or because the configuration says so."""
    names = {canonical(field) for field in CONSENT}
    said = {rules.fields.get(field) for field in CONSENT}
    return {name for name in columns.top if canonical(name) in names} | {path for path in said if path is not None}
