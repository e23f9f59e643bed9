"""HTML from templates: everything is escaped, and a strict policy stands behind that."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from target_people.emulator.clock import iso
from target_people.emulator.difference import ABSENT

if TYPE_CHECKING:
    from target_people.emulator.store import Document

LONGEST_VALUE = 2_000
LONGEST_BODY = 20_000
"""Characters of one value and of one body that a page shows."""
HEADERS = {
    # Nothing inline and nothing from elsewhere; and no script may make elements from text, whoever wrote that text.
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


def bounded(text: str, most: int) -> str:
    """Return ``text``, cut to ``most`` characters with a word about it."""
    return text if len(text) <= most else f"{text[:most]}… (the first {most:,} of {len(text):,} characters)"


def shown(value: object, most: int = LONGEST_VALUE) -> str:
    """Return a value of a person: a text as it is, anything else as JSON."""
    return bounded(value if isinstance(value, str) else msgspec.json.encode(value).decode(), most)


def pretty(value: object, most: int = LONGEST_BODY) -> str:
    """Return a body as indented JSON."""
    return bounded(msgspec.json.format(msgspec.json.encode(value), indent=2).decode(), most)


def counted(number: float) -> str:
    """Return a number with its thousands separated."""
    return f"{number:,}"


def moment(instant: float) -> str:
    """Return Unix seconds as ``2025-01-02 03:04:05``."""
    return iso(instant)[:19].replace("T", " ")


class Templates:
    """The templates of the package, read once."""

    def __init__(self) -> None:
        """Set up Jinja so that it escapes everywhere and refuses unknown names."""
        loader = PackageLoader("target_people.emulator", "pages")
        self._environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.filters.update(shown=shown, pretty=pretty, counted=counted, moment=moment)
        self._environment.globals["ABSENT"] = ABSENT

    def page(self, name: str, values: Document, status: int = HTTPStatus.OK) -> HTMLResponse:
        """Return the answer with the template ``name`` filled with ``values``."""
        text = self._environment.get_template(name).render(**values)
        return HTMLResponse(text, status, HEADERS)
