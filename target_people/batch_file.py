"""Reads the files that a BATCH message names, record by record."""

from __future__ import annotations

import gzip
import zlib
from typing import IO, TYPE_CHECKING, Any, cast

import fsspec

from target_people.delivery.json import UNREADABLE, decode
from target_people.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_COMPRESSIONS = (None, "none", "gzip")


def read_batch(
    message: Mapping[str, Any], batch_config: Mapping[str, Any] | None, where: Callable[[str], str]
) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The records of all files of a BATCH message, each with its line as it was read.

    Args:
        message: has ``encoding`` and ``manifest``.
        batch_config: the SDK's setting; its ``storage.params`` open files on other storages.
        where: makes a message that names the line of the BATCH message.

    Raises:
        InputError: when the message, a file or a line of it cannot be read; it names the file by its position.
    """
    manifest = message["manifest"]
    if not isinstance(manifest, list) or not all(isinstance(url, str) for url in manifest):
        raise InputError(where("is a BATCH whose manifest is no list of addresses"))
    zipped = _is_zipped(message["encoding"], where)
    params = ((batch_config or {}).get("storage") or {}).get("params") or {}
    for number, url in enumerate(manifest, 1):

        def place(problem: str, number: int = number) -> str:
            return where(f"is a BATCH; file {number} of its manifest {problem}")

        yield from _records(url, params, place, zipped=zipped)


def _is_zipped(encoding: Any, where: Callable[[str], str]) -> bool:  # noqa: ANN401 - whatever the tap sent
    known = isinstance(encoding, dict) and encoding.get("format") == "jsonl"
    if not known or encoding.get("compression") not in _COMPRESSIONS:
        raise InputError(where("is a BATCH in an encoding other than JSONL, plain or gzip"))
    return bool(encoding.get("compression") == "gzip")


def _records(
    url: str, params: Mapping[str, Any], place: Callable[[str], str], *, zipped: bool
) -> Iterator[tuple[dict[str, Any], bytes]]:
    number = 0
    try:
        with fsspec.open(url, "rb", **params) as file:
            for number, line in enumerate(_lines(file, zipped=zipped), 1):
                if not line.isspace():
                    yield _record(line, number, place), line
    except (EOFError, OSError, ValueError, ImportError, zlib.error) as error:
        problem = f"cannot be read after record {number} ({type(error).__name__})"
        raise InputError(place(problem)) from None


def _lines(file: IO[bytes], *, zipped: bool) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(file)) if zipped else file


def _record(line: bytes, number: int, place: Callable[[str], str]) -> dict[str, Any]:
    try:
        record = decode(line)
    except UNREADABLE:
        raise InputError(place(f"holds invalid JSON in record {number}")) from None
    if not isinstance(record, dict):
        raise InputError(place(f"holds a record {number} that is no object"))
    return record
