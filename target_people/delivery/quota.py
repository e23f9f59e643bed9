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
    return Quota(_whole(limit), _whole(remaining), reset)


def retry_after(response: Response, now: float) -> float | None:
    """The seconds that ``Retry-After`` asks for, whether it is a number or a date; None without a readable one."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.fromtimestamp(now, UTC)).total_seconds(), 0.0)


def _number(response: Response, name: str) -> float | None:
    headers = response.headers
    text = headers.get(f"x-ratelimit-{name}", headers.get(f"ratelimit-{name}", ""))
    return float(text) if text.isascii() and text.isdigit() else None


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
