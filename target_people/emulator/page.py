"""The two pages for people: the front page with what is stored, and the description of the operations.

Plain HTML with everything in it: nothing comes from another host, and every value is escaped.
"""

from __future__ import annotations

from html import escape
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from target_people.emulator.apis.base import VendorApi
    from target_people.emulator.store import Document
    from target_people.emulator.world import World

NEWEST = 25


def front_page(world: World, apis: Mapping[str, VendorApi]) -> str:
    """Return the page at ``/``: the vendors side by side, the newest requests, what is a guess and what is missing."""
    return _filled(
        "page.html",
        vendors="".join(_vendor(world, api) for api in apis.values()),
        requests=_requests(world.journal.entries(limit=NEWEST)),
        guesses="".join(_guesses(world, api) for api in apis.values()),
        now=escape(world.clock.iso()),
    )


def describe(openapi: Document) -> str:
    """Return the page at ``/docs``: every operation of an OpenAPI document."""
    groups: dict[str, list[str]] = {}
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    sections = (f"<section><h2>{escape(tag)}</h2>{''.join(found)}</section>" for tag, found in groups.items())
    return _filled("docs.html", operations="".join(sections))


def _filled(name: str, **parts: str) -> str:
    text = resources.files("target_people.emulator").joinpath("pages", name).read_text(encoding="utf-8")
    return Template(text).substitute(parts)


def _vendor(world: World, api: VendorApi) -> str:
    jobs = world.jobs.listed(api.name)
    waiting = sum(job.state == "waiting" for job in jobs)
    faults = ", ".join(fault.kind for fault in world.faults.listed(api.name)) or "none"
    facts = {
        "People": str(api.people.count()),
        "Import jobs": f"{len(jobs)} ({waiting} waiting)",
        "Faults in force": faults,
        "Address": api.prefix,
    }
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    name = escape(api.name)
    links = "".join(
        f'<li><a href="/_emulator/{name}/{part}" aria-label="{escape(api.title)}: {part}">{part}</a></li>'
        for part in ("people", "jobs", "quirks", "faults", "catalogue")
    )
    return f"<article><h3>{escape(api.title)}</h3><dl>{listed}</dl><ul>{links}</ul></article>"


def _requests(entries: list[Document]) -> str:
    if not entries:
        return '<tr><td colspan="6">None yet.</td></tr>'
    return "".join(
        _row(entry["number"], entry["at"], entry["vendor"], f"{entry['method']} {entry['path']}", *_outcome(entry))
        for entry in reversed(entries)
    )


def _outcome(entry: Document) -> tuple[object, object]:
    return entry["status"], entry["fault"] or ""


def _row(*cells: object) -> str:
    return f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in cells)}</tr>"


def _guesses(world: World, api: VendorApi) -> str:
    quirks = (
        f"<li><code>{escape(quirk.name)}</code> = <code>{escape(world.quirks.get(api.name, quirk.name))}</code>."
        f" {escape(quirk.says)}</li>"
        for quirk in world.quirks.table(api.name)
    )
    return (
        f"<details><summary>{escape(api.title)}</summary><h4>Not emulated</h4>{_list(api.not_emulated)}"
        f"<h4>Guesses that cannot be changed</h4>{_list(api.guesses)}"
        f"<h4>Guesses that can, and the variant in force</h4><ul>{''.join(quirks)}</ul></details>"
    )


def _list(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def _operation(method: str, path: str, operation: Document) -> str:
    says = operation.get("description") or operation.get("summary") or ""
    return f"<p><code>{escape(method.upper())} {escape(path)}</code><br>{escape(says)}</p>"
