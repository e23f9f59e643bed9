"""The rejects file."""

from __future__ import annotations

import json
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.verdict import rejected
from target_people.reader import MessageReader
from target_people.reason import reason
from target_people.rejects import Rejects, rejection, with_rejection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = b'{"type": "SCHEMA", "stream": "people", "schema": {"properties": {}}, "key_properties": ["id"]}\n'
OTHER_SCHEMA = SCHEMA.replace(b"people", b"leads")
CHANGED_SCHEMA = SCHEMA.replace(b'{"properties": {}}', b'{"properties": {"x": {}}}')
RECORD = b'{"type": "RECORD", "stream": "people", "record": {"id": 1, "score": 1.10}}\n'
OUTCOME = rejected("not_email", "email")
AT = "2026-01-09T12:00:00.000+00:00"


@contextmanager
def opened(folder: Path) -> Iterator[Rejects]:
    rejects = Rejects(folder / "out" / "rejects", "run-1")
    yield rejects
    rejects.close()


def write(rejects: Rejects, stream: str = "people", schema: bytes = SCHEMA, record: bytes = RECORD) -> None:
    rejects.write(stream, schema, record, vendor="plain", outcome=OUTCOME, at=AT)


def kinds(rejects: Rejects) -> list[str]:
    return [json.loads(line)["type"] for line in rejects.path.read_bytes().splitlines()]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_nothing_is_created_before_the_first_rejection(tmp_path: Path) -> None:
    with opened(tmp_path) as rejects:
        rejects.sync()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_the_file_is_its_owners_alone_from_its_first_byte(
    mask: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the umask: the mode is looked at before each write."""
    seen: list[int] = []
    writing = os.write

    def watched(file: int, content: bytes) -> int:
        seen.append(stat.S_IMODE(os.fstat(file).st_mode))
        return writing(file, content)

    monkeypatch.setattr(os, "write", watched)
    with umask(mask), opened(tmp_path) as rejects:
        write(rejects)
    assert set(seen) == {0o600}
    assert (mode(rejects.path), mode(rejects.path.parent)) == (0o600, 0o700)


def test_the_schema_stands_before_its_records_and_again_when_it_changes(tmp_path: Path) -> None:
    with opened(tmp_path) as rejects:
        for schema in (SCHEMA, SCHEMA, CHANGED_SCHEMA, CHANGED_SCHEMA, SCHEMA):
            write(rejects, schema=schema)
    assert kinds(rejects) == ["SCHEMA", "RECORD", "RECORD", "SCHEMA", "RECORD", "RECORD", "SCHEMA", "RECORD"]


def test_each_stream_has_its_own_schema(tmp_path: Path) -> None:
    with opened(tmp_path) as rejects:
        for stream, schema in (("people", SCHEMA), ("leads", OTHER_SCHEMA), ("people", SCHEMA)):
            write(rejects, stream, schema)
    assert kinds(rejects) == ["SCHEMA", "RECORD", "SCHEMA", "RECORD", "RECORD"]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_every_message_is_one_line_whatever_ended_it(end: bytes, tmp_path: Path) -> None:
    with opened(tmp_path) as rejects:
        write(rejects, schema=SCHEMA.strip() + end, record=RECORD.strip() + end)
        write(rejects, record=RECORD.strip() + end)
    content = rejects.path.read_bytes()
    assert content.count(b"\n") == len(content.splitlines())
    assert kinds(rejects)[:2] == ["SCHEMA", "RECORD"]


def test_the_whole_file_is_singer(tmp_path: Path) -> None:
    """Our own reader takes it; what was rejected twice is in it twice."""
    taken: list[dict[str, Any]] = []
    with opened(tmp_path) as rejects:
        for stream, schema in (("people", SCHEMA), ("leads", OTHER_SCHEMA), ("people", CHANGED_SCHEMA)):
            write(rejects, stream, schema)
    with rejects.path.open("rb") as file:
        counts = MessageReader().process_lines(file, {"SCHEMA": taken.append, "RECORD": taken.append})
    assert counts == {"SCHEMA": 3, "RECORD": 3}
    entry = {"vendor": "plain", "code": "not_email", "at": AT, **parts_of("not_email", "email")}
    assert [message["rejection"] for message in taken if message["type"] == "RECORD"] == [entry] * 3


def parts_of(code: str, field: str) -> dict[str, str]:
    entry = reason(code, field)
    return {"reason": entry.reason, "remedy": entry.remedy}


def test_the_files_of_other_runs_stay_beside_it(tmp_path: Path) -> None:
    for run in ("run-1", "run-2"):
        rejects = Rejects(tmp_path, run)
        write(rejects)
        rejects.close()
    assert {path.name for path in tmp_path.iterdir()} == {"run-1.singer.jsonl", "run-2.singer.jsonl"}


def test_closing_closes_the_file_and_may_be_done_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    descriptors: list[int] = []
    opening = os.open

    def watched(*args: Any) -> int:
        descriptors.append(opening(*args))
        return descriptors[-1]

    monkeypatch.setattr(os, "open", watched)
    rejects = Rejects(tmp_path, "run-1")
    write(rejects)
    rejects.close()
    rejects.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptors[0])


def test_a_file_that_is_there_already_is_never_written_to(tmp_path: Path) -> None:
    with opened(tmp_path) as rejects:
        write(rejects)
    before = rejects.path.read_bytes()
    with opened(tmp_path) as again, pytest.raises(FileExistsError):
        write(again)
    assert rejects.path.read_bytes() == before


def test_what_is_written_in_parts_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writing = os.write
    monkeypatch.setattr(os, "write", lambda file, content: writing(file, content[:7]))
    with opened(tmp_path) as rejects:
        write(rejects)
    assert kinds(rejects) == ["SCHEMA", "RECORD"]


def test_sync_puts_on_disk_what_was_written_since_and_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file each time; once also its folder, and the two above, which may have been made for it."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_ino))
    with opened(tmp_path) as rejects:
        rejects.sync()
        assert synced == []
        write(rejects)
        rejects.sync()
        rejects.sync()
        folder = rejects.path.parent
        assert synced == [path.stat().st_ino for path in (rejects.path, folder, folder.parent, tmp_path)]
        write(rejects)
        rejects.sync()
    assert synced[4:] == [rejects.path.stat().st_ino]


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with opened(tmp_path) as rejects:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            write(rejects)


def full(*_: object) -> int:
    raise OSError(28, "No space left on device")


def test_a_disk_that_fills_up_leaves_whole_lines_and_takes_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a line would make the next one unreadable, too; and a STATE must not rely on the file any more."""
    writing, parts = os.write, iter([20])

    def half(file: int, content: bytes) -> int:
        return writing(file, content[: next(parts, 0)]) or full()

    rejects = Rejects(tmp_path, "run-1")
    write(rejects)
    whole = rejects.path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(OSError, match="No space"):
            write(rejects, schema=CHANGED_SCHEMA)
    with pytest.raises(OSError, match="No space"):
        write(rejects)
    with pytest.raises(OSError, match="No space"):
        rejects.sync()
    rejects.close()
    assert rejects.path.read_bytes() == whole


def test_what_the_disk_once_refused_to_keep_is_never_taken_for_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second attempt may succeed because the system has forgotten what it could not write."""
    rejects = Rejects(tmp_path, "run-1")
    write(rejects)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            rejects.sync()
    with pytest.raises(OSError, match="No space"):
        rejects.sync()
    rejects.close()


def test_a_rejection_says_who_why_what_to_do_and_when() -> None:
    assert rejection("plain", OUTCOME, AT) == {
        "vendor": "plain",
        "code": "not_email",
        "reason": "email is not an e-mail address",
        "remedy": "correct it in the source",
        "at": AT,
    }


def test_the_vendors_words_stand_behind_the_reason() -> None:
    said = rejection("plain", rejected("vendor_refused", detail="ann@example.com is blocked"), AT)["reason"]
    assert said.endswith(" (plain: ann@example.com is blocked)")


KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5).filter(lambda key: key != "rejection")
NUMBERS = st.sampled_from(["1.10", "1e5", "-0.0", "123456789012345678901234567890", "1.0E+5", "0"])
TEXTS = st.sampled_from(['"\\u00e9\\/\\ud83d\\ude00"', '"é"', '""', "null", "true", "[ 1 ,2 ]", '{ "rejection" : {} }'])


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.dictionaries(KEYS, NUMBERS | TEXTS, max_size=6))
def test_every_value_of_a_record_stays_byte_for_byte(values: dict[str, str]) -> None:
    text = ",".join(f"{json.dumps(key)}: {value}" for key, value in values.items())
    out = with_rejection(f"{{{text}}}".encode(), {"vendor": "plain"})
    raw = msgspec.json.decode(out, type=dict[str, msgspec.Raw])
    assert {key: bytes(value).decode() for key, value in raw.items()} == {**values, "rejection": '{"vendor":"plain"}'}
    assert list(raw) == [*values, "rejection"]


def test_a_rejection_that_is_there_already_is_replaced() -> None:
    first = with_rejection(RECORD, {"vendor": "plain", "code": "not_email"})
    second = with_rejection(first, {"vendor": "other"})
    assert json.loads(second) == {**json.loads(RECORD), "rejection": {"vendor": "other"}}
    assert second.count(b"rejection") == 1
