"""Rally: custom properties, those that there are and those that are created."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from target_people.errors import RecordError
from target_people.people.attribute import ColumnType, Kind, NotSent
from tests.support.flow import attribute, batch_of, run
from tests.support.vendor import ScriptedTransport, answer
from tests.support.work import follow
from tests.vendors.account import RALLY_PROPERTIES, RALLY_UNIQUE, rally, unprepared_rally

A = "a@example.org"


@pytest.mark.parametrize("key", ["", "results", "properties", "data"])
def test_properties_are_read_from_every_usual_wrapper(key: str) -> None:
    vendor = unprepared_rally()
    run(vendor.prepare(), answer({key: RALLY_PROPERTIES} if key else RALLY_PROPERTIES))
    assert attribute(vendor, "city").key == "city"


def test_properties_are_read_page_after_page() -> None:
    more = {"hasNextPage": True, "endCursor": "c1"}
    pages = [answer({"results": RALLY_PROPERTIES[:3], "pageInfo": more}), answer({"results": RALLY_PROPERTIES[3:]})]
    script, vendor = ScriptedTransport(pages), unprepared_rally()
    follow(vendor.prepare(), script)
    assert [request.query for request in script.requests] == [(), (("startCursor", "c1"),)]
    assert [attribute(vendor, name).key for name in ("city", "vip")] == ["city", "vip"]


def test_endless_pages_end() -> None:
    script = ScriptedTransport([answer({"pageInfo": {"hasNextPage": True, "endCursor": "c"}})] * 100)
    follow(unprepared_rally().prepare(), script)
    assert len(script.requests) == 100


@pytest.mark.parametrize("body", [None, {"message": "not found"}, "text", {"results": [{"name": "city"}, 7]}])
def test_without_a_list_of_properties_none_is_sent(body: Any) -> None:
    vendor = unprepared_rally()
    run(vendor.prepare(), answer(body, 404 if body is None else 200))
    assert isinstance(vendor.attribute("city", ColumnType("text")), NotSent)


@pytest.mark.parametrize(
    ("name", "value", "wire"),
    [
        ("city", True, "true"),
        ("city", ["a"], '["a"]'),
        ("cmprop3", "Exampleton", "Exampleton"),
        ("place", "Exampleton", "Exampleton"),
        ("seats", Decimal("26.57"), Decimal("26.57")),
        ("seats", "12", 12),
        ("vip", "no", False),
        ("signed_up_at", "2024-05-03", "2024-05-03"),
        ("signed_up_at", "2024-05-03T23:30:00-05:00", "2024-05-04"),
        ("plan", "gold", "gold"),
        ("level", "options not told", "options not told"),
        ("tags", ["gold", "basic"], ["gold", "basic"]),
        ("tags", "basic", ["basic"]),
    ],
)
def test_value_takes_the_form_of_its_property(name: str, value: Any, wire: Any) -> None:
    (known,) = (entry for entry in RALLY_PROPERTIES if name in (entry["name"], entry["propertyId"]))
    assert attribute(rally(), name).convert(value) == {"propertyId": known["propertyId"], "value": wire}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("plan", "platinum", "not_in_list"),
        ("tags", ["gold", "platinum"], "not_in_list"),
        ("seats", 12345678901234567, "too_long"),
        ("seats", "many", "not_number"),
        ("vip", "perhaps", "not_boolean"),
        ("signed_up_at", "03/05/2024", "not_datetime"),
    ],
)
def test_value_that_does_not_fit_rejects_its_record(name: str, value: Any, code: str) -> None:
    with pytest.raises(RecordError) as caught:
        batch_of(rally(), {"email": A, name: value})
    assert (caught.value.code, caught.value.field) == (code, name)


@pytest.mark.parametrize(
    ("name", "why"), [("shoe_size", "no property of that name"), ("mood", "undocumented"), ("member", "identifier")]
)
def test_what_has_no_place_is_not_sent_and_says_why(name: str, why: str) -> None:
    found = rally(identifier=RALLY_UNIQUE).attribute(name, ColumnType("text"))
    assert isinstance(found, NotSent)
    assert why in found.why


@pytest.mark.parametrize(
    ("kind", "value", "wire"),
    [
        ("text", "a", ("STRING", "a")),
        ("integer", 4, ("NUMBER", 4)),
        ("number", 4, ("NUMBER", 4)),
        ("boolean", True, ("BOOLEAN", True)),
        ("date", "2024-05-03", ("DATETIME", "2024-05-03")),
        ("datetime", "2024-05-03T01:00:00Z", ("DATETIME", "2024-05-03")),
        ("array", ["a"], ("STRING", '["a"]')),
        ("unknown", 4, ("STRING", "4")),
    ],
)
def test_missing_property_is_created_with_the_type_of_its_column(kind: Kind, value: Any, wire: tuple[str, Any]) -> None:
    vendor = rally(create_properties=True)
    found = attribute(vendor, "shoe_size", kind).convert(value)
    assert found == {"name": "shoe_size", "propertyType": wire[0], "value": wire[1]}
    assert "propertyId" in attribute(vendor, "city", kind).convert("known")
