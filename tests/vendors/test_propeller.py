"""Propeller: what it is asked, and what its answers are taken for."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, cast

import pytest
from pydantic import ValidationError

from target_people.delivery.auth import ClientCredentials
from target_people.delivery.batch import Batch, Outgoing
from target_people.delivery.message import Flow, Request, Response, Result, drive
from target_people.delivery.pipeline import Pipeline
from target_people.delivery.sender import Surroundings
from target_people.delivery.verdict import CREATED, DELIVERED, UPDATED, Outcome, rejected
from target_people.errors import BatchRefused, CredentialsError, MappingError, NotConfirmedError, RecordError
from target_people.people.attribute import ColumnType, NotSent
from target_people.people.mapping import compile_mapping
from target_people.people.rules import Rules, Source
from target_people.vendors.propeller import Propeller, PropellerPerson, PropellerSettings
from tests.support.clock import FakeClock
from tests.support.vendor import ScriptedTransport, answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.people.mapping import Mapping

SECRET = "secret-that-nobody-may-see"  # noqa: S105 - the test's own, looked for where it must not be
KEYS = {"client_id": SECRET, "client_secret": SECRET}
TOKEN = {"access_token": "token", "expires_in": "1899"}
REFUSED = rejected("vendor_refused")


def propeller(**settings: Any) -> Propeller:
    """A vendor with the source ``crm``, unless the settings say otherwise."""
    return Propeller(PropellerSettings.model_validate({**KEYS, "source": "crm", **settings}))


def asked(flow: Flow[Result], *answers: Response) -> tuple[Result, list[Request]]:
    """The result of a flow that asks for exactly these answers, and what was asked."""
    script = ScriptedTransport(answers)
    result = drive(flow, script)
    assert len(script.requests) == len(answers)
    return result, script.requests


def mapping_of(vendor: Propeller, *columns: str, clear: tuple[str, ...] = ()) -> Mapping:
    """The mapping of a stream with these columns."""
    source = Source("people", {"properties": {name: {"type": ["string", "null"]} for name in columns}}, ("id",))
    return compile_mapping(source, vendor, Rules(nulls_of=dict.fromkeys(clear, "clear"), named=True))


def outgoing(vendor: Propeller, record: dict[str, Any]) -> Outgoing:
    """One record, mapped and encoded as a run does it."""
    mapping = mapping_of(vendor, *record)
    person = cast("PropellerPerson", mapping.person(record))
    keys = mapping.keys(person)
    return Outgoing(vendor.names(person), keys, vendor.shape(keys), vendor.encode(person, keys))


def contact(record: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """One record as it goes."""
    sent: dict[str, Any] = json.loads(outgoing(propeller(**settings), record).body)
    return sent


def batch_of(*ids: str, **settings: Any) -> Batch:
    """People who have nothing but an id."""
    return Batch(outgoing(propeller(**settings), {"id": one}) for one in ids)


def told(*elements: Any, ids: tuple[str, ...] = ("a", "b"), **settings: Any) -> tuple[Outcome, ...] | None:
    """The outcomes of people after an answer with these elements."""
    body = {"data": list(elements), "messages": ["Completed"], "total": len(elements)}
    return asked(propeller(**settings).submit(batch_of(*ids, **settings)), answer(body))[0].outcomes


def element(key: Any, *, success: object = True, action: str = "create", **more: Any) -> dict[str, Any]:
    """One element of an answer."""
    return {"action": action, "id": 501, "key": key, "lookupKey": "sourceId", "success": success, **more}


class TestSettings:
    """The object ``propeller`` of the configuration."""

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            (KEYS, "propeller.source"),
            ({**KEYS, "source": " "}, "source"),
            ({**KEYS, "source": "crm", "identifier": "email"}, "identifier"),
            ({**KEYS, "source": "crm", "parent": {"sourceId": "acme"}}, "parent"),
            ({**KEYS, "source": "crm", "parent": {"id": "acme"}}, "parent"),
            ({**KEYS, "source": "crm", "parent": {"id": 1, "source": "crm"}}, "parent"),
            ({**KEYS, "source": "crm", "directives": {"skipCreate": []}}, "directives"),
            ({"client_id": SECRET, "source": "crm"}, "client_secret"),
        ],
    )
    def test_a_mistake_names_the_setting_and_shows_no_secret(self, settings: dict[str, Any], words: str) -> None:
        with pytest.raises(ValidationError) as refused:
            PropellerSettings.model_validate(settings)
        assert words in str(refused.value)
        assert SECRET not in str(refused.value)

    def test_the_id_of_propeller_needs_no_source(self) -> None:
        assert PropellerSettings.model_validate({**KEYS, "identifier": "id"}).source is None

    def test_one_host_unless_an_address_is_given(self) -> None:
        assert propeller().api_url == "https://api.helice.cloud"
        assert propeller(api_url="https://api.example.org").api_url == "https://api.example.org"


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


class TestSubmission:
    """POST /v2/contacts/bulk/sourceId and /bulk/id."""

    @pytest.mark.parametrize(
        ("identifier", "path", "contacts"),
        [
            ("source_id", "/v2/contacts/bulk/sourceId", [{"source": "crm", "sourceId": "1"}]),
            ("id", "/v2/contacts/bulk/id", [{"id": 1}]),
        ],
    )
    def test_contacts_go_by_the_identifier(self, identifier: str, path: str, contacts: list[Any]) -> None:
        flow = propeller(identifier=identifier).submit(batch_of("1", identifier=identifier))
        _, (request,) = asked(flow, answer({"data": [element(1)]}))
        assert (request.method, request.path) == ("POST", path)
        assert json.loads(request.body) == {"contacts": contacts}

    def test_directives_go_as_they_are(self) -> None:
        directives = [{"operation": "skipIfNotEmpty", "fields": ["email"]}]
        flow = propeller(directives=directives).submit(batch_of("1"))
        _, (request,) = asked(flow, answer({"data": [element("1")]}))
        assert json.loads(request.body)["directives"] == directives


class TestAnswer:
    """What the elements of an answer are taken for."""

    def test_elements_are_matched_by_key_in_any_order(self) -> None:
        assert told(element("b", action="update"), element("a", action="Create")) == (CREATED, UPDATED)

    def test_a_key_may_come_back_as_a_number(self) -> None:
        assert told(element(7), ids=("7",)) == (CREATED,)
        assert told(element("7"), ids=("7",), identifier="id") == (CREATED,)

    def test_another_action_is_a_delivery(self) -> None:
        assert told(element("a", action="skip"), element("b", action="")) == (DELIVERED, DELIVERED)

    @pytest.mark.parametrize("success", [False, None, "true", 1, 0])
    def test_anything_but_true_is_a_failure(self, success: object) -> None:
        assert told(element("a"), element("b", success=success)) == (CREATED, REFUSED)

    @pytest.mark.parametrize(
        "why",
        [
            {"message": "no parent"},
            {"messages": ["no", "parent"]},
            {"error": {"messages": ["no parent"]}},
            {"error": {"message": "no parent"}},
        ],
    )
    def test_a_failure_says_why_wherever_it_stands(self, why: dict[str, Any]) -> None:
        outcomes = told(element("a"), element("b", success=False, **why))
        assert outcomes is not None
        assert "parent" in outcomes[1].detail

    def test_who_is_missing_was_not_stored(self) -> None:
        assert told(element("b")) == (rejected("not_stored"), CREATED)

    @pytest.mark.parametrize("body", [None, [], {}, {"data": {}}, {"data": []}, {"data": ["a", "b"]}, {"total": 2}])
    def test_an_answer_without_elements_is_no_success(self, body: Any) -> None:
        with pytest.raises(NotConfirmedError, match="2 people"):
            asked(propeller().submit(batch_of("a", "b")), answer(body))

    @pytest.mark.parametrize("key", [None, "somebody else", "a"])
    def test_a_success_of_all_needs_no_keys(self, key: object) -> None:
        assert told(element(key), element("a")) == (CREATED, CREATED)
        assert told(element(key), element("a", action="update")) == (DELIVERED, DELIVERED)

    @pytest.mark.parametrize(
        "elements",
        [
            (element(None), element("b", success=False)),
            (element(None),),
            (element(None), element("a"), element("b")),
            (element("a", success=False), element("a")),
        ],
    )
    def test_elements_that_do_not_tell_people_apart_are_never_told_by_position(self, elements: Any) -> None:
        with pytest.raises(BatchRefused):
            told(*elements)

    def test_a_contact_called_none_is_not_taken_for_a_missing_key(self) -> None:
        with pytest.raises(BatchRefused):
            told(element(None, success=False), element("a"), ids=("None", "a"))


class TestRefusal:
    """Whom a 400 names."""

    def test_pointers_name_contacts(self) -> None:
        messages = ["#/contacts/1: extraneous key", "#/contacts/1/email: no address", "#/contacts/12: too far"]
        body = {"error": {"code": 10007, "messages": messages, "status": 400, "type": "SchemaValidationException"}}
        named = propeller().refusal(answer(body, 400), batch_of("a", "b"))
        assert named.indexes == (1,)
        assert named.details is not None
        assert named.details[1] == "#/contacts/1: extraneous key; #/contacts/1/email: no address"

    @pytest.mark.parametrize("body", [None, [], {"error": "no"}, {"error": {"messages": "no"}}, {"fault": {}}])
    def test_any_other_form_names_nobody(self, body: Any) -> None:
        assert propeller().refusal(answer(body, 400), batch_of("a", "b")).indexes == ()


class TestDelivery:
    """Authorisation, submission and isolation together."""

    def deliver(self, lines: Callable[[Request], Response], *ids: str) -> tuple[list[Outcome], list[str]]:
        vendor = propeller()
        settled: list[Outcome] = []
        around = Surroundings(FakeClock(), random.Random(1))
        transport = ScriptedTransport([lines] * 50)
        pipeline = Pipeline(vendor, transport, around, lambda _, outcome: settled.append(outcome))
        mapping = mapping_of(vendor, "id")
        for one in ids:
            person = cast("PropellerPerson", mapping.person({"id": one}))
            pipeline.add(person, mapping.keys(person), one)
        pipeline.flush()
        return settled, transport.called

    def test_a_404_for_all_is_narrowed_down_to_the_contact_whose_company_is_missing(self) -> None:
        def lines(request: Request) -> Response:
            if request.path == "/oauth2/token":
                return answer(TOKEN)
            keys = [one["sourceId"] for one in json.loads(request.body)["contacts"]]
            if "c" in keys:
                return answer({"error": {"code": 50007, "messages": ["parent not found"]}}, 404)
            return answer({"data": [element(key) for key in keys]})

        outcomes, called = self.deliver(lines, "a", "b", "c", "d")
        detail = rejected("vendor_refused", detail="parent not found")
        assert outcomes == [CREATED, CREATED, detail, CREATED]
        assert called[0] == "POST /oauth2/token"
        assert called.count("POST /oauth2/token") == 1

    def test_a_token_that_is_not_accepted_any_more_is_renewed_once(self) -> None:
        tokens = iter(["old", "new"])

        def lines(request: Request) -> Response:
            if request.path == "/oauth2/token":
                return answer({**TOKEN, "access_token": next(tokens)})
            if request.headers["authorization"] == "Bearer old":
                return answer({"fault": {"faultstring": "Invalid Access Token"}}, 401)
            return answer({"data": [element("a")]})

        assert self.deliver(lines, "a")[0] == [CREATED]

    def test_refused_client_credentials_name_their_settings_and_reject_nobody(self) -> None:
        with pytest.raises(CredentialsError, match=r"propeller\.client_id and propeller\.client_secret") as refused:
            self.deliver(lambda _: answer({"error": "invalid_client"}, 401), "a")
        assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("expires_in", "renewed_after"),
    [("1899", 1519.2), (100, 80.0), (None, 1440.0), ("soon", 1440.0), ("-5", 1440.0), ("²", 1440.0)],
)
def test_a_token_is_renewed_at_four_fifths_of_its_life(expires_in: object, renewed_after: float) -> None:
    auth = propeller().auth
    assert isinstance(auth, ClientCredentials)
    token = answer({**TOKEN, "expires_in": expires_in})
    script = ScriptedTransport([token, answer(), answer(), token, answer()])
    for now in (0.0, renewed_after - 0.1, renewed_after + 0.1):
        auth(Request("GET", "/x"), script, now)
    assert script.called == ["POST /oauth2/token", "GET /x", "GET /x", "POST /oauth2/token", "GET /x"]


def test_check_reads_one_attribute_description() -> None:
    called, (request,) = asked(propeller().check(), answer({"data": []}))
    assert (request.method, request.path) == ("GET", "/v2/attribute-descriptions")
    assert dict(request.query) == {"attributeClass": "contact", "page": "1", "offset": "1"}
    assert called == "POST /oauth2/token, GET /v2/attribute-descriptions"
