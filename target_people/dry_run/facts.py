"""What a dry run found out, as plain data; it holds no personal data but in a sample that was asked for with values."""

from __future__ import annotations

from dataclasses import asdict
from math import ceil
from typing import TYPE_CHECKING, Any

import msgspec

from target_people.delivery.verdict import Verdict
from target_people.dry_run.demand import Cut
from target_people.reason import reason

if TYPE_CHECKING:
    from target_people.dry_run.demand import Demand, Sample
    from target_people.dry_run.pipeline import DryPipeline
    from target_people.dry_run.tally import Refused, Tally
    from target_people.dry_run.target import DryTarget
    from target_people.people.attribute import NotSent
    from target_people.people.mapping import Mapping

_CATALOGUE_DECIDES = "not known: the vendor's catalogue, which was not read, decides"


def facts(target: DryTarget, exit_code: int, problem: str) -> dict[str, Any]:
    """The whole plan.

    Args:
        target: after it has read.
        exit_code: of the documented table.
        problem: what ended the reading early; empty when nothing did.
    """
    counts = target.run.receipt.streams
    return {
        "exit_code": exit_code,
        "problem": problem,
        "lines": target.reader.line_number,
        "records": sum(stream.read for stream in counts.values()),
        "partly": target.partly,
        "would_stop": target.dry.too_many,
        "values_shown": target.show_values,
        "streams": {
            name: {"read": count.read, "skipped": count.skipped, "vendors": _stream(target, name)}
            for name, count in counts.items()
        },
        "vendors": {name: _vendor(account) for name, account in target.dry.accounts.items()},
    }


def _stream(target: DryTarget, stream: str) -> dict[str, Any]:
    accounts = target.dry.accounts
    return {
        vendor: _tally(tally, unread=accounts[vendor].unknown)
        for (name, vendor), tally in target.dry.tallies.items()
        if name == stream
    }


def _tally(tally: Tally, *, unread: bool) -> dict[str, Any]:
    mapping = tally.mapping
    return {
        "problem": tally.problem,
        "columns": [asdict(column) for column in mapping.columns] if mapping else [],
        "not_sent": [{"column": one.column, "why": _why(one, unread=unread)} for one in mapping.not_sent]
        if mapping
        else [],
        "identity": _identity(tally, mapping) if mapping else None,
        "to_send": tally.verdicts[Verdict.ACCEPTED],
        "superseded": tally.verdicts[Verdict.SUPERSEDED],
        "rejected": tally.verdicts[Verdict.REJECTED],
        "rejections": [_rejection(*cause, refused) for cause, refused in tally.refused.items()],
    }


def _why(left: NotSent, *, unread: bool) -> str:
    return _CATALOGUE_DECIDES if unread and left.asked else left.why


def _identity(tally: Tally, mapping: Mapping) -> dict[str, Any]:
    return {
        "field": mapping.identity,
        "columns": [column.column for column in mapping.columns if column.field == mapping.identity],
        "looked_for_in": tally.asked,
        "found_in": tally.identified,
        "people": tally.people.count,
        "approximate": not tally.people.exact,
    }


def _rejection(code: str, field: str, refused: Refused) -> dict[str, Any]:
    entry = reason(code, field)
    return {
        "code": code,
        "reason": entry.reason,
        "remedy": entry.remedy,
        "count": refused.count,
        "lines": list(refused.lines),
    }


def _vendor(account: DryPipeline[Any]) -> dict[str, Any]:
    demand = account.demand
    return {
        "catalogue": ("unread" if account.unread else "read") if account.has_catalogue else "none",
        "unknown": account.unread if account.unknown else "",
        "requests": demand.requests,
        "people": demand.people,
        "bytes": demand.bytes,
        "largest_request": demand.largest,
        "cut_by": {str(cut): demand.cuts[cut] for cut in Cut if demand.cuts[cut]},
        "binding": _binding(demand),
        "batch_size": demand.batch_size,
        "max_in_flight": demand.in_flight,
        "requests_per_minute": demand.per_minute,
        "minutes": demand.minutes,
        "rounds": demand.rounds,
        "sample": _sample(demand.sample),
    }


def _binding(demand: Demand) -> str:
    """What, more than anything else, makes the requests as many as they are; empty without requests."""
    if demand.requests <= ceil(demand.people / demand.batch_size):
        return str(Cut.BATCH_SIZE) if demand.requests > 1 else str(Cut.END) * demand.requests
    others = {cut: count for cut, count in demand.cuts.items() if cut not in (Cut.BATCH_SIZE, Cut.END)}
    return str(max(others, key=lambda cut: others[cut]))


def _sample(sample: Sample | None) -> dict[str, Any] | None:
    if sample is None:
        return None
    head = {"method": sample.method, "path": sample.path, "people": sample.people, "shown": sample.shown}
    return head | {"body": msgspec.Raw(sample.body)}
