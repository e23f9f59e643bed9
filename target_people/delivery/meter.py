"""What the delivery to one vendor has cost so far."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Meter:
    """Counters of one vendor account; they hold no personal data.

    Args:
        requests: sent, retries included.
        retries: requests sent again after a failure that may pass.
        throttled_seconds: waited for the rate limit.
        bytes_sent: of request bodies.
        jobs: ids of import jobs, as the vendor names them.
    """

    requests: int = 0
    retries: int = 0
    throttled_seconds: float = 0.0
    bytes_sent: int = 0
    jobs: list[str] = field(default_factory=list)
