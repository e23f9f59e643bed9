"""Settings: what is allowed, what is said about the rest, and what is generated from them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_people.configuration import vendors_of
from target_people.errors import ConfigurationError
from target_people.people.field import PersonField
from target_people.schema import json_schema
from target_people.settings import Settings, parse
from target_people.target import TargetPeople
from target_people.vendors.flameup import FlameupSettings

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary-9b1c"
FLAMEUP = {"flameup": {"api_key": CANARY}}


def read(config: dict[str, Any]) -> Settings:
    return parse(config, ("stream_maps", "batch_size_rows"))


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no vendor": ({}, "add at least one of"),
    "unknown key": (FLAMEUP | {"phone_regio": "GB"}, "phone_regio is no setting; did you mean phone_region?"),
    "unknown vendor": (FLAMEUP | {"ralli": {}}, "did you mean rally?"),
    "unknown key of a vendor": ({"flameup": {"api_key": CANARY, "batchsize": 1}}, "did you mean batch_size?"),
    "unknown key of a stream": (FLAMEUP | {"streams": {"p": {"field": {}}}}, "streams.p.field is no setting"),
    "unknown person field": (FLAMEUP | {"streams": {"p": {"fields": {"emial": "x"}}}}, "did you mean email?"),
    "unknown vendor of a stream": (FLAMEUP | {"streams": {"p": {"vendors": ["ralli"]}}}, "unknown vendor ralli"),
    "vendor of a stream without settings": (FLAMEUP | {"streams": {"p": {"vendors": ["rally"]}}}, "not configured"),
    "missing secret": ({"flameup": {}}, "flameup.api_key is required"),
    "empty secret": ({"flameup": {"api_key": ""}}, "flameup.api_key"),
    "percent above 100": (FLAMEUP | {"max_rejected_percent": 101}, "max_rejected_percent: should be less than"),
    "negative count": (FLAMEUP | {"max_rejected": -1}, "max_rejected: should be greater than or equal to 0"),
    "zero seconds": (FLAMEUP | {"flush_seconds": 0}, "flush_seconds: should be greater than 0"),
    "nulls of a wrong kind": (FLAMEUP | {"nulls": "drop"}, "nulls: should be 'keep' or 'clear'"),
    "region of a wrong form": (FLAMEUP | {"phone_region": "gb"}, "phone_region"),
    "address that is none": ({"flameup": {"api_key": CANARY, "api_url": "nowhere"}}, "flameup.api_url"),
    "text for a number": ({"flameup": {"api_key": CANARY, "batch_size": CANARY}}, "flameup.batch_size"),
}


@pytest.mark.parametrize(("config", "words"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_named_with_its_key_and_what_is_allowed(config: dict[str, Any], words: str) -> None:
    """And without its value."""
    with pytest.raises(ConfigurationError) as error:
        read(config)
    assert words in str(error.value)
    assert CANARY not in str(error.value) + repr(error.value)


@pytest.mark.parametrize("config", [{"max_rejected": None, "phone_region": None, "streams": None, "rally": None}])
def test_a_null_says_what_a_missing_key_says(config: dict[str, Any]) -> None:
    """As Meltano sends it for a setting that is not set."""
    own = {"flameup": {"api_key": CANARY, "batch_size": None, "api_url": None, "workspace_id": None}}
    assert read(own | config) == read(FLAMEUP)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as error:
        read({"flameup": {}, "nulls": 1, "x": 1})
    assert len(str(error.value).splitlines()) == 3


def test_a_secret_is_in_no_repr() -> None:
    settings = read(FLAMEUP)
    assert CANARY not in repr(settings) + str(settings) + repr(settings.vendors())


def test_a_stream_is_found_by_name_before_wildcards_and_by_the_first_wildcard() -> None:
    settings = read(
        FLAMEUP
        | {
            "streams": {
                "public-*": {"attributes": "none"},
                "*": {"attributes": "all"},
                "public-people": {"attributes": ["plan"]},
            }
        }
    )
    found = [settings.rules(name, "flameup").attributes for name in ("public-people", "public-x", "other")]
    assert found == [("plan",), "none", "all"]


def test_a_vendors_own_part_of_a_stream_overrides_the_common_one() -> None:
    stream = {
        "fields": {"email": "work", "phone": None},
        "nulls": {"email": "clear"},
        "flameup": {"fields": {"email": "home"}, "nulls": {"phone": "clear"}, "attributes": ["plan"]},
    }
    rules = read(FLAMEUP | {"streams": {"people": stream}}).rules("people", "flameup")
    assert rules.fields == {PersonField.EMAIL: "home", PersonField.PHONE: None}
    assert (rules.nulls_of, rules.attributes, rules.named) == ({"email": "clear", "phone": "clear"}, ("plan",), True)


def test_the_schema_marks_every_secret() -> None:
    """And nothing else, and has no reference left that Meltano would not follow."""
    secret = [
        f"{vendor}.{key}"
        for vendor, node in json_schema()["properties"].items()
        for key, entry in node.get("properties", {}).items()
        if entry.get("secret") and entry.get("writeOnly")
    ]
    assert secret == [
        "flameup.api_key",
        "movement.api_token",
        "propeller.client_id",
        "propeller.client_secret",
        "rally.api_token",
        "xtremepush.app_token",
    ]
    assert "$ref" not in json.dumps(json_schema())


@pytest.mark.parametrize("form", [None, "json", "markdown"])
def test_about_knows_every_setting(form: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    TargetPeople.print_about(form)
    text = capsys.readouterr().out
    assert [key for key in json_schema()["properties"] if key not in text] == []


BUILTIN: dict[str, tuple[dict[str, Any], str]] = {
    "batch_size_rows of a wrong type": ({"batch_size_rows": CANARY}, "batch_size_rows"),
    "load_method other than upsert": ({"load_method": "overwrite"}, "only upsert is allowed"),
    "flattening of a wrong type": ({"flattening_enabled": CANARY}, "flattening_enabled"),
}


@pytest.mark.parametrize(("config", "words"), BUILTIN.values(), ids=BUILTIN)
def test_the_sdks_own_settings_are_checked_too(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        TargetPeople(config=FLAMEUP | config)
    assert words in str(error.value)
    assert CANARY not in str(error.value)


def test_the_environment_is_merged_into_the_files_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """So a secret may come from the environment and the rest from a file."""
    monkeypatch.setenv("TARGET_PEOPLE_FLAMEUP", json.dumps({"api_key": CANARY}))
    target = TargetPeople(config={"flameup": {"batch_size": 7}}, parse_env_config=True)
    flameup: Any = target.settings.vendors()["flameup"]
    assert (flameup.batch_size, flameup.api_key.get_secret_value()) == (7, CANARY)
    target.run.close()


def test_settings_of_a_vendor_are_read_from_the_environment_one_by_one() -> None:
    """As Meltano sets them: text as it is, all else as JSON; an empty one is not set, and a stranger is not read."""
    environ = {
        "X_RALLY_API_TOKEN": "123",
        "X_RALLY_POPULATION_ID": "",
        "X_RALLY_CONFIRM": "false",
        "X_RALLY_RETRY_SECONDS": "1.5",
        "X_RALLY_NO_SETTING": "1",
        "X_XTREMEPUSH_EMAIL_SUBSCRIPTION": "0",
        "X_PROPELLER_PARENT": '{"id": 1}',
        "X_FLAMEUP_BATCH_SIZE": "many",
        "Y_FLAMEUP_API_KEY": CANARY,
    }
    assert vendors_of(environ, "X_") == {
        "rally": {"api_token": "123", "confirm": False, "retry_seconds": 1.5},
        "xtremepush": {"email_subscription": 0},
        "propeller": {"parent": {"id": 1}},
        "flameup": {"batch_size": "many"},
    }


def test_one_setting_from_the_environment_wins_over_its_object_and_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TARGET_PEOPLE_FLAMEUP", '{"api_key": "object", "workspace_id": "object"}')
    monkeypatch.setenv("TARGET_PEOPLE_FLAMEUP_API_KEY", "one")
    target = TargetPeople(config={"flameup": {"api_key": "file", "batch_size": 7}}, parse_env_config=True)
    settings = target.settings.vendors()["flameup"]
    assert isinstance(settings, FlameupSettings)
    assert (settings.api_key.get_secret_value(), settings.workspace_id, settings.batch_size) == ("one", "object", 7)


@pytest.mark.parametrize("name", ["TARGET_PEOPLE_FLAMEUP", "TARGET_PEOPLE_BATCH_SIZE_ROWS"])
def test_an_environment_that_cannot_be_read_is_a_mistake_in_the_configuration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, CANARY)
    with pytest.raises(ConfigurationError, match="TARGET_PEOPLE_") as wrong:
        TargetPeople(config=FLAMEUP, parse_env_config=True)
    assert CANARY not in str(wrong.value)
