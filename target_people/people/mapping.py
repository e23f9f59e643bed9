"""Mapping: from the records of one stream to the people of one vendor, compiled once per SCHEMA."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from target_people.errors import MappingError, RecordError, TargetPeopleError, VendorContractError
from target_people.people.code import Code
from target_people.people.column import ABSENT, Columns
from target_people.people.matching import REVEALING, matched
from target_people.people.plan import ColumnPlan, Plan
from target_people.people.selection import selected
from target_people.people.step import Steps

if TYPE_CHECKING:
    from collections import abc

    from target_people.people.attribute import NotSent
    from target_people.people.field import PersonField
    from target_people.people.matching import Match
    from target_people.people.model import PeopleModel
    from target_people.people.person import Person
    from target_people.people.rules import Rules, Source

_CODES: abc.Mapping[str, Code] = MappingProxyType(
    {
        "string_too_long": Code.TOO_LONG,
        "too_long": Code.TOO_LONG,
        "enum": Code.NOT_IN_LIST,
        "literal_error": Code.NOT_IN_LIST,
        "missing": Code.MISSING,
    }
)


_MOST_SHAPES = 4096
"""Sets of keys that are remembered; of many nullable columns there may be any number."""


class Unmappable(TargetPeopleError):  # noqa: N818 - not a failure: the stream is left alone with a warning
    """A stream that the configuration does not name does not show people; the text says what it lacks."""


class Mapping:
    """Makes people of records; made by ``compile_mapping``.

    Not for several threads at once: equal sets of keys are shared through a table of its own.

    Args:
        plan: what was decided.
    """

    def __init__(self, plan: Plan) -> None:
        """Lay everything out for speed."""
        self.columns: tuple[ColumnPlan, ...] = plan.columns()
        """The columns that are sent, and as what."""
        self.not_sent: tuple[NotSent, ...] = tuple(plan.selection.not_sent)
        """The columns that are not sent, and why."""
        fields = plan.field_steps()
        self._fields = Steps(fields)
        self._identifies = next(step for step in fields if step.key == plan.identity)
        self._attributes = Steps(plan.attribute_steps())
        self._known = frozenset(choice.attribute.key for choice in plan.selection.chosen)
        self._identifier = plan.model.identifier
        self.identity = plan.identity
        """The wire field of the identifier."""
        self._validate = plan.model.person_class.__pydantic_validator__.validate_python
        self._shapes: dict[tuple[str | None, ...], frozenset[str]] = {}

    def person(self, record: abc.Mapping[str, Any]) -> Person:
        """One record as the vendor takes it.

        A column that the record lacks is not sent. Null and blank text are not sent either, or clear the vendor's value
        where the settings say so.

        Args:
            record: decoded JSON, with integers and ``Decimal`` for numbers. It is not changed.

        Raises:
            RecordError: ``identity_missing``; the code of the normaliser or converter that refused a value;
                ``too_long``, ``not_in_list``, ``missing`` or ``not_valid`` when the vendor's model did.
        """
        return self._person(self._values(record))

    def mapped(self, record: abc.Mapping[str, Any]) -> tuple[Person, frozenset[str]]:
        """The person, and the wire keys that it carries, cleared ones included; attributes as ``attributes.`` and key.

        Equal sets are the same object, as long as a stream has no more than some thousand of them.

        Raises:
            RecordError: as ``person`` does.
        """
        values = self._values(record)
        return self._person(values), self._keys(values)

    def _values(self, record: abc.Mapping[str, Any]) -> dict[str, Any]:
        values = self._fields.values(record)
        if values.get(self.identity) is None:
            raise RecordError(Code.IDENTITY_MISSING, self._identifier)
        attributes = self._attributes.values(record)
        if attributes:
            values["attributes"] = attributes
        return values

    def _person(self, values: dict[str, Any]) -> Person:
        try:
            person: Person = self._validate(values)
        except ValidationError as error:
            refusal = self._refusal(error)
        else:
            return person
        raise refusal

    def identifies(self, record: abc.Mapping[str, Any]) -> bool:
        """Whether a record gives the identifier, in a form that the vendor takes; whatever else it holds."""
        try:
            return self._identifies.read(record) not in (None, ABSENT)
        except RecordError:
            return False

    def _keys(self, values: dict[str, Any]) -> frozenset[str]:
        attributes = values.get("attributes", ())
        shape = (*values, None, *attributes)
        known = self._shapes.get(shape)
        if known is None:
            if len(self._shapes) >= _MOST_SHAPES:
                self._shapes.clear()
            fields = values.keys() - {"attributes"}
            known = self._shapes[shape] = frozenset(fields | {f"attributes.{key}" for key in attributes})
        return known

    def _refusal(self, error: ValidationError) -> RecordError:
        """The first complaint, by its kind and place: pydantic's words hold the value, and so may a deeper place."""
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = [str(part) for part in first["loc"][:2]]
        inside = place[:1] == ["attributes"] and place[-1] in self._known
        return RecordError(_CODES.get(first["type"], Code.NOT_VALID), place[-1] if inside else "".join(place[:1]))


def compile_mapping(source: Source, model: PeopleModel, rules: Rules) -> Mapping:
    """Decide once per SCHEMA which column goes where.

    Args:
        source: the stream and its schema.
        model: the vendor's people; its catalogue of attributes has been read.
        rules: the settings for this stream and vendor.

    Raises:
        Unmappable: when the settings do not name the stream and it does not show people: it lacks the identifier, or it
            has that and none of e-mail, phone, mobile, first and last name.
        MappingError: when the settings name a column or field that does not exist, ask to clear what cannot be cleared,
            or name a stream that lacks the identifier; or when the vendor does not accept what the stream gives.
        ConfigurationError: when ``rules.phone_region`` is no region.
        VendorContractError: when no wire field takes the identifier.
    """
    fields = model.fields()
    wanted = tuple(dict.fromkeys(name for wire in fields for name in wire.takes.fields))
    if model.identifier not in wanted:
        message = f"no field of {model.person_class.__name__} takes {model.identifier}"
        raise VendorContractError(message)
    columns = Columns(source)
    matches = matched(columns, wanted, rules)
    _check_identity(source.stream, model.identifier, matches, named=rules.named)
    plan = Plan(source.stream, model, fields, matches, selected(columns, matches, model.attribute, rules), rules)
    mapping = Mapping(plan)
    plan.clearing.check([*columns.top, *(name for choice in plan.selection.chosen for name in choice.names)])
    model.accept(frozenset(column.field for column in mapping.columns), source.stream)
    return mapping


def _check_identity(
    stream: str, identifier: PersonField, matches: abc.Mapping[PersonField, Match], *, named: bool
) -> None:
    """A named stream needs the identifier; any other must show people as well."""
    found = identifier in matches
    setting = f"streams.{stream}.fields.{identifier}"
    if named and not found:
        message = (
            f"stream {stream}: no column gives {identifier}, by which this vendor knows a person; "
            f"set {setting} to the column that holds it"
        )
        raise MappingError(message)
    if not named and (not found or REVEALING.isdisjoint(matches)):
        lacks = "any of email, phone, mobile, first_name and last_name" if found else str(identifier)
        message = f"its columns do not show people, for want of {lacks}; to load it all the same, set {setting}"
        raise Unmappable(message)
