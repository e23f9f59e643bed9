"""How a run ends when something goes wrong while batches are under way."""

from __future__ import annotations

import io
import json
import random
import sys
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.message import Request, Response
from target_people.delivery.sender import Surroundings
from target_people.ending import Ending, run_to_end
from target_people.errors import RejectLimitError
from target_people.output import print_state
from target_people.samples import configuration
from target_people.target import TargetPeople
from tests.support.clock import FakeClock
from tests.support.load import load
from tests.vendors.people import messages_of, person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
    tmp_path: Path,
) -> None:
    """No further batch begins, and the receipt is written."""

    def broken(_line: bytes) -> None:
        raise BrokenPipeError

    ending = run(Failing(5, explode), tmp_path, broken)
    assert ending.exit_code == 143
    assert ending.receipt is not None


def full(*_: object) -> int:
    raise OSError(28, "No space left on device")


def test_a_place_for_rejects_that_cannot_be_written_ends_with_2_before_anything_is_sent(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "rejects").write_text("a file where the folder should be", "utf-8")
    result = load(configuration(control.address, ["flameup"]), messages_of([person(0)]), tmp_path)
    assert (result.exit_code, control.journal("flameup"), result.states) == (2, [], [])
    assert "output_dir" in caplog.text


@pytest.mark.parametrize("code", [0, 3])
def test_a_receipt_that_cannot_be_written_is_told_in_the_last_line_and_the_exit_code_stays(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.replace", full)
    if code:
        monkeypatch.setattr("target_people.run.Run.flush", reject_too_many)
    ending = run(Failing(5, explode), tmp_path, lambda _line: None)
    assert (ending.exit_code, ending.receipt) == (code, None)
    assert capfd.readouterr().err.splitlines()[-1].startswith("the receipt cannot be written (No space left on device)")


def reject_too_many(_: object) -> None:
    message = "too many"
    raise RejectLimitError(message)


@pytest.mark.parametrize("error", [ValueError(CANARY), SystemExit(0), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["worker", "flow"])
def test_whatever_is_raised_ends_as_a_defect_with_a_receipt(
    error: BaseException, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """On a worker nobody would ever hear of it, and on the main thread it would end Python as if all were well."""

    def fail(*_: object) -> Any:
        raise error

    if where == "flow":
        monkeypatch.setattr("target_people.vendors.flameup.Flameup.submit", fail)
    states: list[bytes] = []
    ending = run(Failing(0, fail), tmp_path, states.append)
    assert (ending.exit_code, ending.reason, states) == (1, "defect", [])
    assert ending.receipt is not None
    assert f"{type(error).__name__} in fail" in caplog.text


def test_a_run_that_would_end_well_with_verdicts_missing_ends_as_a_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is not known is no success."""
    monkeypatch.setattr("target_people.run.Run.flush", lambda _run: None)
    monkeypatch.setattr("target_people.delivery.pipeline.Pipeline._fill", lambda _pipeline: None)
    monkeypatch.setattr("target_people.delivery.pipeline._WAITING", 100)
    assert run(Failing(5, explode), tmp_path, lambda _line: None).exit_code == 1
    assert "5 verdicts are missing" in caplog.text


def test_a_further_failure_while_winding_up_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told, and the receipt is written."""
    monkeypatch.setattr("target_people.run.Run.flush", reject_too_many)
    monkeypatch.setattr("target_people.run.Run.wind_up", lambda _run: explode())
    monkeypatch.setattr("target_people.rejects.Rejects.close", full)
    ending = run(Failing(5, explode), tmp_path, lambda _line: None)
    assert (ending.exit_code, ending.receipt is None) == (3, False)
    assert "ValueError in explode" in caplog.text
    assert "not everything could be closed (OSError)" in caplog.text


def test_a_standard_output_that_is_full_ends_with_2_and_one_that_is_not_there_with_143(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch, FullDisk() as disk:
        patch.setattr(sys, "stdout", disk)
        assert run(Failing(5, explode), tmp_path, print_state).exit_code == 2
    assert "STATE cannot be written (No space left on device)" in caplog.text
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)
        assert run(Failing(5, explode), tmp_path, print_state).exit_code == 143


class FullDisk(io.TextIOWrapper):
    """A standard output that takes nothing, until nobody looks at it any more."""

    def __init__(self) -> None:
        super().__init__(FullFile())


class FullFile(io.BytesIO):
    """Takes nothing."""

    def write(self, _: object) -> int:
        return full()


def test_a_rejects_file_that_cannot_be_written_ends_with_2_and_loses_nobody(
    control: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The verdict does not count, so no STATE covers the record."""
    monkeypatch.setattr("target_people.rejects.os.write", full)
    people = [person(0), person(1, email="nobody"), person(2)]
    result = load(configuration(control.address, ["flameup"]), messages_of(people, state_every=1), tmp_path)
    assert result.exit_code == 2
    assert result.receipt["vendors"]["flameup"]["verdicts"]["rejected"] == 0
    assert all(json.loads(line)["read"] < 2 for line in result.states)
    assert "output_dir" in caplog.text
