"""Clearing: whether a null in the source clears the vendor's value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_people.errors import MappingError
from target_people.people.column import nearest_of
from target_people.people.field import CONSENT, PersonField

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from target_people.people.rules import Rules


class Clearing:
    """The settings ``nulls`` of one stream and vendor, asked about one wire field or attribute after another.

    What cannot be done is collected, so that one message names it all.

    Args:
        stream: the name of the stream.
        identifier: the person field that identifies a person; it is never cleared, nor is consent.
        rules: the settings.
    """

    def __init__(self, stream: str, identifier: PersonField, rules: Rules) -> None:
        """Start with nothing to complain about."""
        self._stream = stream
        self._protected = CONSENT | {identifier}
        self._rules = rules
        self._forbidden: list[str] = []
        self._impossible: list[str] = []

    def of_field(self, fields: Collection[PersonField], *, clearable: bool) -> bool:
        """Whether null clears a wire field, given the person fields it is filled from; of several, keep wins."""
        asked = [name for name in fields if self._rules.nulls_of.get(name) == "clear"]
        if not self._protected.isdisjoint(fields):
            self._forbidden.extend(asked)
            return False
        every = all(self._rules.nulls_of.get(name, self._rules.nulls) == "clear" for name in fields)
        wanted = list(fields) if every else asked
        if not clearable:
            self._impossible.extend(wanted)
        return every and clearable

    def of_attribute(self, names: tuple[str, ...], *, clearable: bool, consent: bool) -> bool:
        """Whether null clears a custom attribute, given the names that the settings may use for it."""
        own = next((self._rules.nulls_of[name] for name in names if name in self._rules.nulls_of), None)
        if consent:
            self._forbidden.extend(names[:1] if own == "clear" else [])
            return False
        wanted = (own or self._rules.nulls) == "clear"
        if wanted and not clearable:
            self._impossible.append(names[0])
        return wanted and clearable

    def check(self, names: Iterable[str]) -> None:
        """Complain of everything at once.

        Args:
            names: the attributes and columns of the stream; every person field is known as well.

        Raises:
            MappingError: when ``nulls`` names something unknown, or asks to clear what cannot be cleared.
        """
        known = {str(name): None for name in (*PersonField, *names)}
        complaints = [self._unknown(name, list(known)) for name in self._rules.nulls_of if name not in known]
        if self._forbidden:
            listed = ", ".join(self._forbidden)
            complaints.append(f"nulls asks to clear {listed}; the identifier and consent are never cleared, set keep")
        if self._impossible:
            complaints.append(self._remedy())
        if complaints:
            message = f"stream {self._stream}: {'; '.join(complaints)}"
            raise MappingError(message)

    def _unknown(self, name: str, known: list[str]) -> str:
        nearest = nearest_of(name, known) or "use a person field or the name of an attribute"
        return f"nulls.{name} is no person field and no attribute; {nearest}"

    def _remedy(self) -> str:
        names = list(dict.fromkeys(map(str, self._impossible)))
        keep = ", ".join(f"{name}: keep" for name in names)
        return (
            f"this vendor has no known way to clear {', '.join(names)}; set streams.{self._stream}.nulls: {{{keep}}}, "
            f"or the same under streams.{self._stream}.<vendor> for this vendor alone"
        )
