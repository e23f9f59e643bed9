"""Xtremepush: profile attributes, with and without the project's catalogue."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from target_people.delivery.message import Response
from target_people.errors import RecordError
from target_people.people.attribute import Attribute, ColumnType, Kind, NotSent
from tests.support.flow import asked, attribute, mapping_of, run
from tests.support.vendor import answer
from tests.vendors.account import xtremepush

DONE = {"success": True, "code": 200}


class TestAttributes:
    """The project's profile attributes."""

    def test_they_are_read_page_by_page_until_nothing_new_comes(self) -> None:
        vendor = xtremepush()
        pages = [answer({"data": [{"key": name, "type": "String"}]}) for name in ("one", "two", "two")]
        _, requests = asked(vendor.prepare(), *pages)
        assert [request.path for request in requests] == ["/api/external/list/tag"] * 3
        assert [json.loads(request.body)["offset"] for request in requests] == [0, 1, 2]
        assert [type(vendor.attribute(name, ColumnType("text"))) for name in ("one", "two", "three")] == [
            Attribute,
            Attribute,
            NotSent,
        ]

    @pytest.mark.parametrize(
        "refusal",
        [
            answer({"success": False, "code": 403}, 403),
            answer({"success": False, "code": 404}, 404),
            answer({"success": False, "code": 405}),
            answer({**DONE, "data": []}),
            answer({**DONE, "data": [{"title": "plan"}, 3]}),
            answer(DONE),
            Response(200, b"<html>"),
        ],
    )
    def test_without_a_readable_catalogue_every_column_is_sent(self, refusal: Response) -> None:
        vendor = xtremepush()
        run(vendor.prepare(), refusal)
        assert isinstance(vendor.attribute("anything", ColumnType("text")), Attribute)
        assert {"first_name", "last_name"} <= {wire.name for wire in vendor.fields()}

    @pytest.mark.parametrize("status", [400, 403, 404, 405, 410])
    def test_the_refusals_are_expected_by_the_request(self, status: int) -> None:
        assert status in next(xtremepush().prepare()).expects

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("colour", "no profile attribute"),
            ("campaign", "no profile attribute"),
            ("last_name", "no profile attribute"),
            ("address.city", "no spaces or dots"),
            ("Lifetime value", "no spaces or dots"),
            ("first_name", "of Xtremepush's own"),
        ],
    )
    def test_what_is_not_sent_has_its_reason(self, name: str, why: str) -> None:
        left = xtremepush(catalogue=True).attribute(name, ColumnType("text"))
        assert isinstance(left, NotSent)
        assert why in left.why

    @pytest.mark.parametrize(
        "name", ["email", "user_id", "sms_subscription", "whatsapp_number", "whatsapp_subscription"]
    )
    def test_own_columns_are_never_attributes(self, name: str) -> None:
        assert isinstance(xtremepush(identifier="email").attribute(name, ColumnType("text")), NotSent)

    def test_a_name_that_the_project_lacks_is_left_out_and_told(self) -> None:
        mapping = mapping_of(xtremepush(catalogue=True), "id", "first_name", "last_name")
        assert {plan.field for plan in mapping.columns} == {"user_id", "first_name"}
        assert [left.column for left in mapping.not_sent] == ["last_name"]

    @pytest.mark.parametrize(
        ("name", "kind", "value", "wire"),
        [
            ("plan", "integer", 7, "7"),
            ("plan", "text", "x" * 101, "x" * 101),
            ("score", "text", "12.50", Decimal("12.50")),
            ("seats", "number", Decimal("12.0"), 12),
            ("vip", "text", "yes", True),
            ("born", "text", "1993-08-28", "1993-08-28"),
            ("born", "datetime", "2024-05-01T23:30:00.5-05:00", "2024-05-02 04:30:00"),
            ("tags", "array", ["a", Decimal("1.0")], '["a",1.0]'),
            ("tags", "object", {"n": 2}, '{"n":2}'),
            ("tags", "text", '["a"]', '["a"]'),
            ("odd", "integer", 7, 7),
        ],
    )
    def test_the_projects_type_decides_the_form(self, name: str, kind: Kind, value: object, wire: object) -> None:
        assert attribute(xtremepush(catalogue=True), name, kind).convert(value) == wire

    @pytest.mark.parametrize(
        ("kind", "value", "wire"),
        [
            ("text", "gold", "gold"),
            ("number", Decimal("1.5"), Decimal("1.5")),
            ("integer", 3, 3),
            ("boolean", False, False),
            ("date", "1993-08-28", "1993-08-28"),
            ("datetime", "2024-05-01T10:00:00Z", "2024-05-01 10:00:00"),
            ("array", [1], "[1]"),
            ("object", {}, "{}"),
            ("unknown", {"a": 1}, '{"a":1}'),
            ("unknown", 4, 4),
        ],
    )
    def test_without_a_catalogue_the_columns_type_does(self, kind: Kind, value: object, wire: object) -> None:
        assert attribute(xtremepush(), "anything", kind).convert(value) == wire

    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [
            ("plan", "x" * 102, "too_long"),
            ("score", "many", "not_number"),
            ("seats", Decimal("1.5"), "not_integer"),
            ("vip", "perhaps", "not_boolean"),
            ("born", "01/02/2024", "not_datetime"),
        ],
    )
    def test_what_an_attribute_cannot_hold_is_refused(self, name: str, value: object, code: str) -> None:
        with pytest.raises(RecordError) as refused:
            attribute(xtremepush(catalogue=True), name).convert(value)
        assert refused.value.code == code
