"""The target, as a dry run has it: the same streams, mappings and batches, and a memory for what they say."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, ClassVar, cast

from target_people.dry_run.credentials import filled
from target_people.dry_run.run import DryRun, Place
from target_people.errors import ConfigurationError, MappingError, TargetPeopleError
from target_people.people.mapping import Mapping
from target_people.target import TargetPeople

if TYPE_CHECKING:
    from collections import abc
    from collections.abc import Iterator

    from target_people.dry_run.tally import Tally
    from target_people.people.mapping import Unmappable
    from target_people.people.person import Person
    from target_people.run import Run
    from target_people.sinks import PeopleSink

_OFFLINE = "--offline"
_WITHOUT_CREDENTIALS = "no credentials are set"


class _LimitReached(TargetPeopleError):  # noqa: N818 - not a failure: enough was read
    """So many records were asked for, and so many were read."""


class _WatchedMapping(Mapping):
    """A mapping that counts the records that have the identity.

    Args:
        mapping: the one to watch; its state is shared.
        tally: where to count.
    """

    def __init__(self, mapping: Mapping, tally: Tally) -> None:
        self.__dict__.update(vars(mapping))
        self._tally = tally

    def mapped(self, record: abc.Mapping[str, Any]) -> tuple[Person, frozenset[str]]:
        """As the mapping does."""
        self._tally.look(found=self.identifies(record))
        return super().mapped(record)


class DryTarget(TargetPeople):
    """Takes messages as a run does.

    Args:
        limit: RECORDs to read at most, at least 1; None for all.
        offline: whether no vendor is asked for anything.
        show_values: whether the sample requests hold the values of records.
        target: the arguments of a target.
    """

    run_class: ClassVar[type[Run]] = DryRun

    def __init__(
        self,
        *,
        limit: int | None = None,
        offline: bool = False,
        show_values: bool = False,
        **target: Any,  # noqa: ANN401 - a target's own arguments, handed on
    ) -> None:
        """Read the settings; no request is sent."""
        self._without_credentials: frozenset[str] = frozenset()
        super().__init__(print_state=_forget, **target)
        self._limit = limit
        self.show_values = show_values
        self._taken = 0
        self.partly = False
        """Whether there may have been more records than were asked for."""
        for name, account in self.dry.accounts.items():
            account.demand.show_values = show_values
            if offline or name in self._without_credentials:
                account.unread = _OFFLINE if offline else _WITHOUT_CREDENTIALS

    @property
    def dry(self) -> DryRun:
        """The run, by what a dry one adds."""
        return cast("DryRun", self.run)

    def read(self, file_input: IO[Any] | None) -> None:
        """Read all of the input, or as many records as were asked for.

        Args:
            file_input: messages; standard input when None.

        Raises:
            MappingError: when no stream could be mapped.
            Fatal: as a run does.
            Interrupted: when a signal came.
        """
        try:
            self.listen(file_input)
        except _LimitReached:
            self.partly = True
            self.process_endofpipe()
        self.check_mapped()

    def check_mapped(self) -> None:
        """Refuse a plan with a stream that cannot be mapped, or without any, also when no record was read.

        Raises:
            MappingError: then.
        """
        failures = [f"{vendor}: {one.problem}" for (_, vendor), one in self.dry.tallies.items() if one.failed]
        if failures:
            raise MappingError("\n".join(failures))
        super().check_mapped()
        if self._streams and not self.mapped:
            message = f"no stream could be mapped to people ({', '.join(self._streams)}); name one under streams"
            raise MappingError(message)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Settings without credentials are enough to plan."""
        given, self._without_credentials = filled(dict(self._config))
        self._config.update(given)
        return super()._validate_config(raise_errors=raise_errors)

    def _sink(self, vendor: str, alias: str, schema: dict[str, Any], keys: Any) -> PeopleSink | None:  # noqa: ANN401
        """A stream that one vendor cannot have is still planned for the others."""
        tally = self.dry.tally(alias, vendor)
        tally.problem = tally.problem if tally.failed else ""
        try:
            sink = super()._sink(vendor, alias, schema, keys)
        except ConfigurationError as error:
            tally.problem, tally.failed = str(error), True
            return None
        if sink is not None:
            tally.mapping = sink.mapping = _WatchedMapping(sink.mapping, tally)
        return sink

    def _leave_out(self, vendor: str, alias: str, why: Unmappable) -> None:
        """The plan says so; a warning beside it would say it twice."""
        self.dry.tally(alias, vendor).problem = str(why)

    def _take(self, message: dict[str, Any], line: bytes) -> None:
        super()._take(message, line)
        self._taken += 1
        if self._taken == self._limit:
            raise _LimitReached

    def _routes_of(self, name: str) -> Any:  # noqa: ANN401 - pairs of a stream and how records get into it
        return self._placed(super()._routes_of(name))

    def _placed(self, routes: Any) -> Iterator[Any]:  # noqa: ANN401 - the same
        for stream, transform in routes:
            self.dry.place = Place(stream.alias, self.reader.line_number)
            yield stream, transform


def _forget(line: bytes) -> None:
    """A dry run has no STATE to print."""
    del line
