"""What is wrong with a configuration, in words that help and hold no value."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from target_people.people.field import PersonField

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails


def complaints(
    error: ValidationError, config: Mapping[str, Any], model: type[BaseModel], builtin: Collection[str]
) -> Iterator[str]:
    """One line per mistake: which key, what is allowed, and the nearest known key.

    Args:
        error: as pydantic raised it.
        config: what was validated; only its keys are shown.
        model: the settings that were validated.
        builtin: further keys allowed at the top.
    """
    for detail in error.errors(include_url=False, include_context=True, include_input=False):
        if detail["type"] != "none_required":  # the "or absent" of an optional setting, which helps nobody
            yield _complaint(detail, _path(detail, config), model, builtin)


def _complaint(detail: ErrorDetails, path: str, model: type[BaseModel], builtin: Collection[str]) -> str:
    if detail["type"] == "extra_forbidden":
        known = _known(model, detail["loc"][:-1]) + (sorted(builtin) if len(detail["loc"]) == 1 else [])
        return f"{path} is no setting; {_nearest(str(detail['loc'][-1]), known)}"
    if detail["type"] == "missing":
        return f"{path} is required"
    if detail["type"] == "enum" and detail["loc"][-1] == "[key]":
        return f"{path} is no person field; {_nearest(str(detail['loc'][-2]), [str(field) for field in PersonField])}"
    return f"{path}: {_words(detail)}"


def _words(detail: ErrorDetails) -> str:
    text = detail["msg"].removeprefix("Value error, ")
    return text.replace("Input should", "should", 1)


def _nearest(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return (f"did you mean {close[0]}? " if close else "") + f"allowed: {', '.join(known)}"


def _path(detail: ErrorDetails, config: Any) -> str:  # noqa: ANN401 - any JSON
    """A dotted path of the configuration's own keys, without the names that pydantic gives to members of a union."""
    parts = []
    for part in detail["loc"]:
        if isinstance(config, dict | list | tuple) and _is_in(part, config):
            parts.append(str(part))
            config = config[part]  # type: ignore[index]  # it is in there
    missing = detail["type"] == "missing"
    return ".".join([*parts, str(detail["loc"][-1])] if missing else parts)


def _is_in(part: int | str, config: Any) -> bool:  # noqa: ANN401 - any JSON
    return part in config if isinstance(config, dict) else isinstance(part, int) and part < len(config)


def _known(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys that are allowed at a place."""
    current: type[BaseModel] | None = model
    for part in location:
        if current is None:
            break
        field = current.model_fields.get(str(part))
        current = _model_in(field.annotation) if field else current
    return list(current.model_fields) if current else []


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - any type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
