"""What a vendor says of its people, so that a stream can be mapped onto them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.person import Person, WireField, wire_fields

if TYPE_CHECKING:
    from target_people.people.field import PersonField


class PeopleModel(ABC):
    """The people's side of a vendor; the other side is how they are delivered."""

    person_class: ClassVar[type[Person]]
    """The wire model."""

    @property
    @abstractmethod
    def identifier(self) -> PersonField:
        """The person field by which the vendor knows people; every person must have it."""

    def fields(self) -> tuple[WireField, ...]:
        """The wire fields that take person fields in this run; all of the wire model unless settings say otherwise."""
        return wire_fields(self.person_class)

    def attribute(self, name: str, column: ColumnType) -> Attribute | NotSent:
        """Where a custom attribute of that name goes, or why it does not; asked after the catalogue was read."""
        del column
        return NotSent(name, "this vendor's people have no custom attributes")

    def accept(self, sent: frozenset[str], stream: str) -> None:  # noqa: B027 - most vendors accept all
        """Look at the wire fields that a stream fills before its first record.

        Args:
            sent: names on the wire, custom attributes as ``attributes.`` and their key.
            stream: named in the error.

        Raises:
            MappingError: when they do not go together, such as an address whose consent nobody states.
        """
