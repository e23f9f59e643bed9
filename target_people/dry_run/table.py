"""A plan as tables for a terminal of 80 columns or more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from rich.console import Console

_MEGABYTE = 1_000_000
_MASKS = "values masked: ••• for text, 0 for numbers, false for yes or no; --show-values shows them"


def print_plan(plan: Mapping[str, Any], console: Console) -> None:
    """Print streams with their columns and rejections, then vendors with what the delivery would take."""
    for part in _parts(plan):
        if isinstance(part, str):
            console.print(part, highlight=False, markup=False, soft_wrap=part.startswith("{"))
        elif part.row_count:
            console.print(part)


def _parts(plan: Mapping[str, Any]) -> Iterator[Table | str]:
    yield from _head(plan)
    for name, stream in plan["streams"].items():
        yield from _stream(name, stream)
    yield _requests(plan["vendors"])
    for name, vendor in plan["vendors"].items():
        if vendor["sample"]:
            yield from _sample(name, vendor["sample"], shown=plan["values_shown"])


def _head(plan: Mapping[str, Any]) -> Iterator[str]:
    part = ", then no further (--limit)" if plan["partly"] else ""
    yield f"dry run: {plan['records']:,} records in {plan['lines']:,} lines read{part}; nobody was sent"
    if plan["would_stop"]:
        yield f"a run would end with exit 3: {plan['would_stop']}"
    for why, vendors in _unknown(plan["vendors"]).items():
        yield (
            f"{', '.join(vendors)}: the catalogue was not read ({why}), so which custom attributes are taken is not "
            "known; requests, megabytes and rejections may be others"
        )


def _unknown(vendors: Mapping[str, Any]) -> dict[str, list[str]]:
    """Why a catalogue was not read → whose."""
    found: dict[str, list[str]] = {}
    for name, vendor in vendors.items():
        if vendor["unknown"]:
            found.setdefault(vendor["unknown"], []).append(name)
    return found


def _stream(name: str, stream: Mapping[str, Any]) -> Iterator[Table | str]:
    vendors = stream["vendors"]
    mapped = {vendor: tally for vendor, tally in vendors.items() if tally["identity"]}
    title = escape(name)
    yield f"\nstream {name}: {stream['read']:,} records read, {stream['skipped']:,} skipped"
    yield _listed("not mapped", ("vendor", "why"), ((v, t["problem"]) for v, t in vendors.items() if t["problem"]))
    if mapped:
        yield _records(name, mapped)
    for vendor, tally in mapped.items():
        heads = ("column", "field", "why")
        yield _listed(f"{title} to {vendor}", heads, map(_column, tally["columns"]))
    yield _listed(f"columns of {title} not sent", ("vendor", "columns", "why"), _not_sent(mapped))
    yield _listed(f"records of {title} rejected", ("records", "lines", "reason", "what to do"), _rejections(mapped))


def _records(name: str, vendors: Mapping[str, Any]) -> Table:
    table = _transposed(f"records of {escape(name)}", vendors)
    identities = [tally["identity"] for tally in vendors.values()]
    table.add_row("a person is", *(escape(" or ".join(identity["columns"])) for identity in identities))
    table.add_row("records with it", *(f"{one['found_in']:,} of {one['looked_for_in']:,}" for one in identities))
    table.add_row("people", *(f"{'about ' * one['approximate']}{one['people']:,}" for one in identities))
    table.add_section()
    for key in ("to_send", "superseded", "rejected"):
        table.add_row(key.replace("_", " "), *(f"{tally[key]:,}" for tally in vendors.values()))
    return table


def _column(column: Mapping[str, str]) -> tuple[str, str, str]:
    whys = {
        "explicit": f"fields.{column['person_field']}",
        "key property": "key property",
        "attribute": "attribute",
        "synonym": f"synonym {column['synonym']}" if column["synonym"] else "exact name",
    }
    return column["column"], column["field"], whys[column["reason"]]


def _not_sent(vendors: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """One row per vendor and cause, which many columns share."""
    for name, tally in vendors.items():
        columns: dict[str, list[str]] = {}
        for entry in tally["not_sent"]:
            columns.setdefault(entry["why"], []).append(entry["column"])
        for why, listed in columns.items():
            yield name, ", ".join(listed), why


def _rejections(vendors: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """One row per reason and lines, which most vendors share."""
    counts: dict[tuple[str, str, str], list[str]] = {}
    for name, tally in vendors.items():
        for entry in tally["rejections"]:
            more = ", …" * (entry["count"] > len(entry["lines"]))
            lines = ", ".join(map(str, entry["lines"])) + more
            counts.setdefault((lines, entry["reason"], entry["remedy"]), []).append(f"{name} {entry['count']:,}")
    for texts, by_vendor in counts.items():
        yield "\n".join(by_vendor), *texts


def _requests(vendors: Mapping[str, Any]) -> Table:
    table = _transposed("requests", vendors)
    for head, cells in _REQUESTS.items():
        table.add_row(head, *(cells(vendor) for vendor in vendors.values()))
    return table


def _cuts(vendor: Mapping[str, Any]) -> str:
    return "\n".join(f"{cut} {count:,}" for cut, count in vendor["cut_by"].items())


def _minutes(vendor: Mapping[str, Any]) -> str:
    return "no limit" if vendor["minutes"] is None else f"{vendor['minutes']:,}"


_REQUESTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "requests": lambda vendor: f"{vendor['requests']:,}",
    "people": lambda vendor: f"{vendor['people']:,}",
    "megabytes": lambda vendor: f"{vendor['bytes'] / _MEGABYTE:,.3f}",
    "people a request, at most": lambda vendor: f"{vendor['batch_size']:,}",
    "cut by": _cuts,
    "what binds": lambda vendor: vendor["binding"],
    "at once, at most": lambda vendor: str(vendor["max_in_flight"]),
    "a minute, at most": lambda vendor: str(vendor["requests_per_minute"] or "none published"),
    "minutes, at least": _minutes,
    "answers to wait for": lambda vendor: f"{vendor['rounds']:,}",
}
"""What is said of every vendor, and how."""


def _sample(vendor: str, sample: Mapping[str, Any], *, shown: bool) -> Iterator[str]:
    people = f"{sample['shown']:,} of its {sample['people']:,} people"
    yield f"\nfirst request to {vendor}: {sample['method']} {sample['path']}, {people}"
    if not shown:
        yield _MASKS
    yield msgspec.json.format(bytes(sample["body"]), indent=2).decode()


def _listed(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(title=title, title_justify="left")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def _transposed(title: str, vendors: Iterable[str]) -> Table:
    """One column per vendor, and little between them: five stand in a terminal of 80."""
    table = Table("", title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for vendor in vendors:
        table.add_column(vendor, justify="right", overflow="fold")
    return table
