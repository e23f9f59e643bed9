"""The catalogue of reasons: what each code of a rejection or of an ending means, what to do, and which page says so."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry.

    Args:
        reason: what it means; ``{field}`` stands for the field or column.
        remedy: what to do; the same.
        pages: vendor → the address of its page that says so; without the vendors whose pages do not.
        exits: exit codes of a run that ends for this; empty for the reason of a rejection.
    """

    reason: str
    remedy: str
    pages: Mapping[str, str] = dataclasses.field(default_factory=dict)
    exits: tuple[int, ...] = ()

    def about(self, field: str) -> Reason:
        """The same, with the name of the field put in."""
        said, remedy = (text.replace("{field}", field) for text in (self.reason, self.remedy))
        return dataclasses.replace(self, reason=said, remedy=remedy)


@cache
def catalogue() -> Mapping[str, Reason]:
    """All reasons by code, from the data file of the package."""
    text = files("target_people").joinpath("reasons.json").read_text("utf-8")
    return {
        code: Reason(**entry | {"exits": tuple(entry.get("exits", ()))}) for code, entry in json.loads(text).items()
    }


def reason(code: str, field: str = "") -> Reason:
    """The entry of a code.

    Raises:
        KeyError: for a code that is not in the catalogue, which is a defect of ours.
    """
    return catalogue()[code].about(field)
