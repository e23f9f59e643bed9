"""Selection: which columns become custom attributes, and why the others are not sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from target_people.people.attribute import Attribute, NotSent
from target_people.people.field import field_of
from target_people.people.matching import consent_columns

if TYPE_CHECKING:
    from target_people.people.attribute import AttributeResolver
    from target_people.people.column import Column, Columns
    from target_people.people.field import PersonField
    from target_people.people.matching import Match
    from target_people.people.rules import Rules


@dataclass(frozen=True)
class Chosen:
    """A column that is sent as a custom attribute.

    Args:
        column: where it comes from.
        attribute: where it goes.
        names: what the settings may call it: the name wanted, the vendor's key, the column, the person field that the
            column is named after.
        consent: whether it decides whether somebody may be contacted.
    """

    column: Column
    attribute: Attribute
    names: tuple[str, ...]
    consent: bool


@dataclass
class Selection:
    """The outcome for one stream and vendor, in the order of the schema."""

    chosen: list[Chosen] = field(default_factory=list)
    not_sent: list[NotSent] = field(default_factory=list)


def selected(
    columns: Columns, matches: Mapping[PersonField, Match], resolver: AttributeResolver, rules: Rules
) -> Selection:
    """Ask the vendor about every column that the rules allow as an attribute.

    Raises:
        MappingError: when ``attributes`` names a column that the stream does not have.
    """
    selection = Selection([], [NotSent(name, "the pipeline's own column") for name in columns.metadata])
    consent = consent_columns(columns, rules)
    used = {match.column.path for match in matches.values()}
    kept_back = _kept_back(columns, rules, consent)
    asked = _asked(columns, rules, used | set(kept_back))
    for name, column in asked.items():
        _ask(selection, name, column, resolver, consent=column.path in consent)
    mentioned = used | {column.path for column in asked.values()}
    partly = used | {choice.column.path for choice in selection.chosen}
    for name in columns.top:
        if name not in mentioned:
            selection.not_sent.append(NotSent(name, kept_back.get(name) or _why_left(name, partly, rules)))
    return selection


def _asked(columns: Columns, rules: Rules, reserved: set[str]) -> dict[str, Column]:
    """Wanted attribute name → column."""
    if rules.attributes == "all":
        return {name: column for name, column in columns.top.items() if name not in reserved}
    if rules.attributes == "none":
        return {}
    if isinstance(rules.attributes, Mapping):
        return {name: columns.named(path, f"attributes.{name}") for name, path in rules.attributes.items()}
    return {path: columns.named(path, "attributes") for path in rules.attributes}


def _kept_back(columns: Columns, rules: Rules, consent: set[str]) -> dict[str, str]:
    """Columns that only an explicit entry sends, with the reason: consent, and fields that are switched off."""
    off = {name for name, path in rules.fields.items() if path is None}
    found = {name: f"fields.{own} is null" for name in columns.top if (own := field_of(name)) in off}
    return found | dict.fromkeys(consent, "consent is sent as a field of the vendor's own, or when listed")


def _ask(selection: Selection, name: str, column: Column, resolver: AttributeResolver, *, consent: bool) -> None:
    answer = resolver(name, column.type)
    if isinstance(answer, NotSent):
        selection.not_sent.append(NotSent(column.path, answer.why, asked=True))
        return
    other = next((one.column.path for one in selection.chosen if one.attribute.key == answer.key), None)
    if other is not None:
        selection.not_sent.append(NotSent(column.path, f"the attribute {answer.key} is taken from {other}"))
        return
    names = (name, answer.key, column.path, *filter(None, [field_of(column.path)]))
    selection.chosen.append(Chosen(column, answer, names, consent))


def _why_left(name: str, used: set[str], rules: Rules) -> str:
    parts = sorted(path for path in used if path.startswith(f"{name}."))
    if parts:
        return f"only parts of it are sent: {', '.join(parts)}"
    return "attributes is none" if rules.attributes == "none" else "not listed in attributes"
