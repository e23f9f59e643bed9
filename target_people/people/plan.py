"""The plan: what was decided for one stream and one vendor, and the steps that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from target_people.people.clearing import Clearing
from target_people.people.field import synonym_of
from target_people.people.normaliser import normaliser
from target_people.people.step import Origin, Step, then

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_people.people.field import PersonField
    from target_people.people.matching import Match, Reason
    from target_people.people.model import PeopleModel
    from target_people.people.person import WireField
    from target_people.people.rules import Rules
    from target_people.people.selection import Chosen, Selection


@dataclass(frozen=True)
class ColumnPlan:
    """One column that is sent.

    Args:
        column: its name in the stream, or a dotted path into it.
        field: the vendor's field on the wire, or ``attributes.`` and the vendor's key.
        reason: why: ``explicit``, ``synonym``, ``key property`` or ``attribute``.
        person_field: what it was taken for; empty for an attribute.
        synonym: the usual other name by which it was found; empty when it has the field's own name, or for another
            reason.
    """

    column: str
    field: str
    reason: Reason
    person_field: str = ""
    synonym: str = ""


@dataclass(frozen=True)
class Plan:
    """All that was decided.

    Args:
        stream: the name of the stream.
        model: the vendor's people.
        fields: the wire fields in use, of which one takes the identifier.
        matches: the person fields that the stream gives.
        selection: the custom attributes.
        rules: the settings.
    """

    stream: str
    model: PeopleModel
    fields: tuple[WireField, ...]
    matches: Mapping[PersonField, Match]
    selection: Selection
    rules: Rules

    @property
    def identity(self) -> str:
        """The wire field of the identifier."""
        return next(wire.name for wire in self.fields if self.model.identifier in wire.takes.fields)

    @cached_property
    def clearing(self) -> Clearing:
        """What null does, asked by the steps; it knows all complaints once they are made."""
        return Clearing(self.stream, self.model.identifier, self.rules)

    def columns(self) -> tuple[ColumnPlan, ...]:
        """What goes where, wire fields first."""
        fields = [self._column(name, wire) for wire in self.fields for name in self._given(wire)]
        chosen = self.selection.chosen
        return (
            *fields,
            *(ColumnPlan(one.column.path, f"attributes.{one.attribute.key}", "attribute") for one in chosen),
        )

    def field_steps(self) -> list[Step]:
        """One step for each wire field that the stream can fill."""
        return [self._field_step(wire) for wire in self.fields if self._given(wire)]

    def attribute_steps(self) -> list[Step]:
        """One step for each custom attribute."""
        return [self._attribute_step(choice) for choice in self.selection.chosen]

    def _given(self, wire: WireField) -> list[PersonField]:
        return [name for name in wire.takes.fields if name in self.matches]

    def _column(self, name: PersonField, wire: WireField) -> ColumnPlan:
        match = self.matches[name]
        synonym = synonym_of(name, match.column.path) if match.reason == "synonym" else ""
        return ColumnPlan(match.column.path, wire.name, match.reason, str(name), synonym)

    def _field_step(self, wire: WireField) -> Step:
        names = self._given(wire)
        origins = tuple(self._origin(name, wire) for name in names)
        return Step(wire.name, origins, self.clearing.of_field(names, clearable=wire.takes.clearable))

    def _origin(self, name: PersonField, wire: WireField) -> Origin:
        convert = then(normaliser(name, self.rules.phone_region), wire.takes.write)
        return Origin(self.matches[name].column, convert, str(name))

    def _attribute_step(self, choice: Chosen) -> Step:
        attribute = choice.attribute
        origin = Origin(choice.column, attribute.convert, attribute.key)
        clear = self.clearing.of_attribute(choice.names, clearable=attribute.clearable, consent=choice.consent)
        return Step(attribute.key, (origin,), clear)
