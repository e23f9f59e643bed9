"""The catalogue of reasons for rejections: what each code means and what to do."""

from __future__ import annotations

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
    """

    reason: str
    remedy: str

    def about(self, field: str) -> Reason:
        """The same, with the name of the field put in."""
        return Reason(self.reason.replace("{field}", field), self.remedy.replace("{field}", field))


@cache
def catalogue() -> Mapping[str, Reason]:
    """All reasons by code, from the data file of the package."""
    text = files("target_people").joinpath("reasons.json").read_text("utf-8")
    return {code: Reason(**entry) for code, entry in json.loads(text).items()}


def reason(code: str, field: str = "") -> Reason:
    """The entry of a code.

    Raises:
        KeyError: for a code that is not in the catalogue, which is a defect of ours.
    """
    return catalogue()[code].about(field)
