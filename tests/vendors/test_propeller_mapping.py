"""Propeller: what becomes of a record."""

from __future__ import annotations

from typing import Any, cast

import pytest

from target_people.errors import MappingError, RecordError
from target_people.people.attribute import ColumnType, NotSent
from tests.support.flow import batch_of, mapping_of, sent
from tests.vendors.account import propeller


def contact(record: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """One record as it goes."""
    (only,) = sent(batch_of(propeller(**settings), record))
    return cast("dict[str, Any]", only)


class TestContact:
    """One record on its way."""

    def test_every_field_has_its_place(self) -> None:
        record = {
            "id": "c-17",
            "email": "ana@example.org",
            "phone": "+31 20 123 4567",
            "mobile": "06 12345678",
            "first_name": "Ana",
            "middle_name": "van der",
            "last_name": "Vos",
            "title": "Dr",
            "abbreviation": "A.",
            "gender": "female",
            "birth_date": "1993-08-28T00:00:00Z",
            "language": "nl-NL",
            "company": 12,
        }
        assert contact(record) == {
            "source": "crm",
            "sourceId": "c-17",
            "parent": {"source": "crm", "sourceId": "12"},
            "email": "ana@example.org",
            "phone": "+31201234567",
            "mobile": "06 12345678",
            "firstName": "Ana",
            "middleName": "van der",
            "lastName": "Vos",
            "title": "Dr",
            "abbreviation": "A.",
            "gender": "F",
            "dateOfBirth": "28/08/1993",
            "primaryLanguage": "NL",
        }

    def test_a_year_has_four_digits(self) -> None:
        assert contact({"id": "1", "birth_date": "0987-01-02"})["dateOfBirth"] == "02/01/0987"

    def test_null_is_never_sent(self) -> None:
        assert contact({"id": "1", "first_name": None, "company": None}) == {"source": "crm", "sourceId": "1"}

    def test_nothing_can_be_cleared(self) -> None:
        with pytest.raises(MappingError, match="no known way to clear first_name"):
            mapping_of(propeller(), "id", "first_name", clear=("first_name",))

    @pytest.mark.parametrize(
        ("given", "sent"),
        [
            ({"source": "erp", "sourceId": "acme"}, {"source": "erp", "sourceId": "acme"}),
            ({"source": "erp", "sourceId": 7}, {"source": "erp", "sourceId": "7"}),
            ({"id": 7}, {"id": 7}),
        ],
    )
    def test_the_company_of_the_settings_stands_in_for_the_records(self, given: Any, sent: Any) -> None:
        assert contact({"id": "1", "company": None}, parent=given)["parent"] == sent
        assert contact({"id": "1", "company": "x"}, parent=given)["parent"] == {"source": "crm", "sourceId": "x"}

    def test_no_company_at_all_is_left_to_the_vendor(self) -> None:
        assert "parent" not in contact({"id": "1"})

    def test_an_own_id_is_a_whole_number_and_goes_without_source(self) -> None:
        assert contact({"id": "17"}, identifier="id") == {"id": 17}

    def test_an_own_id_that_is_none_is_refused(self) -> None:
        with pytest.raises(RecordError) as refused:
            contact({"id": "c-17"}, identifier="id")
        assert (refused.value.code, refused.value.field) == ("not_integer", "external_id")

    def test_a_company_whose_source_is_not_known_is_told_and_not_sent(self) -> None:
        mapping = mapping_of(propeller(identifier="id", source=None), "id", "company")
        assert [left.column for left in mapping.not_sent] == ["company"]

    def test_custom_attributes_are_told_and_not_sent(self) -> None:
        left = propeller().attribute("plan", ColumnType("text"))
        assert isinstance(left, NotSent)
        assert "separate call per contact" in left.why
