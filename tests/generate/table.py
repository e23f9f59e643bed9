"""The generated tables of README.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from target_people.delivery.meter import Cause
from target_people.ending import EXITS
from target_people.people.field import CONSENT, SYNONYMS, PersonField
from target_people.people.person import wire_fields
from target_people.reason import catalogue
from target_people.schema import json_schema
from target_people.vendors import sinks
from tests.generate.plan import example

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def tables() -> dict[str, str]:
    """Name of the place → Markdown."""
    return {
        "fields": "\n".join(_fields()),
        "settings": "\n".join(_settings()),
        "exits": table(("exit", "means", "what to do"), ((str(code), *texts) for code, texts in EXITS.items())),
        "reasons": table(("code", "means", "what to do", "see"), _rejections()),
        "endings": table(("exit", "reason", "means", "what to do", "see"), _endings()),
        "waits": table(("cause", "while"), ((f"`{cause}`", cause.meaning) for cause in Cause)),
        "plan": example(),
        "vendors": table(("vendor", "people a request", "at once", "requests a minute"), _vendors()),
    }


def _rejections() -> Iterator[tuple[str, ...]]:
    for code, entry in sorted(catalogue().items()):
        if not entry.exits:
            told = entry.about("the field")
            yield f"`{code}`", _text(told.reason), _text(told.remedy), _pages(entry.pages)


def _endings() -> Iterator[tuple[str, ...]]:
    entries = sorted(catalogue().items(), key=lambda item: (item[1].exits, item[0]))
    for code, entry in entries:
        if entry.exits:
            exits = ", ".join(map(str, entry.exits))
            yield exits, f"`{code}`", _text(entry.reason), _text(entry.remedy), _pages(entry.pages)


def _pages(pages: Mapping[str, str]) -> str:
    return ", ".join(f"[{vendor}]({address})" for vendor, address in pages.items()) or "-"


def _text(text: str) -> str:
    """``streams.<stream>`` is no HTML."""
    return text.replace("<", "\\<")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _fields() -> Iterator[str]:
    yield table(("person field", *sinks(), "also known as"), (_field(field) for field in PersonField))
    yield ""
    yield "Consent fields have no synonyms: only a column of exactly that name, or an entry under `fields`, sets them."


def _field(field: PersonField) -> tuple[str, ...]:
    names = [_wire_name(sink, field) for sink in sinks().values()]
    known = "-" if field in CONSENT else ", ".join(SYNONYMS.get(field, ())) or "-"
    return (f"`{field}`", *names, known)


def _wire_name(sink: Any, field: PersonField) -> str:
    found = [wire.name for wire in wire_fields(sink.vendor_class.person_class) if field in wire.takes.fields]
    return ", ".join(f"`{name}`" for name in found) or "-"


def _vendors() -> Iterator[tuple[str, ...]]:
    for name, sink in sinks().items():
        limits = sink.vendor_class.limits
        size = f"{limits.batch:,}, at most {limits.people:,}"
        yield name, size, str(limits.in_flight), str(limits.per_minute or "none published")


def _settings() -> Iterator[str]:
    properties = json_schema()["properties"]
    top = {key: node for key, node in properties.items() if key not in sinks()}
    common = set.intersection(*(set(properties[name]["properties"]) for name in sinks()))
    first = properties[next(iter(sinks()))]
    yield _rows({name: properties[name] for name in sinks()} | top, ())
    yield "\nIn every vendor object:\n"
    yield _rows({key: node for key, node in first["properties"].items() if key in common}, ())
    for name in sinks():
        own = {key: node for key, node in properties[name]["properties"].items() if key not in common}
        yield f"\nIn `{name}`:\n"
        yield _rows(own, tuple(properties[name].get("required", ())))


def _rows(nodes: dict[str, Any], required: tuple[str, ...]) -> str:
    rows = (
        (f"`{key}`", _type(node), _default(key, node, required), node.get("description", ""))
        for key, node in nodes.items()
    )
    return table(("key", "type", "default", "meaning"), rows)


def _default(key: str, node: dict[str, Any], required: tuple[str, ...]) -> str:
    if key in required:
        return "required"
    default = node.get("default")
    return "-" if default is None else f"`{json.dumps(default)}`"


def _type(node: dict[str, Any]) -> str:
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(_type(option) for option in node["anyOf"]))
    return _bounded(node) + (", secret" if node.get("secret") else "")


def _bounded(node: dict[str, Any]) -> str:
    words = {"exclusiveMinimum": "> {}", "minimum": "≥ {}", "maximum": "≤ {}"}
    bounds = [text.format(node[key]) for key, text in words.items() if key in node]
    return " ".join([str(node.get("type", "any")), *bounds])
