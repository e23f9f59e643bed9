"""The rejects file: a Singer stream of the records that were refused, which can be sent again as it is."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

import msgspec

from target_people.reason import reason

if TYPE_CHECKING:
    from pathlib import Path

    from target_people.delivery.verdict import Outcome

_OWNER_ONLY = 0o600
_OWNER_ONLY_FOLDER = 0o700
_Raw = dict[str, msgspec.Raw]


class Rejects:
    """Writes ``<output_dir>/rejects/<run_id>.singer.jsonl``, which is created at the first rejection.

    It holds personal data, by its purpose, and is readable by its owner alone from its first byte on.

    Args:
        folder: ``<output_dir>/rejects``.
        run_id: the run's name.
    """

    def __init__(self, folder: Path, run_id: str) -> None:
        """Create nothing yet."""
        self.path = folder / f"{run_id}.singer.jsonl"
        self._descriptor: int | None = None
        self._schemas: dict[str, bytes] = {}
        self._unsynced = False
        self._named = False
        self._size = 0
        self._failure: OSError | None = None

    def write(self, stream: str, schema: bytes, record: bytes, *, vendor: str, outcome: Outcome, at: str) -> None:
        """Append one refused record, and before it the SCHEMA that it needs; safe on disk after ``sync``.

        Args:
            stream: the source stream.
            schema: its SCHEMA message as it was read.
            record: its RECORD message as it was read.
            vendor: who refused it, or for whom it was refused.
            outcome: the rejection.
            at: when, in ISO 8601.

        Raises:
            OSError: when the file cannot be written, or once could not be; the record's verdict must not be counted
                then, and what the file holds are still whole lines.
        """
        needed = self._schemas.get(stream) != schema
        lines = schema.strip() + b"\n" if needed else b""
        self._append(lines + with_rejection(record, rejection(vendor, outcome, at)) + b"\n")
        self._schemas[stream] = schema

    def sync(self) -> None:
        """Put everything written so far on disk: called before a STATE that covers it is printed.

        Raises:
            OSError: when the disk refuses, or once refused: it may have dropped what it was asked to keep.
        """
        self._check()
        if self._unsynced and self._descriptor is not None:
            try:
                os.fsync(self._descriptor)
            except OSError as error:
                self._failure = error
                raise
            self._sync_folders()
        self._unsynced = False

    def close(self) -> None:
        """Close the file, if there is one.

        Raises:
            OSError: when the disk refuses, and it has not been told before; the file is closed nevertheless.
        """
        try:
            if self._failure is None:
                self.sync()
        finally:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _append(self, content: bytes) -> None:
        """Write all of it, or take back what was written and write nothing more."""
        self._check()
        descriptor = self._open()
        rest = content
        try:
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        except OSError as error:
            self._failure = error
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, self._size)
            raise
        self._size += len(content)
        self._unsynced = True

    def _sync_folders(self) -> None:
        """Once: a file that is on disk is lost all the same while its name, and its folders' names, are not."""
        for folder in () if self._named else (self.path.parent, *self.path.parent.parents[:2]):
            with contextlib.suppress(OSError):  # not every file system has it, nor may everybody read the folders above
                _sync_folder(folder)
        self._named = True

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _open(self) -> int:
        if self._descriptor is None:
            self.path.parent.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self._descriptor = os.open(self.path, flags, _OWNER_ONLY)
        return self._descriptor


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rejection(vendor: str, outcome: Outcome, at: str) -> dict[str, str]:
    """What stands under the key ``rejection`` of a refused record."""
    entry = reason(outcome.code, outcome.field)
    said = f"{entry.reason} ({vendor}: {outcome.detail})" if outcome.detail else entry.reason
    return {"vendor": vendor, "code": outcome.code, "reason": said, "remedy": entry.remedy, "at": at}


def with_rejection(record: bytes, entry: dict[str, Any]) -> bytes:
    """A RECORD message with the rejection in it, the other keys byte for byte as they were read."""
    message = msgspec.json.decode(record, type=_Raw)
    message["rejection"] = msgspec.Raw(msgspec.json.encode(entry))
    return msgspec.json.encode(message)
