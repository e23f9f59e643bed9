"""What became of one record at one vendor."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Every record ends with exactly one of these per vendor; there is none for "we do not know"."""

    CREATED = "created"
    UPDATED = "updated"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict, and for a rejection its cause.

    Args:
        verdict: the verdict.
        code: of a rejection, the entry in the catalogue of reasons.
        field: the field or column concerned, if one is; a name, never a value.
        detail: the vendor's own words; private, so only the rejects file holds them.
    """

    verdict: Verdict
    code: str = ""
    field: str = ""
    detail: str = dataclasses.field(default="", repr=False)


CREATED = Outcome(Verdict.CREATED)
UPDATED = Outcome(Verdict.UPDATED)
DELIVERED = Outcome(Verdict.DELIVERED)
ACCEPTED = Outcome(Verdict.ACCEPTED)
SUPERSEDED = Outcome(Verdict.SUPERSEDED)


def rejected(code: str, field: str = "", detail: str = "") -> Outcome:
    """The outcome of a record that the vendor, its limits or the mapping refused."""
    return Outcome(Verdict.REJECTED, code, field, detail)
