"""How far a run has come, by an injected clock."""

from __future__ import annotations

import io
import json
import logging
import random
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.meter import Cause, Meter
from target_people.delivery.reactor import Reactor
from target_people.delivery.sender import Surroundings
from target_people.ending import run_to_end
from target_people.progress import LogDisplay, Progress, Reading
from target_people.receipt import Receipt, VendorAccount
from target_people.samples import configuration
from target_people.target import TargetPeople
from tests.support.clock import FakeClock
from tests.support.load import Load, load, message
from tests.vendors.people import messages_of, person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.support.control import Control


class Recorder:
    """A display that keeps what it was shown.

    Args:
        seconds: between two times.
    """

    above = None
    farewell = b""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.shown: list[Reading] = []
        self.closed = 0

    def show(self, readings: Sequence[Reading]) -> None:
        self.shown += readings

    def aside(self) -> AbstractContextManager[None]:
        return nullcontext()

    def close(self) -> None:
        self.closed += 1


def slow(control: Control, **changes: Any) -> dict[str, Any]:
    """Settings with which one person goes a minute."""
    config = configuration(control.address, ["flameup"])
    config["flameup"] |= {"batch_size": 1, "requests_per_minute": 1, "max_in_flight": 1}
    return config | changes


def logged(
    caplog: pytest.LogCaptureFixture, config: dict[str, Any], folder: Path, people: int
) -> tuple[Load, list[Any]]:
    with caplog.at_level(logging.INFO):
        result = load(config, messages_of([person(number) for number in range(people)]), folder, display=LogDisplay())
    return result, [record for record in caplog.records if record.name == "target-people.progress"]


def test_a_log_gets_a_line_every_thirty_seconds_and_one_at_the_end(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Four people, one a minute."""
    result, records = logged(caplog, slow(control), tmp_path, 4)
    assert int(result.clock.monotonic()) // 30 == 6
    assert [record.getMessage().split()[0] for record in records] == ["progress"] * 6 + ["ended"]
    assert [record.settled for record in records] == [1, 1, 2, 2, 3, 3, 4]
    assert {(record.vendor, record.rejected) for record in records} == {("flameup", 0)}
    assert records[0].getMessage() == "progress settled=1 rate=0.0333 rejected=0 in_flight=0 waiting=throttle"
    assert records[-1].getMessage() == "ended settled=4 rate=0.022 rejected=0"


def test_a_short_run_logs_only_its_end(control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    _, records = logged(caplog, configuration(control.address, ["flameup", "propeller"]), tmp_path, 3)
    assert [(record.getMessage().split()[0], record.vendor, record.settled) for record in records] == [
        ("ended", "flameup", 3),
        ("ended", "propeller", 3),
    ]


def test_nothing_is_shown_unless_somebody_asks(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        load(slow(control), messages_of([person(0), person(1)]), tmp_path)
    assert "target-people.progress" not in {record.name for record in caplog.records}


@pytest.mark.parametrize("from_file", [True, False])
def test_readings_follow_the_run_and_the_estimate_comes_true(
    control: Control, tmp_path: Path, *, from_file: bool
) -> None:
    """A file tells from the beginning how many people there are, anything else as soon as it has ended."""
    recorder = Recorder(5.0)
    lines = b"\n".join(messages_of([*(person(number) for number in range(10)), person(10, email="nobody")]))
    path = tmp_path / "in.singer"
    path.write_bytes(lines)
    clock = FakeClock()
    target = TargetPeople(
        config=slow(control, max_rejected_percent=100, output_dir=str(tmp_path)),
        around=Surroundings.of(clock, random.Random(1)),
        display=recorder,
    )
    with path.open("rb") if from_file else io.BytesIO(lines) as source:
        assert run_to_end(target, source).exit_code == 0
    shown, total = recorder.shown, clock.monotonic()
    assert recorder.closed == 1
    assert [reading.settled for reading in shown] == sorted(reading.settled for reading in shown)
    assert {reading.waiting for reading in shown} == {"throttle"}
    assert shown[-1].rejected == 1
    late = [(reading.left, total - number * 5) for number, reading in enumerate(shown, 1) if number * 5 > 60]
    known = [pair for pair in late if pair[0] is not None]
    assert all(left == pytest.approx(rest, abs=0.25 * total) for left, rest in known)
    assert known
    assert (shown[0].left, len(known) == len(late)) == (None, from_file)


def test_work_that_is_done_needs_no_reading(control: Control, tmp_path: Path) -> None:
    """Records cost nothing: readings are taken by the clock, and no time passes here."""
    recorder = Recorder(0.5)
    lines = messages_of([person(number) for number in range(500)])
    result = load(configuration(control.address, ["flameup"]), lines, tmp_path, display=recorder)
    assert (result.clock.monotonic(), recorder.shown) == (0.0, [])


def test_an_error_ends_with_the_last_reading_too(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(0.5)
    with caplog.at_level(logging.INFO):
        load(slow(control), [*messages_of([person(0)])[:2], b"no message"], tmp_path, display=recorder)
    texts = [record.getMessage() for record in caplog.records]
    assert recorder.closed == 1
    assert texts[-1].startswith("ended settled=")


def test_files_of_a_batch_message_are_not_estimated(control: Control, tmp_path: Path) -> None:
    """How many people they hold, the bytes of the input do not tell; the end of the input does."""
    recorder = Recorder(20.0)
    (tmp_path / "people.jsonl").write_bytes(b"\n".join(json.dumps(person(number)).encode() for number in range(6)))
    encoding = {"format": "jsonl", "compression": "none"}
    uri = (tmp_path / "people.jsonl").as_uri()
    lines = [messages_of([])[0], message("BATCH", stream="people", encoding=encoding, manifest=[uri])]
    load(slow(control), lines, tmp_path / "out", display=recorder)
    estimates = [reading.left for reading in recorder.shown]
    assert estimates[0] is None
    assert estimates[-1] is not None


@pytest.mark.parametrize(
    ("waits", "told"),
    [
        ([], ""),
        ([Cause.ANSWER, Cause.IN_FLIGHT, Cause.BACK_PRESSURE, Cause.IDLE], ""),
        ([Cause.ORDER], "order"),
        ([Cause.ORDER, Cause.CONFIRMATION], "confirmation"),
        ([Cause.CONFIRMATION, Cause.RETRY], "retry"),
        ([Cause.CONFIRMATION, Cause.RETRY, Cause.THROTTLE], "throttle"),
    ],
)
def test_what_work_stands_still_for_is_told_by_the_innermost_cause(waits: list[Cause], told: str) -> None:
    clock, recorder = FakeClock(), Recorder(1.0)
    reactor = Reactor(clock, 0)
    receipt = Receipt("run-1", clock)
    receipt.vendors["plain"] = VendorAccount(Meter())
    Progress(receipt, reactor, recorder)
    for cause in waits:
        receipt.vendors["plain"].meter.waits[cause].start(0)
    clock.advance(1)
    with closing(reactor):
        reactor.turn(block=False)
    (reading,) = recorder.shown
    assert (reading.waiting, reading.in_flight) == (told, int(Cause.ANSWER in waits))
