"""A receipt as Markdown, for a pull request or a chat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_people.receipt_section import Cell, Link, sections, verdict_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from target_people.receipt_file import ReceiptFile
    from target_people.receipt_section import Section

_SPECIAL = re.compile(r"[\\|`*<>\[\]~&#@]|(?<!\w)_|_(?!\w)")


def markdown(receipt: ReceiptFile) -> str:
    """All of it, as GitHub-flavoured Markdown that ends with a line break."""
    first, *rest = sections(receipt)
    parts = [f"## target-people: {_text(verdict_in(receipt))}", _table(first)]
    for section in rest:
        parts += [
            f"### {section.title.capitalize()}",
            _table(section),
            *([_text(section.note)] if section.note else []),
        ]
    return "\n\n".join(parts) + "\n"


def _table(section: Section) -> str:
    rule = ["---", *["---:" if section.numbers else "---"] * (len(section.heads) - 1)]
    return "\n".join(_lines([[_text(head) for head in section.heads], rule, *_rows(section)]))


def _rows(section: Section) -> Iterator[list[str]]:
    return ([_cell(cell) for cell in row] for row in section.rows)


def _lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    return (f"| {' | '.join(row)} |" for row in rows)


def _cell(cell: Cell) -> str:
    return "<br>".join(f"<{line}>" if isinstance(line, Link) else _text(line) for line in cell)


def _text(text: str) -> str:
    """Names come from the source: whatever Markdown would act on stands for itself."""
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", text)
