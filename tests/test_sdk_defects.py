"""Two defects of a plain SDK target, shown on one, and their absence in ours.

Each first test fails as soon as the SDK is mended: then what we do in its place can go.
"""

from __future__ import annotations

import io
import json
import random
import signal
import threading
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from singer_sdk import Target
from singer_sdk.sinks import BatchSink

from target_people.delivery.sender import Surroundings
from target_people.ending import run_to_end
from target_people.samples import configuration
from target_people.target import TargetPeople
from tests.support.clock import FakeClock
from tests.support.load import load, message
from tests.vendors.people import SCHEMA, messages_of, person

if TYPE_CHECKING:
    from pathlib import Path

    from target_people.delivery.message import Request, Response
    from tests.support.control import Control


class PlainSink(BatchSink):
    """Keeps what it was asked to send, in order."""

    sent: ClassVar[list[str]] = []

    def process_batch(self, context: dict[str, Any]) -> None:
        self.sent.extend(record["city"] for record in context.get("records", ()))


class SignalledSink(BatchSink):
    """Is hit by SIGTERM while it sends."""

    def process_batch(self, context: dict[str, Any]) -> None:
        if context.get("records"):
            context.clear()
            signal.raise_signal(signal.SIGTERM)


def plain(sink: type[BatchSink]) -> Target:
    kind = type(
        "Plain", (Target,), {"name": "plain", "config_jsonschema": {"properties": {}}, "default_sink_class": sink}
    )
    target: Target = kind()
    return target


def changing() -> list[bytes]:
    """An older value of a person, another SCHEMA, and a newer value."""
    other = SCHEMA | {"properties": SCHEMA["properties"] | {"extra": {"type": "string"}}}
    newer = person(0, city="newer") | {"extra": "x"}
    return [
        message("SCHEMA", stream="people", schema=SCHEMA, key_properties=["customer_id"]),
        message("RECORD", stream="people", record=person(0, city="older")),
        message("SCHEMA", stream="people", schema=other, key_properties=["customer_id"]),
        *[message("RECORD", stream="people", record=newer)] * PlainSink.MAX_SIZE_DEFAULT,
    ]


def test_a_plain_target_sends_the_older_value_last_when_the_schema_changes() -> None:
    PlainSink.sent.clear()
    plain(PlainSink).listen(io.StringIO(b"\n".join(changing()).decode()))
    assert PlainSink.sent[-1] == "older"


def test_ours_sends_the_newer_value_last_when_the_schema_changes(control: Control, tmp_path: Path) -> None:
    result = load(configuration(control.address, ["flameup"]), changing()[:4], tmp_path)
    assert result.exit_code == 0
    assert control.people("flameup")["c-00000"]["attributes"]["city"] == "newer"


def test_a_plain_target_prints_a_state_for_a_batch_that_a_signal_interrupted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        plain(SignalledSink).listen(io.StringIO(b"\n".join(messages_of([person(0)])).decode()))
    assert (ended.value.code, json.loads(capsys.readouterr().out)) == (0, {"read": 1})


def test_ours_prints_no_state_for_a_batch_that_a_signal_interrupted(tmp_path: Path) -> None:
    """The signal comes while a request is under way, and the vendor never answers it."""
    states: list[bytes] = []
    main = signal.pthread_kill

    class Silent:
        def __call__(self, request: Request) -> Response:
            del request
            main(main_thread, signal.SIGTERM)
            raise TimeoutError

        def close(self) -> None:
            """Nothing is open."""

    main_thread = threading.main_thread().ident or 0
    config = configuration("http://127.0.0.1:9", ["flameup"]) | {"output_dir": str(tmp_path)}
    target = TargetPeople(
        config=config,
        around=Surroundings.of(FakeClock(), random.Random(1)),
        transport=lambda _vendor: Silent(),
        print_state=states.append,
    )
    ending = run_to_end(target, io.BytesIO(b"\n".join(messages_of([person(0)]))))
    assert (ending.exit_code, states) == (143, [])
