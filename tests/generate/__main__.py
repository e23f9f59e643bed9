"""``python -m tests.generate [--check]``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.generate.emulator import emulator
from tests.generate.meltano import meltano
from tests.generate.table import tables

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
_PLACE = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def places(text: str) -> str:
    """A page with its tables as the code has them now."""
    made = tables() | emulator()
    return _PLACE.sub(lambda place: f"{place[1]}\n{made[place[2]]}\n\n{place[3]}", text)


_MADE: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("README.md", places),
    ("docs/emulator.md", places),
    ("docs/reasons.md", places),
    ("docs/receipt.md", places),
    ("meltano.yml", meltano),
)


def main() -> int:
    """Write what is out of date, or with --check say so."""
    stale = []
    for name, make in _MADE:
        path = ROOT / name
        text = path.read_text("utf-8")
        if make(text) != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(make(text), "utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run make docs\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
