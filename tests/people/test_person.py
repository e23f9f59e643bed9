"""Person: the wire model refuses what the vendor would, and tells the place and no value."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field, model_validator

from target_people.errors import RecordError, VendorContractError
from target_people.people.attribute import Attribute, ColumnType, NotSent
from target_people.people.converter import as_is
from target_people.people.field import PersonField
from target_people.people.mapping import Mapping, Unmappable, compile_mapping
from target_people.people.model import PeopleModel
from target_people.people.person import Person, Takes, wire_fields
from target_people.people.rules import Rules, Source

F = PersonField


class _Strict(Person):
    email: Annotated[str, Takes((F.EMAIL,))]
    consent: bool
    tags: Annotated[list[str], Field(max_length=1)] = Field(default_factory=list)


class _Nested(Person):
    attributes: dict[str, Annotated[str, Field(max_length=3)] | None] = Field(default_factory=dict)
    email: Annotated[str, Takes((F.EMAIL,))]
    company: Annotated[
        dict[str, int] | None, Takes((F.COMPANY,), lambda text: {text: "secret"}), Field(alias="parent")
    ] = None


class _Judge(Person):
    email: Annotated[str, Takes((F.EMAIL,))]
    phone: Annotated[str | None, Takes((F.PHONE,))] = None

    @model_validator(mode="after")
    def together(self) -> _Judge:
        if self.phone == "0":
            code = "consent_missing"
            raise RecordError(code, "phone")
        if self.phone == "1":
            message = f"never {self.phone}"
            raise ValueError(message)
        return self


class _Other(PeopleModel):
    """A vendor that knows people by their e-mail address."""

    def __init__(self, person_class: type[Person], identifier: PersonField = F.EMAIL) -> None:
        self._fields = wire_fields(person_class)
        self._identifier = identifier
        self.__class__ = type("Other", (_Other,), {"person_class": person_class})

    @property
    def identifier(self) -> PersonField:
        return self._identifier

    def attribute(self, name: str, column: ColumnType) -> Attribute | NotSent:
        del column
        return Attribute(name, as_is)


def _mapping(model: type[Person], columns: str = "email phone") -> Mapping:
    schema = {"properties": {name: {"type": "string"} for name in columns.split()}}
    return compile_mapping(Source("people", schema), _Other(model), Rules(named=True))


def test_field_that_the_vendor_requires_is_named_when_it_is_missing() -> None:
    with pytest.raises(RecordError, match="missing: consent"):
        _mapping(_Strict).person({"email": "ada@example.org"})


@pytest.mark.parametrize(
    ("record", "message"),
    [({"company": "secret"}, "not_valid: parent"), ({"plan": "secret"}, "too_long: plan")],
)
def test_refusal_by_the_wire_model_tells_the_place_and_nothing_of_what_is_in_it(
    record: dict[str, Any], message: str
) -> None:
    with pytest.raises(RecordError) as refused:
        _mapping(_Nested, "email company plan").person({"email": "ada@example.org", **record})
    assert str(refused.value) == message


@pytest.mark.parametrize(("phone", "message"), [("0", "consent_missing: phone"), ("1", "not_valid")])
def test_vendor_may_refuse_a_record_as_a_whole(phone: str, message: str) -> None:
    with pytest.raises(RecordError) as refused:
        _mapping(_Judge).person({"email": "ada@example.org", "phone": phone})
    assert str(refused.value) == message


def test_wire_model_without_the_identifier_is_a_defect() -> None:
    with pytest.raises(VendorContractError, match="takes device_id"):
        compile_mapping(Source("people", {}), _Other(_Judge, F.DEVICE_ID), Rules())


def test_schema_without_properties_has_no_identity() -> None:
    class Model(PeopleModel):
        person_class: ClassVar[type[Person]] = _Strict

        @property
        def identifier(self) -> PersonField:
            return F.EMAIL

    with pytest.raises(Unmappable):
        compile_mapping(Source("people", {}), Model(), Rules())
