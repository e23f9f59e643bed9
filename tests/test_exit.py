"""Every exit code, reached by a process of its own, with what must be true of each."""

from __future__ import annotations

import json
import re
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from target_people.emulator.server import Emulator
from target_people.ending import EXITS
from target_people.samples import configuration
from tests.support.load import message
from tests.support.process import Process, Remains, chosen
from tests.vendors.people import messages_of, person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CANARY = "canary-3b9d"
BEFORE = message("STATE", value="before")
GOOD = [person(n) for n in range(3)]
BAD = [person(0), person(1, email="nobody"), person(2, email="nobody")]


def patched(code: str) -> tuple[str, ...]:
    """The executable with something broken in it."""
    return ("-c", f"{code}\nfrom target_people.__main__ import main\nmain()")


FAILING_VENDOR = patched(
    "from target_people.vendors.flameup import Flameup\n"
    "def submit(self, batch):\n"
    f"    raise ZeroDivisionError('{CANARY}')\n"
    "Flameup.submit = submit"
)
ENDING_WORKER = patched(
    "import sys\n"
    "from target_people.delivery.transport import HttpTransport\n"
    "HttpTransport.__call__ = lambda self, request: sys.exit(0)"
)
SIGNAL_WHILE_LOADING = patched(
    "import signal, sys\n"
    "class Finder:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        if name == 'target_people.target':\n"
    "            signal.raise_signal(signal.SIGTERM)\n"
    "sys.meta_path.insert(0, Finder())"
)
SIGNALS_WHILE_THE_RECEIPT_IS_WRITTEN = patched(
    "import os, signal\n"
    "fsync = os.fsync\n"
    "def twice(descriptor):\n"
    "    os.fsync = fsync\n"
    "    signal.raise_signal(signal.SIGTERM)\n"
    "    signal.raise_signal(signal.SIGINT)\n"
    "    fsync(descriptor)\n"
    "os.fsync = twice"
)
CRASH_OF_A_SETTING = patched(
    f"from target_people import target\ndef parse(*_):\n    raise KeyError('{CANARY}')\ntarget.parse = parse"
)


@dataclass(frozen=True)
class Way:
    """One way out.

    Args:
        code: the exit code.
        says: in standard error.
        states: what is printed.
        records: the input.
        settings: of Flameup, that differ.
        config: the settings, that differ, or the whole text.
        lines: the input as it is, in place of the records.
        program: for the interpreter.
        signum: a signal, sent when the first STATE has come out, while the input goes on.
        empty: whether the receipt is that of a run which never began.
        receipt: whether there is one.
    """

    code: int
    says: str = ""
    states: tuple[Any, ...] = ()
    records: list[dict[str, Any]] = field(default_factory=lambda: GOOD)
    settings: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] | str = field(default_factory=dict)
    lines: tuple[bytes, ...] = ()
    program: tuple[str, ...] = ("-m", "target_people")
    signum: int = 0
    empty: bool = False
    receipt: bool = True


READ = {"read": 3}
WAYS = {
    "clean": Way(0, states=(READ,)),
    "defect": Way(1, "ZeroDivisionError in submit", program=FAILING_VENDOR),
    "worker-ended": Way(1, "WorkerError in", program=ENDING_WORKER),
    "crash-before-the-run": Way(1, "KeyError in parse", program=CRASH_OF_A_SETTING, empty=True),
    "unknown-key": Way(2, "did you mean api_key", config=f'{{"flameup": {{"api_ke": "{CANARY}"}}}}', empty=True),
    "unreadable": Way(2, "config.json: not valid JSON", config="{", empty=True),
    "batch-size": Way(2, "flameup.batch_size", settings={"batch_size": 10_000}, empty=True),
    "output-dir": Way(2, "output_dir: config.json", config={"output_dir": "config.json"}, receipt=False),
    "rejections": Way(3, "max_rejected is 1", records=BAD, config={"max_rejected": 1}),
    "credentials": Way(4, "check flameup.api_key", settings={"api_key": CANARY}),
    "outage": Way(5, "flameup", settings={"api_url": "http://127.0.0.1:9", "retry_seconds": 0}),
    "input": Way(6, "line 2 ", ("before",), lines=(BEFORE, CANARY.encode())),
    "sigint": Way(130, "interrupted by SIGINT", ("before",), signum=signal.SIGINT),
    "sigterm": Way(143, "interrupted by SIGTERM", ("before",), signum=signal.SIGTERM),
    "sigterm-while-loading": Way(143, "interrupted by SIGTERM", program=SIGNAL_WHILE_LOADING),
    "two-signals-in-the-receipt": Way(
        130, "receipt", (READ,), config={"max_rejected_percent": 0}, program=SIGNALS_WHILE_THE_RECEIPT_IS_WRITTEN
    ),
}


def leave(way: Way, address: str, folder: Path) -> Remains:
    """Run it to its end."""
    config: Any = way.config
    if isinstance(config, dict):
        config = configuration(address, ["flameup"]) | config
        config["flameup"] |= way.settings
    lines = way.lines or (*([BEFORE] if way.signum else []), *messages_of(way.records))
    with Process(folder, config, lines, way.program) as process:
        if way.signum:
            process.prints(b'"before"')
            process.signal(way.signum)
        return process.wait(end_of_input=not way.signum)


@pytest.fixture(scope="module")
def remains(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Remains]]:
    """What every way out that is wanted leaves; several are gone at once."""
    folder = tmp_path_factory.mktemp("exits")
    with Emulator() as emulator, ThreadPoolExecutor(4) as pool:
        ends: dict[str, Future[Remains]] = {
            name: pool.submit(leave, WAYS[name], emulator.url, folder / name) for name in chosen(request, WAYS)
        }
        yield lambda name: ends[name].result()


def test_every_documented_exit_code_has_a_way() -> None:
    assert {way.code for way in WAYS.values()} == set(EXITS)


@pytest.mark.parametrize(("name", "way"), WAYS.items(), ids=WAYS)
def test_a_way_out(name: str, way: Way, remains: Callable[[str], Remains]) -> None:
    """The right exit code, no traceback, no value, no false STATE, and a receipt that the last line names."""
    left = remains(name)
    told = "\n".join(left.errors)
    assert left.exit_code == way.code, told
    assert way.says in told
    assert "Traceback" not in told
    assert CANARY not in told + json.dumps(left.receipts)
    assert [json.loads(line) for line in left.states] == list(way.states)
    check_receipt(way, left)


def check_receipt(way: Way, left: Remains) -> None:
    """Look at the receipt, and at the line that names it."""
    if not way.receipt:
        assert left.errors[-1].startswith("the receipt cannot be written (")
        return
    assert left.others == []
    assert left.receipt["exit_code"] == way.code
    assert re.fullmatch(rf"receipt: \S+/{left.receipt['run_id']}\.json", left.errors[-1])
    assert (left.receipt["vendors"] == {}) == way.empty
    assert not way.empty or left.receipt["streams"] == {}
    assert left.receipt["states"]["printed"] == len(left.states)
