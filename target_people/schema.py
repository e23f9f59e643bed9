"""The Singer JSON Schema of the settings, generated from their models."""

from __future__ import annotations

from functools import cache
from typing import Any

from target_people.settings import model


@cache
def json_schema() -> dict[str, Any]:
    """What the SDK and Meltano know of the settings: no references, secrets marked as such."""
    schema = model().model_json_schema()
    definitions = schema.pop("$defs", {})
    plain: dict[str, Any] = _plain(schema, definitions)
    return {"type": "object", "properties": {name: _described(name, plain) for name in plain["properties"]}}


class SchemaWhenAsked:
    """The same as a class attribute, made when somebody wants to see it: a run does not."""

    def __get__(self, target: object, owner: object) -> dict[str, Any]:
        """Make it, once."""
        return json_schema()


def _described(name: str, plain: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = plain["properties"][name]
    return described


def _plain(node: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    """Put definitions in place of the references to them, and drop the titles that pydantic makes up."""
    if isinstance(node, list):
        return [_plain(part, definitions) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        node = definitions[node["$ref"].rsplit("/", 1)[-1]] | {key: node[key] for key in node if key != "$ref"}
    return {
        key: _plain(part, definitions) for key, part in node.items() if not (key == "title" and isinstance(part, str))
    }
