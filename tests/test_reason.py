"""The catalogue of reasons."""

from __future__ import annotations

import pytest

from target_people.people.code import Code
from target_people.reason import catalogue, reason


@pytest.mark.parametrize(
    "code", [*map(str, Code), "vendor_refused", "too_large", "schema_invalid", "stream_map_failed"]
)
def test_every_code_has_its_entry(code: str) -> None:
    assert code in catalogue()


@pytest.mark.parametrize("code", catalogue())
def test_every_entry_says_what_is_wrong_and_what_to_do_with_the_field_put_in(code: str) -> None:
    entry = reason(code, "phone")
    assert entry.reason
    assert entry.remedy
    assert "{" not in entry.reason + entry.remedy


def test_the_name_of_the_field_stands_where_the_catalogue_has_its_place() -> None:
    assert reason("not_email", "work_email").reason == "work_email is not an e-mail address"


def test_a_name_with_braces_stays_as_it_is() -> None:
    assert reason("not_email", "{0}{field}").reason == "{0}{field} is not an e-mail address"


def test_an_unknown_code_is_a_defect() -> None:
    with pytest.raises(KeyError, match="no_such_code"):
        reason("no_such_code")
