"""Faults given as text, in a form or on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import pytest

from target_people.emulator.fault_form import fault_of, fault_option, parameters
from target_people.emulator.faults import FAULTS, Fault, Throttled
from target_people.emulator.server import Emulator


@dataclass(slots=True, kw_only=True)
class Odd(Fault):
    kind: ClassVar[str] = "odd"
    mood: Literal["good", "bad"] = "bad"


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_can_be_given_by_its_parameters(kind: str) -> None:
    texts = {found.name: str(found.default) for found in parameters(FAULTS[kind]) if found.default not in (None, "")}
    assert fault_of(kind, texts) == FAULTS[kind]()


def test_parameters_tell_numbers_from_texts_and_from_choices() -> None:
    told = {found.name: (found.is_text, found.choices, found.default) for found in parameters(Odd)}
    assert told["mood"] == (True, ("good", "bad"), "bad")
    assert told["times"] == (False, (), 1)
    assert told["path"] == (True, (), "")
    assert next(found for found in parameters(Throttled) if found.name == "retry_after").default is None


def test_an_option_names_a_vendor_and_parameters() -> None:
    vendor, fault = fault_option("throttled:vendor=flameup,times=3,retry_after=2, path=/people")
    assert (vendor, fault) == ("flameup", Throttled(times=3, retry_after=2, path="/people"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("throttled", "names no vendor"),
        ("throttled:times=3", "names no vendor"),
        ("throttled:vendor=flameup,3", "kind:vendor=name,parameter=value"),
        ("thrott:vendor=flameup", "throttled, outage"),
        ("throttled:vendor=flameup,tims=3", "has no tims; it has retry_after, times"),
        ("throttled:vendor=flameup,times=many", "whole number"),
        ("throttled:vendor=flameup,times=-1", "whole number"),
        ("outage:vendor=flameup,status=200", "400 to 511"),
        ("outage:vendor=acme", "flameup, movement"),
    ],
)
def test_an_option_that_is_none_is_refused_in_words_that_help(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Emulator(faults=[text])
