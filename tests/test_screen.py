"""What stands on a terminal while a run goes on."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_people.progress import Reading
from target_people.samples import configuration
from target_people.screen import Screen
from tests.support.load import message
from tests.support.terminal import LINES, Paper, Terminal
from tests.vendors.people import messages_of, person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.control import Control

EXECUTABLE = Path(sys.executable).with_name("target-people")
VENDORS = ("flameup", "movement", "propeller", "rally", "xtremepush")
LIVE = re.compile(rf"^({'|'.join(VENDORS)}) +[\d,]+ people", re.MULTILINE)
LOGGED = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \| |receipt: )")

PEOPLE = b"\n".join(messages_of([*(person(number) for number in range(60)), person(60, email="nobody")])) + b"\n"
"""Three full batches, and somebody whom no vendor takes."""


class Wire(io.StringIO):
    """A stream to a terminal, as a driver passes it on."""

    def __init__(self, paper: Paper) -> None:
        super().__init__()
        self.paper = paper

    def write(self, text: str) -> int:
        self.paper.feed(text.replace("\n", "\r\n").encode())
        return len(text)


def screen(columns: int, *, shared: bool = False) -> tuple[Screen, Wire]:
    wire = Wire(Paper(columns))
    return Screen(wire, lambda: os.terminal_size((columns, LINES)), shared=shared), wire


def reading(vendor: str = "xtremepush", **changes: Any) -> Reading:
    facts: dict[str, Any] = {
        "vendor": vendor,
        "settled": 12_345,
        "rejected": 12,
        "rate": 82.4,
        "in_flight": 4,
        "waiting": "throttle",
        "left": 125.0,
    }
    return Reading(**facts | changes)


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (80, "xtremepush  12,345 people  82/s  4 in flight  throttle  12 rejected  ~2m05s"),
        (76, "xtremepush  12,345 people  82/s  4 in flight  throttle  12 rejected  ~2m05s"),
        (75, "xtremepush  12,345 people  82/s  throttle  12 rejected  ~2m05s"),
        (60, "xtremepush  12,345 people  82/s  throttle  12 rejected"),
        (50, "xtremepush  12,345 people  throttle  12 rejected"),
        (40, "xtremepush  12,345 people  throttle"),
        (30, "xtremepush  12,345 people"),
        (16, "xtremepush  12,"),
    ],
)
def test_a_line_shows_what_fits_and_never_wraps(columns: int, shown: str) -> None:
    live, wire = screen(columns)
    live.show([reading()])
    assert [row for row in wire.paper.shown if row] == [shown]


def test_columns_are_aligned_and_what_nobody_has_takes_no_place() -> None:
    live, wire = screen(80)
    quiet: dict[str, Any] = {"rejected": 0, "waiting": "", "left": None}
    live.show([reading("rally", **quiet, rate=2.74), reading(**quiet, settled=7, in_flight=0)])
    assert [row for row in wire.paper.shown if row] == [
        "rally       12,345 people  2.7/s  4 in flight",
        "xtremepush  7 people       82/s   0 in flight",
    ]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.2, "~0s"), (59.6, "~1m00s"), (3599, "~59m59s"), (3600, "~1h00m"), (90_000, "~25h00m")]
)
def test_the_time_left_is_told_in_the_units_that_matter(seconds: float, shown: str) -> None:
    live, wire = screen(80)
    live.show([reading(left=seconds)])
    assert wire.paper.text.split()[-1] == shown


def test_whatever_is_written_meanwhile_stays_above_whoever_writes_it() -> None:
    """Log lines of ours, longer than the terminal is wide, and lines of a tap that knows nothing of us."""
    live, wire = screen(40)
    lines = []
    for number in range(LINES * 2):
        live.show([reading(settled=number), reading("rally", settled=number)])
        lines += [f"ours {number} " + "x" * 50, f"theirs {number}"]
        live.write(f"{lines[-2]}\n")
        wire.write(f"{lines[-1]}\n")
    live.show([reading(), reading("rally")])
    assert len(LIVE.findall("\n".join(wire.paper.shown))) == 2
    live.close()
    live.write("the end\n")
    assert wire.paper.lines == [*lines, "the end"]


def test_a_state_on_the_same_terminal_stays_whole() -> None:
    live, wire = screen(80, shared=True)
    live.show([reading(), reading("rally")])
    for number in range(3):
        with live.aside():
            wire.write(f"{number}\n")
    live.close()
    assert wire.paper.text.split() == ["0", "1", "2"]


def test_a_terminal_that_is_gone_ends_nothing() -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError

    live = Screen(Gone(), lambda: os.terminal_size((80, 24)))
    live.show([reading()])
    live.write("a log line\n")
    live.close()


def test_a_small_window_shows_as_many_vendors_as_there_is_room_for() -> None:
    wire = Wire(Paper(80))
    live = Screen(wire, lambda: os.terminal_size((80, 4)))
    live.show([reading(vendor) for vendor in VENDORS])
    assert len(LIVE.findall("\n".join(wire.paper.shown))) == 2


def test_drawing_takes_less_than_a_hundredth_of_the_time() -> None:
    live = Screen(io.StringIO(), lambda: os.terminal_size((40, 24)))
    readings = [reading(vendor) for vendor in VENDORS]
    live.show(readings)
    began = time.process_time()
    for _ in range(100):
        live.show(readings)
    assert (time.process_time() - began) / 100 / Screen.seconds < 0.01


@pytest.fixture
def started(control: Control, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts the target on a terminal, with all five vendors of the emulator."""
    config = tmp_path / "config.json"
    settings = configuration(control.address)
    for vendor in VENDORS:
        settings[vendor]["batch_size"] = 20
    config.write_text(json.dumps(settings), "utf-8")
    terminals = []

    def start(columns: int, *, shared: bool = False, **env: str) -> Terminal:
        terminals.append(Terminal([EXECUTABLE, "--config", config], columns, tmp_path, env, shared=shared))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


