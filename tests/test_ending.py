"""How a run ends when something goes wrong while batches are under way."""

from __future__ import annotations

import io
import json
import random
from typing import TYPE_CHECKING, Any

from target_people.delivery.message import Request, Response
from target_people.delivery.sender import Surroundings
from target_people.ending import Ending, run_to_end
from target_people.samples import configuration
from target_people.target import TargetPeople
from tests.support.clock import FakeClock
from tests.support.load import load
from tests.vendors.people import messages_of, person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.support.control import Control

CANARY = "canary-5d2e"


class Failing:
    """A transport that answers the first requests like Flameup, and then does something else.

    Args:
        good: how many it answers.
        then: is called for all others.
    """

    def __init__(self, good: int, then: Callable[[], None]) -> None:
        self.closed = False
        self._good = good
        self._then = then

    def __call__(self, request: Request) -> Response:
        self._good -= 1
        if self._good < 0:
            self._then()
        people = json.loads(request.body)["people"]
        stored = [{"external_id": one["userId"], "attributes": one.get("traits", {})} for one in people]
        return Response(200, json.dumps({"people": stored, "created_count": len(people), "updated_count": 0}).encode())

    def close(self) -> None:
        self.closed = True


def run(transport: Failing, folder: Path, print_state: Callable[[bytes], None]) -> Ending:
    config: dict[str, Any] = configuration("http://127.0.0.1:9", ["flameup"]) | {"output_dir": str(folder)}
    config["flameup"] |= {"batch_size": 1, "max_in_flight": 1}
    target = TargetPeople(
        config=config,
        around=Surroundings.of(FakeClock(), random.Random(1)),
        transport=lambda _vendor: transport,
        print_state=print_state,
    )
    return run_to_end(target, io.BytesIO(b"\n".join(messages_of([person(n) for n in range(5)], state_every=1))))


def explode() -> None:
    raise ValueError(CANARY)


def test_an_unexpected_error_in_a_worker_ends_with_1_and_tells_its_place_but_not_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What was settled before is counted and covered by STATE, nothing else; everything is closed."""
    states: list[bytes] = []
    transport = Failing(2, explode)
    ending = run(transport, tmp_path, states.append)
    assert (ending.exit_code, states) == (1, [b'{"read": 1}\n', b'{"read": 2}\n'])
    assert transport.closed
    assert ending.receipt is not None
    receipt = json.loads(ending.receipt.read_text("utf-8"))
    assert receipt["vendors"]["flameup"]["verdicts"]["created"] == 2
    assert "ValueError in explode" in caplog.text
    assert CANARY not in caplog.text + json.dumps(receipt)


def test_a_standard_output_that_breaks_while_batches_are_under_way_ends_with_143(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No further batch begins, and the receipt is written."""

    def broken(_line: bytes) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("target_people.ending._forget_stdout", lambda: None)
    ending = run(Failing(5, explode), tmp_path, broken)
    assert ending.exit_code == 143
    assert ending.receipt is not None


def test_a_rejects_file_that_cannot_be_written_ends_with_2_and_loses_nobody(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The verdict does not count, so no STATE covers the record."""
    (tmp_path / "rejects").write_text("a file where the folder should be", "utf-8")
    people = [person(0), person(1, email="nobody"), person(2)]
    result = load(configuration(control.address, ["flameup"]), messages_of(people, state_every=1), tmp_path)
    assert result.exit_code == 2
    assert result.receipt["vendors"]["flameup"]["verdicts"]["rejected"] == 0
    assert all(json.loads(line)["read"] < 2 for line in result.states)
    assert "output_dir" in caplog.text
