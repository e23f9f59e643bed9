"""What ends a wait: signals, and what can be read."""

from __future__ import annotations

import os
import select
import signal
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from target_people.delivery.clock import SystemClock
from target_people.delivery.reactor import Ended, Reactor
from target_people.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_people.delivery.clock import Clock
    from tests.support.clock import FakeClock

PATIENCE = 20.0


class Waiting:
    """A thread that turns a reactor whose clock tells when it waits.

    Args:
        source: a file descriptor to wait for, too.
    """

    def __init__(self, source: int | None = None) -> None:
        self.begun = threading.Event()
        self.raised: list[int] = []
        self.readable: list[bool] = []
        self.reactor = Reactor(self._clock(), 1)
        self.thread = threading.Thread(target=self._turn, args=(source,), daemon=True)
        self.thread.start()
        assert self.begun.wait(PATIENCE)

    def end(self) -> None:
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        self.reactor.close()

    def _clock(self) -> Clock:
        begun = self.begun

        class Telling(SystemClock):
            def wait(self, seconds: float | None, until: Callable[[float | None], None], *, busy: bool) -> None:
                begun.set()
                super().wait(seconds, until, busy=busy)

        return Telling()

    def _turn(self, source: int | None) -> None:
        try:
            self.readable.append(self.reactor.turn(block=True, source=source))
        except Interrupted as stop:
            self.raised.append(stop.signum)


def test_a_signal_ends_a_wait_that_is_going_on() -> None:
    waiting = Waiting()
    waiting.reactor.interrupt(signal.SIGTERM)
    waiting.end()
    assert waiting.raised == [signal.SIGTERM]


@pytest.mark.parametrize("block", [False, True])
def test_a_signal_before_anybody_waits_is_raised_at_the_next_turn_and_once(block: bool, reactor: Reactor) -> None:  # noqa: FBT001
    reactor.later(1, lambda: None)
    reactor.interrupt(signal.SIGINT)
    with pytest.raises(Interrupted) as caught:
        reactor.turn(block=block)
    assert caught.value.signum == signal.SIGINT
    reactor.turn(block=True)


def test_what_is_due_is_done_before_a_signal_is_raised(reactor: Reactor, clock: FakeClock) -> None:
    ran: list[str] = []
    reactor.later(1, lambda: ran.append("timer"))
    clock.advance(1)
    reactor.interrupt(signal.SIGINT)
    with pytest.raises(Interrupted):
        reactor.turn(block=True)
    assert ran == ["timer"]


@pytest.mark.parametrize("raised", [False, True])
def test_a_second_signal_changes_nothing(raised: bool, reactor: Reactor) -> None:  # noqa: FBT001
    """Whether or not the first has been raised, it is the one that counts, once."""
    reactor.interrupt(signal.SIGINT)
    if not raised:
        reactor.interrupt(signal.SIGTERM)
    with pytest.raises(Interrupted) as caught:
        reactor.turn(block=False)
    assert caught.value.signum == signal.SIGINT
    reactor.interrupt(signal.SIGTERM)
    reactor.turn(block=False)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_a_source_that_can_be_read_ends_the_wait_and_is_told(reactor: Reactor, pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"x")
    assert reactor.turn(block=True, source=pipe[0]) is True


def test_a_source_that_becomes_readable_ends_a_wait_that_is_going_on(pipe: tuple[int, int]) -> None:
    waiting = Waiting(pipe[0])
    os.write(pipe[1], b"x")
    waiting.end()
    assert waiting.readable == [True]


def test_a_timer_that_is_centuries_away_keeps_nobody_from_waiting(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"x")
    with closing(Reactor(SystemClock(), 1)) as reactor:
        reactor.later(1e15, lambda: None)
        assert reactor.turn(block=True, source=pipe[0]) is True


def test_work_that_ends_while_a_source_is_waited_for_is_told(reactor: Reactor, pipe: tuple[int, int]) -> None:
    ends: list[Ended[None]] = []
    reactor.run(lambda: None, ends.append)
    for _ in range(10):
        if not ends:
            assert reactor.turn(block=True, source=pipe[0]) is False
    assert len(ends) == 1


def test_what_was_heard_does_not_end_the_next_wait(reactor: Reactor, pipe: tuple[int, int]) -> None:
    """Else every further wait would end at once, and the thread would go round and round."""
    bell = reactor._bell.descriptor()
    reactor._bell.ring()
    assert reactor.turn(block=True, source=pipe[0]) is False
    assert select.select([bell], (), (), 0)[0] == []
