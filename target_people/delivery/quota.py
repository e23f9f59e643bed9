"""What a vendor's headers say of its rate limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_people.delivery.message import Response

_FIRST_MOMENT = 1_000_000_000
"""A reset above this is a moment in Unix seconds; below it is a number of seconds to wait."""

_MOST_DIGITS = 15
"""More are no number that anything counts or waits for, and may be more than a float holds."""

_LONGEST_WINDOW = 3600.0
"""A reset further away is not believed: the vendor's clock and this machine's may differ by more than a window."""


@dataclass(frozen=True, slots=True)
class Quota:
    """The limit as the vendor counts it.

    Args:
        limit: requests a window; None when it is not said.
        remaining: requests left in this window; None when it is not said.
        reset: seconds until the next window, at least 0; None when it is not said.
    """

    limit: int | None
    remaining: int | None
    reset: float | None


def quota(response: Response, now: float) -> Quota:
    """Read ``X-RateLimit-Limit``, ``-Remaining`` and ``-Reset``, or the same without ``X-``.

    Args:
        response: any answer.
        now: Unix seconds.
    """
    limit, remaining, reset = (_number(response, name) for name in ("limit", "remaining", "reset"))
    if reset is not None and reset > _FIRST_MOMENT:
        reset = max(reset - now, 0.0)
    believed = reset is not None and reset <= _LONGEST_WINDOW
    return Quota(_whole(limit), _whole(remaining), reset if believed else None)


def retry_after(response: Response, now: float) -> float | None:
    """The seconds that ``Retry-After`` asks for, whether it is a number or a date; None without a readable one."""
    value = response.headers.get("retry-after", "").strip()
    seconds = _digits(value)
    if seconds is not None:
        return seconds
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.fromtimestamp(now, UTC)).total_seconds(), 0.0)


def _number(response: Response, name: str) -> float | None:
    headers = response.headers
    return _digits(headers.get(f"x-ratelimit-{name}", headers.get(f"ratelimit-{name}", "")).strip())


def _digits(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
