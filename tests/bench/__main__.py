"""``python -m tests.bench``: measure, check, and show."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.machine import machine, versions
from tests.bench.measure import Input, WrongResultError, measured, started
from tests.bench.people import COLUMNS, write
from tests.bench.report import Report
from tests.bench.subject import ROOT, SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.bench.measure import Figures
    from tests.bench.subject import Subject

PAGE = ROOT / "docs" / "performance.md"
_RECORDS, _ROUNDS, _STARTS = 200_000, 3, 5
_FEW = 200
_QUICK_RECORDS, _QUICK_ROUNDS, _QUICK_STARTS = 20_000, 1, 3


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="How many records a second.")
    add = parser.add_argument
    add("--quick", action="store_true", help=f"{_QUICK_RECORDS:,} records, {_QUICK_ROUNDS} round: under two minutes")
    add("--records", type=int, metavar="N", help=f"people in the input; {_RECORDS:,} unless given")
    add("--rounds", type=int, metavar="N", help=f"how often each subject runs; {_ROUNDS} unless given")
    add("--latency", type=float, default=0, metavar="MS", help="milliseconds that each answer takes")
    add("--only", default="", metavar="TEXT", help="only subjects with this in their name or case")
    add("--json", type=Path, metavar="FILE", help="write everything measured there")
    add("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    return parser.parse_args()


def _rounds(subjects: Sequence[Subject], given: Input, rounds: int) -> dict[Subject, list[Figures]]:
    """All subjects in turn, round after round."""
    found: dict[Subject, list[Figures]] = {subject: [] for subject in subjects}
    for turn in range(1, rounds + 1):
        for subject in subjects:
            figures = measured(subject, given)
            found[subject].append(figures)
            rate = given.records / figures.wall
            _say(f"round {turn} of {rounds}: {subject.case}: {subject.name}: {rate:,.0f} records/s")
    return found


def _warm_up(subjects: Iterable[Subject], given: Input, folder: Path) -> None:
    """Each subject once, uncounted, with few people: modules are compiled and files cached from here on."""
    path = folder / "few.singer"
    few = replace(given, path=path, records=_FEW, state=write(path, _FEW))
    for subject in subjects:
        measured(subject, few)


def _startup(subjects: Iterable[Subject], given: Input, turns: int) -> dict[str, list[Figures]]:
    """Each program once for all its cases, in turn."""
    commands = {subject.name: subject.version for subject in subjects if subject.version}
    found: dict[str, list[Figures]] = {name: [] for name in commands}
    for _ in range(turns):
        for name, command in commands.items():
            found[name].append(started(command, given))
    return found


def _measured(options: argparse.Namespace, folder: Path) -> Report:
    records = options.records or (_QUICK_RECORDS if options.quick else _RECORDS)
    rounds = options.rounds or (_QUICK_ROUNDS if options.quick else _ROUNDS)
    subjects = [one for one in SUBJECTS if one.here and options.only in f"{one.name} {one.case}"]
    facts: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        "rounds": rounds,
        "latency_ms": options.latency,
    }
    path = folder / "people.singer"
    given = Input(path, records, write(path, records), folder / "cache", options.latency)
    facts["input"] = {"records": records, "columns": len(COLUMNS), "size": path.stat().st_size / records}
    _warm_up(subjects, given, folder)
    startup = _startup(subjects, given, _QUICK_STARTS if options.quick else _STARTS)
    return Report(records, _rounds(subjects, given, rounds), startup, facts)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> int:
    """Exit code 1 when a subject did not do its work."""
    options = _options()
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            report = _measured(options, Path(folder))
    except WrongResultError as error:
        _say(f"the benchmark failed: {error}")
        return 1
    from tests.bench.page import markdown, show  # noqa: PLC0415 - its memory would count as that of the subjects

    show(report)
    if options.json:
        options.json.write_text(json.dumps(report.json(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    if options.write:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(markdown(report), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
