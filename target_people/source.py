"""The lines of an input, read so that nothing else has to stand still while there are none."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 64 * 1024

Turn = Callable[[int | None], bool]
"""Does what else is due; with a file descriptor, waits until it can be read and says whether it can."""


class Unended(bytes):
    """The last line of an input that does not end in a newline: whole, or cut off."""


def lines(source: IO[Any], turn: Turn) -> Iterator[bytes]:
    """All lines without their ends, whatever the source is opened as; a last line that had none is ``Unended``.

    Args:
        source: a binary or a text file. One that may keep us waiting, such as a pipe, must not have been read before.
        turn: is called before each piece that is read, and after the last line.
    """
    rest: list[bytes] = []
    for piece in _pieces(getattr(source, "buffer", source), turn):
        first, *others = piece.split(b"\n")
        rest.append(first)
        if others:
            yield b"".join(rest)
            rest = [others.pop()]
            yield from others
    if any(rest):
        yield Unended(b"".join(rest))
        turn(None)


def size_of(source: IO[Any]) -> int | None:
    """Bytes from where a file stands to its end; None for what is no file, or an empty one."""
    file = getattr(source, "buffer", source)
    try:
        status, position = os.fstat(file.fileno()), file.tell()
    except (AttributeError, OSError, io.UnsupportedOperation):
        return None
    return max(status.st_size - position, 0) or None if stat.S_ISREG(status.st_mode) else None


def _pieces(source: IO[Any], turn: Turn) -> Iterator[bytes]:
    waits = _waiting_descriptor(source)
    while True:
        while not turn(waits) and waits is not None:
            pass
        piece = source.read(_PIECE) if waits is None else os.read(waits, _PIECE)
        if not piece:
            return
        yield piece.encode() if isinstance(piece, str) else piece


def _waiting_descriptor(source: IO[Any]) -> int | None:
    """The file descriptor of a pipe, a terminal or a socket; None for what can always be read."""
    try:
        descriptor = source.fileno()
    except (AttributeError, io.UnsupportedOperation):
        return None
    return None if stat.S_ISREG(os.fstat(descriptor).st_mode) else descriptor
