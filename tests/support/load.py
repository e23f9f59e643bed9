"""Loads messages through the real target inside the test's own process."""

from __future__ import annotations

import io
import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from target_people.delivery.sender import Surroundings
from target_people.ending import run_to_end
from target_people.target import TargetPeople
from tests.support.clock import FakeClock
from tests.support.simulation import SimulatedReactor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from target_people.ending import Ending
    from target_people.progress import Display


@dataclass
class Load:
    """What a run left behind.

    Args:
        exit_code: of the run.
        states: the STATE lines that it printed.
        receipt: as it was written.
        rejects: the lines of its rejects file, decoded.
        clock: the clock that it used.
    """

    exit_code: int
    states: list[bytes]
    receipt: dict[str, Any]
    rejects: list[dict[str, Any]]
    clock: FakeClock = field(repr=False)

    @classmethod
    def of(cls, ending: Ending, states: list[bytes], folder: Path, clock: FakeClock) -> Load:
        """What a run left in its folder."""
        assert ending.receipt is not None
        receipt = json.loads(ending.receipt.read_text("utf-8"))
        rejects = folder / "rejects" / f"{receipt['run_id']}.singer.jsonl"
        refused = rejects.read_text("utf-8").splitlines() if rejects.is_file() else []
        return cls(ending.exit_code, states, receipt, [json.loads(line) for line in refused], clock)

    def rejections(self, vendor: str) -> list[dict[str, Any]]:
        """The rejected records of one vendor."""
        return [line for line in self.rejects if line.get("rejection", {}).get("vendor") == vendor]


def load(
    config: Mapping[str, Any],
    lines: Iterable[bytes],
    folder: Path,
    simulate: random.Random | None = None,
    display: Display | None = None,
) -> Load:
    """Run the target over messages, with a clock that never waits.

    Args:
        config: the settings.
        lines: the messages.
        folder: for receipts and rejects.
        simulate: draws the order of what happens at the same time; real threads without it.
        display: shows how far the run has come.
    """
    clock = FakeClock()
    around = Surroundings.of(clock, random.Random(1))
    if simulate is not None:
        around = Surroundings(clock, simulate, SimulatedReactor(clock, simulate))
    states: list[bytes] = []
    target = TargetPeople(
        config={**config, "output_dir": str(folder)},
        around=around,
        print_state=states.append,
        display=display,
    )
    ending = run_to_end(target, io.BytesIO(b"".join(line.rstrip(b"\n") + b"\n" for line in lines)))
    return Load.of(ending, states, folder, clock)


def message(kind: str, **parts: Any) -> bytes:
    """One Singer message."""
    return json.dumps({"type": kind, **parts}, ensure_ascii=False).encode()
