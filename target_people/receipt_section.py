"""A receipt as titled tables of text, which the terminal, Markdown and the page show each in its way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from target_people.delivery.meter import Cause
from target_people.delivery.verdict import Verdict
from target_people.ending import EXITS
from target_people.reason import Reason, catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from target_people.receipt_file import ReceiptFile, VendorFacts

_MINUTE = 60
_HOUR = 3600
_UNKNOWN = Reason("", "")


class Link(str):
    """A line of a cell that is the address of a page."""

    __slots__ = ()


Cell = tuple[str, ...]
"""Lines; what is not printable is left out of them."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table.

    Args:
        name: one word, unique in a receipt.
        title: above it.
        heads: of its columns.
        rows: as many cells each as there are heads.
        numbers: whether all columns but the first hold figures.
        note: a sentence or two on how to read it.
        terms: words of the first column and what they mean, where that needs saying.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: bool = False
    note: str = ""
    terms: tuple[tuple[str, str], ...] = ()


def sections(receipt: ReceiptFile) -> Iterator[Section]:
    """All sections that say something, the ending first."""
    made = (_run, _outcomes, _rejections, _delivery, _waits, _not_sent, _streams)
    return (section for make in made if (section := make(receipt)).rows)


def verdict_in(receipt: ReceiptFile) -> str:
    """The ending in one line."""
    return f"exit {receipt.exit_code}, {plain(receipt.reason)}"


