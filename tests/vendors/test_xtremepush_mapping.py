"""Xtremepush: what becomes of a record, and what a stream must give."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from target_people.delivery.batch import Batch
from target_people.errors import MappingError, RecordError
from tests.support.flow import mapping_of, outgoing
from tests.vendors.account import xtremepush

if TYPE_CHECKING:
    from target_people.vendors.xtremepush import Xtremepush


def row(vendor: Xtremepush, record: dict[str, Any], **rules: Any) -> dict[str, Any]:
    """Column → value of one record as it goes."""
    one = outgoing(vendor, mapping_of(vendor, *record, **rules), record)
    return dict(zip(cast("tuple[str, ...]", one.shape), json.loads(one.body), strict=True))


class TestPerson:
    """One record on its way."""

    def test_every_field_has_its_column(self) -> None:
        record = {
            "id": "u-1",
            "device_id": "d-1",
            "email": "ana@example.org",
            "email_opt_in": "yes",
            "mobile": "+31 20 123 4567",
            "phone": "+44 20 7946 0000",
            "sms_opt_in": False,
            "first_name": "Ana",
            "last_name": "Vos",
            "language": "NL-nl",
            "timezone": "europe/dublin",
            "country": "Ireland",
            "region": "Europe",
            "plan": "gold",
        }
        assert row(xtremepush(), record) == {
            "user_id": "u-1",
            "device_id": "d-1",
            "email": "ana@example.org",
            "email_subscription": 1,
            "mobile_number": "31201234567",
            "sms_subscription": 0,
            "first_name": "Ana",
            "last_name": "Vos",
            "language": "nl",
            "timezone": "Europe/Dublin",
            "country": "Ireland",
            "region": "Europe",
            "plan": "gold",
        }

    def test_consent_is_written_as_a_number_and_not_as_a_boolean(self) -> None:
        vendor = xtremepush()
        mapping = mapping_of(vendor, "id", "email", "email_opt_in")
        sent = outgoing(vendor, mapping, {"id": "1", "email": "a@example.org", "email_opt_in": True})
        assert sent.body == b'["a@example.org",1,"1"]'

    @pytest.mark.parametrize("empty", [None, ""])
    def test_the_phone_goes_where_there_is_no_mobile(self, empty: str | None) -> None:
        record = {"id": "1", "mobile": empty, "phone": "020 7946 0000", "sms_opt_in": "y"}
        assert row(xtremepush(), record, region="GB")["mobile_number"] == "442079460000"

    def test_a_national_number_of_no_known_region_is_refused(self) -> None:
        with pytest.raises(RecordError) as refused:
            row(xtremepush(), {"id": "1", "mobile": "07700 900123", "sms_opt_in": "y"})
        assert (refused.value.code, refused.value.field) == ("not_phone", "mobile_number")

    def test_a_default_consent_goes_with_an_address_and_never_over_the_records_own(self) -> None:
        vendor = xtremepush(email_subscription=1, sms_subscription=0)
        record = {"id": "1", "email": "a@example.org", "email_opt_in": None, "phone": "+442079460000"}
        sent = row(vendor, record)
        assert (sent["email_subscription"], sent["sms_subscription"]) == (1, 0)
        assert row(vendor, {**record, "email_opt_in": "no"})["email_subscription"] == 0

    def test_a_default_consent_does_not_go_without_an_address(self) -> None:
        vendor = xtremepush(email_subscription=1, sms_subscription=0)
        assert row(vendor, {"id": "1", "email": None, "country": "Ireland"}) == {"user_id": "1", "country": "Ireland"}

    def test_consent_goes_without_an_address(self) -> None:
        assert row(xtremepush(), {"id": "1", "email": None, "email_opt_in": "no"}) == {
            "user_id": "1",
            "email_subscription": 0,
        }

    @pytest.mark.parametrize(
        ("record", "field"),
        [
            ({"email": "a@example.org", "email_opt_in": None}, "email_subscription"),
            ({"phone": "+442079460000", "sms_opt_in": None}, "sms_subscription"),
        ],
    )
    def test_an_address_whose_consent_nobody_states_is_refused(self, record: dict[str, Any], field: str) -> None:
        with pytest.raises(RecordError) as refused:
            row(xtremepush(), {"id": "1", **record})
        assert (refused.value.code, refused.value.field) == ("consent_missing", field)

    def test_null_is_sent_only_where_it_is_to_clear(self) -> None:
        record = {"id": "1", "country": None, "region": None, "plan": None}
        assert row(xtremepush(), record, clear=("country", "plan")) == {"user_id": "1", "country": None, "plan": None}

    @pytest.mark.parametrize("field", ["email_opt_in", "external_id"])
    def test_consent_and_identity_cannot_be_cleared(self, field: str) -> None:
        with pytest.raises(MappingError, match="never cleared"):
            mapping_of(xtremepush(), "id", "email_opt_in", clear=(field,))

    def test_long_names_are_refused(self) -> None:
        with pytest.raises(RecordError) as refused:
            row(xtremepush(), {"id": "1", "last_name": "x" * 102})
        assert (refused.value.code, refused.value.field) == ("too_long", "last_name")


class TestIdentity:
    """Who a person is."""

    @pytest.mark.parametrize(
        ("identifier", "columns"),
        [
            ("user_id", {"user_id", "device_id", "email", "email_subscription"}),
            ("device_id", {"device_id", "email", "email_subscription"}),
            ("email", {"email", "email_subscription"}),
        ],
    )
    def test_no_id_is_sent_that_could_win_over_the_identifier(self, identifier: str, columns: set[str]) -> None:
        record = {"id": "1", "device_id": "d", "email": "a@example.org", "email_opt_in": "y"}
        assert row(xtremepush(identifier=identifier, catalogue=True), record).keys() == columns

    @pytest.mark.parametrize("identifier", ["user_id", "device_id", "email"])
    def test_a_record_without_it_is_refused(self, identifier: str) -> None:
        record = {"id": None, "device_id": None, "email": None, "email_opt_in": "y"}
        with pytest.raises(RecordError, match="identity_missing"):
            row(xtremepush(identifier=identifier), record)

    def test_addresses_that_differ_in_case_alone_are_one_person(self) -> None:
        vendor = xtremepush(identifier="email", email_subscription=0)
        mapping = mapping_of(vendor, "id", "email")
        people = [
            outgoing(vendor, mapping, {"id": "1", "email": text}) for text in ("Ana@example.org", "ana@example.org")
        ]
        assert people[0].identity == people[1].identity
        assert Batch(people[:1]).position("Ana@example.org") == 0


class TestConsentOfAStream:
    """What a stream must give before its first record."""

    @pytest.mark.parametrize(
        ("columns", "words"),
        [
            (("email",), ["xtremepush.email_subscription", "streams.people.fields.email_opt_in"]),
            (("email", "email_opt_in", "phone"), ["xtremepush.sms_subscription", "streams.people.fields.sms_opt_in"]),
            (("mobile",), ["xtremepush.sms_subscription"]),
        ],
    )
    def test_an_address_without_consent_is_refused_by_both_its_names(
        self, columns: tuple[str, ...], words: list[str]
    ) -> None:
        with pytest.raises(MappingError) as refused:
            mapping_of(xtremepush(), "id", *columns)
        assert all(word in str(refused.value) for word in words)

    @pytest.mark.parametrize("setting", [0, 1])
    def test_a_setting_stands_in(self, setting: int) -> None:
        mapping_of(xtremepush(email_subscription=setting, sms_subscription=setting), "id", "email", "phone")

    def test_an_address_that_identifies_needs_it_as_well(self) -> None:
        with pytest.raises(MappingError, match="email_subscription"):
            mapping_of(xtremepush(identifier="email"), "id", "email")


class TestShape:
    """Which records share a request."""

    def test_it_is_the_list_of_columns_with_the_consent_that_settings_add(self) -> None:
        keys = frozenset({"user_id", "email", "attributes.plan"})
        assert xtremepush(email_subscription=1).shape(keys) == ("email", "email_subscription", "plan", "user_id")

    def test_stated_and_default_consent_go_together_and_other_columns_do_not(self) -> None:
        vendor = xtremepush(email_subscription=1)
        mapping = mapping_of(vendor, "id", "email", "email_opt_in", "country")
        record = {"id": "1", "email": "a@example.org", "email_opt_in": "n", "country": None}
        stated, default, other = (
            outgoing(vendor, mapping, {**record, **change})
            for change in ({}, {"email_opt_in": None}, {"country": "Ireland"})
        )
        assert stated.shape == default.shape != other.shape
