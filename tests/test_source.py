"""The lines of an input, read so that nothing else stands still."""

from __future__ import annotations

import io
import os
import threading
from contextlib import closing
from typing import IO, TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.clock import SystemClock
from target_people.delivery.reactor import Reactor
from target_people.source import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BOUNDED = settings(deadline=None, derandomize=True, max_examples=60)
PATIENCE = 20.0


def ready(_: int | None) -> bool:
    """A turn that finds everything ready."""
    return True


@pytest.fixture
def pipe() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as source, os.fdopen(write, "wb", buffering=0) as tap:
        yield source, tap


def through_a_pipe(content: bytes, turn: Callable[[int | None], bool]) -> list[bytes]:
    """Lines of what somebody else writes meanwhile."""
    read, write = os.pipe()

    def tap() -> None:
        with os.fdopen(write, "wb") as out:
            out.write(content)

    thread = threading.Thread(target=tap, daemon=True)
    thread.start()
    with os.fdopen(read, "rb") as source:
        found = list(lines(source, turn))
    thread.join(PATIENCE)
    return found


def through_a_file(content: bytes, folder: Path) -> list[bytes]:
    path = folder / "people.singer"
    path.write_bytes(content)
    with path.open("rb") as source:
        return list(lines(source, ready))


CASES = {
    "empty": (b"", []),
    "one": (b"a\n", [b"a"]),
    "no-newline-at-the-end": (b"a\nbc", [b"a", b"bc"]),
    "blank-lines": (b"\n\na\n\n", [b"", b"", b"a", b""]),
    "carriage-returns-stay": (b"a\r\nb\rc\r\n", [b"a\r", b"b\rc\r"]),
    "no-other-line-ends": ("a\u2028b\x0bc\x85d\n".encode(), ["a\u2028b\x0bc\x85d".encode()]),
    "longer-than-a-piece": (b"a" * 70_000 + b"\n" + b"b" * 140_000, [b"a" * 70_000, b"b" * 140_000]),
    "ends-with-a-piece": (b"a" * 65_535 + b"\nb", [b"a" * 65_535, b"b"]),
    "begins-with-a-piece": (b"a" * 65_536 + b"\nb\n", [b"a" * 65_536, b"b"]),
    "ten-megabytes": (b"x\n" + b"y" * 10_000_000 + b"\nz", [b"x", b"y" * 10_000_000, b"z"]),
}


@pytest.mark.parametrize(("content", "expected"), [pytest.param(*case, id=name) for name, case in CASES.items()])
def test_lines_are_the_same_from_every_source(content: bytes, expected: list[bytes], tmp_path: Path) -> None:
    assert through_a_pipe(content, ready) == expected
    assert through_a_file(content, tmp_path) == expected
    assert list(lines(io.BytesIO(content), ready)) == expected
    assert list(lines(io.TextIOWrapper(io.BytesIO(content), encoding="ascii"), ready)) == expected
    assert list(lines(io.StringIO(content.decode(), newline=""), ready)) == expected


@BOUNDED
@given(st.lists(st.binary(max_size=30), max_size=20))
def test_lines_across_pieces_are_put_together(pieces: list[bytes]) -> None:
    """However the input is cut."""

    class Cut(io.RawIOBase):
        def __init__(self) -> None:
            self.left = iter([piece for piece in pieces if piece])

        def read(self, _: int = -1) -> bytes:
            return next(self.left, b"")

    content = b"".join(pieces)
    expected = content.split(b"\n")
    assert list(lines(cast("IO[bytes]", Cut()), ready)) == (expected if expected[-1] else expected[:-1])


def test_a_text_file_over_a_pipe_is_read_as_bytes_and_without_blocking(pipe: tuple[IO[bytes], IO[bytes]]) -> None:
    source, tap = pipe
    tap.write("Zoë\n".encode())
    asked: list[int | None] = []

    def turn(descriptor: int | None) -> bool:
        asked.append(descriptor)
        return True

    with io.TextIOWrapper(source, encoding="ascii") as text:
        found = lines(text, turn)
        assert next(found) == "Zoë".encode()
        assert asked == [source.fileno()]
        found.close()  # type: ignore[attr-defined]  # a generator


def test_lines_are_there_as_soon_as_they_were_written(pipe: tuple[IO[bytes], IO[bytes]]) -> None:
    """No piece needs to be full."""
    source, tap = pipe
    found = lines(source, ready)
    for line in (b"first", b"second"):
        tap.write(line + b"\n")
        assert next(found) == line


def test_a_pipe_is_read_only_when_the_turn_says_that_it_can_be(pipe: tuple[IO[bytes], IO[bytes]]) -> None:
    """The third turn writes what is read; a read before it would wait for ever."""
    source, tap = pipe
    asked: list[int | None] = []

    def turn(descriptor: int | None) -> bool:
        asked.append(descriptor)
        if len(asked) < 3:
            return False
        tap.write(b"line\n")
        return True

    assert next(lines(source, turn)) == b"line"
    assert asked == [source.fileno()] * 3


def test_what_is_due_is_done_while_a_pipe_is_silent(pipe: tuple[IO[bytes], IO[bytes]]) -> None:
    """A timer and work on a worker; the tap writes only when it has seen both."""
    source, tap = pipe
    done: list[str] = []

    def note(what: str) -> None:
        done.append(what)
        if len(done) == 2:
            tap.write(b"line\n")

    with closing(Reactor(SystemClock(), 1)) as reactor:
        reactor.later(0.001, lambda: note("timer"))
        reactor.run(lambda: None, lambda _: note("work"))
        found = lines(source, lambda descriptor: reactor.turn(block=descriptor is not None, source=descriptor))
        assert next(found) == b"line"
    assert sorted(done) == ["timer", "work"]


@pytest.mark.parametrize("opened", ["file", "bytes", "text"])
def test_what_can_always_be_read_waits_for_nothing_and_has_its_turns(opened: str, tmp_path: Path) -> None:
    """One before each piece, and one after the last line."""
    content = (b"x" * 99 + b"\n") * 2000
    path = tmp_path / "people.singer"
    path.write_bytes(content)
    asked: list[Any] = []

    def turn(descriptor: int | None) -> bool:
        asked.append(descriptor)
        return False

    with path.open("rb") as file:
        sources: dict[str, Any] = {"file": file, "bytes": io.BytesIO(content), "text": io.StringIO(content.decode())}
        assert len(list(lines(sources[opened], turn))) == 2000
    assert set(asked) == {None}
    assert 4 <= len(asked) <= 6


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_there_is_a_turn_after_the_last_line(end: bytes) -> None:
    """So that a signal during it counts."""
    turns: list[int | None] = []

    def turn(descriptor: int | None) -> bool:
        turns.append(descriptor)
        return True

    found = lines(io.BytesIO(b"line" + end), turn)
    assert next(found) == b"line"
    before = len(turns)
    assert list(found) == []
    assert len(turns) == before + 1


def test_an_input_that_is_empty_ends(tmp_path: Path) -> None:
    assert through_a_file(b"", tmp_path) == []
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device, not a path of ours
        assert list(lines(nothing, ready)) == []
