"""The pictures of a receipt, as SVG without script; every one has its figures in a table beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_people.delivery.meter import Cause
from target_people.delivery.verdict import Verdict
from target_people.receipt_markup import tag
from target_people.receipt_section import cause_title, duration, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from target_people.receipt_file import ReceiptFile, VendorFacts

_WIDTH = 360
"""Units; about as many as a phone has points, so that text keeps its size there."""
_ROW = 44
_THICK = 16
_SLIVER = 2.0
"""The least width of what is not nothing."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 4.0, 356.0, 34.0, 128.0
"""The plot of a chart over time."""


def outcomes(receipt: ReceiptFile) -> Iterator[Element]:
    """One bar per vendor, cut by verdict, on one scale."""
    most = max((account.settled for account in receipt.vendors.values()), default=0)
    if most:
        rows = [part for at, name in enumerate(receipt.vendors) for part in _bar(receipt, name, most, at * _ROW)]
        told = "; ".join(f"{name}: {_counted(account)}" for name, account in receipt.vendors.items())
        yield _picture("outcomes", "Outcomes per vendor", told, len(receipt.vendors) * _ROW, *rows)


def progress(receipt: ReceiptFile) -> Iterator[Element]:
    """One chart per vendor: people settled over time, and the most that its limit would have let through."""
    for at, (name, account) in enumerate(receipt.vendors.items()):
        if account.timeline is not None and account.timeline.settled:
            yield _over_time(f"progress-{at}", name, account, receipt.duration)


def waits(receipt: ReceiptFile) -> Iterator[Element]:
    """One chart per vendor: a bar per cause, as long as its part of the run."""
    whole = receipt.duration
    for at, (name, account) in enumerate(receipt.vendors.items()):
        spent = [(cause, account.waited[cause]) for cause in map(str, Cause) if account.waited.get(cause)]
        if spent and whole:
            rows = [part for row, pair in enumerate(spent) for part in _part(*pair, whole, 30 + row * _ROW * 0.8)]
            told = ", ".join(f"{cause_title(cause)} {duration(seconds)}" for cause, seconds in spent)
            head = _label(0, 16, f"{name}, of {duration(whole)}", class_="name")
            yield _picture(
                f"wait-{at}", f"What {name} waited for", told, int(34 + len(spent) * _ROW * 0.8), head, *rows
            )


def _bar(receipt: ReceiptFile, name: str, most: int, top: float) -> Iterator[Element]:
    account = receipt.vendors[name]
    refused = account.verdicts.get(Verdict.REJECTED, 0)
    total = f"{account.settled:,} people" + (f", {refused:,} rejected" if refused else "")
    yield _label(0, top + 16, name, class_="name")
    yield _label(_WIDTH, top + 16, total, text_anchor="end")
    yield tag("rect", x=0, y=top + 22, width=_WIDTH, height=_THICK, class_="track")
    left = 0.0
    for verdict, width in _widths(account, most).items():
        yield tag("rect", x=_round(left), y=top + 22, width=_round(width), height=_THICK, class_=verdict)
        left += width


def _widths(account: VendorFacts, most: int) -> dict[Verdict, float]:
    """What few have is widened to be seen, and the widest gives it up, so that the bar keeps its length."""
    counts = {verdict: account.verdicts[verdict] for verdict in Verdict if account.verdicts.get(verdict)}
    widths = {verdict: max(count / most * _WIDTH, _SLIVER) for verdict, count in counts.items()}
    if counts:
        widest = max(widths, key=widths.__getitem__)
        widths[widest] = max(widths[widest] - sum(widths.values()) + sum(counts.values()) / most * _WIDTH, _SLIVER)
    return widths


def _over_time(name: str, vendor: str, account: VendorFacts, took: float) -> Element:
    interval, counts = (account.timeline.interval_seconds, account.timeline.settled) if account.timeline else (1.0, ())
    last = max(took, interval)
    top = max(counts[-1], 1)
    points = [(0.0, 0.0), *((min((at + 1) * interval, last), count) for at, count in enumerate(counts))]
    points.append((last, counts[-1]))
    line = [_place(seconds / last, people / top) for seconds, people in points]
    limit = _limit(account.limit, last, top)
    told = f"{counts[-1]:,} people in {duration(took)}. {_limit_words(account.limit, drawn=limit is not None)}"
    return _picture(
        name,
        f"{plain(vendor)}: people settled over time",
        told,
        150,
        _label(0, 14, vendor, class_="name"),
        _label(_WIDTH, 14, _limit_words(account.limit, drawn=limit is not None), text_anchor="end", class_="small"),
        _label(_LEFT, _TOP - 5, f"{top:,} people", class_="small"),
        tag("path", d=f"M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}", class_="axis"),
        tag("polygon", points=" ".join([*line, _place(1, 0)]), class_="area"),
        tag("polyline", points=" ".join(line), class_="line"),
        *([] if limit is None else [limit]),
        _label(_LEFT, 144, "0 s", class_="small"),
        _label(_RIGHT, 144, duration(took), text_anchor="end", class_="small"),
    )


def _limit(per_minute: int | None, last: float, top: int) -> Element | None:
    """The most people that can have been taken by then: a minute's worth at once, and as many a minute from there on.

    None without a limit, or where it lies above the picture from the start.
    """
    if per_minute is None or per_minute >= top:
        return None
    until = min((top / per_minute - 1) * 60, last)
    end = per_minute * (1 + until / 60)
    ends = _place(0, per_minute / top), _place(until / last, end / top)
    return tag("polyline", points=" ".join(ends), class_="limit")


def _limit_words(per_minute: int | None, *, drawn: bool) -> str:
    if per_minute is None:
        return "limit unknown"
    return f"limit {per_minute:,} a minute, {'dashed' if drawn else 'above the picture'}"


def _part(cause: str, seconds: float, whole: float, top: float) -> Iterator[Element]:
    width = max(min(seconds / whole, 1) * _WIDTH, _SLIVER)
    yield _label(0, top + 12, cause_title(cause))
    yield _label(_WIDTH, top + 12, f"{duration(seconds)}, {min(seconds / whole, 1):.0%}", text_anchor="end")
    yield tag("rect", x=0, y=_round(top + 17), width=_WIDTH, height=8, class_="track")
    yield tag("rect", x=0, y=_round(top + 17), width=_round(width), height=8, class_=cause)


def _counted(account: VendorFacts) -> str:
    found = [f"{account.verdicts[verdict]:,} {verdict}" for verdict in Verdict if account.verdicts.get(verdict)]
    return ", ".join(found) or "nobody"


def _picture(name: str, title: str, told: str, height: int, *shapes: Element) -> Element:
    words = tag("title", plain(title), id=f"{name}-title"), tag("desc", plain(told), id=f"{name}-desc")
    return tag(
        "svg",
        *words,
        *shapes,
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def _label(x: float, y: float, text: str, **attributes: str) -> Element:
    return tag("text", plain(text), x=_round(x), y=_round(y), **attributes)


def _place(right: float, up: float) -> str:
    """A point of the plot, from shares of its width and height."""
    return f"{_LEFT + right * (_RIGHT - _LEFT):.1f},{_BOTTOM - up * (_BOTTOM - _TOP):.1f}"


def _round(number: float) -> str:
    return f"{number:g}" if number == int(number) else f"{number:.1f}"
