"""Records that were rejected before, on their way to the vendor that refused them and to no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_people.errors import ConfigurationError, InputError
from target_people.vendors import sinks

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


class Replay:
    """Tells records of a rejects file from those of a tap.

    Args:
        configured: the vendors of this run.
        where: makes a message that names the line being read.
        warn: tells the user something that does not end the run.
    """

    def __init__(self, configured: Collection[str], where: Callable[[str], str], warn: Callable[[str], None]) -> None:
        """No record was read yet."""
        self._configured = configured
        self._where = where
        self._warn = warn
        self._fresh = False
        self._vendors: set[str] = set()

    def vendor(self, message: Mapping[str, Any]) -> str | None:
        """The vendor that a record is sent again to; None for a record that was never rejected.

        One that is not configured gets nothing: its records are skipped, with one warning.

        Args:
            message: a RECORD as it was decoded.

        Raises:
            InputError: when the rejection names no vendor; sending the record to all would be wrong.
        """
        entry = message.get("rejection")
        if entry is None:
            self._fresh = True
            return None
        vendor = entry.get("vendor") if isinstance(entry, dict) else None
        if not isinstance(vendor, str) or vendor not in sinks():
            raise InputError(self._where(f"has a rejection whose vendor is none of {', '.join(sinks())}"))
        if vendor not in self._vendors | set(self._configured):
            self._warn(f"records that {vendor} rejected are skipped: {vendor} is not configured; add its settings")
        self._vendors.add(vendor)
        return vendor

    def forgive(self) -> bool:
        """Whether a last line that is cut off may be left out: only in a file that holds nothing but rejected records.

        A crash may cut the last line of a rejects file. A STATE covers a record only after its whole line is on disk,
        so the tap sends that record again. Of a tap's output nothing of the kind is known.
        """
        forgiven = bool(self._vendors) and not self._fresh
        if forgiven:
            said = "is cut off and left out: no STATE covered its record, so the tap sends it again"
            self._warn(self._where(said).partition("; check")[0])
        return forgiven

    def check(self) -> None:
        """Refuse an input of which nothing could be sent.

        Raises:
            ConfigurationError: when all records were rejected by vendors that are not configured.
        """
        if self._vendors and not self._fresh and self._vendors.isdisjoint(self._configured):
            names = ", ".join(sorted(self._vendors))
            message = f"nothing was sent: all records were rejected by {names}, not configured here; add its settings"
            raise ConfigurationError(message)
