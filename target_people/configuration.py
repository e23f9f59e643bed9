"""The configuration as it comes from files and environment, before the settings are read from it."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from target_people.errors import ConfigurationError
from target_people.schema import json_schema
from target_people.settings import Settings, model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jsonschema import ValidationError

_OUTPUT_DIR = "TARGET_PEOPLE_OUTPUT_DIR"
_SHORT = ("type", "minimum", "exclusiveMinimum", "maximum", "enum", "const")


@dataclass(frozen=True, slots=True)
class Given:
    """The configuration as the command line names it.

    Args:
        config: all files as one, the later ones winning.
        parse_env: whether the environment is to be read too.
    """

    config: dict[str, Any] = field(default_factory=dict, repr=False)
    parse_env: bool = False


def read(places: Iterable[str]) -> Given:
    """Read what ``--config`` names: files of JSON, or ``ENV``.

    Raises:
        ConfigurationError: naming the file that cannot be read, or is no JSON object.
    """
    config: dict[str, Any] = {}
    named = tuple(places)
    for place in named:
        if place != "ENV":
            config = merged(config, _file(Path(place)))
    return Given(config, "ENV" in named)


def output_dir(places: Iterable[str]) -> Path:
    """Where the receipt of a run goes whose configuration cannot be used: what is readable of it counts.

    Args:
        places: as ``read`` takes them.
    """
    found: list[Any] = []
    for place in places:
        with contextlib.suppress(ConfigurationError):
            found += [os.environ.get(_OUTPUT_DIR)] if place == "ENV" else [_file(Path(place)).get("output_dir")]
    named = [one for one in found if isinstance(one, str) and one]
    return Path(named[-1] if named else Settings.model_fields["output_dir"].default)


def _file(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text("utf-8"))
    except OSError as error:
        message = f"--config {path}: {error.strerror}"
        raise ConfigurationError(message) from None
    except ValueError:
        message = f"--config {path}: not valid JSON in UTF-8"
        raise ConfigurationError(message) from None
    if not isinstance(config, dict):
        message = f"--config {path}: JSON, but no object of settings"
        raise ConfigurationError(message)
    return config


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two configurations as one; the second wins, objects in it only key by key.

    So a vendor's secret may come from the environment and its other settings from a file.
    """
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def environment(whole: Callable[[], Mapping[str, Any]], environ: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """What the environment sets.

    Args:
        whole: reads the settings of the top level as the SDK does; it may fill ``environ`` from a file first.
        environ: for settings that stand by themselves, which win.
        prefix: of all names, such as ``TARGET_PEOPLE_``.

    Raises:
        ConfigurationError: when a variable is not of its setting's type; its value is not told.
    """
    try:
        found = whole()
    except ValueError:
        message = f"--config ENV: a {prefix}… variable is no JSON, or not of its setting's type"
        raise ConfigurationError(message) from None
    return merged(found, vendors_of(environ, prefix))


def vendors_of(environ: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """The settings of vendors that stand in the environment by themselves, such as ``<prefix>RALLY_API_TOKEN``.

    Meltano gives a plugin its settings so; an empty one is not set.

    Args:
        environ: names in capitals → values; JSON where the setting is no text.
        prefix: such as ``TARGET_PEOPLE_``.
    """
    found: dict[str, dict[str, Any]] = {}
    for vendor, whole in json_schema()["properties"].items():
        for key, node in whole.get("properties", {}).items():
            text = environ.get(f"{prefix}{vendor}_{key}".upper())
            if text:
                found.setdefault(vendor, {})[key] = text if node.get("type") == "string" else _json_or_text(text)
    return found


def _json_or_text(text: str) -> Any:  # noqa: ANN401 - any JSON
    """A text that is no JSON is told to be of the wrong type by the settings."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def builtin_keys(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The settings that the Singer SDK adds to ours and reads itself."""
    return tuple(key for key in schema["properties"] if key not in model().model_fields)


def check_builtin(config: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Look at the settings that the Singer SDK reads.

    Raises:
        ConfigurationError: with one line per mistake, which names the key and what is allowed, never the value.
    """
    keys = builtin_keys(schema)
    part = {key: config[key] for key in keys if config.get(key) is not None}
    rules = {"type": "object", "properties": {key: _sound(schema["properties"][key]) for key in keys}}
    mistakes = [_mistake(error) for error in Draft202012Validator(rules).iter_errors(part)]
    if part.get("load_method", "upsert") != "upsert":
        mistakes.append("load_method: people are always created or updated, so only upsert is allowed")
    if mistakes:
        raise ConfigurationError("\n".join(mistakes))


def _sound(node: Any) -> Any:  # noqa: ANN401 - any JSON
    """The schema without what is none: the SDK's rule for ``__else__`` has the text ``null`` among its choices."""
    if isinstance(node, list):
        return [_sound(part) for part in node]
    if not isinstance(node, dict):
        return node
    choices = {key: [part for part in node[key] if isinstance(part, dict)] for key in ("anyOf",) if key in node}
    return {key: _sound(part) for key, part in {**node, **choices}.items()}


def _mistake(error: ValidationError) -> str:
    path = ".".join(map(str, error.absolute_path))
    rule = f"{error.validator}: {error.validator_value}" if error.validator in _SHORT else str(error.validator)
    return f"{path} breaks its rule ({rule}); target-people --about shows what is allowed"
