"""``python -m tests.bench.delivery [--people N]``: how delivery behaves against the emulator, in real time.

Three figures: how far STATE lags behind the input, how much of an allowed rate is used, and what isolation costs.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import statistics
import tempfile
import time
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from target_people.delivery.clock import SystemClock
from target_people.delivery.sender import Surroundings
from target_people.delivery.transport import HttpTransport
from target_people.emulator.server import Emulator
from target_people.ending import run_to_end
from target_people.samples import configuration
from target_people.target import TargetPeople
from tests.support.control import Control
from tests.vendors.people import messages_of, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.delivery.contract import Vendor
    from target_people.delivery.message import Request, Response
    from target_people.delivery.transport import Transport

Row = tuple[str, str, str]
_PLENTY = 1_000_000


class Slow(HttpTransport):
    """A vendor that takes 200 ms to answer."""

    def __call__(self, request: Request) -> Response:
        """Wait, then send."""
        time.sleep(0.2)
        return super().__call__(request)


def run(
    config: dict[str, Any],
    lines: list[bytes],
    transport: Callable[[Vendor[Any, Any]], Transport],
    told: Callable[[TargetPeople, bytes], None] = lambda _target, _line: None,
) -> dict[str, Any]:
    """Load messages in this process and in real time; return the receipt."""
    with tempfile.TemporaryDirectory() as folder:
        target = TargetPeople(
            config=config | {"output_dir": folder},
            around=Surroundings.of(SystemClock(), random.Random(1)),
            transport=transport,
            print_state=lambda line: told(target, line),
        )
        ending = run_to_end(target, io.BytesIO(b"\n".join(lines)))
        assert ending.receipt is not None
        receipt: dict[str, Any] = json.loads(ending.receipt.read_text("utf-8"))
        return receipt


def http(vendor: Vendor[Any, Any]) -> Transport:
    """The real transport."""
    return HttpTransport(vendor.api_url, 60)


def slow(vendor: Vendor[Any, Any]) -> Transport:
    """The same, 200 ms later."""
    return Slow(vendor.api_url, 60)


def state_lag(control: Control) -> Row:
    """Records read and not covered by the STATE just printed, at the moment when it is printed."""
    control.post("reset")
    control.put("flameup/limit", {"per_minute": _PLENTY})
    config = configuration(control.address, ["flameup"])
    config["flameup"] |= {"max_in_flight": 8, "requests_per_minute": _PLENTY}
    lags: list[int] = []

    def told(target: TargetPeople, line: bytes) -> None:
        lags.append(target.run.receipt.stream("people").read - json.loads(line)["read"])

    run(config, messages_of([person(number) for number in range(40_000)], state_every=1_000), slow, told)
    median, worst = statistics.median(lags), max(lags)
    seen = (
        f"{len(lags)} printed of 40; lag {median:,.0f} records (median), {worst:,} at most: {worst / 100:.0f} batches"
    )
    return "STATE every 1,000 of 40,000 records, answers after 200 ms, 8 in flight", "a few batches", seen


def used_rate(control: Control, people: int) -> Row:
    """Requests a minute that the emulator got, of the 120 that it allows, and how many it refused."""
    control.post("reset")
    control.put("flameup/limit", {"per_minute": 120})
    before = time.monotonic()
    receipt = run(configuration(control.address, ["flameup"]), messages_of([person(n) for n in range(people)]), http)
    minutes = (time.monotonic() - before) / 60
    entries = [entry for entry in control.journal("flameup") if entry["method"] == "POST"]
    refused = sum(entry["status"] == 429 for entry in entries)
    share = (len(entries) - refused) / (120 * minutes)
    stored = receipt["vendors"]["flameup"]["verdicts"]
    seen = (
        f"{len(entries)} requests in {minutes:.2f} min, {share:.0%} of the allowed; {refused} answered 429; "
        f"{sum(stored.values()):,} verdicts"
    )
    return f"{people:,} people at 120 requests a minute", "≥ 95 %, ≤ 1 % 429", seen


def isolation(control: Control, quirk: str, bound: str) -> Row:
    """Requests until the verdicts of 100 people are known, three of whom the vendor refuses."""
    control.post("reset")
    control.put("flameup/limit", {"per_minute": _PLENTY})
    control.put("flameup/quirks", {"invalid_element": quirk, "null_value": "refused"})
    config = configuration(control.address, ["flameup"]) | {"streams": {"people": {"nulls": {"notes": "clear"}}}}
    config["flameup"]["requests_per_minute"] = _PLENTY
    people = [person(n, notes=None) if n in {20, 50, 80} else person(n) for n in range(100)]
    receipt = run(config, messages_of(people), http)
    verdicts = receipt["vendors"]["flameup"]["verdicts"]
    seen = f"{len(control.journal('flameup'))} requests, {verdicts['rejected']} rejected"
    return f"3 bad among 100, {quirk.replace('_', ' ')}", bound, seen


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=60_000, help="for the rate")
    people = arguments.parse_args().people
    table = Table("what", "wanted", "seen", title="delivery against the emulator")
    with Emulator() as server:
        control = Control(server.url)
        table.add_row(*isolation(control, "refuse_batch_unnamed", "≤ 40 requests"))
        table.add_row(*isolation(control, "refuse_batch", "≤ 4 requests"))
        table.add_row(*state_lag(control))
        table.add_row(*used_rate(control, people))
        control.close()
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