def live_rows(paper: Paper) -> list[str]:
    return [row for row in paper.shown if LIVE.match(row)]


def settled(paper: Paper) -> bool:
    """All live lines are there, and people have been settled at every vendor."""
    return len(live_rows(paper)) == len(VENDORS) and not any(" 0 people" in row for row in live_rows(paper))


@pytest.mark.parametrize("columns", [80, 40])
def test_live_lines_stand_below_the_log_and_are_gone_at_the_end(started: Callable[..., Terminal], columns: int) -> None:
    terminal = started(columns)
    terminal.write(PEOPLE)
    terminal.until(settled)
    rows = terminal.paper.shown
    first = rows.index(live_rows(terminal.paper)[0])
    assert [row.split()[0] for row in rows[first : first + 5]] == list(VENDORS)
    assert not any(rows[first + 5 :])

    out = terminal.finish()

    text = terminal.paper.text
    assert LIVE.findall(text) == []
    lines = terminal.paper.lines
    assert [line for line in lines if not LOGGED.match(line)] == []
    assert [line for line in lines if "METRIC: " in line and not json.loads(line.partition("METRIC: ")[2])] == []
    assert sum(" | ended settled=" in line for line in lines) == len(VENDORS)
    assert lines[-1].startswith("receipt: ")
    assert all(json.loads(line) for line in out.splitlines())
    assert b"people " not in out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_takes_the_live_lines_away(started: Callable[..., Terminal], number: signal.Signals) -> None:
    terminal = started(80)
    terminal.write(PEOPLE)
    terminal.until(settled)
    terminal.process.send_signal(number)
    terminal.finish()
    assert terminal.process.returncode == 128 + number
    assert LIVE.findall(terminal.paper.text) == []
    assert "interrupted by" in terminal.paper.text


def test_a_second_signal_takes_the_live_lines_away_too(started: Callable[..., Terminal], control: Control) -> None:
    """The process ends from inside its handler then, and closes nothing."""
    terminal = started(80)
    terminal.write(PEOPLE)
    terminal.until(settled)
    control.post("flameup/faults", {"fault": "answer_slow", "seconds": 60})
    terminal.write(b"\n".join(messages_of([person(number) for number in range(20)])) + b"\n")
    terminal.until(lambda paper: any("1 in flight" in row for row in live_rows(paper)))
    terminal.process.send_signal(signal.SIGTERM)
    terminal.until(lambda paper: "interrupted by" in "\n".join(paper.shown))
    terminal.process.send_signal(signal.SIGTERM)
    terminal.finish()
    assert terminal.process.returncode == 128 + signal.SIGTERM
    assert LIVE.findall(terminal.paper.text) == []
    assert terminal.paper.lines[-1].startswith("receipt: ")


def test_an_error_takes_the_live_lines_away(started: Callable[..., Terminal]) -> None:
    terminal = started(80)
    terminal.write(PEOPLE)
    terminal.until(settled)
    terminal.write(b"no message\n")
    terminal.finish()
    assert terminal.process.returncode == 6
    assert LIVE.findall(terminal.paper.text) == []
    assert "is not valid JSON" in terminal.paper.text


def test_state_on_the_same_terminal_is_not_damaged(started: Callable[..., Terminal]) -> None:
    terminal = started(80, shared=True)
    people_read = [person(number) for number in range(200)]
    terminal.write(b"\n".join(messages_of(people_read, state_every=7)) + b"\n")
    terminal.until(lambda paper: "flameup     200 people" in "\n".join(paper.shown))
    for number in range(5):
        terminal.write(message("STATE", value={"later": number}) + b"\n")
    terminal.finish()
    lines = [line for line in terminal.paper.lines if not LOGGED.match(line)]
    assert json.loads(lines[-1]) == {"later": 4}
    assert all(json.loads(line) for line in lines)


@pytest.mark.parametrize(("env", "codes"), [({}, {"0", "1", "31", "33"}), ({"NO_COLOR": "1"}, {"0", "1"})])
def test_colour_is_shown_unless_it_is_not_wanted(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], codes: set[str]
) -> None:
    """Bold is no colour, and stays."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"TERM": "xterm", **env}.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    Screen(stream, lambda: os.terminal_size((80, LINES))).show([reading()])
    assert set(re.findall(r"\x1b\[([\d;]+)m", stream.getvalue())) == codes


def test_a_terminal_that_only_prints_gets_log_lines(started: Callable[..., Terminal]) -> None:
    terminal = started(80, TERM="dumb")
    terminal.write(b"\n".join(messages_of([person(0)])) + b"\n")
    terminal.finish()
    assert b"\x1b" not in terminal.raw
    assert terminal.paper.text.count(" | ended settled=1 ") == len(VENDORS)
