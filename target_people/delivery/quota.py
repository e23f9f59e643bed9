"""What a vendor's headers say of its rate limit."""

from __future__ import annotations

import re
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

_ROUNDING = 1.0
"""Added to a reset: it comes in whole seconds, and many are rounded down."""

_IN_ONE_LINE = {"limit": "limit", "remaining": "remaining|r", "reset": "reset|t"}
"""What the one-line ``RateLimit`` header calls each figure, in its older and its newer drafts."""


@dataclass(frozen=True, slots=True)
class Quota:
    """The limit as the vendor counts it.

    Args:
        limit: requests a window; None when it is not said.
        remaining: requests left in this window; None when it is not said.
        reset: seconds after which the next window has surely begun, at least 0; None when it is not said.
    """

    limit: int | None
    remaining: int | None
    reset: float | None


NOTHING_SAID = Quota(None, None, None)


def quota(response: Response, now: float) -> Quota:
    """Read ``X-RateLimit-Limit``, ``-Remaining`` and ``-Reset``, the same without ``X-``, or one ``RateLimit``.

    Flameup documents the first of the three, https://docs.flameup.ai/rate-limits; the others are drafts of
    https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/. Figures that contradict each other say
    nothing.

    Args:
        response: any answer.
        now: Unix seconds.
    """
    limit, remaining, reset = (_number(response, name) for name in ("limit", "remaining", "reset"))
    if limit is not None and not (remaining or 0) <= limit > 0:
        return NOTHING_SAID
    return Quota(_whole(limit), _whole(remaining), _until(reset, now))


def asked(response: Response, now: float) -> float | None:
    """The seconds for which a 429 asks: its ``Retry-After``, else until the reset; None when it does not say.

    A 429 with something remaining is not about the quota, so its reset is no answer to it.
    """
    wish = retry_after(response, now)
    if wish is not None:
        return wish
    said = quota(response, now)
    return None if said.remaining else said.reset


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
    text = headers.get(f"x-ratelimit-{name}", headers.get(f"ratelimit-{name}"))
    return _digits((_in_one_line(headers.get("ratelimit", ""), name) if text is None else text).strip())


def _in_one_line(header: str, name: str) -> str:
    """Said once, or more than once alike; of several policies nobody knows which is meant."""
    found = set(re.findall(rf"(?:^|[,;])\s*(?:{_IN_ONE_LINE[name]})=([0-9]+)\s*(?![^,;])", header))
    return found.pop() if len(found) == 1 else ""


def _digits(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _until(reset: float | None, now: float) -> float | None:
    seconds = reset - now if reset is not None and reset > _FIRST_MOMENT else reset
    if seconds is None or seconds > _LONGEST_WINDOW:
        return None
    return max(seconds + _ROUNDING, 0.0) if reset else 0.0


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
