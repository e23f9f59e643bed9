"""A run that keeps what would happen, and writes nothing down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from target_people.dry_run.pipeline import DryPipeline
from target_people.dry_run.tally import Tally
from target_people.errors import RejectLimitError
from target_people.run import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_people.delivery.batch import Outgoing
    from target_people.delivery.pipeline import Pipeline
    from target_people.delivery.verdict import Outcome
    from target_people.settings import Settings
    from target_people.state import Epoch

_PATIENCE_SECONDS = 10.0
"""A vendor that does not answer for so long is planned for without its catalogue."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands.

    Args:
        stream: after stream maps.
        line: of the input, from 1.
    """

    stream: str
    line: int


@dataclass(frozen=True, slots=True)
class DryOrigin:
    """What a dry run keeps of a record: where it stands, and what its verdicts count against."""

    place: Place
    epoch: Epoch


class DryRun(Run):
    """Counts by stream and vendor; no STATE, no rejects file, and no end because of too many rejections."""

    pipeline_class: ClassVar[type[Pipeline[Any]]] = DryPipeline

    def __init__(self, settings: Settings, *rest: Any, **named: Any) -> None:  # noqa: ANN401 - a run's own, handed on
        """The arguments of a run; nobody looks on, because no batch is delivered."""
        super().__init__(_impatient(settings), *rest, **(named | {"observe": None}))
        self.place = Place("", 0)
        """Of the record that is being taken."""
        self.tallies: dict[tuple[str, str], Tally] = {}
        """(stream, vendor) → what would become of its records."""
        self.too_many = ""
        """Why a run of this input would end, early or late, for its rejections; empty when it would not."""

    @property
    def accounts(self) -> dict[str, DryPipeline[Any]]:
        """The pipelines, by what they add to those of a run."""
        return cast("dict[str, DryPipeline[Any]]", self.pipelines)

    def tally(self, stream: str, vendor: str) -> Tally:
        """The counts of a stream and a vendor."""
        return self.tallies.setdefault((stream, vendor), Tally())

    def enter(self, stream: str, schema: bytes, record: bytes, verdicts: int) -> Any:  # noqa: ANN401 - lighter than an Origin
        """Count a record in; of what was read only the place is kept."""
        del stream, schema, record
        return DryOrigin(self.place, self.gate.enter(verdicts))

    def settle(self, vendor: str, origins: Sequence[Any], outcome: Outcome) -> None:
        """Count a verdict for its stream and line as well; ``origins`` are what ``enter`` made."""
        for origin in origins:
            self.tally(origin.place.stream, vendor).count(outcome, origin.place.line)
        super().settle(vendor, origins, outcome)

    def _settled(self, vendor: str, people: Sequence[Outgoing], outcome: Outcome) -> None:
        """Count whom the records are about."""
        for person in people:
            self.tally(person.origin.place.stream, vendor).people.add(person.identity)
        super()._settled(vendor, people, outcome)

    def brake(self, from_records: int = 1) -> None:
        """Note what would stop a run, and go on.

        A run cannot stop later than this: rejections count at once there, too, and everything else not before.
        """
        if self.too_many:
            return
        try:
            super().brake(from_records)
        except RejectLimitError as error:
            self.too_many = str(error).partition("; see ")[0]

    def _reject(self, vendor: str, origin: Any, outcome: Outcome) -> None:  # noqa: ANN401 - what ``enter`` made
        """Nothing is written down."""


def _impatient(settings: Settings) -> Settings:
    """The same settings, with a wait for the catalogue that a person at a terminal has."""
    vendors = {
        name: own.model_copy(
            update={
                key: min(getattr(own, key), _PATIENCE_SECONDS) for key in ("retry_seconds", "request_timeout_seconds")
            }
        )
        for name, own in settings.vendors().items()
    }
    return settings.model_copy(update=vendors)
