"""A receipt as a table for a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from target_people.delivery.verdict import Verdict
from target_people.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def print_file(file: str | None) -> None:
    """Print a receipt: the file, else the newest below ``.target-people``.

    Raises:
        ConfigurationError: when there is none.
    """
    path = Path(file) if file else _newest()
    print_receipt(json.loads(path.read_text("utf-8")), Console())


def print_receipt(receipt: Mapping[str, Any], console: Console) -> None:
    """Print streams, vendors, what was not sent and why records were rejected."""
    console.print(f"run {receipt['run_id']}: exit {receipt['exit_code']}, {receipt['reason']}", highlight=False)
    for table in _tables(receipt):
        if table.row_count:
            console.print(table)


def _newest() -> Path:
    found = sorted(Path(".target-people/receipts").glob("*.json"))
    if not found:
        message = "no receipt in .target-people/receipts; name the file"
        raise ConfigurationError(message)
    return found[-1]


def _tables(receipt: Mapping[str, Any]) -> Iterator[Table]:
    vendors = receipt["vendors"]
    yield _streams(receipt["streams"])
    yield _verdicts(vendors)
    yield _listed("rejected", ("records", "reason", "what to do"), _rejections(vendors))
    yield _listed("columns not sent", ("vendor", "columns", "why"), _not_sent(vendors))


def _streams(streams: Mapping[str, Any]) -> Table:
    table = _table("stream", "read", "skipped", title="streams")
    for name, counts in streams.items():
        table.add_row(name, str(counts["read"]), str(counts["skipped"]))
    return table


def _verdicts(vendors: Mapping[str, Any]) -> Table:
    """One column per vendor: six verdicts side by side would not fit a terminal of 80."""
    table = _table("verdict", *vendors, title="vendors")
    for verdict in Verdict:
        table.add_row(str(verdict), *(str(account["verdicts"][verdict]) for account in vendors.values()))
    table.add_section()
    for key in ("skipped", "requests", "retries", "throttled_seconds"):
        table.add_row(key.replace("_", " "), *(f"{account[key]:g}" for account in vendors.values()))
    return table


def _rejections(vendors: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """One row per reason, which most vendors share."""
    counts: dict[tuple[str, str], list[str]] = {}
    for name, account in vendors.items():
        for entry in account["rejections"]:
            counts.setdefault((entry["reason"], entry["remedy"]), []).append(f"{name} {entry['count']}")
    for texts, by_vendor in counts.items():
        yield "\n".join(by_vendor), *texts


def _not_sent(vendors: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """One row per vendor and cause, which many columns share."""
    for name, account in vendors.items():
        columns: dict[str, list[str]] = {}
        for entry in account["not_sent"]:
            columns.setdefault(entry["why"], []).append(entry["column"])
        for why, listed in columns.items():
            yield name, ", ".join(listed), why


def _listed(title: str, heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Table:
    table = Table(*heads, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    return table


def _table(first: str, *numbers: str, title: str) -> Table:
    table = Table(first, title=title, title_justify="left")
    for head in numbers:
        table.add_column(head, justify="right")
    return table
