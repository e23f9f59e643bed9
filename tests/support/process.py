"""The executable as a process of its own, and everything that it leaves behind."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import pytest

SECONDS = 120
"""Waited for anything, at most; the machine may be busy."""


def until(over: Callable[[], Any], what: str) -> None:
    """Wait for something, with a limit."""
    end = time.monotonic() + SECONDS
    while not over():
        assert time.monotonic() < end, f"waited {SECONDS} seconds in vain until {what}"
        time.sleep(0.02)


def until_read(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has taken everything that was written to its standard input."""

    def unread() -> int:
        assert process.stdin is not None
        return int.from_bytes(fcntl.ioctl(process.stdin, termios.FIONREAD, bytes(4)), sys.byteorder)

    until(lambda: not unread(), "it has read its input")


def chosen(request: pytest.FixtureRequest, names: Iterable[str]) -> list[str]:
    """Those of the names that a test which is about to run has as its parameter ``name``."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    wanted = {call.params.get("name") for call in calls if call is not None}
    return [name for name in names if name in wanted]


@dataclass
class Remains:
    """What a process left.

    Args:
        exit_code: as a shell would see it.
        states: the lines of its standard output.
        errors: the lines of its standard error.
        receipts: all receipts, decoded.
        rejects: the RECORDs of its rejects files, decoded.
        others: names of what else lies beside the receipts.
        seconds: how long it took from what was done to it last, or from its start when nothing was.
    """

    exit_code: int
    states: list[bytes]
    errors: list[str]
    receipts: list[dict[str, Any]]
    rejects: list[dict[str, Any]]
    others: list[str]
    seconds: float

    @property
    def receipt(self) -> dict[str, Any]:
        """The only one."""
        (receipt,) = self.receipts
        return receipt

    def rejected(self, vendor: str) -> list[str]:
        """Whom a vendor refused, or who was refused for it, by the rejects file."""
        return [line["record"]["customer_id"] for line in self.rejects if line["rejection"]["vendor"] == vendor]


@dataclass
class Process:
    """One run, which ends with the ``with`` statement at the latest.

    Args:
        folder: its working directory, configuration, input and output.
        config: the settings, or the text of the file.
        lines: its input.
        program: for the interpreter.
        closed: whether standard output and error go into a pipe that ``close`` closes.
    """

    folder: Path
    config: Mapping[str, Any] | str
    lines: Iterable[bytes] = ()
    program: tuple[str, ...] = ("-m", "target_people")
    closed: bool = False
    _began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        text = self.config if isinstance(self.config, str) else json.dumps(self.config)
        (self.folder / "config.json").write_text(text, "utf-8")
        reading, writing = os.pipe()
        with (self.folder / "out").open("wb") as out, (self.folder / "err").open("wb") as err:
            self.popen = subprocess.Popen(  # noqa: S603 - our own executable
                [sys.executable, *self.program, "--config", "config.json"],
                stdin=subprocess.PIPE,
                stdout=writing if self.closed else out,
                stderr=writing if self.closed else err,
                cwd=self.folder,
            )
        os.close(writing)
        self._reading = reading
        assert self.popen.stdin is not None
        self.popen.stdin.write(b"".join(line + b"\n" for line in self.lines))
        self.popen.stdin.flush()

    def signal(self, number: int) -> None:
        """Send a signal."""
        self._began = time.monotonic()
        self.popen.send_signal(number)

    def close(self) -> None:
        """Let nobody read its output any more."""
        self._began = time.monotonic()
        os.close(self._reading)
        self._reading = -1

    def says(self, words: str) -> None:
        """Wait until it has said that."""
        until(lambda: words in (self.folder / "err").read_text("utf-8"), f"it says {words}")

    def prints(self, line: bytes) -> None:
        """Wait until it has printed that."""
        until(lambda: line in (self.folder / "out").read_bytes(), "it prints that")

    def wait(self, *, end_of_input: bool = True) -> Remains:
        """Wait for its end, with a limit, and look at what it left."""
        assert self.popen.stdin is not None
        if end_of_input:
            self.popen.stdin.close()
        code = self.popen.wait(SECONDS)
        return self._remains(code if code >= 0 else 128 - code, time.monotonic() - self._began)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever has happened, nothing of it goes on."""
        self.popen.kill()
        self.popen.wait()
        assert self.popen.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.popen.stdin.close()
        if self._reading >= 0:
            self.close()

    def _remains(self, code: int, seconds: float) -> Remains:
        receipts = sorted(self.folder.glob(".target-people/receipts/*"))
        files = [path for path in receipts if path.suffix == ".json"]
        rejects = self.folder.glob(".target-people/rejects/*")
        messages = [json.loads(line) for path in rejects for line in path.read_bytes().splitlines()]
        return Remains(
            code,
            (self.folder / "out").read_bytes().splitlines(),
            (self.folder / "err").read_text("utf-8").splitlines(),
            [json.loads(path.read_text("utf-8")) for path in files],
            [message for message in messages if message["type"] == "RECORD"],
            [path.name for path in receipts if path not in files],
            seconds,
        )
