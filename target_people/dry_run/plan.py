"""The plan of a run, from its configuration and its messages to what is printed."""

from __future__ import annotations

import contextlib
import logging
from typing import IO, TYPE_CHECKING, Any

import msgspec
from rich.console import Console

from target_people.dry_run.facts import facts
from target_people.dry_run.table import print_plan
from target_people.dry_run.target import DryTarget
from target_people.ending import defect
from target_people.errors import Fatal, Interrupted, TargetPeopleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_people.configuration import Given

_DEFECT = 1
_SIGNALLED = 128
_LOGGERS = ("target-people", "singer_sdk.metrics")


def plan(
    given: Given, file_input: IO[Any] | None, *, limit: int | None, offline: bool, show_values: bool
) -> dict[str, Any]:
    """Read the input and say what a run of it would do; nobody is sent.

    Args:
        given: the configuration.
        file_input: messages; standard input when None.
        limit: RECORDs to read at most; None for all.
        offline: whether no vendor is asked for its catalogue.
        show_values: whether the sample requests hold values.

    Raises:
        ConfigurationError: when the settings cannot be read.
    """
    with _quiet():
        target = DryTarget(
            limit=limit,
            offline=offline,
            show_values=show_values,
            config=given.config,
            parse_env_config=given.parse_env,
        )
        with contextlib.closing(target.run):
            exit_code, problem = _read(target, file_input)
            target.signals.restore()
            return facts(target, exit_code, problem)


def print_json(found: dict[str, Any]) -> None:
    """Print a plan for machines."""
    print(msgspec.json.format(msgspec.json.encode(found)).decode())  # noqa: T201 - what the command is for


def print_tables(found: dict[str, Any]) -> None:
    """Print a plan for people, as wide as the terminal."""
    print_plan(found, Console())


def _read(target: DryTarget, file_input: IO[Any] | None) -> tuple[int, str]:
    """The exit code, and what ended the reading early; what was read until then is planned all the same."""
    try:
        target.read(file_input)
    except Fatal as error:
        _count_open(target)
        return error.exit_code, str(error)
    except Interrupted as stop:
        _count_open(target)
        return _SIGNALLED + stop.signum, f"interrupted at line {target.reader.line_number} of the input"
    except Exception as error:  # noqa: BLE001 - the last place before the user; told without values
        return _DEFECT, defect(error)
    return 0, ""


def _count_open(target: DryTarget) -> None:
    with contextlib.suppress(TargetPeopleError):
        target.run.flush()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the SDK's words on settings, sinks and counters, which are about a run; warnings come through."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addFilter(_is_warning)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(_is_warning)


def _is_warning(entry: logging.LogRecord) -> bool:
    return entry.levelno >= logging.WARNING
