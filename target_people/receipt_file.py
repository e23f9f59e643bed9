"""A receipt as it is read again: whichever version wrote it, what it lacks has a default and what is new is ignored."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from target_people.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0)]


class StreamFacts(Struct, frozen=True):
    """Records of one stream."""

    read: Count = 0
    skipped: Count = 0


class NotSent(Struct, frozen=True):
    """A column that a vendor was not sent."""

    column: str
    why: str


class Rejection(Struct, frozen=True):
    """A cause of rejections, and how many it had."""

    reason: str
    remedy: str
    count: Count
    code: str = ""


class Progress(Struct, frozen=True):
    """How many were settled up to the end of each interval."""

    interval_seconds: Annotated[float, Meta(gt=0)]
    settled: tuple[Count, ...] = ()


class VendorFacts(Struct, frozen=True):
    """What one vendor was asked and answered."""

    verdicts: dict[str, Count] = {}
    skipped: Count = 0
    requests: Count = 0
    retries: Count = 0
    throttled_seconds: Seconds = 0.0
    bytes_sent: Count = 0
    jobs: tuple[str, ...] = ()
    not_sent: tuple[NotSent, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    waited: dict[str, Seconds] = {}
    limit: Annotated[int, Meta(gt=0)] | None = None
    timeline: Progress | None = None

    @property
    def settled(self) -> int:
        """Records with a verdict."""
        return sum(self.verdicts.values())


class StateFacts(Struct, frozen=True):
    """STATE lines."""

    received: Count = 0
    printed: Count = 0


class ReceiptFile(Struct, frozen=True):
    """A whole receipt."""

    run_id: str
    exit_code: int
    reason: str
    streams: dict[str, StreamFacts]
    vendors: dict[str, VendorFacts]
    version: str = ""
    started_at: str = ""
    finished_at: str = ""
    seconds: Seconds | None = None
    states: StateFacts = StateFacts()

    @property
    def duration(self) -> float:
        """Seconds that the run took, at least 0; by the moments in it where an old receipt has no more."""
        if self.seconds is not None:
            return self.seconds
        try:
            took = datetime.fromisoformat(self.finished_at) - datetime.fromisoformat(self.started_at)
        except (ValueError, TypeError):
            return 0.0
        return max(took.total_seconds(), 0.0)


def read(path: Path) -> ReceiptFile:
    """Read a receipt.

    Raises:
        ConfigurationError: when the file cannot be read, or is none; the text names the place in it, never a value.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=ReceiptFile)
    except OSError as error:
        message = f"{path}: {error.strerror}"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{path} is no receipt of target-people: {_words(error)}"
    raise ConfigurationError(message)


def newest(output_dir: Path) -> Path:
    """The receipt of the run that started last, below ``<output_dir>/receipts``.

    Raises:
        ConfigurationError: when there is none.
    """
    folder = output_dir / "receipts"
    found = [path for path in folder.glob("*.json") if path.is_file()]
    if not found:
        message = f"no receipt in {folder}; name the file, or the --config whose output_dir has it"
        raise ConfigurationError(message)
    return max(found, key=_age)


def _age(path: Path) -> tuple[str, int]:
    """The second in the run's name; runs of one second by when they ended."""
    return path.name.partition("-")[0], path.stat().st_mtime_ns


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, msgspec.ValidationError) else "not JSON in UTF-8"