def plain(text: str) -> str:
    """Text on one line, without characters that a terminal or a page would act on."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def duration(seconds: float) -> str:
    """A time as people say it: ``0.4 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < _MINUTE:
        return f"{seconds:.1f} s" if 0 < seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004 - ten seconds
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR:,} h {whole % _HOUR // _MINUTE} min"


def _run(receipt: ReceiptFile) -> Section:
    means, todo = EXITS.get(receipt.exit_code, ("an exit code that this version does not know", "see the log"))
    entry = catalogue().get(receipt.reason, _UNKNOWN)
    facts: dict[str, Iterable[str]] = {
        "run": (receipt.run_id,),
        "exit": (f"{receipt.exit_code}: {means}",),
        "reason": () if receipt.exit_code == 0 else (f"{receipt.reason}: {entry.reason}".removesuffix(": "),),
        "what to do": (entry.remedy or todo,),
        "see": _pages(entry, receipt.vendors),
        "started": (receipt.started_at,),
        "took": (duration(receipt.duration),),
        "STATE": (f"{receipt.states.printed:,} printed of {receipt.states.received:,} received",),
        "version": (receipt.version,),
    }
    return _section("run", "run", ("run", ""), ((key, tuple(lines)) for key, lines in facts.items() if any(lines)))


def _streams(receipt: ReceiptFile) -> Section:
    rows = ((name, f"{counts.read:,}", f"{counts.skipped:,}") for name, counts in receipt.streams.items())
    note = "A skipped record belongs to a stream that no vendor takes, or a stream map left it out."
    return _section("streams", "streams", ("stream", "read", "skipped"), rows, numbers=True, note=note)


def _outcomes(receipt: ReceiptFile) -> Section:
    """One column per vendor: six verdicts side by side would not fit a terminal of 80."""
    rows: dict[str, Callable[[VendorFacts], str]] = {str(verdict): _verdict(str(verdict)) for verdict in Verdict}
    rows["skipped"] = lambda account: f"{account.skipped:,}"
    return _by_vendor(receipt, "outcomes", "outcomes", rows)


def _delivery(receipt: ReceiptFile) -> Section:
    rows: dict[str, Callable[[VendorFacts], str]] = {
        "people settled": lambda account: f"{account.settled:,}",
        "people a minute": lambda account: _rate(account.settled, receipt.duration),
        "limit a minute": lambda account: f"{account.limit:,}" if account.limit else "unknown",
        "requests": lambda account: f"{account.requests:,}",
        "retries": lambda account: f"{account.retries:,}",
        "import jobs": lambda account: f"{len(account.jobs):,}",
        "kilobytes sent": lambda account: f"{account.bytes_sent / 1000:,.0f}",
    }
    note = (
        "The limit is the request limit times the people in a full batch. A minute's worth may go at once, so a short "
        "run may be faster; smaller batches, retries and questions for import jobs make it slower."
    )
    return _by_vendor(receipt, "delivery", "delivery", rows, note=note)


def _waits(receipt: ReceiptFile) -> Section:
    """One row per cause that cost anybody time, by this version's names and any other."""
    known = [str(cause) for cause in Cause]
    spent = {cause for account in receipt.vendors.values() for cause, seconds in account.waited.items() if seconds}
    causes = sorted(spent, key=lambda cause: (known.index(cause) if cause in known else len(known), cause))
    note = (
        "Time by the clock in which at least one request or batch of the vendor waited for this. Causes overlap, "
        "so a column may add up to more than the run took."
    )
    terms = tuple((cause_title(cause), Cause(cause).meaning) for cause in causes if cause in known)
    shown = _by_vendor(receipt, "waiting", "waiting", {cause_title(cause): _wait(cause) for cause in causes}, note=note)
    return replace(shown, terms=terms)


def cause_title(cause: str) -> str:
    """A cause as it is shown."""
    return cause.replace("_", " ")


def _rejections(receipt: ReceiptFile) -> Section:
    """One row per reason, which most vendors share."""
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    for name, account in receipt.vendors.items():
        for entry in account.rejections:
            counts.setdefault((entry.code, entry.reason, entry.remedy), {})[name] = entry.count
    rows = (
        (tuple(f"{name} {count:,}" for name, count in by_vendor.items()), said, remedy, _pages(_entry(code), by_vendor))
        for (code, said, remedy), by_vendor in counts.items()
    )
    return _section("rejected", "rejected", ("records", "reason", "what to do", "see"), rows)


def _not_sent(receipt: ReceiptFile) -> Section:
    """One row per vendor and cause, which many columns share."""
    columns: dict[tuple[str, str], list[str]] = {}
    for name, account in receipt.vendors.items():
        for entry in account.not_sent:
            columns.setdefault((name, entry.why), []).append(entry.column)
    rows = ((name, ", ".join(listed), why) for (name, why), listed in columns.items())
    return _section("not-sent", "columns not sent", ("vendor", "columns", "why"), rows)


def _entry(code: str) -> Reason:
    return catalogue().get(code, _UNKNOWN)


def _pages(entry: Reason, vendors: Iterable[str]) -> tuple[Link, ...]:
    return tuple(Link(entry.pages[name]) for name in vendors if name in entry.pages)


def _verdict(verdict: str) -> Callable[[VendorFacts], str]:
    return lambda account: f"{account.verdicts.get(verdict, 0):,}"


def _wait(cause: str) -> Callable[[VendorFacts], str]:
    return lambda account: duration(account.waited.get(cause, 0))


def _rate(people: int, seconds: float) -> str:
    return f"{people * _MINUTE / seconds:,.0f}" if seconds else "-"


def _by_vendor(
    receipt: ReceiptFile, name: str, title: str, rows: Mapping[str, Callable[[VendorFacts], str]], note: str = ""
) -> Section:
    accounts = receipt.vendors.values()
    filled = ((head, *(show(account) for account in accounts)) for head, show in rows.items() if accounts)
    return _section(name, title, (title, *receipt.vendors), filled, numbers=True, note=note)


def _section(
    name: str,
    title: str,
    heads: tuple[str, ...],
    rows: Iterable[tuple[str | tuple[str, ...], ...]],
    *,
    numbers: bool = False,
    note: str = "",
) -> Section:
    cells = tuple(tuple(_cell(cell) for cell in row) for row in rows)
    return Section(name, title, tuple(plain(head) for head in heads), cells, numbers, note)


def _cell(given: str | tuple[str, ...]) -> Cell:
    lines = (given,) if isinstance(given, str) else given
    return tuple(line if isinstance(line, Link) else plain(line) for line in lines)
