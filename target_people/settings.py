"""The settings as pydantic models, from which the JSON Schema, the README's table and meltano.yml are generated."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, create_model

from target_people.complaint import complaints
from target_people.delivery.settings import Optional, StrictSettings, Text, VendorSettings
from target_people.errors import ConfigurationError
from target_people.people.field import PersonField
from target_people.people.rules import Rules
from target_people.vendors import sinks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Nulls = Literal["keep", "clear"]


def _known_vendors(names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse vendors that do not exist."""
    unknown = [name for name in names if name not in sinks()]
    if unknown:
        message = f"unknown vendor {', '.join(unknown)}; allowed: {', '.join(sinks())}"
        raise ValueError(message)
    return names


class MappingSettings(StrictSettings):
    """How the columns of a stream become a person, for all vendors or for one."""

    fields: dict[PersonField, Text | None] = Field(
        default_factory=dict, description="Person field → column, or a dotted path into one; null switches a field off"
    )
    attributes: Literal["all", "none"] | tuple[Text, ...] | dict[Text, Text] | Optional = Field(
        default=None,
        description="Columns sent as custom attributes: all, none, a list, or vendor's attribute name → column",
    )
    nulls: dict[Text, Nulls] = Field(
        default_factory=dict, description="Person field or attribute → keep or clear; overrides the top-level setting"
    )


class StreamSettings(MappingSettings):
    """The settings of one stream, or of all whose names match a wildcard."""

    vendors: Annotated[tuple[str, ...], AfterValidator(_known_vendors)] | Optional = Field(
        default=None, description="The vendors that get this stream; every configured one unless set"
    )


class Settings(StrictSettings):
    """Everything that a user can set, beside what the Singer SDK reads itself."""

    nulls: Nulls = Field(default="keep", description="What a null in the source does to the vendor's value")
    phone_region: Annotated[str, Field(pattern="^[A-Z]{2}$")] | Optional = Field(
        default=None,
        description="Country (ISO 3166-1 alpha-2) of phone numbers written nationally; without it they are sent as is",
    )
    flush_seconds: float = Field(
        default=60, gt=0, description="A partly filled batch leaves after this age even if no further message arrives"
    )
    max_rejected: Annotated[int, Field(ge=0)] | Optional = Field(
        default=None, description="Stop the run (exit 3) when more records than this are rejected"
    )
    max_rejected_percent: float = Field(
        default=10,
        ge=0,
        le=100,
        description="The same as a share, evaluated while running from 100 records on, and once more at the end",
    )
    output_dir: Text = Field(default=".target-people", description="Where receipts and rejects go")

    def vendors(self) -> Mapping[str, VendorSettings]:
        """The configured vendors, by name."""
        found = {name: getattr(self, name) for name in sinks()}
        return {name: settings for name, settings in found.items() if settings is not None}

    def stream(self, name: str) -> StreamSettings | None:
        """The settings of a stream: by its name, else by the first wildcard that matches; None when it is not named."""
        streams: dict[str, StreamSettings] = getattr(self, "streams")  # noqa: B009 - a field that ``model`` adds
        if name in streams:
            return streams[name]
        return next((found for pattern, found in streams.items() if fnmatchcase(name, pattern)), None)

    def rules(self, stream: str, vendor: str) -> Rules:
        """How one stream is mapped for one vendor."""
        general = self.stream(stream)
        common = general or StreamSettings()
        own: MappingSettings = getattr(common, vendor, None) or MappingSettings()
        chosen = own.attributes if own.attributes is not None else common.attributes
        return Rules(
            fields={**common.fields, **own.fields},
            attributes="all" if chosen is None else chosen,
            nulls=self.nulls,
            nulls_of={**common.nulls, **own.nulls},
            phone_region=self.phone_region,
            named=general is not None,
        )

    def wanted(self, stream: str) -> tuple[str, ...]:
        """The vendors that get a stream, if it can be mapped for them."""
        general = self.stream(stream)
        configured = tuple(self.vendors())
        if general is None or general.vendors is None:
            return configured
        return tuple(name for name in configured if name in general.vendors)


@cache
def model() -> type[Settings]:
    """The settings with one object per vendor, at the top and in every stream."""
    in_stream: dict[str, Any] = {
        name: (MappingSettings | Optional, Field(default=None, description=f"The same keys again, for {name} alone"))
        for name in sinks()
    }
    stream = create_model("Stream", __base__=StreamSettings, **in_stream)
    fields: dict[str, Any] = {
        name: (sink.vendor_class.settings_class | Optional, Field(default=None, description=_vendor_words(sink)))
        for name, sink in sinks().items()
    }
    fields["streams"] = (
        dict[Text, stream],
        Field(default_factory=dict, description="Stream name → stream settings; * stands for any part of a name"),
    )
    return create_model("TargetPeopleSettings", __base__=Settings, **fields)


def _vendor_words(sink: Any) -> str:  # noqa: ANN401 - a class
    return f"Deliver to {sink.vendor_class.title}"


def parse(config: Mapping[str, Any], builtin: Collection[str]) -> Settings:
    """Read the configuration.

    Args:
        config: the JSON object, secrets included.
        builtin: the keys that the Singer SDK reads itself.

    Raises:
        ConfigurationError: with one line per mistake: which key, what is allowed, and the nearest known key.
    """
    own = {key: value for key, value in config.items() if key not in builtin}
    try:
        settings = model().model_validate(own)
    except ValidationError as error:
        raise ConfigurationError("\n".join(complaints(error, own, model(), builtin))) from None
    if not settings.vendors():
        message = f"no vendor is configured; add at least one of {', '.join(sinks())}"
        raise ConfigurationError(message)
    _check_streams(settings)
    return settings


def _check_streams(settings: Settings) -> None:
    """A stream that asks for a vendor without configuration would be lost in silence."""
    streams: dict[str, StreamSettings] = getattr(settings, "streams")  # noqa: B009 - a field that ``model`` adds
    for name, stream in streams.items():
        missing = [vendor for vendor in stream.vendors or () if vendor not in settings.vendors()]
        if missing:
            message = f"streams.{name}.vendors names {', '.join(missing)}, which is not configured; add its settings"
            raise ConfigurationError(message)
