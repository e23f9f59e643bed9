"""What would become of the records of one stream at one vendor."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from target_people.delivery.verdict import Outcome, Verdict
from target_people.dry_run.distinct import Distinct

if TYPE_CHECKING:
    from target_people.people.mapping import Mapping

_LINES = 10
"""Line numbers that are kept for each reason."""


@dataclass(slots=True)
class Refused:
    """The records that are rejected for one reason.

    Args:
        count: how many.
        lines: the first line numbers of the input, at most 10.
    """

    count: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        """Count a record."""
        self.count += 1
        if len(self.lines) < _LINES:
            self.lines.append(line)


@dataclass(slots=True)
class Tally:
    """Counts of one stream and vendor; they hold no personal data.

    Args:
        mapping: of the latest SCHEMA; None when the stream is not mapped.
        problem: why it is not; empty when it is.
        failed: whether a run would end for it.
        asked: records that fit the SCHEMA, in which the identity was looked for.
        identified: of these, the ones that have it.
        people: whom the records are about that would be sent, or a newer one instead.
        verdicts: how many records ended with which; those that would be sent with ``accepted``.
        refused: (code, field) → the records.
    """

    mapping: Mapping | None = None
    problem: str = ""
    failed: bool = False
    asked: int = 0
    identified: int = 0
    people: Distinct = field(default_factory=Distinct)
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    refused: dict[tuple[str, str], Refused] = field(default_factory=dict)

    def look(self, *, found: bool) -> None:
        """Count a record in which the identity was looked for."""
        self.asked += 1
        self.identified += found

    def count(self, outcome: Outcome, line: int) -> None:
        """Count the end of a record that was read on that line."""
        self.verdicts[outcome.verdict] += 1
        if outcome.verdict is Verdict.REJECTED:
            self.refused.setdefault((outcome.code, outcome.field), Refused()).add(line)
