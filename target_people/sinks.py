"""The one bridge from Singer records to a vendor's pipeline."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar, cast

from singer_sdk import metrics
from singer_sdk.sinks import BatchSink

from target_people.delivery.verdict import rejected
from target_people.errors import RecordError
from target_people.people.mapping import compile_mapping
from target_people.people.rules import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_sdk.sinks.core import BaseJSONSchemaValidator

    from target_people.people.model import PeopleModel
    from target_people.target import TargetPeople


_COUNTED_AT_ONCE = 100
"""Records; the SDK's counter looks at the clock each time."""


def log_batch_time(vendor: str, stream: str, seconds: float, *, failed: bool) -> None:
    """Log the SDK's metric of a batch, with the vendor beside it.

    Why not the SDK's timer: it times one batch after another, and here several are under way.
    """
    status = metrics.Status.FAILED if failed else metrics.Status.SUCCEEDED
    tags = {metrics.Tag.STREAM: stream, "vendor": vendor, metrics.Tag.PID: os.getpid(), metrics.Tag.STATUS: status}
    point = metrics.Point("timer", metrics.Metric.BATCH_PROCESSING_TIME, seconds, tags)
    metrics.log(metrics.get_metrics_logger(), point)


class PeopleSink(BatchSink):
    """One stream on its way to one vendor; a vendor's file binds the vendor class.

    Why batches do not live here, as they do in other targets: two streams may hold the same person, and a SCHEMA may
    change half-way. Order is kept where all records of a vendor meet, which is its pipeline.
    """

    vendor_class: ClassVar[type[Any]]
    """The vendor: a ``Vendor`` and a ``PeopleModel``."""

    def __init__(
        self, target: TargetPeople, stream_name: str, schema: dict[str, Any], key_properties: Sequence[str] | None
    ) -> None:
        """Compile the mapping of the stream for the vendor.

        Raises:
            Unmappable: when the stream is not named and does not reveal the identity that the vendor needs.
            MappingError: when it is named and cannot be mapped.
            Fatal: when the vendor's catalogue cannot be read.
        """
        super().__init__(target, stream_name, schema, key_properties)
        self.vendor_name: str = self.vendor_class.name
        self.run = target.run
        self._uncounted = 0
        self.pipeline = self.run.pipelines[self.vendor_name]
        self.pipeline.prepare()
        source = Source(stream_name, schema, tuple(key_properties or ()))
        rules = self.run.settings.rules(stream_name, self.vendor_name)
        self.mapping = compile_mapping(source, cast("PeopleModel", self.pipeline.vendor), rules)
        account = self.run.receipt.vendors[self.vendor_name]
        account.not_sent.update({f"{stream_name}.{left.column}": left.why for left in self.mapping.not_sent})

    def get_validator(self) -> BaseJSONSchemaValidator | None:
        """None: a record is validated once for all vendors, before it comes here."""
        return None

    def get_sink_record_counter(self) -> metrics.Counter:
        """The SDK's record counter, which tells vendors apart."""
        return metrics.record_counter(self.stream_name, vendor=self.vendor_class.name)

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        """Map one record and hand it to the pipeline; one that cannot be mapped is rejected.

        Args:
            record: after stream maps.
            context: ``origin`` is the record's ``Origin``.

        Raises:
            Fatal: when the run cannot go on.
        """
        origin = context["origin"]
        try:
            person, keys = self.mapping.mapped(record)
            self.pipeline.add(person, keys, origin)
        except RecordError as error:
            self.run.settle(self.vendor_name, (origin,), rejected(error.code, error.field, error.detail))
        self._uncounted += 1
        if self._uncounted == _COUNTED_AT_ONCE:
            self._count()

    def clean_up(self) -> None:
        """Count the last records, and let the SDK's metrics say their last word."""
        self._count()
        super().clean_up()

    def process_batch(self, context: dict[str, Any]) -> None:
        """Deliver what waits; the SDK's way to ask for a drain."""
        del context
        self.pipeline.flush()

    def _count(self) -> None:
        self.record_counter_metric.increment(self._uncounted)
        self._uncounted = 0
