"""What is due is done on one thread; workers wait for the network."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.clock import SystemClock
from target_people.delivery.reactor import Ended, Reactor
from tests.support.clock import FakeClock
from tests.support.work import WORKERS

if TYPE_CHECKING:
    from collections.abc import Callable


BOUNDED = settings(deadline=None, derandomize=True, max_examples=60)
PATIENCE = 20.0


def turn_until(reactor: Reactor, over: Callable[[], bool]) -> None:
    """Turn, at most a thousand times."""
    for _ in range(1000):
        if over():
            return
        reactor.turn(block=True)
    assert over()


@BOUNDED
@given(st.lists(st.integers(0, 5) | st.floats(0, 100), max_size=20))
def test_timers_run_in_the_order_of_their_moments_and_those_of_one_moment_as_they_came(moments: list[float]) -> None:
    clock, done = FakeClock(), list[int]()
    with closing(Reactor(clock, WORKERS)) as reactor:
        for at, seconds in enumerate(moments):
            reactor.later(seconds, lambda at=at: done.append(at))  # type: ignore[misc]
        turn_until(reactor, lambda: len(done) == len(moments))
    assert done == sorted(range(len(moments)), key=lambda at: moments[at])
    assert clock.monotonic() == pytest.approx(max(moments, default=0))


def test_a_timer_runs_at_its_moment_and_not_before(reactor: Reactor, clock: FakeClock) -> None:
    ran: list[float] = []
    reactor.later(10, lambda: ran.append(reactor.now))
    clock.advance(9.9)
    reactor.turn(block=False)
    assert ran == []
    turn_until(reactor, lambda: bool(ran))
    assert ran == [pytest.approx(10)]


def test_a_timer_may_set_another(reactor: Reactor, clock: FakeClock) -> None:
    ran: list[str] = []
    reactor.later(1, lambda: reactor.later(2, lambda: ran.append("second")))
    turn_until(reactor, lambda: bool(ran))
    assert clock.slept == [1, 2]


def test_a_turn_that_does_not_block_does_only_what_is_due(reactor: Reactor, clock: FakeClock) -> None:
    reactor.later(1, lambda: None)
    assert reactor.turn(block=False) is False
    assert clock.slept == []


def test_work_runs_on_a_worker_and_its_end_on_the_thread_that_turns(reactor: Reactor) -> None:
    threads: list[threading.Thread] = []
    ends: list[Ended[threading.Thread]] = []

    def done(ended: Ended[threading.Thread]) -> None:
        ends.append(ended)
        threads.append(threading.current_thread())

    reactor.run(threading.current_thread, done)
    turn_until(reactor, lambda: bool(ends))
    assert ends[0].get() is not threading.current_thread()
    assert ends[0].get().daemon
    assert threads == [threading.current_thread()]


def test_the_end_of_work_waits_for_a_turn(reactor: Reactor) -> None:
    worked = threading.Event()
    ends: list[Ended[None]] = []
    reactor.run(worked.set, ends.append)
    assert worked.wait(PATIENCE)
    assert ends == []
    turn_until(reactor, lambda: bool(ends))


@pytest.mark.parametrize("error", [ValueError("x"), AssertionError("x"), MemoryError()])
def test_an_error_of_work_travels_to_who_asked_for_it(error: Exception, reactor: Reactor) -> None:
    ends: list[Ended[None]] = []

    def fail() -> None:
        raise error

    reactor.run(fail, ends.append)
    turn_until(reactor, lambda: bool(ends))
    with pytest.raises(type(error)) as caught:
        ends[0].get()
    assert caught.value is error


def test_a_result_that_is_none_is_a_result() -> None:
    ended: Ended[None] = Ended(None)
    assert ended.error is None
    ended.get()


def test_as_many_as_there_are_workers_run_at_once_and_the_others_after_them(reactor: Reactor) -> None:
    """Each of the first waits for all of them; the fourth could not be there."""
    together = threading.Barrier(WORKERS, timeout=PATIENCE)
    ends: list[Ended[int]] = []
    for _ in range(2 * WORKERS):
        reactor.run(together.wait, ends.append)
    turn_until(reactor, lambda: len(ends) == 2 * WORKERS)
    assert sorted(ended.get() for ended in ends) == [0, 0, 1, 1, 2, 2]


def test_no_more_workers_are_started_than_there_is_work_at_once(reactor: Reactor) -> None:
    names: set[str] = set()
    for _ in range(5):
        ends: list[Ended[str]] = []
        reactor.run(lambda: threading.current_thread().name, ends.append)
        turn_until(reactor, lambda ends=ends: bool(ends))  # type: ignore[misc]
        names.add(ends[0].get())
    assert len(names) == 1


def test_a_thousand_ends_are_all_told(reactor: Reactor) -> None:
    told: list[int] = []
    for at in range(1000):
        reactor.run(lambda at=at: at, lambda ended: told.append(ended.get()))  # type: ignore[misc]
    turn_until(reactor, lambda: len(told) == 1000)
    assert sorted(told) == list(range(1000))


def test_while_work_is_under_way_no_time_is_skipped(reactor: Reactor, clock: FakeClock) -> None:
    """The wait is for the work and ends with it."""
    ends: list[Ended[None]] = []
    reactor.later(60, lambda: None)
    reactor.run(lambda: None, ends.append)
    turn_until(reactor, lambda: bool(ends))
    assert clock.slept == []


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("sender-")}


def test_what_was_never_used_opens_nothing() -> None:
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()  # noqa: PTH112, PTH208
    reactor = Reactor(SystemClock(), WORKERS)
    reactor.turn(block=False)
    after = set(os.listdir("/proc/self/fd")) if before else set()  # noqa: PTH208
    assert after == before
    reactor.close()


def test_closing_leaves_no_thread_and_no_socket_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that is only let go of is a ResourceWarning; these are closed."""
    made: list[socket.socket] = []
    pair = socket.socketpair

    def kept() -> Any:
        made.extend(pair())
        return tuple(made)

    monkeypatch.setattr(socket, "socketpair", kept)
    before, ends = threads(), list[Ended[None]]()
    reactor = Reactor(FakeClock(), WORKERS)
    for _ in range(WORKERS):
        reactor.run(lambda: None, ends.append)
    turn_until(reactor, lambda: len(ends) == WORKERS)
    assert threads() > before
    reactor.close()
    assert threads() == before
    assert [end.fileno() for end in made] == [-1, -1]


def test_closing_does_not_wait_for_an_answer_that_is_under_way() -> None:
    let_go = threading.Event()
    before = threads()
    reactor = Reactor(FakeClock(), WORKERS)
    reactor.run(lambda: let_go.wait(PATIENCE), lambda _: None)
    (worker,) = threads() - before
    reactor.close()
    assert worker.is_alive()
    let_go.set()
    worker.join(PATIENCE)
    assert not worker.is_alive()
