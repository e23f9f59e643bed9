"""Import jobs: work that a vendor accepts now and does later."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_people.emulator.clock import Clock
    from target_people.emulator.history import History
    from target_people.emulator.store import Document, Store

Mode = Literal["at_once", "polls", "seconds"]
MODES: tuple[str, ...] = get_args(Mode)
UNPOLLED_SECONDS = 60.0
"""A job that waits for polls is done after this time even if nobody asks for it."""
COLUMNS = "id, vendor, state, polls, submitted_at, finished_at, payload, coalesce(outcome, '{}'), ending, work"
Ending = Literal["done", "failed", "vanished", "endless"]
SHARES = {"none": 0.0, "half": 0.5, "all": 1.0}
"""How much of its work a job does."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a job.

    Attributes:
        ending: What whoever asks is told in the end: it is done or failed, there is none, or it is still under way.
        work: How much is done of it, one of :data:`SHARES`, in the moment in which it would have been done.
    """

    ending: Ending = "done"
    work: str = "all"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a vendor's jobs are done.

    Attributes:
        mode: ``at_once``: with the submission; ``polls``: when ``value`` polls have been told it is still running;
            ``seconds``: when ``value`` seconds have passed.
        value: Polls or seconds, 0 or more.
    """

    mode: Mode = "polls"
    value: float = 1


@dataclass(slots=True)
class Job:
    """One job. ``state`` is ``waiting`` or its ending; the work is done in the moment it becomes that."""

    id: str
    vendor: str
    state: str
    polls: int
    submitted_at: float
    finished_at: float | None
    payload: bytes
    outcome: Document
    """Empty until it is done."""
    ending: Ending = "done"
    work: str = "all"

    @property
    def running(self) -> bool:
        """Whether whoever asks is told that it is under way."""
        return self.state in ("waiting", "endless")

    @property
    def share(self) -> float:
        """How much of the work is to be done, from 0 to 1."""
        return SHARES[self.work]


class Jobs:
    """All vendors' jobs.

    Why the work is done at the end and not at submission: people read in between are stale, as at the vendors, and
    two jobs that share a person show which of them the client really waited for.

    Args:
        store: Where they are kept.
        clock: Tells when a job is due.
        history: Told which request submitted a job, and that the job does its work for that request.
    """

    def __init__(self, store: Store, clock: Clock, history: History) -> None:
        """Start with nobody to do the work; see :meth:`employ`."""
        self._store = store
        self._clock = clock
        self._history = history
        self._workers: dict[str, Callable[[Job], Document]] = {}
        self._paces: dict[str, Pace] = {}

    def employ(self, vendor: str, worker: Callable[[Job], Document]) -> None:
        """Let ``worker`` do the jobs of ``vendor``; it returns the outcome in whatever form the vendor's API reads."""
        self._workers[vendor] = worker

    def pace(self, vendor: str) -> Pace:
        """Return how fast the jobs of ``vendor`` are done."""
        return self._paces.get(vendor, Pace())

    def set_pace(self, vendor: str, pace: Pace) -> None:
        """Change how fast the jobs of ``vendor`` are done, those already waiting included."""
        self._paces[vendor] = pace

    def submit(self, vendor: str, job_id: str, payload: bytes, fate: Fate) -> Job:
        """Take a job; it is done at once if that is the vendor's pace."""
        now = self._clock.now()
        self._store.change(
            "INSERT INTO jobs (vendor, id, state, polls, submitted_at, payload, ending, work)"
            " VALUES (?, ?, 'waiting', 0, ?, ?, ?, ?)",
            (vendor, job_id, now, payload, fate.ending, fate.work),
        )
        job = Job(job_id, vendor, "waiting", 0, now, None, payload, {}, fate.ending, fate.work)
        self._history.submitted(vendor, job_id)
        if self.pace(vendor).mode == "at_once":
            self._run(job)
        return job

    def poll(self, vendor: str, job_id: str) -> Job | None:
        """Return the job as the vendor would describe it now, or None if there is none; counts as one poll.

        One that is to vanish is never there, and its polls count all the same, so that its work is done in its time.
        """
        found = self._jobs("vendor = ? AND id = ?", (vendor, job_id))
        if not found:
            return None
        job = found[0]
        if job.state == "waiting":
            if self._due(job):
                self._run(job)
            job.polls += 1
            self._store.change("UPDATE jobs SET polls = ? WHERE vendor = ? AND id = ?", (job.polls, vendor, job_id))
        return job if job.ending != "vanished" else None

    def settle(self, vendor: str, *, everything: bool = False) -> int:
        """Do the jobs of ``vendor`` that are due by the clock, or all of them, oldest first; return how many."""
        latest = math.inf if everything else self._clock.now() - self._wait(vendor)
        due = self._jobs("vendor = ? AND state = 'waiting' AND submitted_at <= ?", (vendor, latest))
        for job in due:
            self._run(job)
        return len(due)

    def listed(self, vendor: str) -> list[Job]:
        """Return the jobs of ``vendor``, oldest first; counts as no poll."""
        return self._jobs("vendor = ?", (vendor,))

    def page(self, vendor: str, limit: int, offset: int = 0) -> list[Job]:
        """Return up to ``limit`` jobs of ``vendor``, newest first, after passing over ``offset``; counts as no poll."""
        newest = "number IN (SELECT number FROM jobs WHERE vendor = ? ORDER BY number DESC LIMIT ? OFFSET ?)"
        return self._jobs(newest, (vendor, limit, offset))[::-1]

    def count(self, vendor: str) -> tuple[int, int]:
        """Return how many jobs ``vendor`` has, and how many of them are waiting."""
        waiting = "SELECT count(*) FROM jobs WHERE vendor = ? AND state = 'waiting'"
        sql = f"SELECT (SELECT count(*) FROM jobs WHERE vendor = ?), ({waiting})"  # noqa: S608 - the text above
        found: tuple[int, int] = self._store.rows(sql, (vendor, vendor))[0]
        return found

    def clear(self, vendor: str) -> None:
        """Forget the jobs of ``vendor``, and its pace."""
        self._store.change("DELETE FROM jobs WHERE vendor = ?", (vendor,))
        self._paces.pop(vendor, None)

    def _due(self, job: Job) -> bool:
        pace = self.pace(job.vendor)
        polled = pace.mode == "polls" and job.polls >= pace.value
        return polled or job.submitted_at <= self._clock.now() - self._wait(job.vendor)

    def _wait(self, vendor: str) -> float:
        pace = self.pace(vendor)
        return {"at_once": 0.0, "polls": UNPOLLED_SECONDS, "seconds": pace.value}[pace.mode]

    def _run(self, job: Job) -> None:
        request = self._history.submission(job.vendor, job.id)
        with self._store.transaction(), self._history.caused_by(request):
            job.outcome = self._workers[job.vendor](job)
            job.state, job.finished_at = job.ending, self._clock.now()
            self._store.change(
                "UPDATE jobs SET state = ?, finished_at = ?, outcome = ?, payload = x'' WHERE vendor = ? AND id = ?",
                (job.state, job.finished_at, msgspec.json.encode(job.outcome).decode(), job.vendor, job.id),
            )

    def _jobs(self, where: str, values: Sequence[object]) -> list[Job]:
        sql = f"SELECT {COLUMNS} FROM jobs WHERE {where} ORDER BY number"  # noqa: S608 - the texts above, no input
        found = [Job(*row) for row in self._store.rows(sql, values)]
        for job in found:
            job.outcome = msgspec.json.decode(str(job.outcome))
        return found
