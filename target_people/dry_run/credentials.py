"""A configuration whose secrets are still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from target_people.vendors import sinks

if TYPE_CHECKING:
    from collections.abc import Iterator

_NONE = "none"


def filled(config: dict[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """The configuration with something in the place of required secrets that are not set.

    Args:
        config: as it was read; not changed.

    Returns:
        The configuration that the settings accept, and the vendors whose secrets are missing.
    """
    lacking = {name: missing for name in sinks() if (missing := tuple(_missing(name, config.get(name))))}
    return {
        key: {**part, **dict.fromkeys(lacking[key], _NONE)} if key in lacking else part for key, part in config.items()
    }, frozenset(lacking)


def _missing(vendor: str, part: object) -> Iterator[str]:
    fields = sinks()[vendor].vendor_class.settings_class.model_fields
    for name, field in fields.items():
        if isinstance(part, dict) and field.annotation is SecretStr and field.is_required() and not part.get(name):
            yield name
