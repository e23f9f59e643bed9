"""Masking a person."""

from __future__ import annotations

import json
from typing import Any

import pytest

from target_people.dry_run.mask import masked


def mask(person: Any, *constants: str) -> Any:
    return json.loads(masked(json.dumps(person).encode(), constants))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Ann", "•••"),
        ("", "•••"),
        ("Wolfeschl", "••••••"),
        ("x" * 41, "•••••••••"),
        ("ann@example.com", "•••@•••"),
        ("+442079460000", "+•••"),
        ("1980-01-31", "0000-00-00"),
        ("2026-01-31T12:34:56.789+01:00", "0000-00-00T00:00:00.000+00:00"),
        ("31/01/1980", "00/00/0000"),
        ("1980-01-31 Ann", "••••••"),
        (17, 0),
        (-17.25, 0.0),
        (True, False),
        (False, False),
        (None, None),
        ([], []),
        ({}, {}),
        (["Ann", 3], ["•••", 0]),
    ],
)
def test_a_value_keeps_its_kind_alone(value: object, said: object) -> None:
    found = mask({"column": value})["column"]
    assert (found, type(found)) == (said, type(said))


def test_keys_stay_as_deep_as_columns_are_and_no_deeper() -> None:
    """Inside the value of a column a key may be anything, an address too."""
    person = {"traits": {"address": {"ann@example.com": [{"Ann": 1}]}}}
    assert mask(person) == {"traits": {"address": {"•••1": [{"•••1": 0}]}}}


def test_constants_stay_in_their_place_and_nowhere_else() -> None:
    person = {"source": "crm", "properties": [{"id": "p1", "value": "p1"}], "value": {"source": "crm"}}
    assert mask(person, "source", "properties.id") == {
        "source": "crm",
        "properties": [{"id": "p1", "value": "•••"}],
        "value": {"source": "•••"},
    }


def test_a_constant_is_text() -> None:
    assert mask({"source": {"name": "Ann"}}, "source") == {"source": {"name": "•••"}}


def test_a_row_is_masked_as_well() -> None:
    assert mask(["Ann", None, 1]) == ["•••", None, 0]
