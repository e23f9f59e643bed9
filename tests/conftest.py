"""What all tests share: one emulator for the session, and signal handlers put back."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from target_people.emulator.server import Emulator

pytest.register_assert_rewrite("tests.support", "tests.vendors.scenario")

from tests.support.control import Control  # noqa: E402 - after the line above, whose point it is

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where Python is told to keep no bytecode, every process of ours would compile all of it again for a second."""
    with pytest.MonkeyPatch.context() as patch:
        if sys.dont_write_bytecode:
            patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
            patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.getbasetemp() / "bytecode"))
        yield


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """The five vendors, on a free port of loopback."""
    with Emulator() as server:
        yield server


@pytest.fixture
def control(emulator: Emulator) -> Iterator[Control]:
    """The emulator as good as new, and the way to look into it."""
    control = Control(emulator.url)
    control.post("reset")
    yield control
    control.close()


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """A target takes signals when it is made; a test run wants its own back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)}
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number, handler in before.items():
        signal.signal(number, handler)
