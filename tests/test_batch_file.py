"""Reading the files of a BATCH message."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

import fsspec
import pytest

from target_people.batch_file import read_batch
from target_people.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CANARY = "canary@example.com"
PLAIN = {"format": "jsonl"}
ZIPPED = {"format": "jsonl", "compression": "gzip"}
LINES = [b'{"id": %d, "email": "%b"}\n' % (at, CANARY.encode()) for at in range(5)]


def where(problem: str) -> str:
    return f"line 7 {problem}"


def read(encoding: Any, *manifest: Any, config: Any = None) -> Iterator[tuple[dict[str, Any], bytes]]:
    return read_batch({"encoding": encoding, "manifest": list(manifest)}, config, where)


def file(folder: Path, content: bytes, name: str = f"{CANARY}.jsonl") -> str:
    """The address of a file with this content, which has personal data in its name, too."""
    path = folder / name
    path.write_bytes(content)
    return f"file://{path}"


def error(encoding: Any, *manifest: Any, after: int = 0) -> str:
    """The error of a BATCH that is refused after so many records, after a check that it tells no value, no address."""
    records = read(encoding, *manifest)
    assert len(list(islice(records, after))) == after
    with pytest.raises(InputError) as caught:
        next(records)
    told = str(caught.value)
    assert CANARY not in told
    assert "file:" not in told
    assert "/" not in told
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return told


@pytest.mark.parametrize("encoding", [PLAIN, {**PLAIN, "compression": None}, {**PLAIN, "compression": "none"}, ZIPPED])
def test_each_record_comes_with_its_line(encoding: dict[str, Any], tmp_path: Path) -> None:
    content = b"".join(LINES)
    address = file(tmp_path, gzip.compress(content) if encoding is ZIPPED else content)
    assert list(read(encoding, address)) == [(json.loads(line), line) for line in LINES]


def test_the_files_of_the_manifest_are_read_in_its_order(tmp_path: Path) -> None:
    addresses = [file(tmp_path, b'{"id": %d}\n' % at, f"{at}.jsonl") for at in (2, 0, 1)]
    assert [record["id"] for record, _ in read(PLAIN, *addresses)] == [2, 0, 1]


def test_blank_lines_crlf_and_a_missing_newline_do_not_matter(tmp_path: Path) -> None:
    address = file(tmp_path, b'\n{"id": 1}\r\n  \n\r\n{"id": 2}')
    assert [record["id"] for record, _ in read(PLAIN, address)] == [1, 2]


def test_numbers_are_read_without_loss(tmp_path: Path) -> None:
    address = file(tmp_path, b'{"score": 1.10, "big": 123456789012345678901234567890}')
    record, _ = next(read(PLAIN, address))
    assert record == {"score": Decimal("1.10"), "big": 123456789012345678901234567890}


@pytest.mark.parametrize("manifest", [[], ["empty"]])
def test_no_file_and_an_empty_file_hold_nothing(manifest: list[str], tmp_path: Path) -> None:
    assert list(read(PLAIN, *[file(tmp_path, b"", name) for name in manifest])) == []


@pytest.mark.parametrize("encoding", [PLAIN, ZIPPED])
def test_a_file_is_read_piece_by_piece(
    encoding: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The first record is there when a fraction of the file has been read, and the file is let go of at the end."""
    content = b"".join(b'{"id": %d, "hash": "%x"}\n' % (at, hash(str(at))) for at in range(200_000))
    address = file(tmp_path, gzip.compress(content, 1) if encoding is ZIPPED else content)
    opened: list[Any] = []
    opening = fsspec.open

    def watched(*args: Any, **rest: Any) -> Any:
        opened.append(opening(*args, **rest).open())
        return opened[-1]

    monkeypatch.setattr(fsspec, "open", watched)
    records = read(encoding, address)
    assert opened == []
    assert next(records)[0]["id"] == 0
    assert opened[0].tell() < 1_000_000 < len(content)
    records.close()  # type: ignore[attr-defined]  # a generator
    assert opened[0].closed


