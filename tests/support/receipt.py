"""A receipt as a real run writes it, for what reads receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from target_people.receipt_file import ReceiptFile

if TYPE_CHECKING:
    from collections.abc import Mapping

HOSTILE = '<script src="https://example.com/x.js">|[red]*a*`b`\n\x1b[31m&@all</script>'
"""A name that a page, a table, a terminal and Markdown would each act on."""


def facts(**changes: Any) -> dict[str, Any]:
    """The JSON of a receipt in which everything has happened."""
    return {
        "run_id": "20260109T120000Z-abc123",
        "version": "0.1.0",
        "started_at": "2026-01-09T12:00:00.000+00:00",
        "finished_at": "2026-01-09T12:03:20.000+00:00",
        "seconds": 200.0,
        "exit_code": 3,
        "reason": "RejectLimit",
        "streams": {"people": {"read": 1200, "skipped": 0}, HOSTILE: {"read": 7, "skipped": 7}},
        "vendors": {"flameup": _flameup(), "rally": _rally()},
        "states": {"received": 5, "printed": 3},
    } | changes


def receipt(given: Mapping[str, Any] | None = None, **changes: Any) -> ReceiptFile:
    """The same, read."""
    return msgspec.json.decode(msgspec.json.encode(given or facts(**changes)), type=ReceiptFile)


def old() -> dict[str, Any]:
    """A receipt of the first version, which had fewer keys."""
    made = facts(reason="clean", exit_code=0)
    for account in made["vendors"].values():
        for key in ("waited", "limit", "timeline"):
            del account[key]
    del made["seconds"]
    return made


def _flameup() -> dict[str, Any]:
    return {
        "verdicts": {"created": 700, "updated": 290, "delivered": 0, "accepted": 0, "superseded": 9, "rejected": 201},
        "skipped": 7,
        "requests": 13,
        "retries": 1,
        "throttled_seconds": 120.5,
        "waited": {"answer": 4.5, "confirmation": 0.0, "throttle": 60.25, "retry": 1.5, "idle": 20.0},
        "limit": 600,
        "timeline": {"interval_seconds": 2.0, "settled": [300, 600, 600, 900, 1200]},
        "bytes_sent": 123_456,
        "jobs": [],
        "not_sent": [{"column": f"people.{HOSTILE}", "why": "no field of that name"}],
        "rejections": [
            {"code": "too_long", "reason": "name is longer", "remedy": "shorten it", "count": 200},
            {"code": "of_a_newer_version", "reason": f"no {HOSTILE}", "remedy": "update", "count": 1},
        ],
    }


def _rally() -> dict[str, Any]:
    return {
        "verdicts": {"created": 0, "updated": 0, "delivered": 1199, "accepted": 0, "superseded": 0, "rejected": 1},
        "skipped": 7,
        "requests": 40,
        "retries": 0,
        "throttled_seconds": 0.0,
        "waited": {"answer": 9.0, "confirmation": 150.0, "throttle": 0.0, "retry": 0.0, "idle": 0.0},
        "limit": None,
        "timeline": {"interval_seconds": 4.0, "settled": [0, 1200]},
        "bytes_sent": 654_321,
        "jobs": ["j1", "j2"],
        "not_sent": [],
        "rejections": [{"code": "too_long", "reason": "name is longer", "remedy": "shorten it", "count": 1}],
    }
