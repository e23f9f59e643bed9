"""Column names are recognised with care."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.people.field import CONSENT, SYNONYMS, PersonField, canonical, field_of, names_of


@pytest.mark.parametrize("column", ["first_name", "First Name", "firstName", "FIRST-NAME", "firstname"])
def test_case_and_separators_make_no_difference(column: str) -> None:
    assert field_of(column) is PersonField.FIRST_NAME


def test_accents_make_a_difference() -> None:
    assert canonical("Prénom") == "prénom"


@pytest.mark.parametrize(
    "column", ["name", "id", "work_email", "home_phone", "job_title", "state", "tz", "company_name", "country_code"]
)
def test_names_that_may_mean_something_else_are_nobodys(column: str) -> None:
    assert field_of(column) is None


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("user_id", PersonField.EXTERNAL_ID),
        ("E-Mail", PersonField.EMAIL),
        ("Email Address", PersonField.EMAIL),
        ("telephone", PersonField.PHONE),
        ("cellPhone", PersonField.MOBILE),
        ("surname", PersonField.LAST_NAME),
        ("DOB", PersonField.BIRTH_DATE),
    ],
)
def test_usual_names_are_recognised(column: str, field: PersonField) -> None:
    assert field_of(column) is field


def test_consent_has_no_synonyms() -> None:
    assert not CONSENT & set(SYNONYMS)


def test_no_name_belongs_to_two_fields() -> None:
    names = list(chain.from_iterable(names_of(field) for field in PersonField))
    assert len(names) == len(set(names))


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.text())
def test_canonical_names_stay_as_they_are(column: str) -> None:
    assert canonical(canonical(column)) == canonical(column)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.text())
def test_consent_is_recognised_by_its_exact_name_alone(column: str) -> None:
    field = field_of(column)
    assert field not in CONSENT or canonical(column) == canonical(str(field))
