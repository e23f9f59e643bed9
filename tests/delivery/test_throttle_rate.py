"""How much of an allowed rate a whole delivery uses, and how often it is refused: simulated, so nothing is waited for.

The figures to keep for 600 requests: at least 95 % of the rate, at most 1 % answered 429.
"""

from __future__ import annotations

import math
import random
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.contract import Limits
from target_people.delivery.pipeline import Pipeline
from target_people.delivery.sender import Surroundings
from target_people.delivery.verdict import CREATED
from target_people.errors import OutOfServiceError
from tests.support.clock import FakeClock
from tests.support.simulation import SimulatedReactor
from tests.support.vendor import ScriptedTransport, all_of, answer, plain
from tests.support.work import settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.delivery.message import Request, Response
    from target_people.delivery.verdict import Outcome

REQUESTS = 600
OURS = 120


class Counting:
    """A vendor that counts requests in windows.

    Args:
        clock: the simulation's.
        limit: requests a window.
        tells: from seconds since 1970 and the end of the window to the reset header; None tells nothing.
        aligned: whether windows begin with the minutes of the clock, and not with a first request.
        length: of a window in seconds.
    """

    def __init__(
        self,
        clock: FakeClock,
        limit: int = OURS,
        tells: Callable[[float, float], int] | None = None,
        *,
        aligned: bool = False,
        length: float = 60.0,
    ) -> None:
        self.taken: list[float] = []
        self.refused = 0
        self.limit = limit
        self._clock = clock
        self._tells = tells
        self._aligned = aligned
        self._length = length
        self._until = 0.0
        self._used = 0

    def __call__(self, request: Request) -> Response:
        now = self._clock.time()
        if now >= self._until:
            self._until = (now // self._length * self._length if self._aligned else now) + self._length
            self._used = 0
        allowed = self._used < self.limit
        self._used += allowed
        self.taken += [now] * allowed
        self.refused += not allowed
        headers = self._headers(now)
        good = all_of("created")(request)
        return answer(good.json(), 200, **headers) if allowed else answer({}, 429, **headers)

    def _headers(self, now: float) -> dict[str, str]:
        if self._tells is None:
            return {}
        figures = {
            "limit": self.limit,
            "remaining": self.limit - self._used,
            "reset": self._tells(now, self._until),
        }
        return {f"x_ratelimit_{name}": str(figure) for name, figure in figures.items()}


TELLS: dict[str, Callable[[float, float], int] | None] = {
    "silent": None,
    "second-rounded-up": lambda _, until: math.ceil(until),
    "second-rounded-down": lambda _, until: math.floor(until),
    "wait-rounded-up": lambda now, until: math.ceil(until - now),
    "wait-rounded-down": lambda now, until: math.floor(until - now),
}


def deliver(seed: int, in_flight: int, settled: list[Outcome] | None = None, **counting: Any) -> Counting:
    """Deliver people, one a request, to a vendor that counts; requests and answers take up to 200 ms each."""
    chance = random.Random(seed)
    clock = FakeClock(1_767_960_000.0 + chance.uniform(0, 60))
    around = Surroundings(clock, chance, SimulatedReactor(clock, chance, seconds=0.2))
    vendor = plain(kind={"limits": Limits(people=1, batch=1, in_flight=in_flight, per_minute=OURS)})
    counts = Counting(clock, **counting)
    outcomes: list[Outcome] = [] if settled is None else settled
    transport = ScriptedTransport(iter(lambda: counts, None))
    pipeline: Pipeline[Any] = Pipeline(vendor, transport, around, lambda _, outcome: outcomes.append(outcome))
    with closing(around.reactor):
        for number in range(REQUESTS):
            pipeline.add({"id": str(number)}, frozenset({"id"}), number)
        settle(pipeline, around.reactor)
    assert outcomes == [CREATED] * REQUESTS
    return counts


def used(counts: Counting) -> float:
    """The share of the rate, from the first request to the first of the last window full of them."""
    requests = REQUESTS - counts.limit
    return requests / (counts.limit * (counts.taken[requests] - counts.taken[0]) / 60)


@pytest.mark.parametrize("tells", TELLS)
@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("in_flight", [1, 4, 8])
def test_the_rate_is_used_and_kept(tells: str, in_flight: int, *, aligned: bool) -> None:
    counts = deliver(in_flight, in_flight, tells=TELLS[tells], aligned=aligned)
    assert used(counts) >= 0.95
    assert counts.refused <= 0.01 * REQUESTS


@pytest.mark.parametrize("tells", [name for name in TELLS if TELLS[name]])
@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("in_flight", [1, 4, 8])
def test_a_limit_that_only_the_headers_tell_is_used_and_kept(tells: str, in_flight: int, *, aligned: bool) -> None:
    """Half of ours."""
    counts = deliver(in_flight, in_flight, limit=OURS // 2, tells=TELLS[tells], aligned=aligned)
    assert used(counts) >= 0.95
    assert counts.refused <= 0.01 * REQUESTS


@pytest.mark.parametrize("in_flight", [1, 8])
def test_a_quota_that_ends_long_before_its_window_ends_the_run_and_rejects_nobody(in_flight: int) -> None:
    """Ten requests an hour for six hundred people; ten have been delivered then, and none refused."""
    settled: list[Outcome] = []
    text = r"^plain asks to wait [0-9]{4} s \(over quota\), and plain\.retry_seconds allows 300 s; nobody was rejected"
    with pytest.raises(OutOfServiceError, match=text):
        deliver(1, in_flight, settled, limit=10, tells=TELLS["wait-rounded-up"], length=3600.0)
    assert settled == [CREATED] * 10
