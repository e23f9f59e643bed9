"""A plainly fictitious vendor that takes a bit of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol

import pytest
from pydantic import Field

from target_people.errors import MappingError
from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.converter import as_is, as_number_from_text, as_text, limited
from target_people.people.field import PersonField
from target_people.people.mapping import Mapping, compile_mapping
from target_people.people.model import PeopleModel
from target_people.people.person import Person, Takes
from target_people.people.rules import Rules, Source

if TYPE_CHECKING:
    from collections.abc import Callable


class SamplePerson(Person):
    """The wire model of the sample vendor."""

    user: Annotated[str, Takes((PersonField.EXTERNAL_ID,))] = Field(alias="userId", max_length=20)
    email: Annotated[str | None, Takes((PersonField.EMAIL,), clearable=True)] = None
    number: Annotated[
        str | None, Takes((PersonField.MOBILE, PersonField.PHONE), lambda text: text.removeprefix("+"), clearable=True)
    ] = Field(default=None, alias="mobile_number")
    first_name: Annotated[str | None, Takes((PersonField.FIRST_NAME,), clearable=True)] = Field(
        default=None, alias="firstName", max_length=10
    )
    last_name: Annotated[str | None, Takes((PersonField.LAST_NAME,))] = Field(default=None, alias="lastName")
    gender: Annotated[Literal["M", "F"] | None, Takes((PersonField.GENDER,))] = None
    country: Annotated[str | None, Takes((PersonField.COUNTRY,), clearable=True)] = None
    wants_mail: Annotated[bool | None, Takes((PersonField.EMAIL_OPT_IN,), clearable=True)] = None


class SampleModel(PeopleModel):
    """Takes any attribute but ``refused`` and ``nobody``; ``fixed`` cannot be cleared, ``score`` is a number."""

    person_class: ClassVar[type[Person]] = SamplePerson

    @property
    def identifier(self) -> PersonField:
        return PersonField.EXTERNAL_ID

    def attribute(self, name: str, column: ColumnType) -> Attribute | NotSent:
        del column
        if name in {"refused", "nobody"}:
            return NotSent(name, "the vendor has no such attribute")
        convert = {"score": as_number_from_text, "note": limited(as_text, 5)}.get(name, as_is)
        return Attribute(name.lower(), convert, clearable=name != "fixed")

    def accept(self, sent: frozenset[str], stream: str) -> None:
        if "gender" in sent and "lastName" not in sent:
            message = f"stream {stream}: gender needs last_name"
            raise MappingError(message)


class Compile(Protocol):
    """Compiles a mapping from column names, or from a whole schema, and from what is set."""

    def __call__(self, columns: str | dict[str, Any], *, keys: tuple[str, ...] = (), **rules: Any) -> Mapping: ...


@pytest.fixture(scope="session")
def compiled() -> Compile:
    """The mapping of the stream ``people``; it is named unless the test says otherwise."""

    def compile_(columns: str | dict[str, Any], *, keys: tuple[str, ...] = (), **rules: Any) -> Mapping:
        properties = columns if isinstance(columns, dict) else {name: {"type": "string"} for name in columns.split()}
        source = Source("people", {"properties": properties}, keys)
        return compile_mapping(source, SampleModel(), Rules(**{"named": True, **rules}))

    return compile_


@pytest.fixture(scope="session")
def sent() -> Callable[[Mapping], dict[str, str]]:
    """Column → vendor field, of everything that a mapping sends."""
    return lambda mapping: {plan.column: plan.field for plan in mapping.columns}
