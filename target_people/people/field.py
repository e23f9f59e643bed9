"""Person fields: what columns are called, and which person field they are."""

from __future__ import annotations

import re
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class PersonField(StrEnum):
    """Everything that is known of a person; each vendor takes a part of it."""

    EXTERNAL_ID = "external_id"
    EMAIL = "email"
    PHONE = "phone"
    MOBILE = "mobile"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    MIDDLE_NAME = "middle_name"
    TITLE = "title"
    ABBREVIATION = "abbreviation"
    GENDER = "gender"
    BIRTH_DATE = "birth_date"
    LANGUAGE = "language"
    LOCALE = "locale"
    AVATAR_URL = "avatar_url"
    TIMEZONE = "timezone"
    COUNTRY = "country"
    REGION = "region"
    ADDITIONAL_EMAILS = "additional_emails"
    ADDITIONAL_PHONES = "additional_phones"
    LAST_CONTACTED_ON = "last_contacted_on"
    OPTED_OUT = "opted_out"
    EMAIL_OPT_IN = "email_opt_in"
    SMS_OPT_IN = "sms_opt_in"
    PHONE_OPT_IN = "phone_opt_in"
    WHATSAPP_OPT_IN = "whatsapp_opt_in"
    DEVICE_ID = "device_id"
    COMPANY = "company"


CONSENT: frozenset[PersonField] = frozenset(
    {
        PersonField.OPTED_OUT,
        PersonField.EMAIL_OPT_IN,
        PersonField.SMS_OPT_IN,
        PersonField.PHONE_OPT_IN,
        PersonField.WHATSAPP_OPT_IN,
    }
)
"""Fields that decide whether somebody may be contacted: never guessed, never cleared."""

# A wrong guess sends one thing under the name of another, so a name is here only when it can hardly mean anything else.
# Left out on purpose: `name` (full, first or last?), `id` (the key of every table; the key property stands in for it),
# `work_email`, `home_phone` and their like (which of several is the main one is the user's choice), `contact_email`
# (often somebody else's), `job_title` (`title` is the form of address), `country_code` (a code is not a name), `state`
# (status or region?), `avatar` (bytes or an address?), `tz` (often an offset), `company_name` (`company` is an id),
# `device_token` (not an id). Consent has no synonyms at all: a wrong guess there writes to people who said no.
SYNONYMS: Mapping[PersonField, tuple[str, ...]] = MappingProxyType(
    {
        PersonField.EXTERNAL_ID: (
            "user_id",
            "external_user_id",
            "person_id",
            "contact_id",
            "customer_id",
            "member_id",
            "membership_number",
            "subscriber_id",
        ),
        PersonField.EMAIL: ("email_address", "primary_email", "primary_email_address", "mail"),
        PersonField.PHONE: ("phone_number", "telephone", "telephone_number", "tel", "primary_phone"),
        PersonField.MOBILE: (
            "mobile_phone",
            "mobile_number",
            "mobile_phone_number",
            "cell_phone",
            "cell_phone_number",
            "cell",
        ),
        PersonField.FIRST_NAME: ("given_name", "forename", "fname"),
        PersonField.LAST_NAME: ("family_name", "surname", "lname"),
        PersonField.MIDDLE_NAME: ("middle_names",),
        PersonField.TITLE: ("salutation", "honorific", "name_prefix"),
        PersonField.GENDER: ("sex",),
        PersonField.BIRTH_DATE: ("date_of_birth", "dob", "birthday"),
        PersonField.LANGUAGE: ("preferred_language", "primary_language", "language_code", "lang"),
        PersonField.AVATAR_URL: ("photo_url", "picture_url", "profile_image_url"),
        PersonField.TIMEZONE: ("timezone_name", "iana_timezone"),
        PersonField.COUNTRY: ("country_name",),
        PersonField.ADDITIONAL_EMAILS: ("other_emails", "secondary_emails", "alternate_emails"),
        PersonField.ADDITIONAL_PHONES: ("other_phones", "secondary_phones", "alternate_phones"),
        PersonField.LAST_CONTACTED_ON: ("last_contacted", "last_contacted_at", "last_contact_date", "last_contact"),
        PersonField.COMPANY: ("company_id", "company_external_id", "company_source_id"),
    }
)
"""Other usual column names, in order of preference; a field that is not here is matched by its own name alone."""

_SEPARATORS = re.compile(r"[\s_-]+")


def canonical(column: str) -> str:
    """The name without case and separators: ``First Name``, ``first_name`` and ``firstName`` are the same.

    Accents stay, and so do dots, which lead into objects.
    """
    return _SEPARATORS.sub("", column).lower()


def names_of(field: PersonField) -> tuple[str, ...]:
    """The canonical names of a field, its own first, then its synonyms in order."""
    return (canonical(field), *(canonical(name) for name in SYNONYMS.get(field, ())))


def synonym_of(field: PersonField, column: str) -> str:
    """The usual other name of a field that a column goes by, as it is listed; empty when it goes by none."""
    plain = canonical(column)
    return next((name for name in SYNONYMS.get(field, ()) if canonical(name) == plain), "")


_FIELDS: Mapping[str, PersonField] = MappingProxyType(
    {name: field for field in PersonField for name in names_of(field)}
)


def field_of(column: str) -> PersonField | None:
    """The person field that a column is called after, by its own name or a synonym; None for any other column."""
    return _FIELDS.get(canonical(column))
