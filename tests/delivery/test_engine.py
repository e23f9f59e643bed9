"""Many pieces of work side by side."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.engine import Engine
from target_people.delivery.message import Request, Response, Wait, wire
from target_people.delivery.reactor import Ended, Reactor
from target_people.errors import Interrupted, OutOfServiceError, Retriable, VendorContractError
from tests.support.clock import FakeClock
from tests.support.vendor import ScriptedTransport, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_people.delivery.message import Work

REQUEST = Request("GET", "/a")
GOOD = answer({})
PATIENCE = 20.0


class Bench:
    """An engine over a transport, and how its work ended.

    Args:
        transport: answers the requests.
    """

    def __init__(self, transport: Callable[[Request], Response]) -> None:
        self.clock = FakeClock()
        self.reactor = Reactor(self.clock, 4)
        self.engine = Engine(self.reactor, transport)  # type: ignore[arg-type]  # whatever answers will do
        self.ends: list[Ended[Any]] = []

    def start(self, *works: Work[Any]) -> None:
        for work in works:
            self.engine.start(work, self.ends.append)

    def until(self, ends: int) -> None:
        """Turn until so many pieces of work have ended, a thousand times at most."""
        for _ in range(1000):
            if len(self.ends) >= ends:
                return
            self.reactor.turn(block=True)
        assert len(self.ends) >= ends


@pytest.fixture
def script() -> ScriptedTransport:
    return ScriptedTransport([GOOD] * 100)


@pytest.fixture
def bench(script: ScriptedTransport) -> Iterator[Bench]:
    made = Bench(script)
    with closing(made.reactor):
        yield made


def waiting(seconds: float, result: str) -> Work[str]:
    yield Wait(seconds)
    return result


def test_work_that_needs_nothing_ends_at_once(bench: Bench) -> None:
    def work() -> Work[int]:
        yield from ()
        return 7

    bench.start(work())
    assert [ended.get() for ended in bench.ends] == [7]


def test_a_request_is_answered_by_the_transport_on_a_worker() -> None:
    threads: list[threading.Thread] = []

    def note(request: Request) -> Response:
        assert request is REQUEST
        threads.append(threading.current_thread())
        return GOOD

    bench = Bench(note)
    with closing(bench.reactor):
        assert bench.engine.finish(wire(REQUEST)) is GOOD
    assert threads[0] is not threading.current_thread()


def test_an_error_of_the_transport_is_raised_where_the_request_was_made() -> None:
    def work() -> Work[str]:
        try:
            yield from wire(REQUEST)
        except Retriable as failure:
            return failure.why
        return "answered"

    bench = Bench(ScriptedTransport([Retriable("connection reset")]))
    with closing(bench.reactor):
        assert bench.engine.finish(work()) == "connection reset"


@pytest.mark.parametrize("error", [OutOfServiceError("x"), ValueError("x")])
@pytest.mark.parametrize("first", [False, True], ids=["after-a-wait", "at-once"])
def test_what_work_raises_is_how_it_ended(error: Exception, first: bool, bench: Bench) -> None:  # noqa: FBT001
    def work() -> Work[None]:
        if not first:
            yield Wait(1)
        raise error

    bench.start(work())
    bench.until(1)
    assert bench.ends[0].error is error
    with pytest.raises(type(error)):
        bench.engine.finish(work())


def test_waits_go_on_side_by_side(bench: Bench) -> None:
    bench.start(waiting(3, "c"), waiting(1, "a"), waiting(2, "b"), waiting(3, "d"))
    bench.until(4)
    assert [ended.get() for ended in bench.ends] == ["a", "b", "c", "d"]
    assert bench.clock.monotonic() == 3


def test_requests_are_under_way_at_the_same_time() -> None:
    """Each waits for the other one."""
    together = threading.Barrier(2, timeout=PATIENCE)

    def meet(_: Request) -> Response:
        together.wait()
        return GOOD

    bench = Bench(meet)
    with closing(bench.reactor):
        bench.start(wire(REQUEST), wire(REQUEST))
        bench.until(2)
    assert [ended.get() for ended in bench.ends] == [GOOD, GOOD]


def test_work_takes_its_steps_in_turn(bench: Bench, script: ScriptedTransport) -> None:
    def work() -> Work[float]:
        yield from wire(REQUEST)
        yield Wait(5)
        yield from wire(REQUEST)
        return bench.clock.monotonic()

    assert bench.engine.finish(work()) == 5
    assert script.requests == [REQUEST, REQUEST]


def test_work_that_has_to_end_first_lets_other_work_go_on(bench: Bench) -> None:
    bench.start(waiting(1, "other"))
    assert bench.engine.finish(waiting(2, "first")) == "first"
    assert [ended.get() for ended in bench.ends] == ["other"]


def test_a_signal_ends_the_wait_for_work(bench: Bench) -> None:
    def work() -> Work[None]:
        bench.reactor.interrupt(2)
        yield Wait(1)

    with pytest.raises(Interrupted):
        bench.engine.finish(work())


def test_a_request_that_is_resumed_without_an_answer_breaks_the_contract() -> None:
    work = wire(REQUEST)
    next(work)
    with pytest.raises(VendorContractError, match="without an answer"):
        work.send(None)
