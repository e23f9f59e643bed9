"""BATCH files between RECORD messages of the same people: the last value read is the last one stored."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_people.vendors import sinks
from tests.support.load import message
from tests.support.rehearsal import rehearse
from tests.vendors.schedule import BOUNDED, DOUBTFUL_PEOPLE, STRESS, Stress, schema, versions, wrong

if TYPE_CHECKING:
    from tests.support.control import Control
    from tests.vendors.people import Record

FILES = st.lists(st.lists(DOUBTFUL_PEOPLE, max_size=5), min_size=1, max_size=3)
PIECES = st.lists(st.tuples(st.sampled_from(["RECORD", "none", "gzip"]), FILES), min_size=1, max_size=8)
"""How people come, as RECORD messages or in files of that compression, and who stands in each file."""
Piece = tuple[str, list[list[tuple[int, dict[str, Any]]]]]


class Writer:
    """Writes messages, and the files that they name.

    Args:
        folder: for the files.
        records: all that there are, which are written in their order.
    """

    def __init__(self, folder: Path, records: list[Record]) -> None:
        self._folder = folder
        self._rest = iter(records)
        self._files = 0

    def piece(self, form: str, sizes: list[int]) -> list[bytes]:
        """Messages with as many records as the sizes add up to; in files of these sizes, when it is a compression."""
        if form == "RECORD":
            return [message("RECORD", stream="people", record=next(self._rest)) for _ in range(sum(sizes))]
        encoding = {"format": "jsonl", "compression": form}
        return [message("BATCH", stream="people", encoding=encoding, manifest=[self._file(form, n) for n in sizes])]

    def _file(self, compression: str, size: int) -> str:
        self._files += 1
        path = self._folder / f"{self._files}.jsonl"
        content = b"".join(json.dumps(next(self._rest)).encode() + b"\n" for _ in range(size))
        path.write_bytes(gzip.compress(content) if compression == "gzip" else content)
        return path.as_uri()


@pytest.mark.parametrize("vendor", sinks())
@BOUNDED
@given(pieces=PIECES, stress=STRESS)
def test_the_last_value_read_is_stored_whether_it_came_in_a_file_or_not(
    control: Control, vendor: str, pieces: list[Piece], stress: Stress
) -> None:
    """The STATE after a piece covers all of its files."""
    records = versions(person for _, files in pieces for people in files for person in people)
    config = stress.apply(control, [vendor])

    with tempfile.TemporaryDirectory() as name:
        folder, lines = Path(name), [schema()]
        writer = Writer(folder, records)
        for at, (form, files) in enumerate(pieces):
            lines += [*writer.piece(form, [len(people) for people in files]), message("STATE", value=at)]
        result = rehearse(config, lines, folder, stress.chance)

    assert (result.exit_code, result.states[-1]) == (0, b"%d\n" % (len(pieces) - 1)), result.receipt
    assert sum(counts["read"] for counts in result.receipt["streams"].values()) == len(records)
    assert wrong(control, vendor, records, result) == []
