"""A run over bytes as they are, and what it left behind; inputs of which every record is rejected."""

from __future__ import annotations

import io
import json
import random
from typing import TYPE_CHECKING, Any

from target_people.delivery.sender import Surroundings
from target_people.ending import run_to_end
from target_people.samples import configuration
from target_people.target import TargetPeople
from tests.support.clock import FakeClock
from tests.support.load import message
from tests.vendors.people import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.control import Control

VENDORS = ["flameup", "propeller"]
MISMAPPED = {"*": {"fields": {"email": "notes"}}}
"""Stream settings by which every record is rejected: notes hold no address."""


class Loaded:
    """A run over bytes as they are, and what it left behind."""

    def __init__(self, config: Mapping[str, Any], content: bytes, folder: Path) -> None:
        self.states: list[bytes] = []
        target = TargetPeople(
            config={**config, "output_dir": str(folder)},
            around=Surroundings.of(FakeClock(), random.Random(1)),
            print_state=self.states.append,
        )
        ending = run_to_end(target, io.BytesIO(content))
        assert ending.receipt is not None
        self.exit_code = ending.exit_code
        self.receipt: dict[str, Any] = json.loads(ending.receipt.read_text("utf-8"))
        path = folder / "rejects" / f"{self.receipt['run_id']}.singer.jsonl"
        self.rejects = path.read_bytes() if path.is_file() else b""
        self._check_sums()

    @property
    def records(self) -> list[dict[str, Any]]:
        """The rejected records."""
        return [line for line in map(json.loads, self.rejects.splitlines()) if line["type"] == "RECORD"]

    def rejected(self) -> list[tuple[str, str]]:
        """Vendor and code of each rejected record."""
        return [(line["rejection"]["vendor"], line["rejection"]["code"]) for line in self.records]

    def counts(self, vendor: str) -> tuple[int, int]:
        """How many verdicts, and how many skipped."""
        account = self.receipt["vendors"][vendor]
        return sum(account["verdicts"].values()), account["skipped"]

    def _check_sums(self) -> None:
        """For every vendor, verdicts and skipped add up to the records read, when the run came to its end."""
        read = sum(counts["read"] for counts in self.receipt["streams"].values())
        if self.exit_code in (0, 3):
            assert {sum(self.counts(vendor)) for vendor in self.receipt["vendors"]} <= {read}


def config_of(control: Control, *vendors: str, **more: Any) -> dict[str, Any]:
    return configuration(control.address, list(vendors or VENDORS)) | {"max_rejected_percent": 100} | more


def lines_of(*people: dict[str, Any], stream: str = "people", extra: str = "") -> bytes:
    """A SCHEMA, with a column more if asked for, and records."""
    schema = SCHEMA | {"properties": SCHEMA["properties"] | ({extra: {"type": "string"}} if extra else {})}
    lines = [message("SCHEMA", stream=stream, schema=schema, key_properties=["customer_id"])]
    lines += [message("RECORD", stream=stream, record=one | ({extra: "x"} if extra else {})) for one in people]
    return b"\n".join(lines) + b"\n"
