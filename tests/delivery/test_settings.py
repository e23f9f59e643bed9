"""What every vendor's settings have in common."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from target_people.delivery.message import Request
from target_people.delivery.settings import segment
from tests.support.vendor import TOKEN, PlainSettings, plain

DEFAULTS = {
    "api_url": None,
    "batch_size": None,
    "max_in_flight": None,
    "requests_per_minute": None,
    "request_timeout_seconds": 60,
    "retry_seconds": 300,
    "confirm": True,
    "confirm_seconds": 1800,
}


def read(**values: Any) -> PlainSettings:
    return PlainSettings.model_validate({"api_token": TOKEN, **values})


def test_the_defaults_are_the_documented_ones() -> None:
    assert read().model_dump(exclude={"api_token"}) == DEFAULTS


@pytest.mark.parametrize(
    "values",
    [
        {"api_url": "ftp://plain.example.com"},
        {"api_url": "plain.example.com"},
        {"api_url": "https://"},
        {"api_url": "https://plain example.com"},
        {"batch_size": 0},
        {"max_in_flight": 0},
        {"max_in_flight": 65},
        {"requests_per_minute": 0},
        {"request_timeout_seconds": 0},
        {"request_timeout_seconds": 3601},
        {"retry_seconds": -1},
        {"confirm_seconds": 0},
        {"batchsize": 10},
        {"api_token": ""},
    ],
    ids=str,
)
def test_a_wrong_value_or_an_unknown_key_is_refused_by_its_name(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        read(**values)
    assert {error["loc"][0] for error in caught.value.errors()} == set(values)


@pytest.mark.parametrize(
    "values",
    [
        {"api_url": "http://127.0.0.1:8470/plain"},
        {"batch_size": 1},
        {"max_in_flight": 64},
        {"retry_seconds": 0},
        {"confirm": False},
    ],
    ids=str,
)
def test_the_bounds_themselves_are_allowed(values: dict[str, Any]) -> None:
    assert read(**values).model_dump(include=set(values)) == values


@pytest.mark.parametrize("key", [*DEFAULTS])
def test_a_null_is_as_good_as_nothing(key: str) -> None:
    assert read(**{key: None}) == read()


def test_a_null_for_a_required_or_an_unknown_key_is_an_error() -> None:
    with pytest.raises(ValidationError) as caught:
        read(api_token=None, batchsize=None)
    assert {error["loc"][0]: error["type"] for error in caught.value.errors()} == {
        "api_token": "missing",
        "batchsize": "extra_forbidden",
    }


def test_a_secret_is_in_no_text_of_the_settings() -> None:
    found = read()
    shown = [repr(found), str(found), found.model_dump_json(), repr(plain().settings), f"{found.api_token}"]
    assert not [text for text in shown if TOKEN in text]


def test_a_secret_is_not_in_the_error_of_other_settings() -> None:
    with pytest.raises(ValidationError) as caught:
        read(batch_size=TOKEN, unknown=TOKEN)
    assert TOKEN not in str(caught.value)


def test_a_secret_of_the_wrong_type_is_not_in_the_error() -> None:
    with pytest.raises(ValidationError) as caught:
        PlainSettings.model_validate({"api_token": [TOKEN]})
    assert TOKEN not in str(caught.value)


def test_the_documented_type_of_a_setting_without_default_has_no_null_and_a_secret_is_marked() -> None:
    schema = PlainSettings.model_json_schema()["properties"]
    assert schema["batch_size"]["type"] == "integer"
    assert {key: schema["api_token"][key] for key in ("secret", "writeOnly", "type")} == {
        "secret": True,
        "writeOnly": True,
        "type": "string",
    }


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_a_text_in_a_path_stays_one_part_of_it(text: str) -> None:
    request = Request("GET", f"/jobs/{segment(text)}/end")
    parts = urlsplit(f"https://plain.example.com{request.path}")
    assert (parts.query, parts.fragment) == ("", "")
    assert [unquote(part) for part in parts.path.split("/")] == ["", "jobs", text, "end"]
    assert request.template == "/jobs/{}/end"
