"""The log of a run: which run, vendor, stream and batch a line is about, and never a value of a record or a secret.

A line says what it is about in attributes of its record: ``run_id`` on every line of every logger; ``vendor``,
``stream_name`` and ``batch`` where there are any. A formatter that makes JSON finds them there. One that makes plain
text (the SDK's, and the standard library's own class) shows them in front of the message of our lines, as in
``run_id=… vendor=rally stream_name=people batch=3 | POST /people/import …``.

Libraries below us would log more than that at the level DEBUG: urllib3 whole addresses and the headers that it cannot
parse, the SDK's stream maps the value of every expression. Such lines do not pass.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import sys
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from target_people.delivery.batch import Batch
    from target_people.delivery.observer import Exchange
    from target_people.progress import Display

_OURS = "target-people"
_SDK = "singer_sdk"
_MUTE = frozenset({"urllib3", "requests"})
"""Loggers whose lines of any level may hold addresses or headers; the transport's errors say what went wrong."""
_ABOUT = ("run_id", "vendor", "stream_name", "batch")


class Timed(Protocol):
    """Is told how long a batch took."""

    def __call__(self, vendor: str, stream: str, seconds: float, *, failed: bool) -> None:
        """Keep it; ``stream`` is the name of the batch's stream, or several with commas between."""
        ...


class VendorLog:
    """An observer that logs every request to a vendor at the level DEBUG, and has batches timed.

    Args:
        vendor: its name.
        timed: is told of every batch.
    """

    def __init__(self, vendor: str, timed: Timed) -> None:
        """Log as ``target-people.requests``."""
        self._vendor = vendor
        self._timed = timed
        self._streams: dict[int | None, str] = {}
        self._logger = logging.getLogger(f"{_OURS}.requests")

    def exchanged(self, exchange: Exchange) -> None:
        """Log one request: method, path without what comes from data, status, time and bytes."""
        if not self._logger.isEnabledFor(logging.DEBUG):
            return
        facts = {name: getattr(exchange, name) for name in _EXCHANGE}
        answer = exchange.failure if exchange.status is None else f"{exchange.status}"
        self._logger.debug(
            "%s %s: %s in %d ms, %d bytes sent, %d received",
            exchange.method,
            exchange.path,
            answer,
            exchange.milliseconds,
            exchange.bytes_sent,
            exchange.bytes_received,
            extra=facts | self._about(exchange.batch),
        )

    def began(self, number: int, batch: Batch) -> None:
        """Note which streams the people of a batch come from."""
        self._streams[number] = ",".join(sorted({person.origin.stream for person in batch}))
        self._logger.debug("batch of %d people begins", len(batch), extra=self._about(number))

    def ended(self, number: int, seconds: float, *, failed: bool) -> None:
        """Tell how long a batch took."""
        self._logger.debug("batch %s", "failed" if failed else "settled", extra=self._about(number))
        self._timed(self._vendor, self._streams.pop(number), seconds, failed=failed)

    def _about(self, number: int | None) -> dict[str, object]:
        about: dict[str, object] = {"vendor": self._vendor}
        if number is not None:
            about |= {"stream_name": self._streams[number], "batch": number}
        return about


_EXCHANGE = ("method", "path", "status", "failure", "milliseconds", "bytes_sent", "bytes_received")


class Discreet(logging.Filter):
    """Marks every line with its run, and lets none pass that may hold a value.

    Args:
        run_id: of the run; None before there is one.
    """

    def __init__(self, run_id: str | None) -> None:
        """Keep the id."""
        super().__init__()
        self._run_id = run_id

    def filter(self, record: logging.LogRecord) -> bool:
        """Of ours all lines; of the SDK from INFO on; of others warnings and errors, unless they hold addresses."""
        if self._run_id is not None:
            record.run_id = self._run_id
        root = record.name.partition(".")[0]
        if root == _OURS:
            return True
        return root not in _MUTE and record.levelno >= (logging.INFO if root == _SDK else logging.WARNING)


class AboutFormatter(logging.Formatter):
    """Puts what one of our lines is about in front of its message.

    Args:
        inner: makes the line.
    """

    def __init__(self, inner: logging.Formatter) -> None:
        """Keep what makes the line."""
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """The line; the record itself stays as it is, for other handlers."""
        if record.name.partition(".")[0] != _OURS:
            return self.inner.format(record)
        about = " ".join(f"{name}={getattr(record, name)}" for name in _ABOUT if hasattr(record, name))
        shown = copy.copy(record)
        shown.msg, shown.args = f"{about} | {record.getMessage()}", None
        return self.inner.format(shown)


@contextlib.contextmanager
def run_log(run_id: str | None, display: Display | None, plain: Collection[type[logging.Formatter]]) -> Iterator[None]:
    """Have all log handlers of the process write as this run needs it, until the block is left.

    Args:
        run_id: marks every line; None for a command that is no run, or not yet.
        display: what is shown beside the log; it is closed at the end.
        plain: the formatters that make plain text.
    """
    with contextlib.ExitStack() as after:
        for handler in _handlers():
            own = Discreet(run_id)
            handler.addFilter(own)
            after.callback(handler.removeFilter, own)
            _tell_about(handler, plain, after)
            if display is not None and display.above is not None:
                _write_above(handler, display.above, after)
        if display is not None:
            after.callback(display.close)
        yield


def _tell_about(
    handler: logging.Handler, plain: Collection[type[logging.Formatter]], after: contextlib.ExitStack
) -> None:
    before = handler.formatter
    if before is None or type(before) in plain:
        handler.setFormatter(AboutFormatter(before or logging.Formatter()))
        after.callback(handler.setFormatter, before)


def _write_above(handler: logging.Handler, above: TextIO, after: contextlib.ExitStack) -> None:
    if isinstance(handler, logging.StreamHandler) and handler.stream is sys.stderr:
        after.callback(handler.setStream, handler.stream)
        handler.setStream(above)


def _handlers() -> Iterable[logging.Handler]:
    known = [logging.root, *logging.root.manager.loggerDict.values()]
    loggers = (logger for logger in known if isinstance(logger, logging.Logger))
    return {handler: None for logger in loggers for handler in logger.handlers}
