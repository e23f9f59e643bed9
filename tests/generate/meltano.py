"""The generated part of meltano.yml: the settings of target-people, as Meltano describes them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from target_people.schema import json_schema
from target_people.target import TargetPeople
from target_people.vendors import sinks

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACE = re.compile(r"( *)# generated: settings\n.*?( *)# end\n", re.DOTALL)
_KINDS = {
    "string": "string",
    "integer": "integer",
    "number": "integer",  # a decimal from the environment ends in "Decimal is not JSON serializable" (Meltano 4.4.1)
    "boolean": "boolean",
    "array": "array",
    "object": "object",
}


def meltano(text: str) -> str:
    """meltano.yml with the settings as the code has them now."""
    if _PLACE.search(text) is None:
        message = "meltano.yml has lost the place of the generated settings"
        raise ValueError(message)
    return _PLACE.sub(_settings, text)


def _settings(place: re.Match[str]) -> str:
    indent = place[1]
    listed = yaml.safe_dump({"settings": list(settings())}, sort_keys=False, allow_unicode=True, width=110)
    body = "".join(f"{indent}{line}\n" for line in listed.splitlines())
    return f"{indent}# generated: settings\n{body}{place[2]}# end\n"


def settings() -> Iterator[dict[str, Any]]:
    """Every setting, those of the vendors under dotted names, which Meltano nests again."""
    schema: dict[str, Any] = {"properties": dict(json_schema()["properties"])}
    TargetPeople.append_builtin_config(schema)
    for key, node in schema["properties"].items():
        if key in sinks():
            for name, inner in node["properties"].items():
                yield _setting(f"{key}.{name}", inner)
        else:
            yield _setting(key, node)


def _setting(name: str, node: dict[str, Any]) -> dict[str, Any]:
    words = " ".join(str(node.get("description", "")).split())
    options = json.loads(json.dumps(node.get("enum")))  # the SDK's are members of an Enum
    if _kind(node) != "string":
        options = None  # Meltano compares the text from the environment with the options: 0 is never "0"
    facts: dict[str, Any] = {"name": name, "kind": "options" if options else _kind(node)}
    if node.get("secret"):
        facts["sensitive"] = True
    if options:
        facts["options"] = [{"label": str(option), "value": option} for option in options]
    return facts | {"description": words}


def _kind(node: dict[str, Any]) -> str:
    kinds = node.get("type") or [option.get("type") for option in node.get("anyOf", ())]
    names = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "null"]
    return _KINDS.get(str(names[0]), "string") if names else "string"
