"""A receipt as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from target_people.receipt_section import Section, sections, verdict_in

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod

    from target_people.receipt_file import ReceiptFile


def print_receipt(receipt: ReceiptFile, console: Console) -> None:
    """Print how the run ended, what became of whom, what it waited for, and what was not sent."""
    console.print(Text(f"run {receipt.run_id}: {verdict_in(receipt)}"))
    for section in sections(receipt):
        console.print(_table(section))


def _table(section: Section) -> Table:
    """Names come from the source, so all is text: square brackets in it are no markup. Addresses do not fit."""
    table = Table(title=section.title, title_justify="left", caption=Text(section.note), caption_justify="left")
    shown = [at for at, head in enumerate(section.heads) if head != "see"]
    for at in shown:
        justify: JustifyMethod = "right" if section.numbers and at else "left"
        table.add_column(Text(section.heads[at]), justify=justify, overflow="fold")
    for row in section.rows:
        table.add_row(*(Text("\n".join(row[at])) for at in shown))
    return table
