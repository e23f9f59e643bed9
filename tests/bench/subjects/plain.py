"""A plain singer-sdk target: what one writes from the SDK's template in an afternoon, with the SDK's defaults.

It sends the same people in the same batches, and does nothing else that target-people does: no identities, no
normalising, no verdicts, no retries, no rejects.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

import requests
from singer_sdk import Target
from singer_sdk import typing as th
from singer_sdk.sinks import BatchSink

from tests.bench.subjects.wire import WIRES


class PlainSink(BatchSink):
    """Posts each batch as it is drained."""

    def __init__(self, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        self._wire = WIRES[self.config["vendor"]]
        self._session = requests.Session()
        self._session.headers["content-type"] = "application/json"

    @property
    def max_size(self) -> int:
        size: int = self.config["batch"]
        return size

    def process_batch(self, context: dict[str, Any]) -> None:
        body = self._wire.body([self._wire.person(record) for record in context["records"]])
        # The SDK has made decimals of numbers and datetimes of moments, which the json module does not know.
        text = json.dumps(body, default=str).encode()
        self._session.post(self.config["url"] + self._wire.path, data=text, timeout=60).raise_for_status()


class PlainTarget(Target):
    """Posts people."""

    name = "target-plain"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("url", th.StringType),
        th.Property("vendor", th.StringType),
        th.Property("batch", th.IntegerType),
    ).to_dict()
    default_sink_class = PlainSink


if __name__ == "__main__":
    PlainTarget.cli()
