"""The bundled sample people."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import phonenumbers
import pytest

from target_people import samples

from . import generate_people

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]
BROKEN = set(range(111, 999, 111))


@pytest.fixture(scope="module")
def messages() -> list[Record]:
    return [json.loads(line) for line in samples.people().read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def records(messages: list[Record]) -> list[Record]:
    return [message["record"] for message in messages if message["type"] == "RECORD"]


def sound(records: list[Record]) -> list[Record]:
    return [record for position, record in enumerate(records) if position not in BROKEN]


def test_the_committed_file_is_what_the_generator_writes() -> None:
    assert samples.people().read_text("utf-8") == generate_people.text()


def test_there_are_a_schema_1000_records_and_a_state_after_every_250_and_at_the_end(messages: list[Record]) -> None:
    kinds = [message["type"] for message in messages]
    assert kinds == ["SCHEMA", *(["RECORD"] * 250 + ["STATE"]) * 4, "STATE"]
    assert {message["stream"] for message in messages if "stream" in message} == {"people"}


def test_each_state_stands_at_the_record_before_it(messages: list[Record]) -> None:
    last = ""
    for message in messages:
        if message["type"] == "RECORD":
            last = message["record"]["updated_at"]
        if message["type"] == "STATE":
            assert message["value"]["bookmarks"]["people"]["replication_key_value"] == last


def test_the_records_stand_in_the_order_of_their_replication_key(records: list[Record]) -> None:
    stamps = [datetime.fromisoformat(record["updated_at"]) for record in records]
    assert stamps == sorted(set(stamps))


def test_every_record_has_every_column_of_the_schema(messages: list[Record], records: list[Record]) -> None:
    columns = list(messages[0]["schema"]["properties"])
    assert all(list(record) == columns for record in records)


def test_20_people_come_a_second_time_with_newer_values(records: list[Record]) -> None:
    seen: dict[str, Record] = {}
    pairs = []
    for record in records:
        if record["customer_id"] in seen:
            pairs.append((seen[record["customer_id"]], record))
        seen[record["customer_id"]] = record
    assert len(pairs) == 20
    assert all(older["email"] == newer["email"] for older, newer in pairs)
    assert all(older["seats"] < newer["seats"] and newer["plan"] == "gold" for older, newer in pairs)


def test_every_email_address_is_at_a_domain_kept_for_examples(records: list[Record]) -> None:
    domains = {record["email"].rpartition("@")[2] for record in sound(records)}
    assert domains == {"example.com", "example.org", "example.net"}
    assert all("example." in record["email"] for record in records if record["email"])


def test_nobody_shares_an_address_or_a_number_with_another(records: list[Record]) -> None:
    people = {record["customer_id"]: record for record in sound(records)}.values()
    for column in ("email", "phone", "mobile"):
        assert max(Counter(person[column] for person in people if person[column]).values()) == 1


def significant(number: str) -> str:
    parsed = phonenumbers.parse(number, "GB")
    assert phonenumbers.is_possible_number(parsed)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def test_every_number_lies_in_a_range_kept_for_fiction(records: list[Record]) -> None:
    kept = (
        r"\+1(212|312|206|514|917|773|425|438)55501\d\d",
        r"\+44(2079460|1134960|1314960|7700900)\d{3}",
        r"\+49(3023125\d{3}|2214710\d{3}|17139200\d\d)",
        r"\+46(3139006([0-4]\d|50)|4062804\d\d|7017406(0[5-9]|[1-9]\d))",
        r"\+33(19900|35301|63998)\d{4}",
    )
    numbers = {record[column] for record in sound(records) for column in ("phone", "mobile")} - {None}
    assert [number for number in numbers if not any(re.fullmatch(range_, significant(number)) for range_ in kept)] == []


def test_numbers_are_written_in_all_three_ways(records: list[Record]) -> None:
    numbers = [record["phone"] for record in sound(records) if record["phone"]]
    assert any(number.startswith("0") for number in numbers)
    assert any(number.startswith("+") and " " in number for number in numbers)
    assert any(number.startswith("+") and number[1:].isdigit() for number in numbers)


def test_there_are_six_patterns_of_nulls_among_the_sound_records(records: list[Record]) -> None:
    patterns = {frozenset(column for column, value in record.items() if value is None) for record in sound(records)}
    assert len(patterns) == 6


def test_names_are_not_all_ascii(records: list[Record]) -> None:
    names = {record["first_name"] for record in sound(records)} | {record["last_name"] for record in sound(records)}
    assert sum(not name.isascii() for name in names) > 20


@pytest.mark.parametrize(
    ("position", "promise"),
    [
        (111, lambda record: "@" not in record["email"]),
        (222, lambda record: record["phone"].replace(" ", "").isalpha()),
        (333, lambda record: isinstance(record["first_name"], int)),
        (444, lambda record: record["customer_id"] and record["email"] is None and record["phone"] is None),
        (555, lambda record: len(record["email"]) > 254),
        (777, lambda record: record["email"].count("@") == 2),
        (888, lambda record: not record["customer_id"] and not record["email"]),
    ],
)
def test_each_deliberate_defect_is_there(
    records: list[Record], position: int, promise: Callable[[Record], bool]
) -> None:
    assert promise(records[position])


def test_one_date_of_birth_is_impossible(records: list[Record]) -> None:
    with pytest.raises(ValueError, match="day"):
        date.fromisoformat(records[666]["date_of_birth"])


def test_the_configuration_puts_every_vendor_under_the_address() -> None:
    settings = samples.configuration("http://127.0.0.1:8470/")
    assert settings.pop("phone_region") == "GB"
    assert {name: vendor["api_url"] for name, vendor in settings.items()} == {
        "rally": "http://127.0.0.1:8470/rally/api/public/v1",
        "flameup": "http://127.0.0.1:8470/flameup/api/v1",
        "movement": "http://127.0.0.1:8470/movement/api",
        "xtremepush": "http://127.0.0.1:8470/xtremepush",
        "propeller": "http://127.0.0.1:8470/propeller",
    }


def test_the_configuration_holds_only_the_chosen_vendors() -> None:
    assert set(samples.configuration("http://127.0.0.1:1", ["rally", "movement"])) == {
        "phone_region",
        "rally",
        "movement",
    }


def test_changing_a_configuration_changes_no_other() -> None:
    samples.configuration("http://127.0.0.1:1")["propeller"]["parent"]["sourceId"] = "changed"
    assert samples.configuration("http://127.0.0.1:1")["propeller"]["parent"]["sourceId"] == "company-1"
