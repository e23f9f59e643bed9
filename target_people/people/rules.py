"""Rules: what the configuration says of one stream and one vendor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_people.people.field import PersonField

Nulls = Literal["keep", "clear"]


@dataclass(frozen=True)
class Rules:
    """The settings of one stream, already resolved for one vendor.

    Args:
        fields: person field → column, or a dotted path into one; None switches the field off.
        attributes: ``all``, ``none``, the columns to send, or the vendor's attribute name → column.
        nulls: what a null in the source does to the vendor's value.
        nulls_of: the same by person field or attribute name, where it differs.
        phone_region: ISO 3166-1 alpha-2 region of phone numbers written nationally; None leaves them as they are.
        named: whether the configuration names the stream. One that it does not name is mapped only if it shows by its
            columns that it holds people.
    """

    fields: Mapping[PersonField, str | None] = field(default_factory=dict)
    attributes: Literal["all", "none"] | tuple[str, ...] | Mapping[str, str] = "all"
    nulls: Nulls = "keep"
    nulls_of: Mapping[str, Nulls] = field(default_factory=dict)
    phone_region: str | None = None
    named: bool = False


@dataclass(frozen=True)
class Source:
    """What a SCHEMA message says.

    Args:
        stream: the name of the stream.
        schema: the JSON schema of its records; one without ``properties`` has no columns.
        key_properties: the columns that identify a record.
    """

    stream: str
    schema: Mapping[str, Any]
    key_properties: tuple[str, ...] = ()
