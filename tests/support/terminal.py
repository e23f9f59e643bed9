"""A terminal, for what a user sees on one."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from typing import TYPE_CHECKING, Any

import pyte

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

LINES = 40
SECONDS = 60.0
_WIDE = 1000
"""Columns of a terminal that wraps nothing."""


class Paper:
    """What a terminal of some width shows, and what has scrolled away.

    Args:
        columns: its width.
    """

    def __init__(self, columns: int) -> None:
        self._screens = [pyte.HistoryScreen(width, LINES, history=10_000, ratio=0.5) for width in (columns, _WIDE)]
        self._streams = [pyte.ByteStream(screen) for screen in self._screens]

    def feed(self, content: bytes) -> None:
        """Show what was written."""
        for stream in self._streams:
            stream.feed(content)

    @property
    def shown(self) -> list[str]:
        """The rows on the screen, without blanks at their ends."""
        return [row.rstrip() for row in self._screens[0].display]

    @property
    def lines(self) -> list[str]:
        """All lines since the beginning that are not empty; what the terminal wraps must be whole there."""
        narrow, wide = (list(_rows(screen)) for screen in self._screens)
        assert "".join(narrow).replace(" ", "") == "".join(wide).replace(" ", "")
        return [row.rstrip() for row in wide if row.strip()]

    @property
    def text(self) -> str:
        """The same in one piece."""
        return "\n".join(self.lines)


def _rows(screen: Any) -> Iterator[str]:
    for row in screen.history.top:
        yield "".join(row[at].data for at in range(screen.columns))
    yield from screen.display


class Terminal:
    """A program whose standard error is a terminal.

    Args:
        command: the program.
        columns: the terminal's width.
        folder: where it runs.
        env: differs from ours in this.
        shared: whether its standard output goes to the terminal, too.
    """

    def __init__(
        self, command: Sequence[object], columns: int, folder: Path, env: Mapping[str, str], *, shared: bool = False
    ) -> None:
        self.paper = Paper(columns)
        self.raw = b""
        self._end, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
        self.process = subprocess.Popen(  # noqa: S603 - our own executable
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=theirs if shared else subprocess.PIPE,
            stderr=theirs,
            cwd=folder,
            env={**os.environ, "TERM": "xterm-256color", **env},
        )
        os.close(theirs)

    def write(self, content: bytes) -> None:
        """Write to standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(content)
        self.process.stdin.flush()

    def until(self, seen: Callable[[Paper], bool]) -> None:
        """Read until something is seen; bounded."""
        deadline = time.monotonic() + SECONDS
        while not seen(self.paper):
            assert time.monotonic() < deadline, self.paper.text
            self._read()

    def finish(self) -> bytes:
        """Close standard input, read to the end, and return what came on standard output."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        deadline = time.monotonic() + SECONDS
        while self._read():
            assert time.monotonic() < deadline, self.paper.text
        out = b"" if self.process.stdout is None else self.process.stdout.read()
        self.process.wait(SECONDS)
        return out

    def close(self) -> None:
        """Stop the program, and let go of the terminal."""
        self.process.kill()
        self.process.wait(SECONDS)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        os.close(self._end)

    def _read(self) -> bool:
        """Read a piece; False when the program has let go of the terminal."""
        if not select.select([self._end], (), (), 0.1)[0]:
            return True
        try:
            piece = os.read(self._end, 65536)
        except OSError:
            return False
        self.raw += piece
        self.paper.feed(piece)
        return bool(piece)
