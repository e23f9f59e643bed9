"""Real programs for a test: each with a limit on its time, each stopped at the end."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
TARGET_PEOPLE = Path(sys.executable).parent / "target-people"
MELTANO = ROOT / ".e2e" / "bin" / "meltano"
TAP_POSTGRES = ROOT / ".meltano" / "extractors" / "tap-postgres" / "venv" / "bin" / "tap-postgres"

RUN_SECONDS = 120
START_SECONDS = 60
STOP_SECONDS = 20
READY = "emulator ready on "
PAGE = 100


@dataclass(frozen=True)
class Outcome:
    """How a program ended."""

    code: int
    stdout: str
    stderr: str


def run(*command: str | Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Outcome:
    """Run a program to its end, without standard input.

    Raises:
        TimeoutError: It took longer than two minutes; it and its children have been stopped.
    """
    with _started(command, cwd, env) as process:
        return _finish(process)


def pipe(tap: Sequence[str | Path], target: Sequence[str | Path], cwd: Path) -> tuple[int, Outcome]:
    """Run ``tap | target``; return the exit code of the tap and the outcome of the target.

    Raises:
        TimeoutError: The two took longer than two minutes; they and their children have been stopped.
    """
    log = cwd / "tap.log"
    with log.open("wb") as errors, _started(tap, cwd, stderr=errors) as source:
        with _started(target, cwd, stdin=source.stdout) as sink:
            if source.stdout is not None:
                source.stdout.close()
            outcome = _finish(sink)
        return source.wait(STOP_SECONDS), outcome


@contextmanager
def _started(
    command: Sequence[str | Path],
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.PIPE,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program in its own process group, and end the group when the block is left."""
    process = subprocess.Popen(  # noqa: S603 - the programs that this file and its tests name
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def _finish(process: subprocess.Popen[bytes]) -> Outcome:
    try:
        stdout, stderr = process.communicate(timeout=RUN_SECONDS)
    except subprocess.TimeoutExpired:
        _end(process)
        raise TimeoutError(process.communicate()[1].decode()) from None
    return Outcome(process.returncode, stdout.decode(), stderr.decode())


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a program that still runs, and what it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)


@dataclass(frozen=True)
class Emulator:
    """A running emulator, seen through its control interface."""

    address: str

    def people(self, vendor: str) -> dict[str, dict[str, Any]]:
        """Return identity → document of everybody that a vendor has."""
        found: dict[str, dict[str, Any]] = {}
        total, offset = 1, 0
        while offset < total:
            page = self._get(f"{vendor}/people", limit=PAGE, offset=offset)
            found |= {person["identity"]: person["document"] for person in page["people"]}
            total, offset = page["total"], offset + PAGE
        return found

    def journal(self, vendor: str) -> list[dict[str, Any]]:
        """Return all requests that a vendor has seen, oldest first."""
        entries: list[dict[str, Any]] = self._get("journal", vendor=vendor)["entries"]
        return entries

    def _get(self, path: str, **query: str | int) -> dict[str, Any]:
        address = f"{self.address}/_emulator/{path}?{urlencode(query)}"
        with urlopen(address, timeout=STOP_SECONDS) as answer:  # noqa: S310 - the emulator started below
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def emulator(folder: Path) -> Iterator[Emulator]:
    """Run ``target-people emulate`` on a free port until the block is left.

    Args:
        folder: Where its log goes.

    Raises:
        TimeoutError: It did not say in time that it listens.
    """
    log = folder / "emulator.log"
    command = (TARGET_PEOPLE, "emulate", "--port", "0")
    with log.open("wb") as errors, _started(command, folder, stderr=errors) as process:
        yield Emulator(_address(process, log))


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)  # type: ignore[arg-type]  # a pipe, as _started says
        while time.monotonic() < deadline and process.poll() is None:
            if ready.select(timeout=1):
                line = process.stdout.readline().decode().strip()  # type: ignore[union-attr]  # as above
                if line.startswith(READY):
                    return line.removeprefix(READY)
    raise TimeoutError(log.read_text())
