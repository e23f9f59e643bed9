"""What the pages for people show, as values for their templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_people.emulator.apis.base import VendorApi
from target_people.emulator.difference import Difference, differences
from target_people.emulator.fault_form import SELECTS, parameters
from target_people.emulator.faults import FAULTS
from target_people.emulator.jobs import MODES
from target_people.emulator.people import Person
from target_people.emulator.scope import GUESSES, NOT_EMULATED, scope, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_people.emulator.faults import Fault
    from target_people.emulator.history import Change
    from target_people.emulator.store import Document
    from target_people.emulator.world import World

ROWS = 50
"""Lines of a list on one page."""
NEWEST = 12
"""Requests on the first page."""
SUMMARY = 4
"""Fields of a person in a list."""


class View:
    """Reads what the pages show; changes nothing.

    Args:
        world: What is shown.
        apis: The vendors' APIs, by name.
    """

    def __init__(self, world: World, apis: Mapping[str, VendorApi]) -> None:
        """Bind the two."""
        self._world = world
        self._apis = apis

    def overview(self) -> Document:
        """Return the vendors side by side and the newest requests."""
        vendors = [self._counts(api) for api in self._apis.values()]
        totals = {name: sum(vendor[name] for vendor in vendors) for name in ("people", "requests", "waiting")}
        return {
            "vendors": vendors,
            "totals": totals,
            "entries": self._world.journal.page(None, NEWEST),
            "now": self._world.clock.iso(),
        }

    def _counts(self, api: VendorApi) -> Document:
        jobs, waiting = self._world.jobs.count(api.name)
        return {
            **self._head(api),
            "jobs": jobs,
            "waiting": waiting,
            "requests": self._world.journal.count(api.name),
            "faults": [fault.kind for fault in self._world.faults.listed(api.name)],
            "changed": [
                f"{quirk.name} = {self._world.quirks.get(api.name, quirk.name)}"
                for quirk in self._world.quirks.table(api.name)
                if self._world.quirks.get(api.name, quirk.name) != quirk.variants[0]
            ],
        }

    def _head(self, api: VendorApi) -> Document:
        self._world.jobs.settle(api.name)
        return {
            "name": api.name,
            "title": api.title,
            "prefix": api.prefix,
            "people": api.people.count(),
            "has_jobs": type(api).work is not VendorApi.work,
        }

    def people(self, vendor: str, text: str, page: int) -> Document:
        """Return one page of the people of ``vendor`` who contain ``text``."""
        api = self._apis[vendor]
        head = self._head(api)
        found, total = api.people.search(text, ROWS, (page - 1) * ROWS)
        lines = [self._line(api, person) for person in found]
        return {"vendor": head, "lines": lines, "text": text, **_pages(page, total)}

    def _line(self, api: VendorApi, person: Person) -> Document:
        document, identity = api.shown(person), api.people.identity(person)
        plain = ((name, value) for name, value in document.items() if isinstance(value, str | int | float) and value)
        told = [(name, value) for name, value in plain if value not in (identity, person.id)]
        return {"id": person.id, "identity": identity, "told": told[:SUMMARY]}

    def person(self, vendor: str, person_id: str) -> Document | None:
        """Return everything about one person, gone or not, or None if there never was one with this id."""
        api = self._apis[vendor]
        head = self._head(api)
        person = next(iter(api.people.by_id([person_id])), None)
        changes = self._world.history.of(vendor, person_id)
        if person is None and not changes:
            return None
        return {
            "vendor": head,
            "id": person_id,
            "identity": api.people.identity(person) if person else person_id,
            "parts": _parts(api.shown(person)) if person else None,
            "changes": self._told(api, person_id, changes),
        }

    def _told(self, api: VendorApi, person_id: str, changes: list[Change]) -> list[Document]:
        entries = self._world.journal.named(change.entry for change in changes if change.entry is not None)
        return [
            {
                "at": change.at,
                "entry": entries.get(change.entry or 0),
                "what": "created" if change.before is None else "changed" if change.after is not None else "removed",
                "differences": self._differences(api, person_id, change),
            }
            for change in reversed(changes)
        ]

    @staticmethod
    def _differences(api: VendorApi, person_id: str, change: Change) -> list[Difference]:
        ends = (change.before, change.after)
        before, after = (api.shown(Person(person_id, end)) if end is not None else {} for end in ends)
        return differences(before, after)

    def jobs(self, vendor: str, page: int) -> Document:
        """Return one page of the import jobs of ``vendor``, newest first, and how fast they are done."""
        api = self._apis[vendor]
        head = self._head(api)
        total, waiting = self._world.jobs.count(vendor)
        listed = [
            {"job": job, "entry": self._world.history.submission(vendor, job.id)}
            for job in self._world.jobs.page(vendor, ROWS, (page - 1) * ROWS)
        ]
        pace = self._world.jobs.pace(vendor)
        return {"vendor": head, "jobs": listed, "waiting": waiting, "pace": pace, "modes": MODES, **_pages(page, total)}

    def journal(self, vendor: str | None, page: int) -> Document:
        """Return one page of the requests, newest first."""
        entries = self._world.journal.page(vendor, ROWS, (page - 1) * ROWS)
        names = {api.name: api.title for api in self._apis.values()}
        return {"names": names, "chosen": vendor, "entries": entries, **_pages(page, self._world.journal.count(vendor))}

    def entry(self, number: int) -> Document | None:
        """Return one request with its bodies, or None if there is none."""
        entry = self._world.journal.entry(number)
        if entry is None:
            return None
        return {"entry": entry, "title": self._apis[entry["vendor"]].title, "newest": self._world.journal.newest}

    def behaviour(self, vendor: str) -> Document:
        """Return the switches of ``vendor``: its faults and quirks."""
        api = self._apis[vendor]
        in_force = self._world.faults.listed(vendor)
        faults = [
            {
                "kind": kind,
                "says": sentence(fault.says),
                "parameters": parameters(fault),
                "in_force": [_worded(one) for one in in_force if one.kind == kind],
            }
            for kind, fault in FAULTS.items()
        ]
        quirks = [
            {"quirk": quirk, "variant": self._world.quirks.get(vendor, quirk.name)}
            for quirk in self._world.quirks.table(vendor)
        ]
        return {"vendor": self._head(api), "faults": faults, "quirks": quirks, "selects": SELECTS}

    def scope(self) -> Document:
        """Return what is a guess and what is not emulated."""
        return {
            "common": GUESSES,
            "missing": NOT_EMULATED,
            "scope": scope(type(api) for api in self._apis.values()),
            "faults": {kind: sentence(fault.says) for kind, fault in FAULTS.items()},
        }


def _pages(page: int, total: int) -> Document:
    return {"page": page, "pages": max(1, -(-total // ROWS)), "total": total}


def _parts(document: Document) -> list[tuple[str, list[tuple[str, object]]]]:
    """Return the fields of a document by part: those at the top, then each object by its name."""
    nested = {name: value for name, value in document.items() if isinstance(value, dict)}
    top = [(name, value) for name, value in document.items() if name not in nested]
    return [("", top), *((name, list(value.items())) for name, value in nested.items())]


def _worded(fault: Fault) -> str:
    shown = {name: value for name, value in fault.shown().items() if value not in ("", None, 0) and name != "fault"}
    return ", ".join(f"{name} {value}" for name, value in shown.items())
