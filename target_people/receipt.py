"""The receipt: what one run did, without personal data, as one JSON file."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from glob import escape
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from target_people.delivery.verdict import Outcome, Verdict
from target_people.reason import reason
from target_people.timeline import Timeline

if TYPE_CHECKING:
    from pathlib import Path

    from target_people.delivery.clock import Clock
    from target_people.delivery.meter import Meter
    from target_people.state import StateGate


@dataclass(slots=True)
class StreamCount:
    """Records of one stream.

    Args:
        read: records read.
        skipped: of these, the ones that no vendor was asked about.
    """

    read: int = 0
    skipped: int = 0


@dataclass(slots=True)
class VendorAccount:
    """What one vendor was asked and answered.

    Args:
        meter: requests and waiting.
        verdicts: how many records ended with which.
        skipped: records read that belong to a stream which this vendor is not asked about.
        not_sent: column → why, over all streams.
        rejections: (code, field) → how many.
        limit: people a minute at most, where the request limit and the batch size tell; None where they do not.
        timeline: how many were settled by when.
    """

    meter: Meter
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    skipped: int = 0
    not_sent: dict[str, str] = field(default_factory=dict)
    rejections: Counter[tuple[str, str]] = field(default_factory=Counter)
    limit: int | None = None
    timeline: Timeline = field(default_factory=Timeline)

    @property
    def settled(self) -> int:
        """Verdicts so far."""
        return self.verdicts.total()

    def count(self, outcome: Outcome, records: int = 1) -> None:
        """Count records that ended alike."""
        self.verdicts[outcome.verdict] += records
        if outcome.verdict is Verdict.REJECTED:
            self.rejections[outcome.code, outcome.field] += records

    def facts(self, now: float) -> dict[str, Any]:
        """As it stands in the receipt at this monotonic second."""
        meter = self.meter
        return {
            "verdicts": {str(verdict): self.verdicts[verdict] for verdict in Verdict},
            "skipped": self.skipped,
            "requests": meter.requests,
            "retries": meter.retries,
            "throttled_seconds": round(meter.throttled_seconds, 3),
            "waited": meter.waited(now),
            "limit": self.limit,
            "timeline": self.timeline.facts(),
            "bytes_sent": meter.bytes_sent,
            "jobs": list(meter.jobs),
            "not_sent": [{"column": column, "why": why} for column, why in self.not_sent.items()],
            "rejections": [self._rejection(*cause, count) for cause, count in self.rejections.most_common()],
        }

    def _rejection(self, code: str, field_name: str, count: int) -> dict[str, Any]:
        entry = reason(code, field_name)
        return {"code": code, "reason": entry.reason, "remedy": entry.remedy, "count": count}


class Receipt:
    """Collects what a run does and writes it down, also when the run fails.

    Args:
        run_id: the run's name.
        clock: tells when it started and finished.
    """

    def __init__(self, run_id: str, clock: Clock) -> None:
        """Start now."""
        self.run_id = run_id
        self.streams: dict[str, StreamCount] = {}
        self.vendors: dict[str, VendorAccount] = {}
        self._clock = clock
        self._started_at = self.now()
        self._started = clock.monotonic()

    def now(self) -> str:
        """The present moment in ISO 8601, UTC."""
        return datetime.fromtimestamp(self._clock.time(), UTC).isoformat(timespec="milliseconds")

    def stream(self, name: str) -> StreamCount:
        """The counts of a stream."""
        return self.streams.setdefault(name, StreamCount())

    def count(self, vendor: str, outcome: Outcome, records: int = 1) -> None:
        """Count records that ended alike at one vendor, now."""
        account = self.vendors[vendor]
        account.count(outcome, records)
        account.timeline.add(self._clock.monotonic() - self._started, records)

    def facts(self, exit_code: int, why: str, gate: StateGate) -> dict[str, Any]:
        """The whole receipt as it is written."""
        now = self._clock.monotonic()
        return {
            "run_id": self.run_id,
            "version": version("target-people"),
            "started_at": self._started_at,
            "finished_at": self.now(),
            "seconds": round(now - self._started, 3),
            "exit_code": exit_code,
            "reason": why,
            "streams": {name: asdict(counts) for name, counts in self.streams.items()},
            "vendors": {name: account.facts(now) for name, account in self.vendors.items()},
            "states": {"received": gate.received, "printed": gate.printed},
        }


def new_run_id(clock: Clock) -> str:
    """A name that sorts by time and is unique."""
    moment = datetime.fromtimestamp(clock.time(), UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def write(folder: Path, facts: dict[str, Any]) -> Path:
    """Write a receipt whole or not at all, as ``<folder>/<run_id>.json``, and say where it is.

    A signal handler may do so while the same receipt is being written: each writes a draft of its own.

    Raises:
        OSError: when the folder cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{facts['run_id']}.json"
    draft = folder / f"{facts['run_id']}.{secrets.token_hex(3)}.part"
    try:
        _write_through(draft, json.dumps(facts, indent=2) + "\n")
        os.replace(draft, path)  # noqa: PTH105 - the name says what it does: atomically
    finally:
        _clear(folder, facts["run_id"])
    return path


def _clear(folder: Path, run_id: str) -> None:
    """Remove what did not become a receipt."""
    for draft in folder.glob(f"{escape(run_id)}.*.part"):
        with contextlib.suppress(OSError):
            draft.unlink()


def _write_through(path: Path, text: str) -> None:
    """Write a file and put it on disk, so that no name ever stands for half of it."""
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
