"""A report for people: on the terminal, and as docs/performance.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tests.bench.report import HEAD, STARTING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.bench.report import Report

_WIDTH = 180
_NAMES = frozenset({"case", "subject", "command"})

_TEXT = """\
# Performance

Written by `python -m tests.bench --write`; figures are of one machine and one day. Run it on yours.

All subjects read the same file from standard input: {records:,} fictitious people, {columns} columns, {size:.0f} bytes
a line, a STATE every 10,000. Each is a whole process, start-up included; they take turns, and a figure is the median of
{rounds} rounds, after one that does not count. A run counts only when the
endpoint has received everybody exactly once and the last STATE came out.

- **plain SDK target**: a `BatchSink` as from the SDK's template, with the SDK's defaults; it posts the same batches
  with a `requests` session. No identities, normalising, verdicts, retries or rejects. Unvalidated: with the SDK's
  `validate_records` off.
- **bare loop**: msgspec decodes a line, a dictionary is mapped, msgspec encodes it, the batch is posted. It promises
  nothing: the floor in Python.
- **target-people**: the command as it is, with every promise it makes.
- **files**: targets of other people's, where they install; they write the records to a file, and send nothing.

The case is the vendor and the people a request. CPU is user and system time for each record, with and without the
start-up. Ratios are taken round by round against the plain target and the bare loop of the same case: speed 2.00 is
twice as fast, CPU 2.00 is twice as much. The endpoint answers {latency} and counts people; where its own CPU comes
close to a subject's, it is the limit.

{table}

Start-up, which every run pays once:

{starting}

Measured on {processor}, {cpus} CPUs, {memory_gb} GB, {system}; load {load}. {versions}.
"""


def show(report: Report) -> None:
    """Print the tables."""
    console = Console(width=_WIDTH)
    console.print(_rich(HEAD, report.rows()))
    console.print(_rich(STARTING, report.starting()))


def markdown(report: Report) -> str:
    """The page."""
    facts = report.facts
    machine = facts["machine"]
    return _TEXT.format(
        **facts["input"],
        **machine,
        rounds=facts["rounds"],
        latency=f"after {facts['latency_ms']:g} ms" if facts["latency_ms"] else "at once",
        table=_markdown(HEAD, report.rows()),
        starting=_markdown(STARTING, report.starting()),
        load=", ".join(str(load) for load in machine["load_average"]),
        versions=", ".join(f"{name} {version}" for name, version in facts["versions"].items()),
    )


def _rich(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table()
    for name in head:
        table.add_column(name, justify="left" if name in _NAMES else "right", no_wrap=name in _NAMES)
    case = ""
    for row in rows:
        if head is HEAD and case and row[0] != case:
            table.add_section()
        case = row[0]
        table.add_row(*row)
    return table


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---" if name in _NAMES else "--:" for name in head]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
