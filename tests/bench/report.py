"""From the figures of all rounds to tables and JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tests.bench.subject import BARE, PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.bench.measure import Figures
    from tests.bench.subject import Subject

HEAD = (
    "case",
    "subject",
    "records/s",
    "CPU µs",
    "after start",
    "peak MB",
    "requests",
    "endpoint µs",
    "speed/plain",
    "speed/bare",
    "CPU/plain",
    "CPU/bare",
)
STARTING = ("command", "seconds", "CPU seconds", "peak MB")


_AGAINST = MappingProxyType({"plain": PLAIN, "bare": BARE})
_TEN = 10


@dataclass(frozen=True)
class Report:
    """One run of the benchmark.

    Args:
        records: people in the input.
        runs: subject → its figures, one per round.
        startup: subject → the figures of its start alone, one per turn.
        facts: input, machine and versions, as JSON has them.
    """

    records: int
    runs: Mapping[Subject, Sequence[Figures]]
    startup: Mapping[str, Sequence[Figures]]
    facts: Mapping[str, Any]

    def rows(self) -> list[tuple[str, ...]]:
        """The table, without its head."""
        return [self._row(subject) for subject in self.runs]

    def starting(self) -> list[tuple[str, ...]]:
        """The table of start-up times, without its head."""
        return [
            (f"{name} --version", f"{_of(runs, _wall):.2f}", f"{_of(runs, _cpu):.2f}", f"{_of(runs, _peak) / 1e6:.0f}")
            for name, runs in self.startup.items()
        ]

    def json(self) -> dict[str, Any]:
        """Everything, each round included."""
        return {
            **self.facts,
            "startup": {name: [asdict(figures) for figures in runs] for name, runs in self.startup.items()},
            "subjects": [self._entry(subject) for subject in self.runs],
        }

    def _row(self, subject: Subject) -> tuple[str, ...]:
        entry = self._entry(subject)
        return (
            subject.case,
            subject.name,
            f"{entry['records_per_second']:,.0f}",
            _short(entry["cpu_us_per_record"]),
            _short(entry["cpu_us_after_startup"]),
            f"{entry['peak_mb']:.0f}",
            f"{entry['requests']:,}" if entry["requests"] else "-",
            _short(entry["endpoint_cpu_us_per_record"]) if entry["requests"] else "-",
            *map(_short, entry["speed"].values()),
            *map(_short, entry["cpu"].values()),
        )

    def _entry(self, subject: Subject) -> dict[str, Any]:
        runs = self.runs[subject]
        return {
            "name": subject.name,
            "case": subject.case,
            "batch": subject.batch,
            "records_per_second": self.records / _of(runs, _wall),
            "cpu_us_per_record": _of(runs, _cpu) / self.records * 1e6,
            "cpu_us_after_startup": self._after_startup(subject),
            "peak_mb": _of(runs, _peak) / 1e6,
            "requests": runs[-1].requests,
            "bytes_sent": runs[-1].sent,
            "endpoint_cpu_us_per_record": median(run.endpoint for run in runs) / self.records * 1e6,
            "speed": {key: self._ratio(subject, name, _speed) for key, name in _AGAINST.items()},
            "cpu": {key: self._ratio(subject, name, _share) for key, name in _AGAINST.items()},
            "rounds": [asdict(run) for run in runs],
        }

    def _after_startup(self, subject: Subject) -> float | None:
        """CPU that each record costs, in microseconds; None where the start was not measured."""
        start = self.startup.get(subject.name)
        return (_of(self.runs[subject], _cpu) - _of(start, _cpu)) / self.records * 1e6 if start else None

    def _ratio(self, subject: Subject, other: str, ratio: Callable[[Figures, Figures], float]) -> float | None:
        """The median of the ratios round by round, so that a busy minute hits both sides; None without the other."""
        found = next((runs for one, runs in self.runs.items() if (one.name, one.case) == (other, subject.case)), None)
        return median(map(ratio, self.runs[subject], found)) if found else None


def _of(runs: Sequence[Figures], figure: Callable[[Figures], float]) -> float:
    return median(figure(run) for run in runs)


def _wall(run: Figures) -> float:
    return run.wall


def _cpu(run: Figures) -> float:
    return run.cpu


def _peak(run: Figures) -> float:
    return run.peak


def _speed(own: Figures, other: Figures) -> float:
    return other.wall / own.wall


def _share(own: Figures, other: Figures) -> float:
    return own.cpu / other.cpu


def _short(figure: float | None) -> str:
    if figure is None:
        return "-"
    return f"{figure:.1f}" if figure >= _TEN else f"{figure:.2f}"
