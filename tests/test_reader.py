"""Reading Singer messages."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import pytest

from target_people.errors import InputError
from target_people.reader import MessageReader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CANARY = "canary@example.com"
BOM = b"\xef\xbb\xbf"
RECORD = b'{"type":"RECORD","stream":"people","record":{"id":1}}'
STATE = b'{"type":"STATE","value":{"at":1}}'


class Taken:
    """A reader and what it handed on, each message with its line number and its line."""

    def __init__(self) -> None:
        self.reader = MessageReader()
        self.messages: list[tuple[int, dict[str, Any]]] = []
        self.lines: list[bytes] = []
        self.states: list[bytes] = []
        self._callbacks: dict[str, Callable[[dict[str, Any]], None]] = {
            "SCHEMA": self._take,
            "RECORD": self._take,
            "STATE": self._state,
        }

    def read(self, source: Any) -> dict[str, int]:
        return dict(self.reader.process_lines(source, self._callbacks))

    def _take(self, message: dict[str, Any]) -> None:
        self.messages.append((self.reader.line_number, message))
        self.lines.append(self.reader.line)

    def _state(self, message: dict[str, Any]) -> None:
        self._take(message)
        self.states.append(self.reader.state())


def numbers(source: Any) -> list[int]:
    """The numbers of the lines that hold messages."""
    taken = Taken()
    taken.read(source)
    return [number for number, _ in taken.messages]


def text(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="latin-1")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(RECORD + b"\n" + STATE + b"\n", [1, 2], id="plain"),
        pytest.param(RECORD + b"\n" + STATE, [1, 2], id="no-newline-at-the-end"),
        pytest.param(RECORD + b"\r\n" + STATE + b"\r\n", [1, 2], id="crlf"),
        pytest.param(b"\n  \n" + RECORD + b"\n\r\n\t\n" + STATE + b"\n\n", [3, 6], id="blank-lines"),
        pytest.param(BOM + RECORD + b"\n" + STATE, [1, 2], id="byte-order-mark"),
        pytest.param(BOM + b"\n" + RECORD, [2], id="byte-order-mark-before-a-blank-line"),
        pytest.param(BOM, [], id="byte-order-mark-alone"),
        pytest.param(b"", [], id="empty"),
        pytest.param(b"  " + RECORD + b"  \n", [1], id="spaces-around"),
    ],
)
@pytest.mark.parametrize("opened", [io.BytesIO, text], ids=["binary", "text"])
def test_each_message_has_the_number_of_its_line(
    content: bytes, expected: list[int], opened: Callable[..., Any]
) -> None:
    assert numbers(opened(content)) == expected


def test_a_text_that_has_no_bytes_beneath_is_read_too() -> None:
    taken = Taken()
    assert taken.read(io.StringIO('\ufeff{"type":"RECORD","record":{"name":"Zoë"}}\n\n')) == {"RECORD": 1}
    assert taken.messages == [(1, {"type": "RECORD", "record": {"name": "Zoë"}})]


def test_standard_input_is_read_as_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", text('{"type":"RECORD","name":"Zoë"}'.encode()))
    taken = Taken()
    taken.read(None)
    assert taken.messages == [(1, {"type": "RECORD", "name": "Zoë"})]


def test_messages_are_counted_by_type() -> None:
    assert Taken().read(io.BytesIO(b"\n".join([RECORD, STATE, RECORD]))) == {"RECORD": 2, "STATE": 1}


def test_the_line_is_there_as_it_was_read_without_its_end_and_the_byte_order_mark() -> None:
    taken = Taken()
    taken.read(io.BytesIO(BOM + RECORD + b" \r\n" + RECORD))
    assert taken.lines == [RECORD + b" \r", RECORD]


def error(content: bytes) -> str:
    """The error of an input that is refused, after a check that it tells nothing of it."""
    with pytest.raises(InputError) as caught:
        Taken().read(io.BytesIO(content))
    assert CANARY not in str(caught.value) + repr(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


BROKEN = {
    "cut-off": b'{"type":"RECORD","record":{"email":"%b"' % CANARY.encode(),
    "text": CANARY.encode(),
    "two-objects": b'{"email":"%b"} {}' % CANARY.encode(),
    "no-utf-8": b'{"type":"RECORD","email":"%b\xff"}' % CANARY.encode(),
    "utf-16": f'{{"email":"{CANARY}"}}'.encode("utf-16"),
    "not-a-number": b'{"type":"RECORD","email":"%b","score":NaN}' % CANARY.encode(),
    "too-deep": b'{"type":"RECORD","email":"%b","x":%b' % (CANARY.encode(), b"[" * 100_000),
    "exponent-too-large": b'{"type":"RECORD","email":"%b","x":1e99999999999999999999}' % CANARY.encode(),
    "byte-order-mark-later": BOM + RECORD,
}


@pytest.mark.parametrize("line", [pytest.param(line, id=name) for name, line in BROKEN.items()])
def test_a_line_that_is_no_json_is_named_by_its_number_alone(line: bytes) -> None:
    assert error(RECORD + b"\n\n" + line) == "line 3 of the input is not valid JSON in UTF-8; check the tap's output"


@pytest.mark.parametrize("line", [b'"%b"', b'["%b"]', b'[{"type":"%b"}]'])
def test_a_line_that_is_no_object_is_refused(line: bytes) -> None:
    assert error(line % CANARY.encode()).startswith("line 1 of the input is JSON, but no object;")


def test_a_message_without_type_is_refused() -> None:
    assert error(b'{"email":"%b"}' % CANARY.encode()).startswith("line 1 of the input lacks type;")


@pytest.mark.parametrize("kind", [f'"{CANARY}"', f'["{CANARY}"]', "null", "7", '"record"'])
def test_a_message_of_an_unknown_type_is_refused_with_the_known(kind: str) -> None:
    told = error(b'{"type":%b}' % kind.encode())
    assert told.startswith("line 1 of the input has a type that is none of SCHEMA, RECORD, STATE;")


def test_all_missing_keys_are_named() -> None:
    reader = MessageReader()
    with pytest.raises(InputError, match="lacks key_properties, schema;"):
        reader.assert_line_requires({"stream": CANARY}, {"schema", "stream", "key_properties"})
    reader.assert_line_requires({"stream": CANARY}, {"stream"})


VALUES = [
    b'{"at": 1.10, "big": 123456789012345678901234567890, "e": 1.0E+5, "z": -0.0}',
    b'{ "a" : [ 1 , { "b" : null } ] }',
    b'{"name": "Zo\\u00eb", "emoji": "\\ud83d\\ude00", "slash": "\\/"}',
    '{"name": "Zoë"}'.encode(),
    b'{"value": {"value": 1}, "type": "STATE"}',
    b"{}",
    b"null",
    b'"2026-01-09"',
    b"12",
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "around", [b'{"type":"STATE","value":%b}', b' {"value" : %b , "type": "STATE", "more":[1]}\r\n']
)
@pytest.mark.parametrize("before", [b"", BOM, RECORD + b"\n"])
def test_the_value_of_a_state_is_there_byte_for_byte(value: bytes, around: bytes, before: bytes) -> None:
    taken = Taken()
    taken.read(io.BytesIO(before + around % value))
    assert taken.states == [value]


def test_a_real_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "people.singer"
    path.write_bytes(BOM + RECORD + b"\r\n" + STATE + b"\r\n")
    with path.open("rb") as binary, path.open(encoding="utf-8") as opened_as_text:
        assert numbers(binary) == numbers(opened_as_text) == [1, 2]


@pytest.mark.parametrize("skipped", [0, len(STATE) + 1])
def test_the_share_of_a_file_counts_from_where_it_stood_and_by_what_was_processed(tmp_path: Path, skipped: int) -> None:
    path = tmp_path / "in.singer"
    path.write_bytes(STATE + b"\n" + b"".join([RECORD + b"\n"] * 4))
    reader, shares = MessageReader(), []
    with path.open("rb") as source:
        source.seek(skipped)
        reader.process_lines(source, dict.fromkeys(("RECORD", "STATE"), lambda _: shares.append(reader.share())))
    size, first = path.stat().st_size - skipped, [] if skipped else [len(STATE) + 1]
    ends = [*first, *(sum(first) + (len(RECORD) + 1) * number for number in range(1, 5))]
    assert shares == [end / size for end in ends]
    assert shares[-1] == 1.0


@pytest.mark.parametrize("source", [io.BytesIO(RECORD), io.StringIO(RECORD.decode())])
def test_what_is_no_file_has_no_share(source: Any) -> None:
    taken = Taken()
    taken.read(source)
    assert taken.reader.share() is None


@pytest.mark.parametrize("path", ["empty", "/dev/null"])
def test_a_device_and_an_empty_file_have_no_share(tmp_path: Path, path: str) -> None:
    (tmp_path / "empty").touch()
    reader = MessageReader()
    with (tmp_path / path).open("rb") as file:
        reader.process_lines(file, {})
    assert reader.share() is None
