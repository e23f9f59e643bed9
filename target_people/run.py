"""One run without Singer: accounts, verdicts, STATE, rejects and receipt, held together."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from target_people.delivery.pipeline import Pipeline
from target_people.delivery.transport import HttpTransport
from target_people.delivery.verdict import Verdict
from target_people.errors import ConfigurationError, RejectLimitError, VendorContractError
from target_people.output import check_writable
from target_people.progress import Progress
from target_people.receipt import Receipt, VendorAccount, new_run_id, write
from target_people.rejects import Rejects
from target_people.state import Epoch, StateGate
from target_people.vendors import sinks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from target_people.delivery.batch import Outgoing
    from target_people.delivery.contract import Vendor
    from target_people.delivery.observer import Observer
    from target_people.delivery.sender import Surroundings
    from target_people.delivery.transport import Transport
    from target_people.delivery.verdict import Outcome
    from target_people.progress import Display
    from target_people.settings import Settings

_PERCENT_FROM = 100
_WIND_UP_SECONDS = 10.0


class Origin(msgspec.Struct, frozen=True, gc=False):
    """Where a record came from, so that it can be counted, and written down if it is refused.

    Args:
        stream: the source stream.
        schema: its SCHEMA message as it was read.
        record: its RECORD message as it was read.
        epoch: what its verdicts count against.
    """

    stream: str
    schema: bytes
    record: bytes
    epoch: Epoch

    def __repr__(self) -> str:
        """Without what was read."""
        return f"Origin(stream={self.stream!r})"


def http(vendor: Vendor[Any, Any]) -> Transport:
    """The transport of a real run."""
    return HttpTransport(vendor.api_url, vendor.settings.request_timeout_seconds)


class Run:
    """Everything that lives as long as one run.

    Args:
        settings: read and checked.
        around: clock and randomness.
        print_state: writes one STATE line, newline included.
        batch_size: people per request at most, for all vendors; None for no bound beside the vendors' own.
        transport: makes the transport of a vendor.
        observe: makes what looks on at the delivery to a vendor; None for nobody.
        display: shows how far the run has come; None shows nothing.
    """

    pipeline_class: ClassVar[type[Pipeline[Any]]] = Pipeline
    """What a vendor's people go through; a dry run has one that sends nobody."""

    def __init__(  # noqa: PLR0913 - the composition of one run, all passed in
        self,
        settings: Settings,
        around: Surroundings,
        print_state: Callable[[bytes], None],
        *,
        batch_size: int | None = None,
        transport: Callable[[Vendor[Any, Any]], Transport] = http,
        observe: Callable[[str], Observer] | None = None,
        display: Display | None = None,
    ) -> None:
        """Make the accounts; no request is sent and no file is made."""
        self.settings = settings
        self.receipt = Receipt(new_run_id(around.clock), around.clock)
        self.gate = StateGate(self._print)
        self.pipelines: dict[str, Pipeline[Any]] = {}
        self._print_state = print_state
        self._reactor = around.reactor
        self._held: Epoch | None = None
        self._released = False
        self._rejects = Rejects(Path(settings.output_dir) / "rejects", self.receipt.run_id)
        for name, own in settings.vendors().items():
            vendor = sinks()[name].vendor_class(own)
            pipeline: Pipeline[Any] = self.pipeline_class(
                vendor,
                transport(vendor),
                around,
                partial(self._settled, name),
                batch_size=batch_size,
                flush_seconds=settings.flush_seconds,
                observer=observe(name) if observe else None,
            )
            self.pipelines[name] = pipeline
            self.receipt.vendors[name] = VendorAccount(pipeline.meter, limit=pipeline.limit)
        self.progress = Progress(self.receipt, around.reactor, display)

    def check_output(self) -> None:
        """See that receipt and rejects can be written, before anything is sent.

        Raises:
            ConfigurationError: when they cannot.
        """
        check_writable(Path(self.settings.output_dir))

    def secure(self) -> None:
        """Put all rejects on disk.

        Raises:
            ConfigurationError: when the disk refuses.
        """
        with _rejects_told():
            self._rejects.sync()

    def enter(self, stream: str, schema: bytes, record: bytes, verdicts: int) -> Origin:
        """Count a record in that waits for ``verdicts`` verdicts, at least 1."""
        return Origin(stream, schema, record, self.gate.enter(verdicts))

    def settle(self, vendor: str, origins: Sequence[Origin], outcome: Outcome) -> None:
        """Count a verdict: first the rejects file, then the receipt, then the STATE that may leave for it.

        Args:
            vendor: whose verdict it is.
            origins: of the records that have it.
            outcome: the verdict.

        Raises:
            ConfigurationError: when a refused record cannot be written down; no verdict counts then.
        """
        if outcome.verdict is Verdict.REJECTED:
            for origin in origins:
                self._reject(vendor, origin, outcome)
        self.receipt.count(vendor, outcome, len(origins))
        self.gate.settle([origin.epoch for origin in origins])

    def hold(self) -> None:
        """Keep STATE back for a record that nobody takes, as long as no stream is mapped at all.

        Such a run ends with an error, and a bookmark must not have moved past its records.
        """
        if self._held is None and not self._released:
            self._held = self.gate.enter(1)

    def release(self) -> None:
        """A stream is mapped: records of other streams are skipped on purpose."""
        self._released = True
        if self._held is not None:
            self.gate.settle((self._held,))
            self._held = None

    def turn(self, source: int | None = None) -> bool:
        """Do what is due in all accounts.

        Args:
            source: a file descriptor to wait for meanwhile; None waits for nothing.

        Returns:
            Whether ``source`` can be read.

        Raises:
            Fatal: when a delivery cannot go on, or too many records are refused.
            Interrupted: when a signal came.
        """
        readable = self._reactor.turn(block=source is not None, source=source)
        self._check()
        return readable

    def flush(self) -> None:
        """Deliver everything, and wait until every record has its verdicts.

        Raises:
            Fatal: when a delivery cannot go on, or too many records are refused.
            Interrupted: when a signal came.
        """
        for pipeline in self.pipelines.values():
            pipeline.flush()
        while not all(pipeline.idle for pipeline in self.pipelines.values()):
            self._reactor.turn(block=True)
            self._check()
        self._check()

    def check_settled(self) -> None:
        """See that a run which ended well has left nobody without a verdict: what is not known is no success.

        Raises:
            VendorContractError: saying how many verdicts are missing.
        """
        if self.gate.unsettled:
            message = f"{self.gate.unsettled} verdicts are missing at the end; please report this defect"
            raise VendorContractError(message)

    def wind_up(self) -> None:
        """Begin nothing more, and wait a bounded time for what the vendors have already, so that it counts.

        Raises:
            Interrupted: at a further signal.
        """
        over: list[bool] = []
        for pipeline in self.pipelines.values():
            pipeline.stop()
        self._reactor.later(_WIND_UP_SECONDS, lambda: over.append(True))
        while not over and any(pipeline.under_way for pipeline in self.pipelines.values()):
            self._reactor.turn(block=True)

    def brake(self, from_records: int = 1) -> None:
        """Stop when a vendor's rejections exceed the limits; the share counts from that many verdicts on.

        Raises:
            RejectLimitError: naming the vendor and the setting.
        """
        for name, account in self.receipt.vendors.items():
            refused = account.verdicts[Verdict.REJECTED]
            if refused:
                self._check_limits(name, refused, account.settled, from_records)

    def interrupt(self, signum: int) -> None:
        """Note a signal; the next turn raises it. Only the first counts."""
        self._reactor.interrupt(signum)

    def close(self) -> None:
        """Say the last word on progress; let go of connections, threads and files.

        Raises:
            OSError: when the rejects cannot be put on disk; everything is let go of nevertheless.
        """
        with contextlib.ExitStack() as stack:
            stack.callback(self._rejects.close)
            stack.callback(self._reactor.close)
            for pipeline in self.pipelines.values():
                stack.callback(pipeline.close)
            stack.callback(self.progress.close)

    def finish(self, exit_code: int, why: str) -> Path:
        """Write the receipt and say where it is.

        Raises:
            OSError: when it cannot be written.
        """
        return write(Path(self.settings.output_dir) / "receipts", self.receipt.facts(exit_code, why, self.gate))

    def _check(self) -> None:
        for pipeline in self.pipelines.values():
            pipeline.check()
        self.brake(from_records=_PERCENT_FROM)

    def _reject(self, vendor: str, origin: Origin, outcome: Outcome) -> None:
        at = self.receipt.now()
        with _rejects_told():
            self._rejects.write(origin.stream, origin.schema, origin.record, vendor=vendor, outcome=outcome, at=at)

    def _check_limits(self, vendor: str, refused: int, settled: int, from_records: int) -> None:
        limit = self.settings.max_rejected
        where = f"see {self._rejects.path}"
        if limit is not None and refused > limit:
            message = f"{vendor}: {refused} of {settled} records were rejected, max_rejected is {limit}; {where}"
            raise RejectLimitError(message)
        percent = self.settings.max_rejected_percent
        if settled >= from_records and refused * 100 > percent * settled:
            message = (
                f"{vendor}: {refused} of {settled} records were rejected, max_rejected_percent is {percent:g}; {where}"
            )
            raise RejectLimitError(message)

    def _settled(self, vendor: str, people: Sequence[Outgoing], outcome: Outcome) -> None:
        self.settle(vendor, [person.origin for person in people], outcome)

    def _print(self, value: bytes) -> None:
        """What a STATE covers is on disk before the STATE is out."""
        self.secure()
        with self.progress.aside():
            self._print_state(value + b"\n")


@contextlib.contextmanager
def _rejects_told() -> Iterator[None]:
    """Turn what the disk says into what the user can mend."""
    try:
        yield
    except OSError as error:
        message = f"output_dir: the rejects file cannot be written ({error.strerror}); make room, or set another"
        raise ConfigurationError(message) from None
