"""The wire model: what every vendor's person has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.people.field import PersonField


@dataclass(frozen=True)
class Takes:
    """Annotation of a wire field: the person fields that it takes, the first one present winning.

    Args:
        fields: person fields in order of preference, such as ``mobile`` before ``phone``.
        write: from the normalised value (text, ``date``, ``bool`` …) to what stands on the wire; None when the same.
            Raises ``RecordError`` when the vendor's field cannot hold the value.
        clearable: whether the vendor has a known way to clear this field; where not, ``nulls: clear`` is an error.
    """

    fields: tuple[PersonField, ...]
    write: Callable[[Any], Any] | None = None
    clearable: bool = False


@dataclass(frozen=True)
class WireField:
    """One field of a vendor's person.

    Args:
        name: its name on the wire: the alias, else the name in the model.
        takes: the person fields that it takes.
    """

    name: str
    takes: Takes


class Person(BaseModel):
    """One person as one vendor takes it; a vendor's subclass adds its fields, each ``Annotated`` with ``Takes``.

    A field that is absent is not sent. A field that is None is to be cleared at the vendor.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    attributes: SkipValidation[dict[str, Any]] = Field(default_factory=dict)
    """Custom attributes under the vendor's own keys; None means clear."""
    _names: ClassVar[tuple[tuple[str, str], ...]]
    """Name in the model and on the wire of every field but the attributes."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:  # noqa: ANN401 - pydantic's signature
        """Look the names up once."""
        cls._names = tuple((name, wire) for name, wire in wire_names(cls).items() if name != "attributes")

    def sent(self) -> dict[str, Any]:
        """The fields that are sent or cleared, under their names on the wire, without the attributes.

        Why not ``model_dump``: it copies what is nested as well, and takes five times as long.
        """
        values, present = self.__dict__, self.__pydantic_fields_set__
        return {wire: values[name] for name, wire in self._names if name in present}


def wire_names(model: type[Person]) -> dict[str, str]:
    """Name in the model → name on the wire, of every field of a vendor's person."""
    return {name: info.alias or name for name, info in model.model_fields.items()}


def wire_fields(model: type[Person]) -> tuple[WireField, ...]:
    """The fields of a vendor's person that take a person field, in the order of the model.

    A vendor that cannot use one of them in this run leaves it out of what it hands to ``compile_mapping``.
    """
    names = wire_names(model)
    return tuple(
        WireField(names[name], takes)
        for name, info in model.model_fields.items()
        for takes in info.metadata
        if isinstance(takes, Takes)
    )
