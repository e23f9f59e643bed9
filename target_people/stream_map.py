"""Stream maps are the SDK's; most hand every record on as it is, and need not be called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from singer_sdk.exceptions import MappingError
from singer_sdk.mapper import SameRecordTransform

from target_people.errors import ConfigurationError

Transform = Callable[[dict[str, Any]], dict[str, Any] | None]
"""A stream map: None for a record that it filters out."""


def transform_of(stream_map: Any) -> Transform | None:  # noqa: ANN401 - the SDK's StreamMap
    """What a stream map does to a record; None when that is nothing.

    Args:
        stream_map: made by the SDK's mapper.
    """
    unchanged = type(stream_map) is SameRecordTransform and not stream_map.flattening_enabled
    return None if unchanged else stream_map.transform


def maps_of(mapper: Any, name: str, schema: dict[str, Any], key_properties: Any) -> list[Any]:  # noqa: ANN401 - the SDK's
    """The stream maps of a stream, made by the SDK from its latest SCHEMA.

    Raises:
        ConfigurationError: in the SDK's words, which hold the expression and no record.
    """
    try:
        mapper.register_raw_stream_schema(name, schema, key_properties)
    except MappingError as error:
        message = f"stream_maps: no map can be made for the stream {name}: {error}"
        raise ConfigurationError(message) from None
    found: list[Any] = mapper.stream_maps[name]
    return found
