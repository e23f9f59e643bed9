"""What differs between two JSON documents, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_people.emulator.store import Document


@dataclass(frozen=True, slots=True)
class Absent:
    """Stands for the value of a field that is not there, which is another thing than null."""


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: its path, names joined by dots, and its value before and after, :data:`ABSENT` where there is none."""

    path: str
    before: object
    after: object


def differences(before: Document, after: Document) -> list[Difference]:
    """Return the fields in which two documents differ, in the order of the later one, gone ones last.

    Args:
        before: The one document; empty for a person who is new.
        after: The other; empty for a person who is gone.
    """
    old, new = dict(_leaves(before, "")), dict(_leaves(after, ""))
    compared = (Difference(path, old.get(path, ABSENT), new.get(path, ABSENT)) for path in new | old)
    return [found for found in compared if not _same(found.before, found.after)]


def _leaves(document: Document, prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in document.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _same(one: object, other: object) -> bool:
    """Tell whether two values are the same JSON; 1 and true are not."""
    return type(one) is type(other) and one == other
