"""Codes: why a record is refused before any vendor sees it; the catalogue of reasons explains each."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """What normalisers, converters and the mapping put into a ``RecordError``."""

    IDENTITY_MISSING = "identity_missing"
    MISSING = "missing"
    NOT_BOOLEAN = "not_boolean"
    NOT_DATE = "not_date"
    NOT_DATETIME = "not_datetime"
    NOT_EMAIL = "not_email"
    NOT_GENDER = "not_gender"
    NOT_IN_LIST = "not_in_list"
    NOT_INTEGER = "not_integer"
    NOT_JSON = "not_json"
    NOT_LANGUAGE = "not_language"
    NOT_LOCALE = "not_locale"
    NOT_NUMBER = "not_number"
    NOT_OBJECT = "not_object"
    NOT_PHONE = "not_phone"
    NOT_TEXT = "not_text"
    NOT_TIMEZONE = "not_timezone"
    NOT_URL = "not_url"
    NOT_VALID = "not_valid"
    TOO_LONG = "too_long"
