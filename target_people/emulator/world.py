"""What all parts of one emulator share."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING

import msgspec

from target_people.emulator.faults import Faults
from target_people.emulator.history import History
from target_people.emulator.ids import Ids
from target_people.emulator.jobs import Jobs
from target_people.emulator.journal import Journal
from target_people.emulator.quirks import Quirks

if TYPE_CHECKING:
    from target_people.emulator.clock import Clock
    from target_people.emulator.store import Document, Store


class Catalogues:
    """What each vendor's customer has set up before the first import: custom fields, populations, companies.

    Args:
        store: Where changes are kept.
        defaults: The catalogue of each vendor to start with; the package's own when None.
    """

    def __init__(self, store: Store, defaults: dict[str, Document] | None = None) -> None:
        """Read the defaults and what the store has in their place."""
        self._store = store
        text = resources.files("target_people.emulator").joinpath("catalogue.json").read_text(encoding="utf-8")
        self._defaults: dict[str, Document] = json.loads(text) if defaults is None else defaults
        self._current = copy.deepcopy(self._defaults)
        for vendor, document in store.rows("SELECT vendor, document FROM catalogues"):
            self._current[vendor] = msgspec.json.decode(document)

    def get(self, vendor: str) -> Document:
        """Return the catalogue of ``vendor``; change it only through :meth:`put`."""
        return self._current.setdefault(vendor, {})

    def put(self, vendor: str, document: Document) -> None:
        """Replace the catalogue of ``vendor``."""
        text = msgspec.json.encode(document).decode()
        self._store.change("INSERT OR REPLACE INTO catalogues VALUES (?, ?)", (vendor, text))
        self._current[vendor] = document

    def reset(self, vendor: str) -> None:
        """Go back to the default catalogue of ``vendor``."""
        self._store.change("DELETE FROM catalogues WHERE vendor = ?", (vendor,))
        self._current[vendor] = copy.deepcopy(self._defaults.get(vendor, {}))


@dataclass(slots=True)
class World:
    """The store and clock of one emulator, and what is built on them.

    Attributes:
        store: The memory.
        clock: The time.
        seed: Decides the identifiers that are handed out.
    """

    store: Store
    clock: Clock
    seed: int = 0
    ids: Ids = field(init=False)
    history: History = field(init=False)
    jobs: Jobs = field(init=False)
    journal: Journal = field(init=False)
    catalogues: Catalogues = field(init=False)
    quirks: Quirks = field(default_factory=Quirks)
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        """Build what stands on store and clock."""
        self.ids = Ids(self.store, self.seed)
        self.history = History(self.store, self.clock)
        self.jobs = Jobs(self.store, self.clock, self.history)
        self.journal = Journal(self.store, self.clock)
        self.catalogues = Catalogues(self.store)
