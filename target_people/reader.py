"""Reads Singer messages as bytes and says where they are wrong, never what they hold."""

from __future__ import annotations

import codecs
import sys
from collections import Counter
from typing import IO, TYPE_CHECKING, Any

import msgspec

from target_people.delivery.json import UNREADABLE, decode
from target_people.errors import InputError
from target_people.source import Unended, lines, size_of

if TYPE_CHECKING:
    from collections.abc import Callable


class _State(msgspec.Struct):
    value: msgspec.Raw


_decode_state = msgspec.json.Decoder(_State).decode


class MessageReader:
    """Decodes one message a line and hands each to the callback of its type.

    Why not the SDK's reader: it reads text, parses with the json module, and its errors log the whole line.
    """

    def __init__(self) -> None:
        """Start before the first line."""
        super().__init__()
        self.line_number = 0
        """Of the line being processed, from 1."""
        self.line = b""
        """The line being processed, as it was read; without the byte order mark that the first may have."""
        self._size: int | None = None
        self._position = 0
        self.turn: Callable[[int | None], bool] = lambda _source: True
        """Is called between two pieces of input: does what else is due, and with a file descriptor waits until it can
        be read."""
        self.forgive: Callable[[], bool] = lambda: False
        """Is asked whether a last line that is cut off may be left out; else the input is not valid."""

    @property
    def default_input(self) -> IO[bytes]:
        """Standard input, as bytes."""
        return sys.stdin.buffer

    def process_lines(
        self, file_input: IO[Any] | None, callbacks: dict[str, Callable[[dict[str, Any]], None]]
    ) -> Counter[str]:
        """Read to the end of the input; blank lines are skipped.

        Args:
            file_input: a binary or a text file; standard input when None.
            callbacks: message type → what takes the message.

        Returns:
            How many messages of each type were read.

        Raises:
            InputError: naming the line, when it is no Singer message.
        """
        counts: Counter[str] = Counter()
        source = self.default_input if file_input is None else file_input
        self._size = size_of(source)
        for line in lines(source, self.turn):
            self.line_number += 1
            self._position += len(line) + 1
            self.line = line.removeprefix(codecs.BOM_UTF8) if self.line_number == 1 else line
            if not self.line.strip():
                continue
            try:
                message = self.deserialize_json(self.line)
            except InputError as error:
                self._forgive(error)
                break
            kind = message["type"]
            take = callbacks.get(kind) if kind.__class__ is str else None
            if take is None:
                raise InputError(self.where(f"has a type that is none of {', '.join(callbacks)}"))
            take(message)
            counts[kind] += 1
        return counts

    def deserialize_json(self, line: bytes) -> dict[str, Any]:
        """One line as a message.

        Raises:
            InputError: when it is no JSON object with a type.
        """
        try:
            message = decode(line)
        except UNREADABLE:
            raise InputError(self.where("is not valid JSON in UTF-8")) from None
        if not isinstance(message, dict):
            raise InputError(self.where("is JSON, but no object"))
        if "type" not in message:
            self.assert_line_requires(message, {"type"})
        return message

    def assert_line_requires(self, line_dict: dict[str, Any], requires: set[str]) -> None:
        """Refuse a message that lacks a key.

        Raises:
            InputError: naming the line and the keys that are missing.
        """
        missing = sorted(requires - line_dict.keys())
        if missing:
            raise InputError(self.where(f"lacks {', '.join(missing)}"))

    def share(self) -> float | None:
        """How much of the input has been processed, from 0 to 1; None when it is no file, whose size would tell."""
        return None if self._size is None else min(self._position / self._size, 1.0)

    def state(self) -> bytes:
        """The value of the STATE being processed, byte for byte."""
        return bytes(_decode_state(self.line).value)

    def where(self, problem: str) -> str:
        """A message that names the line."""
        return f"line {self.line_number} of the input {problem}; check the tap's output"

    def _forgive(self, error: InputError) -> None:
        if not (isinstance(self.line, Unended) and _is_cut_off(self.line) and self.forgive()):
            raise error


def _is_cut_off(line: bytes) -> bool:
    """Whether a line is no JSON; a part of an object never is."""
    try:
        decode(line)
    except UNREADABLE:
        return True
    return False
