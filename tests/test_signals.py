"""What SIGINT and SIGTERM do before, during and after a run."""

from __future__ import annotations

import signal
from contextlib import suppress

import pytest

from target_people.signals import Signals


class Leaving:
    """Signals, and what came of them.

    Args:
        error: what goes wrong with the last words.
    """

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[int] = []
        self.done: list[tuple[str, int]] = []
        self.signals = Signals(lambda code: self.done.append(("left", code)))
        self.signals.last_words = self._say
        self._error = error

    def _say(self, code: int) -> None:
        self.done.append(("said", code))
        if self._error is not None:
            raise self._error


def test_the_first_signal_only_asks() -> None:
    leaving = Leaving()
    leaving.signals.hand_to(leaving.asked.append)
    leaving.signals.handle(signal.SIGTERM)
    assert (leaving.asked, leaving.done) == ([signal.SIGTERM], [])


def test_a_signal_that_comes_before_there_is_a_run_is_kept_for_it() -> None:
    leaving = Leaving()
    leaving.signals.handle(signal.SIGINT)
    leaving.signals.hand_to(leaving.asked.append)
    assert (leaving.asked, leaving.done) == ([signal.SIGINT], [])


@pytest.mark.parametrize("error", [None, OSError(28, "No space left on device"), KeyError("x")])
def test_a_second_signal_ends_whatever_becomes_of_the_last_words(error: Exception | None) -> None:
    """The process ends with the second one's exit code, and a third changes nothing."""
    leaving = Leaving(error)
    leaving.signals.install()
    signal.raise_signal(signal.SIGINT)
    with suppress(OSError, KeyError):
        signal.raise_signal(signal.SIGTERM)
    assert leaving.done == [("said", 143), ("left", 143)]
    signal.raise_signal(signal.SIGINT)
    assert len(leaving.done) == 2


def test_what_does_not_notice_the_first_signal_is_ended_after_some_seconds() -> None:
    leaving = Leaving()
    leaving.signals.install()
    signal.raise_signal(signal.SIGTERM)
    assert 10 < signal.getitimer(signal.ITIMER_REAL)[0] <= 15
    signal.raise_signal(signal.SIGALRM)
    assert leaving.done == [("said", 143), ("left", 143)]


def test_last_words_that_take_too_long_are_cut_short() -> None:
    leaving = Leaving()

    def slow(_code: int) -> None:
        assert signal.getitimer(signal.ITIMER_REAL)[0] < 1
        signal.raise_signal(signal.SIGALRM)
        leaving.done.append(("said", 0))

    leaving.signals.last_words = slow
    for _ in range(2):
        leaving.signals.handle(signal.SIGINT)
    assert leaving.done[0] == ("left", 130)


def test_signals_are_given_back_as_they_were() -> None:
    """Also after they were taken twice, and no alarm is left behind."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    before = [signal.getsignal(number) for number in numbers]
    signals = Signals()
    signals.install()
    signals.install()
    signal.raise_signal(signal.SIGTERM)
    assert [signal.getsignal(number) for number in numbers] != before
    signals.restore()
    assert [signal.getsignal(number) for number in numbers] == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_signal_that_nobody_took_is_passed_on() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signals = Signals()
    signals.install()
    signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signals.pass_on()
