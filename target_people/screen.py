"""The live lines on a terminal: one for each vendor, below everything else that is written there.

Why not rich's own live display: it leaves the cursor below its lines, and a tap that logs to the same terminal would
write there, between a drawing and the next, which then takes away the tap's line. Here the cursor rests on an empty
line above ours, so that whoever writes to the terminal meanwhile writes above, and only our lines are ever taken away.
A drawing is also put back after each log line as it is, without being made anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
from typing import TYPE_CHECKING, TextIO, cast

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from target_people.progress import Reading

_ERASE = "\r\x1b[J"
"""To the first column, and everything from there to the end of the screen away."""
_GAP = "  "
_STYLES = ("bold", "", "", "", "yellow", "red", "")
_SHED = (3, 6, 2, 5, 4)
"""Which columns a narrow terminal does without, the first one first: requests, time left, rate, rejected, waiting."""


class Screen:
    """Draws readings on a terminal.

    Args:
        stream: the terminal.
        size: tells its columns and lines.
        shared: whether standard output goes there, too.
    """

    seconds = 0.5

    def __init__(
        self, stream: TextIO, size: Callable[[], os.terminal_size] | None = None, *, shared: bool = False
    ) -> None:
        """Draw nothing yet."""
        self._stream = stream
        self._size = size or (lambda: os.get_terminal_size(stream.fileno()))
        self._console = Console(file=io.StringIO(), force_terminal=True, highlight=False)
        self._shared = shared
        self._lock = threading.RLock()
        self._frame = ""

    def show(self, readings: Sequence[Reading]) -> None:
        """Draw one line for each."""
        with self._lock:
            self._frame = self._drawn(readings)
            self._put(_ERASE + self._frame)

    def write(self, text: str) -> int:
        """Write whole lines above the drawing; the file interface that a log handler needs."""
        with self._lock:
            self._put((_ERASE if self._frame else "") + text + self._frame)
        return len(text)

    def flush(self) -> None:
        """Everything is written at once."""

    @property
    def above(self) -> TextIO:
        """This: what is written to it goes above the drawing."""
        return cast("TextIO", self)

    @property
    def farewell(self) -> bytes:
        """What takes the drawing away; asked for from a signal handler, so it waits for nobody."""
        return _ERASE.encode() if self._frame else b""

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Take the drawing away while something goes to standard output, if that is the same terminal."""
        with self._lock:
            frame = self._frame if self._shared else ""
            self._put(_ERASE if frame else "")
            try:
                yield
            finally:
                self._put(frame)

    def close(self) -> None:
        """Take the drawing away."""
        with self._lock:
            if self._frame:
                self._frame = ""
                self._put(_ERASE)

    def _put(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # a terminal that is gone ends no delivery
            self._stream.write(text)
            self._stream.flush()

    def _drawn(self, readings: Sequence[Reading]) -> str:
        """An empty line, the lines, and the way back up to the empty one."""
        width, height = self._measure()
        lines = laid_out([_cells(reading) for reading in readings], width - 1)[: max(height - 2, 0)]
        if not lines:
            return ""
        self._console.size = (width, height)
        with self._console.capture() as capture:
            self._console.print(Text("\n").join(lines), no_wrap=True, overflow="crop", end="")
        return f"\n{capture.get()}\r\x1b[{len(lines)}A"

    def _measure(self) -> tuple[int, int]:
        try:
            size = self._size()
        except (OSError, ValueError):
            return 80, 24
        return size.columns or 80, size.lines or 24


def laid_out(rows: Sequence[Sequence[str]], width: int) -> list[Text]:
    """Rows of equally many cells as lines of aligned columns; what matters less is left out where it is narrow.

    Args:
        rows: as ``_cells`` makes them.
        width: cells on the terminal, at least 0.
    """
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    shown = [at for at, wide in enumerate(widths) if wide]
    for at in _SHED:
        if sum(widths[column] + len(_GAP) for column in shown) - len(_GAP) <= width:
            break
        shown = [column for column in shown if column != at]
    lines = [_line([(row[at].ljust(widths[at]), _STYLES[at]) for at in shown]) for row in rows]
    for line in lines:
        line.truncate(max(width, 0))
    return lines


def _line(cells: Sequence[tuple[str, str]]) -> Text:
    line = Text(_GAP).join(Text(cell, style) for cell, style in cells)
    line.rstrip()
    return line


def _cells(reading: Reading) -> tuple[str, ...]:
    """Who, how many, how fast, requests, what is waited for, rejected, how long still; empty where there is nothing."""
    return (
        reading.vendor,
        f"{reading.settled:,} people",
        f"{reading.rate:,.0f}/s" if reading.rate >= _WHOLE else f"{reading.rate:.1f}/s",
        f"{reading.in_flight} in flight",
        reading.waiting,
        f"{reading.rejected:,} rejected" if reading.rejected else "",
        "" if reading.left is None else f"~{_duration(reading.left)}",
    )


_WHOLE = 10
"""From this rate on, people a second are shown without tenths."""


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"
