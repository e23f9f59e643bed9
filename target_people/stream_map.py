"""Stream maps are the SDK's; most hand every record on as it is, and need not be called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from singer_sdk.mapper import SameRecordTransform

Transform = Callable[[dict[str, Any]], dict[str, Any] | None]
"""A stream map: None for a record that it filters out."""


def transform_of(stream_map: Any) -> Transform | None:  # noqa: ANN401 - the SDK's StreamMap
    """What a stream map does to a record; None when that is nothing.

    Args:
        stream_map: made by the SDK's mapper.
    """
    unchanged = type(stream_map) is SameRecordTransform and not stream_map.flattening_enabled
    return None if unchanged else stream_map.transform
