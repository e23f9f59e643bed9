"""Whatever is sent, the emulator answers in the vendor's words and never breaks."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import requests

VALUES = ["null", "5", "1e400", '"x"', '"\\ud800"', "true", "[]", "[[]]", "[null]", "{}", '{"x": null}', "1" * 40]
POSTS = {
    "rally": {
        "/people/import": '{"people": [%s]}|{"people": [], "identifierPropertyId": %s}|{"people": [{"email": %s}]}|'
        '{"people": [{"properties": [%s]}]}|{"people": [{"properties": [{"propertyId": %s, "value": %s}]}]}|'
        '{"people": [{"email": "a@e.org", "properties": [{"name": "new", "propertyType": "STRING", "value": %s}]}]}|'
        '{"people": [], "populationId": %s}|{"people": [{"email": "a@example.org", "phone": %s}]}',
        "/people/search": '{"peopleIds": %s}|{"filter": %s}|{"filter": {"filters": %s}}|{"pageInfo": {"size": %s}}|'
        '{"attachProperties": %s}|{"pageInfo": %s}|{"filter": {"customProperty": {"operator": %s}}}',
        "/people/delete": '{"personIds": %s}|{"emails": %s}',
        "/properties/import": '[%s]|[{"name": %s, "propertyType": "STRING"}]|'
        '[{"name": "y", "propertyType": "SINGLE_SELECT", "propertyOptions": %s}]|[{"name": "z", "propertyType": %s}]',
    },
    "flameup": {
        "/people/batch": '{"people": %s}|{"people": [%s]}|{"people": [{"userId": %s}]}|'
        '{"people": [{"userId": "a", "traits": {"k": %s, "first_name": %s}, "email": %s}]}',
        "/people": '{"userId": %s}|{"userId": "a", "email": %s}',
    },
    "movement": {
        "/targets/bulk_upsert": '{"records": %s}|{"records": [%s]}|{"records": [{"external_id": %s}]}|'
        '{"records": [], "conflict_strategy": %s}|{"records": [{"external_id": "a", "email": %s, "phone_number": %s, '
        '"seats": %s, "plan": %s, "signed_up_at": %s, "subscription_sms": %s}]}',
        "/targets/upsert": '{"external_id": %s}|{"external_id": "b", "seats": %s}|{"external_id": "c", "email": %s}',
    },
    "xtremepush": {
        "/import/profile": '{"apptoken": %s}|{"apptoken": "emulator", "columns": %s, "rows": [[]]}|'
        '{"apptoken": "emulator", "columns": ["user_id"], "rows": [%s]}|{"apptoken": "emulator", "columns": '
        '["user_id", "seats", "tags", "signed_up_at", "vip"], "rows": [["a", %s, %s, %s, %s]]}|'
        '{"apptoken": "emulator", "columns": ["user_id"], "rows": [["a"]], "async": %s}|'
        '{"apptoken": "emulator", "columns": ["user_id"], "rows": [[%s]]}',
        "/list/profile": '{"apptoken": "emulator", "condition": %s}|{"apptoken": "emulator", "limit": %s}|'
        '{"apptoken": "emulator", "order": %s}|{"apptoken": "emulator", "select": %s}|'
        '{"apptoken": "emulator", "condition": [["user_id", ">", %s], ["seats", "=", %s]]}',
        "/info/task": '{"apptoken": "emulator", "id": %s}',
        "/create/tag": '{"apptoken": "emulator", "key": %s}|{"apptoken": "emulator", "key": "q", "type": %s}',
    },
    "propeller": {
        "/v2/contacts/bulk/sourceId": '{"contacts": %s}|{"contacts": [%s]}|{"contacts": [], "directives": %s}|'
        '{"contacts": [{"source": %s, "sourceId": %s}]}|{"contacts": [{"source": "s", "sourceId": "a", "parent": %s}]}|'
        '{"contacts": [{"source": "s", "sourceId": "a", "dateOfBirth": %s}]}|'
        '{"contacts": [{"source": "s", "sourceId": "a", "gender": %s}]}|'
        '{"contacts": [], "directives": {"skipCreate": %s}}|'
        '{"contacts": [], "directives": [{"operation": %s}]}',
        "/v2/contacts/bulk/id": '{"contacts": [{"id": %s, "parent": {"id": 1}}]}',
        "/v2/contacts/search": '{"name": %s}|{"page": %s}|{"offset": %s}|{"debtorIds": %s}|{"dateCreated": %s}|'
        '{"dateCreated": {"from": %s}}',
    },
}
CASES = [(vendor, path) for vendor, paths in POSTS.items() for path in paths]


@pytest.mark.parametrize(("vendor", "path"), CASES)
def test_junk_is_answered(vendor: str, path: str, control: requests.Session, request: pytest.FixtureRequest) -> None:
    session = request.getfixturevalue(vendor)
    control.put(f"/{vendor}/jobs", json={"mode": "at_once"})
    for form, value in product(POSTS[vendor][path].split("|"), VALUES):
        body = form.replace("%s", value)
        answer = session.post(path, data=body, headers={"Content-Type": "application/json"})
        assert answer.status_code < 500, (body, answer.text)
        assert answer.json() is not None, body
    assert control.get("/journal").ok
    assert control.get(f"/{vendor}/people").ok


@pytest.mark.parametrize(("vendor", "path"), CASES)
def test_what_is_no_json_is_a_400(vendor: str, path: str, request: pytest.FixtureRequest) -> None:
    session = request.getfixturevalue(vendor)
    for body in (b"", b"{", b"\xff\xfe", b"[1,", b"NaN", b'{"a":1}x'):
        answer = session.post(path, data=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
