"""What stands in the log: which run, vendor, stream and batch, and never a value."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk import metrics
from singer_sdk.logging import ConsoleFormatter, StructuredFormatter
from singer_sdk.sinks import BatchSink
from singer_sdk.target_base import Target

from target_people.load import PLAIN_FORMATTERS
from target_people.log import run_log
from target_people.samples import configuration
from tests.support.load import load, message
from tests.vendors.people import SCHEMA, messages_of, person

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.control import Control

EXECUTABLE = Path(sys.executable).with_name("target-people")
SECONDS = 120
CANARY = "canary7f3a"
RUN_ID = "20260109T120000Z-abcdef"
SDK_KEYS = {"level", "pid", "logger_name", "ts", "thread_name", "app_name", "stream_name", "message", "extra"}
"""What Meltano's parser of SDK lines looks for, and more."""
REQUEST = re.compile(r"(GET|POST) /\S*: (\d{3}|no answer.*) in \d+ ms, \d+ bytes sent, \d+ received$")


def run(folder: Path, config: Mapping[str, Any], given: bytes, *command: str, code: int = 0, **env: str) -> list[str]:
    """The lines on standard error of a real process."""
    path = folder / "config.json"
    path.write_text(json.dumps(config), "utf-8")
    done = subprocess.run(  # noqa: S603 - our own executable
        [EXECUTABLE, "--config", path, *command],
        input=given,
        capture_output=True,
        timeout=SECONDS,
        cwd=folder,
        env={**os.environ, **env},
        check=False,
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stderr.decode().splitlines()


def structured(folder: Path, *, keep: bool = True) -> str:
    """A file for ``SINGER_SDK_LOG_CONFIG`` as Meltano writes it; all of urllib3's lines are asked for, too."""
    config = {
        "version": 1,
        "disable_existing_loggers": not keep,
        "formatters": {"json": {"()": "singer_sdk.logging.StructuredFormatter"}},
        "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "root": {"level": "DEBUG", "handlers": ["err"]},
        "loggers": {"urllib3.connectionpool": {"level": "DEBUG", "handlers": ["err"]}},
    }
    path = folder / "logging.json"
    path.write_text(json.dumps(config), "utf-8")
    return str(path)


def odd(number: int, **changes: Any) -> dict[str, Any]:
    """A person whose every value can be told from whatever else is logged."""
    texts = dict.fromkeys(("first_name", "last_name", "city", "notes"), f"{CANARY} {number}")
    return person(number, **texts) | {
        "customer_id": f"{CANARY}-{number}",
        "email": f"{CANARY}.{number}@example.com",
        "phone": f"020 7946 0{number:03}",
        "mobile": f"07700 900{number:03}",
        "date_of_birth": "1979-11-17",
        "timezone": "Europe/Malta",
        "lifetime_value": 918273.25,
        "seats": 776655,
        "signed_up_at": "2023-03-19T17:41:00Z",
        "tags": [CANARY],
        "address": {"street": CANARY},
        **changes,
    }


VALUES = (
    *(CANARY, "7946 0", "79460", "7700 900", "7700900", "1979-11-17", "Malta", "918273", "776655", "2023-03-19"),
    *("platinum", "company-1"),
)
"""Long enough that no process id, port or time of the log's own is like one."""


def test_at_debug_every_request_is_told_and_no_value_of_a_person_or_a_secret(control: Control, tmp_path: Path) -> None:
    """All five vendors, with stream maps, refusals, retries, an expired token, paths that name people, and an error."""
    control.put("rally/quirks", {"failed_records": "person_ids", "select_value": "option_id"})
    control.put("flameup/quirks", {"invalid_element": "refuse_batch"})
    for vendor in ("flameup", "movement", "xtremepush", "propeller"):
        control.post(f"{vendor}/faults", {"fault": "outage", "times": 1})
    control.post("propeller/faults", {"fault": "expired_token", "times": 1})
    config = configuration(control.address) | {"max_rejected_percent": 100}
    for name in ("rally", "movement"):
        config[name]["batch_size"] = 3
    config["stream_maps"] = {"people": {"last_name": "last_name.upper()", "notes": "str(1 / (seats - 4))"}}
    people = [odd(0), odd(1), odd(2), odd(3, language="klingon"), odd(4, seats=4), odd(1, plan="platinum")]
    given = b"\n".join([*messages_of(people)[:-1], message("STATE", value={CANARY: CANARY})])

    lines = run(tmp_path, config, given, code=5, TARGET_PEOPLE_LOGLEVEL="debug")

    text = "\n".join(lines)
    hidden = [*VALUES, "emulator", "bearer", "authorization", *ids(control)]
    assert [value for value in hidden if value.lower() in text.lower()] == []
    asked = [line.rpartition(" | ")[2] for line in lines if "target-people.requests" in line and " ms, " in line]
    assert [line for line in asked if not REQUEST.match(line)] == []
    assert len(asked) == len(control.get("journal")["entries"])
    assert {line.split(":")[0] for line in asked} >= {
        "POST /people/import",
        "GET /imports/{}",
        "GET /people/{}/opted-out",
        "GET /deferred_results/{}",
        "POST /oauth2/token",
        "POST /people/batch",
    }
    assert "urllib3" not in text


@pytest.mark.parametrize("command", ["plan", "check"])
def test_the_other_commands_show_no_value_at_debug_either(control: Control, tmp_path: Path, command: str) -> None:
    """Stream maps would log the value of every expression, and urllib3 the address of every catalogue."""
    config = configuration(control.address) | {"stream_maps": {"people": {"last_name": "last_name.upper()"}}}
    given = b"\n".join(messages_of([odd(0), odd(1)]))
    lines = run(tmp_path, config, given, command, TARGET_PEOPLE_LOGLEVEL="debug")
    assert [line for line in lines if CANARY in line.lower() or "urllib3" in line] == []


def ids(control: Control) -> list[str]:
    """Rally's own names of people and imports, of which there are some."""
    paths = [entry["path"] for entry in control.journal("rally")]
    found = [re.search(r"/imports/(\w+)|/people/(\w+)/opted-out", path) for path in paths]
    named = {match[1] or match[2] for match in found if match}
    assert named
    return sorted(named)


@pytest.mark.parametrize("keep", [True, False])
def test_under_the_sdks_json_formatter_a_line_is_an_object_that_says_what_it_is_about(
    control: Control, tmp_path: Path, *, keep: bool
) -> None:
    """As Meltano has it, and the message is free of it; whatever the configuration asks of urllib3 is not shown."""
    config = configuration(control.address, ["flameup"])
    log = structured(tmp_path, keep=keep)
    lines = run(tmp_path, config, b"\n".join(messages_of([odd(0)])), SINGER_SDK_LOG_CONFIG=log)
    assert lines[-1].startswith("receipt: ")
    entries = [json.loads(line) for line in lines[:-1]]
    assert all(entry.keys() >= SDK_KEYS for entry in entries)
    assert "urllib3" not in {entry["logger_name"].partition(".")[0] for entry in entries}
    assert CANARY not in "\n".join(lines)
    (receipt,) = (tmp_path / ".target-people" / "receipts").iterdir()
    named = [entry for entry in entries if entry["extra"].get("run_id")]
    assert {entry["extra"]["run_id"] for entry in named} == {receipt.stem}
    (request,) = [entry for entry in entries if entry["extra"].get("path") == "/people/batch"]
    assert (request["level"], request["stream_name"], request["logger_name"]) == (
        "debug",
        "people",
        "target-people.requests",
    )
    told = {name: request["extra"][name] for name in ("vendor", "batch", "method", "status", "failure")}
    assert told == {"vendor": "flameup", "batch": 1, "method": "POST", "status": 200, "failure": ""}
    assert request["message"].startswith("POST /people/batch: 200 in ")
    (end,) = [entry for entry in entries if entry["logger_name"] == "target-people.progress"]
    assert end["message"].startswith("ended settled=1 rate=")
    assert (end["extra"]["vendor"], end["extra"]["settled"], end["extra"]["rejected"]) == ("flameup", 1, 0)
    assert {entry["metric_info"]["metric"] for entry in entries if "metric_info" in entry} == {
        "record_count",
        "batch_processing_time",
    }


class Plain(Target):
    """A target as from the SDK's template."""

    name = "target-plain"

    class default_sink_class(BatchSink):  # noqa: N801 - the SDK's name
        """Keeps nothing."""

        def process_batch(self, context: dict[str, Any]) -> None:
            """Do nothing."""


def points(caplog: pytest.LogCaptureFixture) -> set[tuple[str, str, str, str]]:
    """Type, metric, stream and status of every metric that was logged."""
    found = [record.args[0] for record in caplog.records if record.name == metrics.METRICS_LOGGER_NAME and record.args]  # type: ignore[index]  # the SDK logs one argument
    described = [point.to_dict() for point in found if isinstance(point, metrics.Point)]
    caplog.clear()
    return {
        (point["type"], point["metric"], point["tags"]["stream"], str(point["tags"].get("status")))
        for point in described
    }


def test_the_sdks_metrics_are_those_of_a_plain_target(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Ours say the vendor, too."""
    lines = messages_of([person(0)])
    caplog.set_level(logging.INFO)
    Plain(config={}).listen(io.StringIO(b"\n".join(lines).decode() + "\n"))
    plain = points(caplog)
    load(configuration(control.address, ["flameup", "propeller"]), lines, tmp_path)
    text = caplog.text
    assert points(caplog) == plain
    assert plain == {
        ("counter", "record_count", "people", "None"),
        ("timer", "batch_processing_time", "people", "Status.SUCCEEDED"),
    }
    assert all(text.count(f'"vendor":"{vendor}"') == 2 for vendor in ("flameup", "propeller"))


def test_a_batch_of_several_streams_is_told_by_all_their_names(
    control: Control, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    streams = ("members", "people")
    lines = [
        line
        for number, name in enumerate(streams)
        for line in (
            message("SCHEMA", stream=name, schema=SCHEMA, key_properties=["customer_id"]),
            message("RECORD", stream=name, record=person(number)),
        )
    ]
    with caplog.at_level(logging.DEBUG):
        load(configuration(control.address, ["flameup"]), lines, tmp_path)
    told = {vars(record)["stream_name"] for record in caplog.records if vars(record).get("batch") == 1}
    assert told == {"members,people"}


@pytest.fixture
def handler() -> Iterator[logging.StreamHandler[io.StringIO]]:
    """A handler of the root logger that writes into memory."""
    handler = logging.StreamHandler(io.StringIO())
    level = logging.root.level
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    yield handler
    logging.root.setLevel(level)
    logging.root.removeHandler(handler)


@pytest.mark.parametrize(
    ("formatter", "line"),
    [
        (None, f"run_id={RUN_ID} vendor=rally batch=3 | said 7"),
        (logging.Formatter("%(levelname)s %(message)s"), f"INFO run_id={RUN_ID} vendor=rally batch=3 | said 7"),
        (ConsoleFormatter(fmt="{message}"), f"run_id={RUN_ID} vendor=rally batch=3 | said 7"),
        (logging.Formatter("%(vendor)s %(message)s"), f"rally run_id={RUN_ID} vendor=rally batch=3 | said 7"),
    ],
)
def test_a_text_says_what_a_line_is_about_in_front(
    handler: logging.StreamHandler[io.StringIO], formatter: logging.Formatter | None, line: str
) -> None:
    handler.setFormatter(formatter)
    with run_log(RUN_ID, None, PLAIN_FORMATTERS):
        logging.getLogger("target-people.any").info("said %d", 7, extra={"vendor": "rally", "batch": 3})
    assert handler.stream.getvalue() == f"{line}\n"
    assert (handler.formatter, handler.filters) == (formatter, [])


def test_a_formatter_of_ones_own_kind_gets_the_message_as_it_is(handler: logging.StreamHandler[io.StringIO]) -> None:
    handler.setFormatter(StructuredFormatter())
    with run_log(RUN_ID, None, PLAIN_FORMATTERS):
        logging.getLogger("target-people.any").info("said %d", 7, extra={"stream_name": "people"})
    entry = json.loads(handler.stream.getvalue())
    assert (entry["message"], entry["stream_name"], entry["extra"]) == ("said 7", "people", {"run_id": RUN_ID})


@pytest.mark.parametrize(
    ("logger", "least"),
    [
        ("target-people", logging.DEBUG),
        ("target-people.requests", logging.DEBUG),
        ("singer_sdk.metrics", logging.INFO),
        ("singer_sdk.mapper", logging.INFO),
        ("fsspec", logging.WARNING),
        ("root", logging.WARNING),
        ("urllib3.connectionpool", None),
        ("urllib3.util.retry", None),
        ("requests", None),
    ],
)
def test_of_libraries_only_what_holds_no_value_passes(
    handler: logging.StreamHandler[io.StringIO], logger: str, least: int | None
) -> None:
    levels = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)
    handler.setFormatter(logging.Formatter("%(levelno)s"))
    with run_log(RUN_ID, None, ()):
        for level in levels:
            logging.getLogger(logger).log(level, CANARY)
    passed = [int(line) for line in handler.stream.getvalue().split()]
    assert passed == [level for level in levels if least is not None and level >= least]
