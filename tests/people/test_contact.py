"""Contact: the quick way for plain e-mail addresses is no other way."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.errors import RecordError
from target_people.people.contact import email

LOCAL = st.text("aB9._+-'!/", min_size=1, max_size=40)
DOMAIN = st.lists(st.text("aB9-_", min_size=1, max_size=34), min_size=1, max_size=6).map(".".join)
TOP = st.sampled_from(
    ["com", "test", "example", "local", "invalid", "ONION", "arpa", "c", "c0m", "localhost", "xn--p1ai"]
)


@settings(deadline=None, derandomize=True, max_examples=800)
@given(LOCAL, DOMAIN, TOP)
def test_quick_way_for_plain_addresses_agrees_with_the_library(local: str, domain: str, top: str) -> None:
    address = f"{local}@{domain}.{top}"
    try:
        known = validate_email(address, check_deliverability=False, test_environment=True)
        expected = f"{known.local_part}@{known.ascii_domain}"
    except EmailNotValidError:
        expected = "refused"
    try:
        found: Any = email(address)
    except RecordError:
        found = "refused"
    assert found == expected
