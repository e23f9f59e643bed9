"""What every vendor object of the configuration has in common."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator
from pydantic.json_schema import SkipJsonSchema


def _name_secrets(schema: dict[str, Any]) -> None:
    """Singer's own words for a secret, from which Meltano and the SDK's --about know one."""
    schema.pop("format", None)
    schema.update(secret=True, writeOnly=True)


Secret = Annotated[SecretStr, Field(min_length=1, json_schema_extra=_name_secrets)]
"""A required credential: never in a log, a receipt, an exception or a ``repr``."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A setting that is not empty."""

Count = Annotated[int, Field(ge=1)]
"""How many of something, at least one."""

Optional = SkipJsonSchema[None]
"""The None of a setting without default: absent from the documented type."""


class StrictSettings(BaseModel):
    """Settings that refuse what they do not know, and never show what they hold."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_unset(cls, values: Any) -> Any:  # noqa: ANN401 - whatever stands in the configuration
        """A null says what a missing key says, as Meltano sends it for what is not set."""
        if not isinstance(values, dict):
            return values
        return {key: value for key, value in values.items() if value is not None or key not in cls.model_fields}


class VendorSettings(StrictSettings):
    """The settings that every vendor has; a vendor's own class adds its credentials and narrows the defaults."""

    api_url: Annotated[Text, Field(pattern=r"^https?://[^/\s]+[^\s]*$")] | Optional = Field(
        default=None,
        description="Base URL of the API, in front of the documented paths; the vendor's own unless set",
    )
    batch_size: Count | Optional = Field(
        default=None, description="People per request; the vendor's default unless set, at most the vendor's cap"
    )
    max_in_flight: Annotated[Count, Field(le=64)] | Optional = Field(
        default=None,
        description="Requests, or unfinished import jobs, at once; the vendor's default unless set",
    )
    requests_per_minute: Count | Optional = Field(
        default=None,
        description="Most requests a minute; the vendor's published limit unless set, lowered by what its headers say",
    )
    request_timeout_seconds: float = Field(default=60, gt=0, le=3600, description="Connect and read, per request")
    retry_seconds: float = Field(
        default=300,
        ge=0,
        description="How long one request is retried, and how long a wait the vendor may ask for, before it counts as "
        "out of service",
    )
    confirm: bool = Field(default=True, description="Wait until an import job has finished and read its outcome")
    confirm_seconds: float = Field(default=1800, gt=0, description="How long to wait for one import job")


def segment(text: str) -> str:
    """One part of a path, percent-encoded whole, so that no text can leave its place.

    The braces around it tell ``Request`` that it comes from data; they do not go over the wire.
    """
    return "{" + quote(text, safe="") + "}"
