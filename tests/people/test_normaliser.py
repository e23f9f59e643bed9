"""One form for each person field, and a refusal that says nothing of the value."""

from __future__ import annotations

import traceback
from contextlib import suppress
from datetime import date
from decimal import Decimal
from math import nan
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.errors import ConfigurationError, RecordError
from target_people.people.field import CONSENT, PersonField
from target_people.people.moment import date_time
from target_people.people.normaliser import normaliser
from target_people.people.number import boolean, integer, number

if TYPE_CHECKING:
    from collections.abc import Callable

F = PersonField
BOUNDED = settings(deadline=None, derandomize=True, max_examples=80)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.text("+0123456789-() ,;@.:TZ", max_size=25),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)

GOOD: list[tuple[PersonField, object, object]] = [
    (F.EXTERNAL_ID, "  c-17 ", "c-17"),
    (F.EXTERNAL_ID, 17, "17"),
    (F.EXTERNAL_ID, Decimal("12345678901234567890.10"), "12345678901234567890.10"),
    (F.EXTERNAL_ID, Decimal("1E+3"), "1000"),
    (F.EXTERNAL_ID, 1e21, "1000000000000000000000"),
    (F.EMAIL, " Ada.L@Example.COM ", "Ada.L@example.com"),
    (F.EMAIL, "ada+news@crm.test", "ada+news@crm.test"),
    (F.EMAIL, "ada@crm.example", "ada@crm.example"),
    (F.EMAIL, "ada@Bücher.example", "ada@bücher.example"),
    (F.EMAIL, "ada@XN--bcher-kva.example", "ada@xn--bcher-kva.example"),
    (F.EMAIL, "用户@example.org", "用户@example.org"),
    (F.PHONE, "+44 20 7946 0000", "+442079460000"),
    (F.PHONE, "0044 20 7946-0000", "+442079460000"),
    (F.PHONE, "+44 (0)20 7946 0000", "+442079460000"),
    (F.PHONE, "(+44) 20 7946 0000", "+442079460000"),
    (F.PHONE, " 020 7946 0000 ", "020 7946 0000"),
    (F.PHONE, 442079460000, "442079460000"),
    (F.PHONE, Decimal("442079460000.0"), "442079460000"),
    (
        F.ADDITIONAL_EMAILS,
        ["a@example.org", "", None, "b@example.org", "a@example.org"],
        ["a@example.org", "b@example.org"],
    ),
    (F.ADDITIONAL_EMAILS, "a@example.org; b@example.org,", ["a@example.org", "b@example.org"]),
    (F.ADDITIONAL_EMAILS, [], None),
    (F.ADDITIONAL_PHONES, ["+44 20 7946 0000", "+442079460000"], ["+442079460000"]),
    (F.ADDITIONAL_PHONES, "0207946, +44 20 7946 0001", ["0207946", "+442079460001"]),
    (F.BIRTH_DATE, "1990-05-01", date(1990, 5, 1)),
    (F.BIRTH_DATE, "1990-05-01T00:00:00+02:00", date(1990, 5, 1)),
    (F.LAST_CONTACTED_ON, "2025-03-01 10:11:12.5", date(2025, 3, 1)),
    (F.GENDER, "Female", "F"),
    (F.GENDER, "m", "M"),
    (F.GENDER, "non-binary", "U"),
    (F.LANGUAGE, "en-GB", "en"),
    (F.LANGUAGE, "NL", "nl"),
    (F.LOCALE, "nl_nl", "nl-NL"),
    (F.LOCALE, "zh-hant-tw", "zh-Hant-TW"),
    (F.TIMEZONE, "europe/dublin", "Europe/Dublin"),
    (F.COUNTRY, "Ireland", "Ireland"),
    (F.AVATAR_URL, "https://example.org/a.png", "https://example.org/a.png"),
    (F.OPTED_OUT, "Yes", True),
    (F.OPTED_OUT, "off", False),
    (F.SMS_OPT_IN, 0, False),
    (F.SMS_OPT_IN, Decimal(1), True),
]
BAD: list[tuple[PersonField, object, str]] = [
    (F.EXTERNAL_ID, True, "not_text"),
    (F.EXTERNAL_ID, ["c-17"], "not_text"),
    (F.EXTERNAL_ID, {"id": 17}, "not_text"),
    (F.EXTERNAL_ID, nan, "not_text"),
    (F.EXTERNAL_ID, Decimal("1E+999999999"), "not_text"),
    (F.EXTERNAL_ID, 10**1000, "not_text"),
    (F.EMAIL, "ada", "not_email"),
    (F.EMAIL, "ada@localhost", "not_email"),
    (F.EMAIL, "Ada <ada@example.org>", "not_email"),
    (F.EMAIL, "a..b@example.org", "not_email"),
    (F.EMAIL, 17, "not_email"),
    (F.PHONE, "call me", "not_phone"),
    (F.PHONE, "()", "not_phone"),
    (F.PHONE, "+1 800 FLOWERS", "not_phone"),
    (F.PHONE, "+44 20 7946 0000 x12", "not_phone"),
    (F.PHONE, "+44", "not_phone"),
    (F.PHONE, "+999123456789", "not_phone"),
    (F.PHONE, "+44 20 7946 0000 00000000", "not_phone"),
    (F.PHONE, -442079460000, "not_phone"),
    (F.PHONE, True, "not_phone"),
    (F.PHONE, Decimal("1.5"), "not_phone"),
    (F.ADDITIONAL_EMAILS, ["a@example.org", "b"], "not_email"),
    (F.ADDITIONAL_EMAILS, {"a@example.org": 1}, "not_email"),
    (F.ADDITIONAL_PHONES, [["+442079460000"]], "not_phone"),
    (F.BIRTH_DATE, "01/05/1990", "not_date"),
    (F.BIRTH_DATE, "19900501", "not_date"),
    (F.BIRTH_DATE, "1990-02-30", "not_date"),
    (F.BIRTH_DATE, 19900501, "not_date"),
    (F.GENDER, "1", "not_gender"),
    (F.LANGUAGE, "English", "not_language"),
    (F.LANGUAGE, "zz", "not_language"),
    (F.LOCALE, "en_US.UTF-8", "not_locale"),
    (F.TIMEZONE, "+02:00", "not_timezone"),
    (F.AVATAR_URL, "ftp://example.org/a.png", "not_url"),
    (F.AVATAR_URL, "https://[", "not_url"),
    (F.AVATAR_URL, "https://example.org/a b", "not_url"),
    (F.OPTED_OUT, "opted in", "not_boolean"),
    (F.OPTED_OUT, 2, "not_boolean"),
    (F.OPTED_OUT, nan, "not_boolean"),
]


