"""A run that ends while all five vendors are at work on its people: what it promises then."""

from __future__ import annotations

import json
import resource
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from target_people.samples import VENDORS, configuration
from tests.support.control import Control
from tests.support.process import SECONDS, Process, Remains, chosen, until
from tests.vendors.people import messages_of, person
from tests.vendors.scenario import ASYNCHRONOUS, BULK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PEOPLE = 20
BATCH = 10
TASK = 100
"""People from which on Xtremepush makes an import job of a batch."""
AT_ONCE = 6.0
"""Seconds for what promises one: the machine may be busy."""
WOUND_UP = 14.0
"""Seconds for what promises ten."""
FULL = 32 * 1024
"""Bytes a file may have where the disk is full: room for a receipt and for some rejects."""


@dataclass
class Bench:
    """A run, and the emulator that it is at work with.

    Args:
        process: the run.
        control: of the emulator.
        kill: ends the emulator's process without a warning.
    """

    process: Process
    control: Control
    kill: Callable[[], None]

    def until_asked(self) -> None:
        """Wait until every vendor has got people, and has its answer still to give."""
        for vendor in VENDORS:
            until(partial(self._owes, vendor), f"{vendor} is asked")

    def until_polled(self) -> None:
        """Wait until every vendor with import jobs has been asked for one that goes on."""
        for vendor in ASYNCHRONOUS:
            until(partial(self._polled, vendor), f"{vendor} is polled")

    def _owes(self, vendor: str) -> bool:
        return any(entry["fault"] == "answer_slow" for entry in self.control.journal(vendor))

    def _polled(self, vendor: str) -> bool:
        return any(job["polls"] for job in self.control.get(f"{vendor}/jobs")["jobs"])


@dataclass(frozen=True)
class Case:
    """What happens to the run, and what must be true then.

    Args:
        code: the exit code.
        act: does it, as soon as the run has begun.
        seconds: for which the vendors keep their first answer back; None for none that is slow.
        within: seconds from what happens to the end.
        says: in standard error.
        polls: for which an import job goes on.
        settled: whether what was under way counts.
        program: for the interpreter.
        people: good records.
        bad: records after them that every vendor refuses.
        closed: whether its output is a pipe whose reader goes.
    """

    code: int
    act: Callable[[Bench], None]
    seconds: int | None = 3
    within: float = SECONDS
    says: str = ""
    polls: int = 0
    settled: bool = False
    program: tuple[str, ...] = ("-m", "target_people")
    people: int = PEOPLE
    bad: int = 2
    closed: bool = False


def interrupt(*signals: signal.Signals) -> Callable[[Bench], None]:
    """These signals, each when the run is known to have taken the one before."""

    def act(bench: Bench) -> None:
        bench.until_asked()
        for number in signals:
            bench.process.signal(number)
            if number is not signals[-1]:
                bench.process.says(f"interrupted by {number.name}")

    return act


def interrupt_jobs(bench: Bench) -> None:
    """SIGTERM when jobs have been asked for, which will go on for longer than a run winds up."""
    bench.until_polled()
    bench.process.signal(signal.SIGTERM)


def close_output(bench: Bench) -> None:
    """Nobody reads standard output and error any more."""
    bench.until_asked()
    bench.process.close()


def fill_disk(bench: Bench) -> None:
    """No file may grow beyond some size from now on."""
    resource.prlimit(bench.process.popen.pid, resource.RLIMIT_FSIZE, (FULL, FULL))


def kill_emulator(bench: Bench) -> None:
    """The vendors are gone while they owe their answers."""
    bench.until_asked()
    bench.kill()


CASES = {
    "sigterm": Case(143, interrupt(signal.SIGTERM), within=WOUND_UP, settled=True),
    "sigint": Case(130, interrupt(signal.SIGINT), within=WOUND_UP, settled=True),
    "second-signal": Case(143, interrupt(signal.SIGINT, signal.SIGTERM), seconds=3600, within=AT_ONCE),
    "jobs-that-go-on": Case(143, interrupt_jobs, seconds=None, polls=1_000_000, within=WOUND_UP, people=TASK),
    "closed-output": Case(143, close_output, closed=True),
    "full-disk": Case(
        2,
        fill_disk,
        says="the rejects file cannot be written (File too large)",
        program=("-B", "-m", "target_people"),  # else half of its bytecode would be kept for all others
        bad=60,
    ),
    "emulator-killed": Case(5, kill_emulator, seconds=3600, says="no answer"),
}


@dataclass
class Evidence:
    """What a case left behind.

    Args:
        remains: of the run.
        people: vendor → everybody it has, as text.
    """

    remains: Remains
    people: dict[str, str]


