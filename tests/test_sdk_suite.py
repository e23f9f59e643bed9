"""The SDK's own target tests, whole, and the input that its suite leaves out."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk.testing import get_target_test_class, target_test_streams
from singer_sdk.testing.suites import target_tests

from target_people.samples import configuration
from target_people.target import TargetPeople
from tests.support.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.control import Control

# Nothing of these streams is a person, so nothing is ever sent to this address.
_NOWHERE = configuration("http://127.0.0.1:9", ["flameup"])

SdkSuite: type[Any] = get_target_test_class(target_class=TargetPeople, config=_NOWHERE)


class TestSdkSuite(SdkSuite):  # type: ignore[misc]  # the SDK makes it at run time
    """All of the SDK's target tests; streams that hold no people are skipped with a warning."""

    @pytest.fixture(autouse=True)
    def _no_receipts_here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)


def test_the_suite_is_whole() -> None:
    """Every test of the SDK's suite is collected; one fewer, and this number tells."""
    assert len(target_tests.tests) == sum(name.startswith("test_target_") for name in dir(TestSdkSuite)) >= 16


@pytest.mark.parametrize("batch_size", [1, 2, 100])
def test_states_are_a_subsequence_that_ends_with_the_last(control: Control, tmp_path: Path, batch_size: int) -> None:
    """Of the SDK's input with several STATE messages those printed stand in order, and the last one is printed."""
    path = files(target_test_streams) / "multiple_state_messages.singer"
    lines = path.read_bytes().splitlines()
    config = configuration(control.address, ["flameup"])
    config["flameup"]["batch_size"] = batch_size
    config["streams"] = {"*": {"fields": {"external_id": "id"}}}

    result = load(config, lines, tmp_path)

    received = [json.loads(line)["value"] for line in lines if b'"STATE"' in line]
    printed = [json.loads(line) for line in result.states]
    assert result.exit_code == 0
    assert printed[-1] == received[-1]
    rest = iter(received)
    assert all(value in rest for value in printed)
    verdicts = result.receipt["vendors"]["flameup"]["verdicts"]
    assert sum(verdicts.values()) == sum(b'"RECORD"' in line for line in lines)
