"""The generated parts of docs/emulator.md: faults, guesses and gaps, as the emulator itself tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_people.emulator.app import vendor_classes
from target_people.emulator.fault_form import SELECTS, parameters
from target_people.emulator.faults import FAULTS
from target_people.emulator.scope import GUESSES, NOT_EMULATED, scope, sentence
from tests.generate.table import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def emulator() -> dict[str, str]:
    """Name of the place → Markdown."""
    return {"faults": "\n".join(_faults()), "scope": "\n".join(_scope())}


def _faults() -> Iterator[str]:
    rows = []
    for kind, fault in FAULTS.items():
        own = [found for found in parameters(fault) if found.name not in SELECTS]
        told = ", ".join(
            f"`{found.name}`" + (f" ({found.default})" if found.default is not None else "") for found in own
        )
        rows.append((f"`{kind}`", sentence(fault.says), told or "-"))
    yield table(("fault", "what it does", "parameters (default)"), rows)
    yield ""
    yield "Every fault also takes these:"
    yield ""
    yield from (f"- `{name}`: {says}" for name, says in SELECTS.items())


def _scope() -> Iterator[str]:
    yield "### Every vendor"
    yield from _listed("Not emulated:", NOT_EMULATED)
    yield from _listed("Guesses:", GUESSES)
    for vendor in scope(vendor_classes().values()):
        yield f"\n### {vendor['title']}"
        yield from _listed("Not emulated:", vendor["not_emulated"])
        yield from _listed("Guesses that stand:", vendor["guesses"])
        yield "\nGuesses that can be changed; the first variant is in force unless you choose another:\n"
        yield table(("quirk", "variants", "what it means"), (_quirk(quirk) for quirk in vendor["quirks"]))


def _quirk(quirk: Any) -> tuple[str, str, str]:
    return f"`{quirk.name}`", ", ".join(f"`{variant}`" for variant in quirk.variants), quirk.says


def _listed(head: str, texts: Iterable[str]) -> Iterator[str]:
    yield f"\n{head}\n"
    yield from (f"- {text}" for text in texts)
