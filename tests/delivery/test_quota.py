"""What a vendor's headers say of its rate limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.message import Response
from target_people.delivery.quota import NOTHING_SAID, Quota, asked, quota, retry_after

NOW = 1_767_960_000.0


def said(**headers: str) -> Quota:
    """What an answer says; ``x_ratelimit_limit`` is the header ``x-ratelimit-limit``."""
    return quota(Response(200, headers={name.replace("_", "-"): text for name, text in headers.items()}), NOW)


@pytest.mark.parametrize("prefix", ["x_ratelimit", "ratelimit"])
def test_the_limit_is_read_in_both_spellings(prefix: str) -> None:
    headers = {f"{prefix}_limit": "120", f"{prefix}_remaining": "7", f"{prefix}_reset": "30"}
    assert said(**headers) == Quota(120, 7, 31.0)


def test_the_spelling_with_an_x_goes_first() -> None:
    assert said(x_ratelimit_limit="120", ratelimit_limit="60").limit == 120


ONE_LINE = [
    pytest.param("limit=120, remaining=7, reset=30", Quota(120, 7, 31.0), id="older-draft"),
    pytest.param("limit=120,remaining=7,reset=30", Quota(120, 7, 31.0), id="close"),
    pytest.param('"default";r=7;t=30', Quota(None, 7, 31.0), id="newer-draft"),
    pytest.param('"burst";r=7;t=1, "daily";r=7;t=900', Quota(None, 7, None), id="two-policies"),
    pytest.param("limit=120, remaining=7.5, reset=-30", Quota(120, None, None), id="no-whole-numbers"),
    pytest.param("xlimit=120 remaining = 7", NOTHING_SAID, id="other-words"),
    pytest.param("limit=7, remaining=120, reset=30", NOTHING_SAID, id="contradiction"),
]


@pytest.mark.parametrize(("header", "found"), ONE_LINE)
def test_the_limit_is_read_from_one_line(header: str, found: Quota) -> None:
    assert said(ratelimit=header) == found


def test_headers_of_their_own_go_before_the_one_line() -> None:
    assert said(ratelimit_limit="60", ratelimit="limit=120, remaining=7, reset=30") == Quota(60, 7, 31.0)


@pytest.mark.parametrize(("limit", "remaining"), [("0", "0"), ("5", "6"), ("0", "")])
def test_figures_that_contradict_each_other_say_nothing(limit: str, remaining: str) -> None:
    assert said(x_ratelimit_limit=limit, x_ratelimit_remaining=remaining, x_ratelimit_reset="30") == NOTHING_SAID


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7", "x-ratelimit-reset": "30"}, 7.0),
        ({"x-ratelimit-reset": "30"}, 31.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, 31.0),
        ({"x-ratelimit-remaining": "4", "x-ratelimit-reset": "30"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({}, None),
    ],
)
def test_a_429_asks_for_its_retry_after_or_for_the_reset(headers: dict[str, str], seconds: float | None) -> None:
    assert asked(Response(429, headers=headers), NOW) == seconds


def test_without_headers_nothing_is_said() -> None:
    assert said() == Quota(None, None, None)


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        pytest.param("0", 0.0, id="now"),
        pytest.param("59", 60.0, id="seconds"),
        pytest.param("3600", 3601.0, id="an-hour"),
        pytest.param("3601", None, id="more-than-an-hour"),
        pytest.param("1767960042", 43.0, id="a-moment"),
        pytest.param("1767959000", 0.0, id="a-moment-that-has-passed"),
        pytest.param("1767960042000", None, id="a-moment-in-milliseconds"),
        pytest.param("86400000", None, id="too-far-away"),
    ],
)
def test_a_reset_is_seconds_or_a_moment_perhaps_rounded_down(reset: str, seconds: float | None) -> None:
    assert said(x_ratelimit_reset=reset).reset == seconds


JUNK = ["", " ", "soon", "-5", "1.5", "1e3", "\u00b2", "\u0663", "100, 100;w=60", "NaN", "inf", "9" * 400, "9" * 5000]


@pytest.mark.parametrize("text", JUNK)
def test_junk_says_nothing(text: str) -> None:
    assert said(x_ratelimit_limit=text, x_ratelimit_remaining=text, x_ratelimit_reset=text) == Quota(None, None, None)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.text("0123456789 .-+eENaif;,w=", max_size=12) | st.integers(0, 10**400).map(str))
def test_no_header_makes_trouble(text: str) -> None:
    found = said(x_ratelimit_limit=text, x_ratelimit_remaining=text, x_ratelimit_reset=text, ratelimit=text)
    assert found.limit is None or found.limit >= 0
    assert found.remaining is None or found.remaining >= 0
    assert found.reset is None or 0 <= found.reset <= 3601


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 120 ", 120.0),
        (format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True), 90.0),
        (format_datetime(datetime.fromtimestamp(NOW - 90, UTC), usegmt=True), 0.0),
        (format_datetime(datetime.fromtimestamp(NOW + 90, UTC).replace(tzinfo=None)), 90.0),
        ((datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=5)).strftime("%A, %d-%b-%y %H:%M:%S GMT"), 5.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("9" * 400, None),
        ("9" * 5000, None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2026 00:00:00 +9999", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(text: str, seconds: float | None) -> None:
    assert retry_after(Response(429, headers={"retry-after": text}), NOW) == seconds


def test_without_the_header_nothing_is_asked() -> None:
    assert retry_after(Response(429), NOW) is None


DATE_PARTS = (
    "Mon,",
    "1",
    "99",
    "Jan",
    "2026",
    "0",
    "99999999999999999999",
    "12:00:00",
    "25:61:61",
    "GMT",
    "+9999",
    "-0000",
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    st.text("0123456789:,+- JanMonGMT²", max_size=40) | st.lists(st.sampled_from(DATE_PARTS), max_size=7).map(" ".join)
)
def test_no_retry_after_makes_trouble(text: str) -> None:
    seconds = retry_after(Response(429, headers={"retry-after": text}), NOW)
    assert seconds is None or 0 <= seconds < float("inf")
