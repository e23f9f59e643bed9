"""One thread decides, others only wait for the network.

Why not a worker per batch: order, verdicts, STATE, the rejects file and the rate limit would all be shared between
threads, and no test could replay a schedule. Here everything happens on the thread that calls ``turn``, one thing after
another; a worker does nothing but send bytes and bring bytes. With a clock that does not wait, a test is a simulation.
"""

from __future__ import annotations

import heapq
import itertools
import select
import threading
from collections import deque
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from target_people.delivery.bell import Bell
from target_people.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.delivery.clock import Clock

T = TypeVar("T")

_LONGEST_WAIT = 86_400.0
"""Waited in one go; ``select`` refuses what is longer than some centuries, and a vendor may ask for that."""


@dataclass(frozen=True, slots=True)
class Ended(Generic[T]):
    """How a piece of work ended.

    Args:
        result: when it went well.
        error: when it did not.
    """

    result: T | None = None
    error: Exception | None = None

    def get(self) -> T:
        """The result.

        Raises:
            Exception: the error.
        """
        if self.error is not None:
            raise self.error
        return cast("T", self.result)


class WorkerError(RuntimeError):
    """Something that is no ``Exception``, such as ``SystemExit``, came out of work; its cause says what and where."""


def _worker_error(cause: BaseException) -> WorkerError:
    error = WorkerError(type(cause).__name__)
    error.__cause__ = cause
    return error


class Reactor:
    """Runs what is due: timers, and what follows from work that has ended.

    Args:
        clock: tells time and waits.
        workers: threads at most; started when they are needed, and never waited for at the end.
    """

    def __init__(self, clock: Clock, workers: int) -> None:
        """Start no thread yet."""
        self._clock = clock
        self._workers = workers
        self._threads: list[threading.Thread] = []
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._ended: deque[Callable[[], None]] = deque()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._running = 0
        self._signum: int | None = None
        self._raised = False
        self._bell = Bell()

    @property
    def now(self) -> float:
        """Monotonic seconds."""
        return self._clock.monotonic()

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call after so many seconds, at the next turn from then on."""
        heapq.heappush(self._timers, (self.now + seconds, next(self._numbers), call))

    def run(self, work: Callable[[], T], done: Callable[[Ended[T]], None]) -> None:
        """Do ``work`` on a worker, and call ``done`` with how it ended at a turn from then on."""
        self._running += 1
        self._bell.descriptor()
        if self._running > len(self._threads) < self._workers:
            self._start_worker()
        self._jobs.put(lambda: self._report(work, done))

    def turn(self, *, block: bool, source: int | None = None) -> bool:
        """Run what is due; with ``block``, wait until something is, or until ``source`` can be read.

        Args:
            block: whether to wait.
            source: a file descriptor; None for none.

        Returns:
            Whether ``source`` can be read, as far as this turn looked.

        Raises:
            Interrupted: when a signal came, once.
        """
        readable = False
        if block and not self._due():
            readable = self._wait(source)
        self._run_due()
        self._raise_signal()
        return readable

    def interrupt(self, signum: int) -> None:
        """End the next wait, or the present one; called from a signal handler, so it only notes and rings.

        Only the first signal counts.
        """
        if self._signum is None:
            self._signum = signum
            self._bell.ring()

    def close(self) -> None:
        """Let workers that are idle end, and close the bell; one that still waits for an answer dies with us."""
        for _ in self._threads:
            self._jobs.put(None)
        if not self._running:
            for thread in self._threads:
                thread.join()
        self._threads.clear()
        self._bell.close()

    def _due(self) -> bool:
        return (
            bool(self._ended)
            or (self._signum is not None and not self._raised)
            or bool(self._timers and self._timers[0][0] <= self.now)
        )

    def _run_due(self) -> None:
        while self._ended:
            self._ended.popleft()()
        while self._timers and self._timers[0][0] <= self.now:
            heapq.heappop(self._timers)[2]()

    def _raise_signal(self) -> None:
        if self._signum is not None and not self._raised:
            self._raised = True
            raise Interrupted(self._signum)

    def _wait(self, source: int | None) -> bool:
        """Wait for a worker, a timer, a signal or input, whichever comes first."""
        seconds = min(max(self._timers[0][0] - self.now, 0.0), _LONGEST_WAIT) if self._timers else None
        bell = self._bell.descriptor()
        if self._due():  # rung before there was a bell
            return False
        watched = [bell] if source is None else [bell, source]
        readable: list[int] = []

        def until(limit: float | None) -> None:
            readable.extend(select.select(watched, (), (), limit)[0])

        self._clock.wait(seconds, until, busy=self._running > 0 or source is not None)
        if bell in readable:
            self._bell.silence()
        return source in readable

    def _start_worker(self) -> None:
        thread = threading.Thread(target=self._work, name=f"sender-{len(self._threads)}", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _work(self) -> None:
        """A worker's life: do what is asked, until None is."""
        while (job := self._jobs.get()) is not None:
            job()

    def _report(self, work: Callable[[], T], done: Callable[[Ended[T]], None]) -> None:
        """On a worker: do the work, and leave what follows for the next turn, which waits for it whatever happens."""
        ended: Ended[T]
        try:
            ended = Ended(work())
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever asked for the work
            ended = Ended(error=error)
        except BaseException as error:  # noqa: BLE001 - it would end this thread in silence, and us never
            ended = Ended(error=_worker_error(error))
        self._ended.append(lambda: self._finish(ended, done))
        self._bell.ring()

    def _finish(self, ended: Ended[T], done: Callable[[Ended[T]], None]) -> None:
        self._running -= 1
        done(ended)
