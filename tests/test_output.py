"""Where a run leaves its files, looked at before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from target_people.errors import ConfigurationError
from target_people.output import check_writable

if TYPE_CHECKING:
    from pathlib import Path


def test_folders_that_can_be_written_are_left_empty(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b")
    assert [path.name for path in (tmp_path / "a" / "b").rglob("*")] == ["receipts"]


@pytest.mark.parametrize("name", ["", "receipts", "rejects"])
def test_a_file_where_a_folder_should_be_is_told_with_its_path(name: str, tmp_path: Path) -> None:
    place = tmp_path / "out" / name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"")
    with pytest.raises(ConfigurationError, match=rf"^output_dir: {place}.* cannot be written \(.+\)"):
        check_writable(tmp_path / "out")


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with pytest.raises(ConfigurationError, match="No space left on device"):
        check_writable(tmp_path)