@contextmanager
def vendors(data: Path) -> Iterator[tuple[Control, Callable[[], None]]]:
    """An emulator in a process of its own, its people in a file: its control, and what kills it."""
    command = [sys.executable, "-m", "target_people", "emulate", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own executable
    assert process.stdout is not None
    try:
        with process.stdout, closing(Control(process.stdout.readline().split()[-1])) as control:
            yield control, process.kill
    finally:
        process.kill()
        process.wait()


def prepared(case: Case, control: Control) -> dict[str, Any]:
    """The emulator as the case wants it; the settings."""
    config = configuration(control.address) | {"max_rejected_percent": 100}
    for vendor in VENDORS:
        size = TASK if case.people == TASK and vendor in ASYNCHRONOUS else BATCH
        config[vendor] |= {"batch_size": size, "retry_seconds": 1}
        pace = {"mode": "polls", "value": case.polls} if case.polls else {"mode": "at_once"}
        control.put(f"{vendor}/jobs", pace)
        if case.seconds is not None:
            fault = {"fault": "answer_slow", "path": BULK[vendor], "seconds": case.seconds, "times": 1_000}
            control.post(f"{vendor}/faults", fault)
    return config


def run(case: Case, folder: Path) -> Evidence:
    """Take a case to its end."""
    folder.mkdir()
    lines = messages_of(records_of(case), state_every=5)
    with vendors(folder / "people.sqlite") as (control, kill):
        config = prepared(case, control)
        with Process(folder / "run", config, lines, case.program, closed=case.closed) as process:
            case.act(Bench(process, control, kill))
            remains = process.wait(end_of_input=case.act is fill_disk)
    return Evidence(remains, stored(folder / "people.sqlite"))


def records_of(case: Case) -> list[dict[str, Any]]:
    """Good people, and after them bad ones."""
    good = [person(number) for number in range(case.people)]
    return good + [person(case.people + number, email="nobody") for number in range(case.bad)]


def stored(data: Path) -> dict[str, str]:
    """Vendor → everybody it had in the end."""
    with closing(sqlite3.connect(data)) as database:
        rows = database.execute("SELECT vendor, document FROM people").fetchall()
    return {vendor: "".join(document for name, document in rows if name == vendor) for vendor in VENDORS}


@pytest.fixture(scope="module")
def evidence(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Evidence]]:
    """What every case that is wanted leaves behind; all go on at once, as each mostly waits."""
    folder = tmp_path_factory.mktemp("cases")
    with ThreadPoolExecutor(len(CASES)) as pool:
        ends: dict[str, Future[Evidence]] = {
            name: pool.submit(run, CASES[name], folder / name) for name in chosen(request, CASES)
        }
        yield lambda name: ends[name].result()


pytestmark = pytest.mark.parametrize("name", CASES)


def test_no_state_covers_a_record_without_a_verdict(name: str, evidence: Callable[[str], Evidence]) -> None:
    """Whoever a STATE covers is at the vendor or in the rejects file, at each of the five."""
    found = evidence(name)
    covered = max((json.loads(line)["read"] for line in found.remains.states), default=0)
    for vendor, people in found.people.items():
        rejected = found.remains.rejected(vendor)
        missing = [
            record["customer_id"]
            for record in records_of(CASES[name])[:covered]
            if record["customer_id"] not in rejected and record["email"] not in people
        ]
        assert (vendor, missing) == (vendor, [])
        assert sum(found.remains.receipt["vendors"][vendor]["verdicts"].values()) >= covered


def test_every_rejection_that_counts_is_in_the_rejects_file(name: str, evidence: Callable[[str], Evidence]) -> None:
    """And it is there once."""
    remains = evidence(name).remains
    for vendor in VENDORS:
        rejected = remains.rejected(vendor)
        assert remains.receipt["vendors"][vendor]["verdicts"]["rejected"] == len(rejected) == len(set(rejected))
    assert len(remains.rejects) > 0


def test_it_ends_in_time_with_its_exit_code_and_a_receipt(name: str, evidence: Callable[[str], Evidence]) -> None:
    """Nothing else is left, and nothing is told twice."""
    case, remains = CASES[name], evidence(name).remains
    told = "\n".join(remains.errors)
    assert (remains.exit_code, remains.receipt["exit_code"]) == (case.code, case.code), told
    assert remains.seconds < case.within
    assert case.says in told
    assert "Traceback" not in told
    assert case.closed or remains.errors[-1].endswith(f"/{remains.receipt['run_id']}.json")
    assert remains.others == []


def test_what_is_settled_in_time_counts(name: str, evidence: Callable[[str], Evidence]) -> None:
    """The first signal lets the vendors end what they began, and STATE follows."""
    if not CASES[name].settled:
        return
    remains = evidence(name).remains
    assert remains.states != []
    for account in remains.receipt["vendors"].values():
        assert sum(account["verdicts"].values()) - account["verdicts"]["rejected"] >= BATCH