def test_the_parameters_of_the_storage_are_handed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []
    opening = fsspec.open

    def watched(address: str, mode: str, **params: Any) -> Any:
        seen.append(params)
        return opening(address, mode)

    monkeypatch.setattr(fsspec, "open", watched)
    config = {"storage": {"root": "s3://x", "params": {"anon": True}}}
    assert len(list(read(PLAIN, file(tmp_path, LINES[0]), config=config))) == 1
    assert seen == [{"anon": True}]


@pytest.mark.parametrize("config", [{}, {"storage": None}, {"storage": {}}, {"storage": {"params": None}}])
def test_a_storage_without_parameters_is_fine(config: dict[str, Any], tmp_path: Path) -> None:
    assert len(list(read(PLAIN, file(tmp_path, LINES[0]), config=config))) == 1


@pytest.mark.parametrize(
    "encoding",
    [{"format": "parquet"}, {"format": "jsonl", "compression": "zstd"}, {}, "jsonl", None, [], {"format": CANARY}],
)
def test_another_encoding_is_refused(encoding: Any, tmp_path: Path) -> None:
    told = error(encoding, file(tmp_path, LINES[0]))
    assert told == "line 7 is a BATCH in an encoding other than JSONL, plain or gzip"


@pytest.mark.parametrize("manifest", ["file:///x", None, {}, [CANARY, 7], [None]])
def test_a_manifest_that_is_no_list_of_addresses_is_refused(manifest: Any) -> None:
    with pytest.raises(InputError, match=r"^line 7 is a BATCH whose manifest is no list of addresses$"):
        next(read_batch({"encoding": PLAIN, "manifest": manifest}, None, where))


def test_a_file_that_is_missing_is_named_by_its_position(tmp_path: Path) -> None:
    there = file(tmp_path, LINES[0])
    missing = f"file://{tmp_path}/{CANARY}.missing"
    told = error(PLAIN, there, missing, after=1)
    assert told == "line 7 is a BATCH; file 2 of its manifest cannot be read after record 0 (FileNotFoundError)"


def test_an_address_that_nothing_opens_is_named_by_its_position() -> None:
    told = error(PLAIN, f"nosuch-{CANARY}://x")
    assert told.startswith("line 7 is a BATCH; file 1 of its manifest cannot be read after record 0 (")


def test_a_truncated_archive_gives_its_records_and_then_the_error(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(LINES))
    told = error(ZIPPED, file(tmp_path, whole[:-4]), after=5)
    assert told == "line 7 is a BATCH; file 1 of its manifest cannot be read after record 5 (EOFError)"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"".join(LINES), id="not-zipped"),
        pytest.param(gzip.compress(b"".join(LINES))[:10] + b"\xff" * 20, id="damaged"),
    ],
)
def test_an_archive_that_is_none_cannot_be_read(content: bytes, tmp_path: Path) -> None:
    assert "file 1 of its manifest cannot be read after record 0 (" in error(ZIPPED, file(tmp_path, content))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b'{"email": "%b"' % CANARY.encode(), id="cut-off"),
        pytest.param(b'{"email": "%b\xff"}' % CANARY.encode(), id="no-utf-8"),
        pytest.param(gzip.compress(CANARY.encode()).replace(b"\n", b""), id="zipped-after-all"),
        pytest.param(b"[" * 100_000, id="too-deep"),
        pytest.param(b'{"x": 1e99999999999999999999}', id="exponent-too-large"),
    ],
)
def test_a_line_that_is_no_json_is_named_by_its_record(line: bytes, tmp_path: Path) -> None:
    told = error(PLAIN, file(tmp_path, LINES[0] + LINES[1] + line), after=2)
    assert told == "line 7 is a BATCH; file 1 of its manifest holds invalid JSON in record 3"


@pytest.mark.parametrize("line", [b"[1]", b"7", b'"%b"' % CANARY.encode(), b"null"])
def test_a_line_that_is_no_object_is_named_by_its_record(line: bytes, tmp_path: Path) -> None:
    told = error(PLAIN, file(tmp_path, LINES[0] + line), after=1)
    assert told == "line 7 is a BATCH; file 1 of its manifest holds a record 2 that is no object"