@pytest.mark.parametrize(("field", "value", "expected"), GOOD)
def test_value_is_brought_into_the_form_of_the_field(field: PersonField, value: object, expected: object) -> None:
    found = normaliser(field)(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("field", "value", "code"), BAD)
def test_value_that_the_field_cannot_be_is_refused(field: PersonField, value: object, code: str) -> None:
    with pytest.raises(RecordError) as refused:
        normaliser(field)(value)
    assert refused.value.code == code


@pytest.mark.parametrize("field", PersonField)
@pytest.mark.parametrize("value", [None, "", " \t\n"])
def test_null_and_blank_text_are_nothing(field: PersonField, value: object) -> None:
    assert normaliser(field, "GB")(value) is None


@pytest.mark.parametrize(
    ("value", "region", "expected"),
    [
        ("020 7946 0000", "GB", "+442079460000"),
        ("07911 123456", "GB", "+447911123456"),
        ("06 12345678", "NL", "+31612345678"),
        ("(415) 777-7777", "US", "+14157777777"),
        ("011 44 20 7946 0000", "US", "+442079460000"),
        ("+31 6 12345678", "GB", "+31612345678"),
    ],
)
def test_national_number_becomes_international_with_a_region(value: str, region: str, expected: str) -> None:
    assert normaliser(F.MOBILE, region)(value) == expected


@pytest.mark.parametrize(("value", "region"), [("777-7777", "US"), ("12", "GB")])
def test_number_that_works_only_in_one_town_is_refused(value: str, region: str) -> None:
    with pytest.raises(RecordError, match="not_phone"):
        normaliser(F.PHONE, region)(value)


def test_unknown_region_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(ConfigurationError, match="phone_region: XX"):
        normaliser(F.PHONE, "XX")


ALL: list[Callable[[object], object]] = [
    *(normaliser(field, region) for field in PersonField for region in (None, "GB")),
    date_time,
    boolean,
    lambda value: number(value, from_text=True),
    lambda value: integer(value, from_text=True),
]


@BOUNDED
@given(JSON)
def test_nothing_but_a_record_error_is_raised_whatever_the_json(value: object) -> None:
    for normalise in ALL:
        with suppress(RecordError):
            normalise(value)


@BOUNDED
@given(JSON)
def test_normalising_twice_is_normalising_once(value: object) -> None:
    for field in PersonField:
        normalise = normaliser(field, "GB")
        try:
            once = normalise(value)
        except RecordError:
            continue
        if not isinstance(once, date):
            assert normalise(once) == once


@BOUNDED
@given(st.text(min_size=1), st.sampled_from(list(PersonField)))
def test_no_text_of_a_refusal_holds_the_value(secret: str, field: PersonField) -> None:
    marked = f"|{secret}|private"
    try:
        normaliser(field)(marked)
    except RecordError as error:
        told = "".join(traceback.format_exception(RecordError, error, None)) + repr(error) + error.detail
        assert marked not in told
        assert "private" not in told


def test_consent_is_read_as_yes_or_no() -> None:
    assert all(normaliser(field)("no") is False for field in CONSENT)
