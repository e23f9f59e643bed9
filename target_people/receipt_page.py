"""A receipt as one self-contained page: no script, and nothing that a browser would load from elsewhere."""

from __future__ import annotations

from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from target_people.delivery.verdict import Verdict
from target_people.receipt_chart import outcomes, progress, waits
from target_people.receipt_markup import tag, text_of
from target_people.receipt_section import Link, plain, sections, verdict_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from xml.etree.ElementTree import Element

    from target_people.receipt_file import ReceiptFile
    from target_people.receipt_section import Cell, Section

_CHARTS: Mapping[str, Callable[[ReceiptFile], Iterator[Element]]] = {
    "outcomes": outcomes,
    "delivery": progress,
    "waiting": waits,
}
"""Section → its pictures."""


def page(receipt: ReceiptFile) -> str:
    """The whole page, which is also well-formed XML."""
    template = files("target_people").joinpath("receipt.html").read_text("utf-8")
    tone = "good" if receipt.exit_code == 0 else "bad"
    ending = tag("p", verdict_in(receipt), class_=f"ending {tone}")
    parts = (_part(section, receipt) for section in sections(receipt))
    title = tag("title", f"target-people {plain(receipt.run_id)}: {verdict_in(receipt)}")
    return Template(template).substitute(title=text_of(title), ending=text_of(ending), sections=text_of(*parts))


def _part(section: Section, receipt: ReceiptFile) -> Element:
    heading = f"{section.name}-heading"
    pictures = list(_CHARTS[section.name](receipt)) if section.name in _CHARTS else []
    table = tag("div", _table(section, heading), class_="scroll", role="region", tabindex=0, aria_labelledby=heading)
    note = [tag("p", section.note, class_="note")] if section.note else []
    shown = [tag("div", *pictures, class_="pictures")] if pictures else []
    legend = [_legend()] if section.name == "outcomes" and pictures else []
    words = tag("h2", section.title.capitalize(), id=heading)
    beside = tag("div", *shown, table, class_="beside" if pictures else "alone")
    told = [*note, *_terms(section)]
    return tag("section", words, *legend, beside, *told, aria_labelledby=heading, class_=f"part-{section.name}")


def _legend() -> Element:
    entries = (tag("li", tag("span", class_=f"swatch {verdict}"), str(verdict)) for verdict in Verdict)
    return tag("ul", *entries, class_="legend")


def _terms(section: Section) -> Iterator[Element]:
    if section.terms:
        pairs = (part for term, meaning in section.terms for part in (tag("dt", term), tag("dd", meaning)))
        yield tag("details", tag("summary", "What each word means"), tag("dl", *pairs))


def _table(section: Section, heading: str) -> Element:
    kind = "numbers" if section.numbers else "words"
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in section.heads)))
    body = tag("tbody", *(tag("tr", *_row(row)) for row in section.rows))
    parts = (body,) if section.name == "run" else (head, body)
    return tag("table", *parts, class_=kind, aria_labelledby=heading)


def _row(row: tuple[Cell, ...]) -> Iterator[Element]:
    first, *rest = row
    yield tag("th", *_lines(first), scope="row")
    for cell in rest:
        yield tag("td", *_lines(cell))


def _lines(cell: Cell) -> Iterator[Element]:
    for line in cell:
        yield tag("div", tag("a", line.removeprefix("https://"), href=line) if isinstance(line, Link) else line)
