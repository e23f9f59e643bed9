"""Moments: dates and times in the one form in which they are compared and sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from target_people.errors import RecordError
from target_people.people.moment import date as to_date
from target_people.people.moment import date_time


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-01-02T03:04:05Z", datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2025-01-02 03:04:05+02:00", datetime(2025, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))),
        ("2025-01-02T03:04:05.123456", datetime(2025, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)),
        ("2025-01-02", datetime(2025, 1, 2, tzinfo=UTC)),
    ],
)
def test_date_time_has_an_offset_and_utc_where_none_is_written(value: str, expected: datetime) -> None:
    found = date_time(value)
    assert found == expected
    assert found is not None
    assert found.utcoffset() == expected.utcoffset()


@pytest.mark.parametrize("value", ["2025-01-02x03:04", "2025-13-02T03:04:05", "yesterday", 1735786000, "2025-W01-2"])
def test_other_moments_are_refused(value: object) -> None:
    with pytest.raises(RecordError, match="not_datetime"):
        date_time(value)


def test_date_time_is_no_date_unless_the_caller_allows_it() -> None:
    with pytest.raises(RecordError, match="not_date"):
        to_date("2025-01-02T03:04:05Z")
