"""The command ``check``: its findings as a table for a terminal, or as JSON."""

from __future__ import annotations

import json
import random
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from target_people.check import check
from target_people.delivery.clock import SystemClock
from target_people.delivery.sender import Surroundings
from target_people.errors import Interrupted
from target_people.signals import SIGNALLED, Signals
from target_people.target import TargetPeople

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_people.check import Finding
    from target_people.configuration import Given


def run(given: Given, *, as_json: bool) -> int:
    """Check every configured vendor, print what was found, and return the exit code.

    Args:
        given: the configuration as the command line names it.
        as_json: one JSON object instead of a table.

    Raises:
        ConfigurationError: when the settings are wrong; nothing was called then.
    """
    around = Surroundings.of(SystemClock(), random.Random())  # noqa: S311 - jitter is no secret
    signals = Signals()
    signals.install()
    try:
        target = TargetPeople(config=given.config, parse_env_config=given.parse_env, around=around, signals=signals)
        findings = check(target.settings, around)
    except Interrupted as stop:
        return SIGNALLED + stop.signum
    finally:
        signals.restore()
    console = Console()
    if as_json:
        console.file.write(json.dumps(document(findings), indent=2) + "\n")
    else:
        print_findings(findings, console)
    return exit_code(findings)


def exit_code(findings: Sequence[Finding]) -> int:
    """The lowest of those that are not 0: what must be changed comes before what may pass."""
    return min((finding.exit_code for finding in findings if finding.exit_code), default=0)


def document(findings: Sequence[Finding]) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "exit_code": exit_code(findings),
        "vendors": {
            finding.vendor: {
                "ok": not finding.exit_code,
                "exit_code": finding.exit_code,
                "custom_fields": finding.custom_fields,
                "called": [_called(asdict(call)) for call in finding.called],
                "note": finding.note,
                "problem": finding.problem,
                "settings": list(finding.settings),
            }
            for finding in findings
        },
    }


def print_findings(findings: Sequence[Finding], console: Console) -> None:
    """Print one row per vendor, and below it what to change and what to know."""
    marks = ("✗", "✓") if console.encoding.startswith("utf") else ("FAILED", "ok")
    table = Table("", "vendor", "custom fields", "called", title="check", title_justify="left")
    for finding in findings:
        listed = "-" if finding.custom_fields is None else str(finding.custom_fields)
        called = Text("\n".join(dict.fromkeys(map(str, finding.called))) or "-")
        table.add_row(marks[not finding.exit_code], finding.vendor, listed, called)
    console.print(table)
    for finding in findings:
        for words in filter(None, (finding.problem, finding.note)):
            console.print(Text(f"{marks[not finding.exit_code]} {finding.vendor}: {words}"))


def _called(call: dict[str, Any]) -> dict[str, Any]:
    """A call without what only the check itself needs."""
    return {key: call[key] for key in ("method", "path", "status")}
