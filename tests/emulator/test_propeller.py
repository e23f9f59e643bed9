"""Propeller as documented, and every variant where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import requests

Document = dict[str, Any]
PARENT = {"source": "crm", "sourceId": "company-1"}
ANA: Document = {"source": "crm", "sourceId": "c-1", "parent": PARENT, "firstName": "Ana", "email": "ana@example.org"}
BY_SOURCE = "/v2/contacts/bulk/sourceId"
FORM = {"grant_type": "client_credentials", "client_id": "emulator", "client_secret": "emulator"}


def send(propeller: requests.Session, *contacts: object, **more: object) -> requests.Response:
    return propeller.post(BY_SOURCE, json={"contacts": contacts, **more})


def stored(control: requests.Session, identity: str) -> Document:
    document: Document = control.get(f"/propeller/people/{identity}").json()["document"]
    return document


def quirk(control: requests.Session, **variants: str) -> None:
    assert control.put("/propeller/quirks", json=variants).ok


def test_contacts_are_created_then_updated_and_what_is_left_out_stays(
    propeller: requests.Session, control: requests.Session
) -> None:
    answer = send(propeller, ANA).json()
    number = answer["data"][0].pop("id")
    assert answer == {
        "data": [{"action": "create", "key": "c-1", "lookupKey": "sourceId", "success": True}],
        "messages": ["Completed"],
        "total": 1,
    }
    again = send(propeller, {"source": "crm", "sourceId": "c-1", "lastName": "Vos"}).json()["data"][0]
    assert (again["action"], again["id"]) == ("update", number)
    found = stored(control, "c-1")
    assert (found["firstName"], found["lastName"], found["parent"]) == ("Ana", "Vos", PARENT)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nickname": "A"}, "#/contacts/1: extraneous key [nickname] is not permitted"),
        ({"company": "A"}, "#/contacts/1: extraneous key [company] is not permitted"),
        ({"firstName": 5}, "#/contacts/1/firstName: expected type: String"),
        ({"firstName": None}, "#/contacts/1/firstName: expected type: String, found: Null"),
        ({"email": "nobody"}, "#/contacts/1/email: is not a valid email address"),
        ({"gender": "x"}, "#/contacts/1/gender: is not a valid enum value"),
        ({"dateOfBirth": "31/02/1993"}, "#/contacts/1/dateOfBirth: is not a valid date"),
        ({"primaryLanguage": "nld"}, "#/contacts/1/primaryLanguage: is not an ISO 639-1 code"),
        ({"parent": {"id": "1"}}, "#/contacts/1/parent: must be an object with id, or with source and sourceId"),
        ({"parent": "acme"}, "#/contacts/1/parent: must be an object with id, or with source and sourceId"),
    ],
)
def test_what_the_schema_does_not_permit_refuses_the_request(
    propeller: requests.Session, control: requests.Session, change: Document, message: str
) -> None:
    answer = send(propeller, ANA, ANA | {"sourceId": "c-2"} | change)
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": 10007,
        "status": 400,
        "type": "SchemaValidationException",
        "messages": [message],
        "moreInfo": "https://www.propel.us/docs/errors/10007",
    }
    assert control.get("/propeller/people").json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", 10005),
        ("[]", 10005),
        ("{}", 10007),
        ('{"contacts": {}}', 10007),
        ('{"contacts": ["x"]}', 10007),
        ('{"contacts": [], "mode": 1}', 10007),
        ('{"contacts": [], "directives": [{"operation": "skipAll"}]}', 10007),
        ('{"contacts": [{"sourceId": "c-1"}]}', 10016),
        ('{"contacts": [{"source": "crm"}]}', 10016),
    ],
)
def test_a_malformed_request_has_its_documented_code(propeller: requests.Session, body: str, code: int) -> None:
    answer = propeller.post(BY_SOURCE, data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_a_400_may_have_no_pointer(propeller: requests.Session, control: requests.Session) -> None:
    quirk(control, pointer="absent")
    messages = send(propeller, ANA | {"nickname": "A"}).json()["error"]["messages"]
    assert messages == ["extraneous key [nickname] is not permitted"]


@pytest.mark.parametrize("parent", [None, {"source": "crm", "sourceId": "nobody"}, {"id": 99}])
@pytest.mark.parametrize(
    ("variant", "place"),
    [("messages", ["messages", 0]), ("message", ["message"]), ("error.messages", ["error", "messages", 0])],
)
def test_a_contact_without_a_known_parent_fails_alone(
    propeller: requests.Session, control: requests.Session, parent: object, variant: str, place: list[Any]
) -> None:
    quirk(control, failure_text=variant)
    orphan = {name: value for name, value in ANA.items() if name != "parent"} | {"sourceId": "c-2"}
    answer = send(propeller, ANA, orphan | ({"parent": parent} if parent else {}))
    good, bad = answer.json()["data"]
    assert (answer.status_code, good["success"], bad["success"], bad["key"]) == (200, True, False, "c-2")
    for step in place:
        bad = bad[step]
    assert bad.startswith("parent")
    assert control.get("/propeller/people").json()["total"] == 1


def test_a_missing_parent_may_be_a_404_for_all(propeller: requests.Session, control: requests.Session) -> None:
    quirk(control, parent_missing="whole_404")
    answer = send(propeller, ANA, {"source": "crm", "sourceId": "c-2"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, 50007)
    assert control.get("/propeller/people").json()["total"] == 0


def test_a_number_as_source_id_is_echoed_and_matches_its_text(
    propeller: requests.Session, control: requests.Session
) -> None:
    assert send(propeller, ANA | {"sourceId": 17}).json()["data"][0]["key"] == 17
    quirk(control, key_form="string", order="reversed")
    data = send(propeller, ANA | {"sourceId": 17}, ANA | {"sourceId": "18"}).json()["data"]
    assert [(element["key"], element["action"]) for element in data] == [("18", "create"), ("17", "update")]


@pytest.mark.parametrize(("variant", "name"), [("ignored", "Ana"), ("clears", None)])
def test_a_null(propeller: requests.Session, control: requests.Session, variant: str, name: str | None) -> None:
    send(propeller, ANA)
    quirk(control, null_value=variant)
    assert send(propeller, ANA | {"firstName": None}).json()["data"][0]["success"]
    assert stored(control, "c-1")["firstName"] == name


@pytest.mark.parametrize(
    ("directives", "expected"),
    [
        ([{"operation": "skipIfNotEmpty", "fields": ["firstName"]}], ("Ana", "company-2")),
        ([{"operation": "skipMoveOnUpdate", "fields": []}], ("Bea", "company-1")),
        ({"skipMoveOnUpdate": []}, ("Bea", "company-1")),
        ([{"operation": "skipCreate", "fields": []}], ("Bea", "company-2")),
    ],
)
def test_directives(
    propeller: requests.Session, control: requests.Session, directives: object, expected: tuple[str, str]
) -> None:
    send(propeller, ANA)
    change = ANA | {"firstName": "Bea", "parent": {"source": "crm", "sourceId": "company-2"}}
    send(propeller, change, ANA | {"sourceId": "new"}, directives=directives)
    found = stored(control, "c-1")
    assert (found["firstName"], found["parent"]["sourceId"]) == expected
    skipped = "skipCreate" in str(directives)
    assert control.get("/propeller/people").json()["total"] == (1 if skipped else 2)


@pytest.mark.parametrize(("variant", "success"), [("creates", True), ("fails", False)])
def test_bulk_by_id_with_an_unknown_id(
    propeller: requests.Session,
    control: requests.Session,
    variant: str,
    success: bool,  # noqa: FBT001 - data
) -> None:
    quirk(control, unknown_id=variant)
    answer = propeller.post("/v2/contacts/bulk/id", json={"contacts": [{"id": 501, "parent": {"id": 1}}]}).json()
    assert (answer["data"][0]["key"], answer["data"][0]["success"]) == (501, success)
    missing = propeller.post("/v2/contacts/bulk/id", json={"contacts": [{"firstName": "A"}]})
    assert missing.json()["error"]["code"] == 10016


@pytest.mark.parametrize(
    ("variant", "text", "status"),
    [
        ("both", "28/08/1993", 200),
        ("both", "1993-08-28", 200),
        ("day_first", "1993-08-28", 400),
        ("iso", "28/08/1993", 400),
    ],
)
def test_a_day_of_birth_is_read_back_in_the_long_form(
    propeller: requests.Session, control: requests.Session, variant: str, text: str, status: int
) -> None:
    quirk(control, date_of_birth=variant)
    assert send(propeller, ANA | {"dateOfBirth": text}).status_code == status
    if status == 200:
        data = propeller.get("/v2/contacts/sourceId/c-1?source=crm").json()["data"]
        assert data["dateOfBirth"] == "August, 28 1993 00:00:00 +0000"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("sourceid/c-1", 400, 10006),
        ("sourceId/c-9", 404, 50006),
        ("sourceId/c-1", 400, 50005),
        ("sourceId/c-1?source=none", 404, 50006),
    ],
)
def test_one_contact_is_not_found_or_ambiguous(propeller: requests.Session, path: str, status: int, code: int) -> None:
    send(propeller, ANA, ANA | {"source": "erp"})
    answer = propeller.get(f"/v2/contacts/{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_one_contact_is_read_and_deleted(propeller: requests.Session) -> None:
    number = send(propeller, ANA).json()["data"][0]["id"]
    data = propeller.get(f"/v2/contacts/id/{number}").json()["data"]
    assert (data["sources"], data["parent"]) == ([{"source": "crm", "sourceId": "c-1"}], PARENT)
    gone = propeller.delete("/v2/contacts/sourceId/c-1?source=crm")
    assert gone.json() == {"data": {}, "messages": ["Contact deleted"]}
    assert propeller.delete("/v2/contacts/sourceId/c-1").status_code == 404


def test_contacts_are_searched_page_by_page(propeller: requests.Session) -> None:
    send(propeller, ANA, ANA | {"sourceId": "c-2", "firstName": "Ben"})
    found = propeller.post("/v2/contacts/search", json={"name": "be", "page": 1, "offset": 1}).json()
    assert (found["total"], found["pages"], found["data"][0]["firstName"]) == (1, 1, "Ben")
    later = {"dateCreated": {"from": "2999-01-01T00:00:00"}}
    assert propeller.post("/v2/contacts/search", json=later).json()["itemsFound"] == 0
    for wrong in ({"page": 0}, {"offset": 0}, {"offset": 101}):
        assert propeller.post("/v2/contacts/search", json=wrong).json()["error"]["code"] == 10015


def test_attribute_descriptions_are_listed_by_class(propeller: requests.Session) -> None:
    found = propeller.get("/v2/attribute-descriptions?attributeClass=contact&page=1&offset=1").json()
    assert (found["offset"], len(found["data"]), found["data"][0]["attributeClass"]) == (1, 1, "contact")
    assert propeller.get("/v2/attribute-descriptions?page=x").json()["error"]["code"] == 10015


def test_a_token_is_given_to_the_right_client_by_form_or_basic(propeller: requests.Session) -> None:
    answer = propeller.post("/oauth2/token", data=FORM).json()
    assert (answer["expires_in"], answer["token_type"], answer["status"]) == ("1899", "BearerToken", "approved")
    grant = {"grant_type": "client_credentials"}
    basic = propeller.post("/oauth2/token", data=grant, auth=("emulator", "emulator"))
    assert basic.json()["access_token"] != answer["access_token"]


@pytest.mark.parametrize(
    ("form", "status"),
    [(FORM | {"client_secret": "x"}, 401), (FORM | {"client_id": "x"}, 401), (FORM | {"grant_type": "password"}, 400)],
)
def test_another_client_gets_no_token(propeller: requests.Session, form: Document, status: int) -> None:
    answer = propeller.post("/oauth2/token", data=form)
    assert (answer.status_code, "access_token" in answer.json()) == (status, False)
    assert propeller.post("/oauth2/token", json=FORM).status_code == 400


def test_a_token_expires_by_the_clock(propeller: requests.Session, control: requests.Session) -> None:
    control.post("/clock", json={"advance": 1898})
    assert propeller.get("/v2/attribute-descriptions").status_code == 200
    control.post("/clock", json={"advance": 2})
    answer = propeller.get("/v2/attribute-descriptions")
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, 401)
    quirk(control, unauthorised="gateway")
    assert "fault" in propeller.get("/v2/attribute-descriptions").json()


def test_the_secret_itself_is_no_token(propeller: requests.Session) -> None:
    assert propeller.get("/v2/attribute-descriptions", headers={"Authorization": "Bearer emulator"}).status_code == 401


def test_a_request_has_at_most_as_many_contacts_as_the_catalogue_says(
    propeller: requests.Session, control: requests.Session
) -> None:
    assert control.put("/propeller/catalogue", json={"maxContactsPerRequest": 1}).ok
    assert send(propeller, ANA).headers["x-request-id"]
    assert send(propeller, ANA, ANA).status_code == 413
