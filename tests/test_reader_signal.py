"""Reading Singer messages while signals come."""

from __future__ import annotations

import io
import os
import select
import signal
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery import reactor as reactor_module
from target_people.delivery.reactor import Reactor
from target_people.errors import Interrupted
from target_people.reader import MessageReader
from target_people.source import lines
from tests.support.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

RECORD = b'{"type":"RECORD","stream":"people","record":{"id":1}}'


class Tap:
    """A tap that writes one message after another into a pipe which it never closes.

    Args:
        reactor: whose turns the reader takes.
    """

    def __init__(self, reactor: Reactor) -> None:
        self.reader = MessageReader()
        self.reader.turn = lambda source: reactor.turn(block=source is not None, source=source)
        self.done: list[str] = []
        self._read, self._write = os.pipe()

    def send(self) -> None:
        """Write one message."""
        os.write(self._write, RECORD + b"\n")

    def read(self, work: Callable[[dict[str, Any]], None]) -> None:
        """Read for as long as there is something to read."""
        with os.fdopen(self._read, "rb") as source:
            try:
                self.reader.process_lines(source, {"RECORD": work})
            finally:
                os.close(self._write)


def interrupted(tap: Tap, reactor: Reactor, signals: list[int]) -> tuple[list[str], int]:
    """Read messages of which the first brings these signals while it is worked on; what was done, and the end."""

    def work(_: object) -> None:
        tap.done.append("begun")
        tap.send()
        for number in signals:
            reactor.interrupt(number)
        tap.done.append("ended")

    tap.send()
    with closing(reactor), pytest.raises(Interrupted) as caught:
        tap.read(work)
    return tap.done, caught.value.signum


class Waits(FakeClock):
    """A clock during whose second wait a signal comes."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = 0
        self.reactor = Reactor(self, 1)

    def wait(self, seconds: float | None, until: Callable[[float | None], None], *, busy: bool) -> None:
        self.waits += 1
        if self.waits == 2:
            self.reactor.interrupt(signal.SIGINT)
        super().wait(seconds, until, busy=busy)


def test_a_signal_while_waiting_for_input_ends_at_once() -> None:
    clock = Waits()
    tap = Tap(clock.reactor)
    tap.send()
    with closing(clock.reactor), pytest.raises(Interrupted) as caught:
        tap.read(lambda _: tap.done.append("done"))
    assert (caught.value.signum, tap.done, clock.waits) == (signal.SIGINT, ["done"], 2)


def test_a_signal_while_a_message_is_worked_on_lets_it_end_and_reads_no_further() -> None:
    reactor = Reactor(FakeClock(), 1)
    assert interrupted(Tap(reactor), reactor, [signal.SIGTERM]) == (["begun", "ended"], signal.SIGTERM)


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_signal_during_the_last_message_counts(end: bytes) -> None:
    reactor = Reactor(FakeClock(), 1)
    reader = MessageReader()
    reader.turn = lambda _: reactor.turn(block=False)
    with closing(reactor), pytest.raises(Interrupted) as caught:
        reader.process_lines(io.BytesIO(RECORD + end), {"RECORD": lambda _: reactor.interrupt(signal.SIGINT)})
    assert caught.value.signum == signal.SIGINT


class StuckError(Exception):
    """Nothing was there to read, no signal had come, and nothing ever would."""


class Look:
    """Stands for the module ``select``: looks what is there, and tells instead of waiting."""

    def select(self, watched: list[int], *others: Any) -> Any:
        found = select.select(watched, (), (), 0)
        if not found[0]:
            raise StuckError(others)
        return found


class SignalAt:
    """Reads messages, and sends a signal before one of the lines of code that reading runs.

    Args:
        messages: how many there are, one after another.
        step: which of them, from 0.
    """

    files = tuple(
        sys.modules[name].__file__ for name in (MessageReader.__module__, lines.__module__, Reactor.__module__)
    )

    def __init__(self, messages: int, step: int) -> None:
        self.told = False
        self.ended = False
        """Whether the signal ended the reading."""
        self._left = step
        self._messages = messages
        self._reactor = Reactor(FakeClock(), 1)
        self._tap = Tap(self._reactor)
        self._send()
        before = sys.gettrace()
        sys.settrace(self._trace)
        try:
            with suppress(StuckError):
                self._tap.read(lambda _: self._send())
        except Interrupted:
            self.ended = True
        finally:
            sys.settrace(before)
            self._reactor.close()

    def _send(self) -> None:
        if self._messages:
            self._messages -= 1
            self._tap.send()

    def _trace(self, frame: FrameType, event: str, _: object) -> Any:
        """Follow the code of reading, line by line."""
        if frame.f_code.co_filename not in self.files or self.told:
            return None
        if event == "line":
            self._left -= 1
            if self._left == -1:
                self.told = True
                self._reactor.interrupt(signal.SIGINT)
        return self._trace


@pytest.mark.parametrize(("messages", "lines_of_code"), [(0, 20), (3, 100)])
def test_no_input_is_waited_for_after_a_signal_whenever_it_comes(
    messages: int, lines_of_code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal before each line of code that reading them runs, of which there are at least so many."""
    monkeypatch.setattr(reactor_module, "select", Look())
    reads = [SignalAt(messages, step) for step in range(250)]
    assert all(read.told for read in reads[:lines_of_code])
    assert not reads[-1].told
    assert [read.ended for read in reads] == [read.told for read in reads]
