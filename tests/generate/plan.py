"""The plan that README.md shows: what the command prints for three people."""

from __future__ import annotations

import io
import json
from typing import Any

from rich.console import Console

from target_people.configuration import Given
from target_people.dry_run.plan import plan
from target_people.dry_run.table import print_plan

_WIDTH = 100
_COLUMNS = ("Customer ID", "mail", "firstName", "plan", "email_opt_in")
_PEOPLE = (
    ("c-1", "ann@example.com", "Ann", "gold", True),
    ("c-2", "bob.example.com", "Bob", "basic", False),
    ("c-1", "ann@example.org", "Ann", "gold", True),
)


def example() -> str:
    """As a terminal of 100 columns shows it."""
    schema = {"type": "object", "properties": {column: {} for column in _COLUMNS}}
    messages: list[dict[str, Any]] = [
        {"type": "SCHEMA", "stream": "contacts", "schema": schema, "key_properties": ["Customer ID"]}
    ]
    for person in _PEOPLE:
        record = dict(zip(_COLUMNS, person, strict=True))
        messages.append({"type": "RECORD", "stream": "contacts", "record": record})
    lines = io.BytesIO("\n".join(map(json.dumps, messages)).encode())
    found = plan(Given({"flameup": {}}), lines, limit=None, offline=False, show_values=False)
    out = io.StringIO()
    print_plan(found, Console(file=out, width=_WIDTH))
    return "\n".join(["```text", *(line.rstrip() for line in out.getvalue().splitlines()), "```"])
