"""What a run leaves: STATE on standard output, and a folder for its receipt and its rejects."""

from __future__ import annotations

import sys
import tempfile
from typing import TYPE_CHECKING

from target_people.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

_ROOM = 4096
"""Bytes, at least, that must have a place in each folder: a receipt is some thousands of bytes long."""


def check_writable(output_dir: Path) -> None:
    """See that files can be written where the receipt and the rejects will go; the folder for receipts is made.

    Why before the run and not when the first file is due: by then people have been sent, and what became of them could
    be written nowhere.

    Raises:
        ConfigurationError: naming the folder and what the system says.
    """
    receipts, rejects = output_dir / "receipts", output_dir / "rejects"
    places = [receipts, rejects if rejects.exists() else output_dir]
    for place in places:
        try:
            _try(place)
        except OSError as error:
            message = f"output_dir: {place} cannot be written ({error.strerror}); make room, or set another"
            raise ConfigurationError(message) from None


def _try(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(_ROOM))
        file.flush()


def print_state(line: bytes) -> None:
    """Write to standard output, where nothing else ever writes.

    Raises:
        BrokenPipeError: when nobody reads it.
        ConfigurationError: when it cannot be written for another reason, such as a full disk.
    """
    if sys.stdout is None:
        raise BrokenPipeError
    try:
        sys.stdout.buffer.write(line)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"standard output: STATE cannot be written ({error.strerror}); make room, then run again"
        raise ConfigurationError(message) from None
