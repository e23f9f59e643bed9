"""Plans made in the test's own process, and real runs with what they sent."""

from __future__ import annotations

import io
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from target_people.configuration import Given
from target_people.delivery.sender import Surroundings
from target_people.delivery.transport import HttpTransport
from target_people.dry_run.plan import plan
from target_people.ending import run_to_end
from target_people.samples import people
from target_people.target import TargetPeople
from tests.support.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from target_people.delivery.contract import Vendor
    from target_people.delivery.message import Request, Response

SAMPLE = people().read_bytes().splitlines()
"""The lines of the sample people."""


def planned(config: Mapping[str, Any], lines: Iterable[bytes], **how: Any) -> dict[str, Any]:
    """The plan of messages, as ``--json`` prints it."""
    options = {"limit": None, "offline": False, "show_values": False, **how}
    found = plan(Given(dict(config)), io.BytesIO(b"\n".join(line.rstrip() for line in lines)), **options)
    decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found))
    return decoded


@dataclass
class Sent:
    """What a run sent and what it wrote down.

    Args:
        bodies: vendor → path → the bodies of its requests.
        receipt: as it was written.
    """

    bodies: dict[str, dict[str, list[bytes]]] = field(default_factory=dict)
    receipt: dict[str, Any] = field(default_factory=dict)

    def rejected(self, vendor: str) -> Counter[str]:
        """Code → records."""
        return Counter({one["code"]: one["count"] for one in self.receipt["vendors"][vendor]["rejections"]})


class _Recording(HttpTransport):
    def __init__(self, vendor: Vendor[Any, Any], bodies: dict[str, list[bytes]]) -> None:
        super().__init__(vendor.api_url, vendor.settings.request_timeout_seconds)
        self._bodies = bodies

    def __call__(self, request: Request) -> Response:
        self._bodies.setdefault(request.path, []).append(request.body)
        return super().__call__(request)


def run(config: Mapping[str, Any], lines: Iterable[bytes], folder: Path) -> Sent:
    """Really load messages, with a clock that never waits."""
    sent = Sent()
    target = TargetPeople(
        config={**config, "output_dir": str(folder)},
        around=Surroundings.of(FakeClock(), random.Random(1)),
        transport=lambda vendor: _Recording(vendor, sent.bodies.setdefault(vendor.name, {})),
        print_state=lambda _: None,
    )
    ending = run_to_end(target, io.BytesIO(b"\n".join(line.rstrip() for line in lines)))
    assert ending.receipt is not None
    sent.receipt = msgspec.json.decode(ending.receipt.read_bytes())
    return sent
