"""Xtremepush: what it is asked, and what its answers are taken for."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest
from pydantic import ValidationError

from target_people.delivery.batch import Batch, Outgoing
from target_people.delivery.contract import Job
from target_people.delivery.message import Flow, Request, Response, Result, drive
from target_people.delivery.pipeline import Pipeline
from target_people.delivery.sender import Surroundings
from target_people.delivery.verdict import DELIVERED
from target_people.errors import BatchRefused, CredentialsError, MappingError, NotConfirmedError, RecordError
from target_people.people.attribute import Attribute, ColumnType, Kind, NotSent
from target_people.people.mapping import Mapping, compile_mapping
from target_people.people.rules import Rules, Source
from target_people.vendors.xtremepush import Xtremepush, XtremepushPerson, XtremepushSettings
from tests.support.clock import FakeClock
from tests.support.vendor import ScriptedTransport, answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.delivery.verdict import Outcome

SECRET = "app-token-that-nobody-may-see"  # noqa: S105 - the test's own, looked for where it must not be
TAGS = [
    {"key": "first_name", "type": "String", "profile": 1},
    {"key": "plan", "type": "String"},
    {"key": "score", "type": "Number"},
    {"key": "seats", "type": "integer"},
    {"key": "vip", "type": "Boolean"},
    {"key": "born", "type": "Date"},
    {"key": "tags", "type": "Array"},
    {"key": "odd", "type": 7},
    {"key": "campaign", "type": "String", "profile": 0},
    {"name": "without a key"},
]
DONE = {"success": True, "code": 200}
PLACES = ("task_id", "taskId", "data.task_id", "data.id", "model.task_id", "model.id", "id")


def xtremepush(*, catalogue: bool = False, **settings: Any) -> Xtremepush:
    """A vendor; with ``catalogue`` its project has the attributes above."""
    vendor = Xtremepush(XtremepushSettings.model_validate({"app_token": SECRET, **settings}))
    if catalogue:
        run(vendor.prepare(), answer({"data": TAGS}), answer({"data": []}))
    return vendor


def run(flow: Flow[Result], *answers: Response) -> Result:
    """The result of a flow that asks for exactly these answers."""
    return asked(flow, *answers)[0]


def asked(flow: Flow[Result], *answers: Response) -> tuple[Result, list[Request]]:
    """The same, with what was asked."""
    script = ScriptedTransport(answers)
    result = drive(flow, script)
    assert len(script.requests) == len(answers)
    return result, script.requests


def mapping_of(vendor: Xtremepush, *columns: str, clear: tuple[str, ...] = (), region: str | None = None) -> Mapping:
    """The mapping of a stream with these columns."""
    source = Source("people", {"properties": {name: {"type": ["string", "null"]} for name in columns}}, ("id",))
    return compile_mapping(
        source, vendor, Rules(nulls_of=dict.fromkeys(clear, "clear"), named=True, phone_region=region)
    )


def outgoing(vendor: Xtremepush, mapping: Mapping, record: dict[str, Any]) -> Outgoing:
    """One record, mapped and encoded as a run does it."""
    person = cast("XtremepushPerson", mapping.person(record))
    keys = mapping.keys(person)
    return Outgoing(vendor.names(person), keys, vendor.shape(keys), vendor.encode(person, keys))


def row(vendor: Xtremepush, record: dict[str, Any], **rules: Any) -> dict[str, Any]:
    """Column → value of one record as it goes."""
    one = outgoing(vendor, mapping_of(vendor, *record, **rules), record)
    return dict(zip(cast("tuple[str, ...]", one.shape), json.loads(one.body), strict=True))


def batch_of(count: int, vendor: Xtremepush | None = None) -> Batch:
    """People u-0, u-1 … who have nothing but an id and a country."""
    vendor = vendor or xtremepush()
    mapping = mapping_of(vendor, "id", "country")
    return Batch(outgoing(vendor, mapping, {"id": f"u-{at}", "country": "Ireland"}) for at in range(count))


def submitted(body: Any, status: int = 200, count: int = 3) -> Job:
    """What a submission of so many people became after one answer."""
    vendor = xtremepush()
    return run(vendor.submit(batch_of(count, vendor)), answer(body, status))


def confirmed(task: Any, count: int = 3) -> tuple[Outcome, ...] | None:
    """What one look at a task says of so many people."""
    vendor = xtremepush()
    return run(vendor.confirm(Job("7"), batch_of(count, vendor)), answer({**DONE, "model": task}))


def attribute(vendor: Xtremepush, name: str, kind: Kind = "text") -> Attribute:
    """The attribute of that name, which there is."""
    found = vendor.attribute(name, ColumnType(kind))
    assert isinstance(found, Attribute)
    return found


class TestSettings:
    """The object ``xtremepush`` of the configuration."""

    @pytest.mark.parametrize(
        ("settings", "url"),
        [
            ({}, "https://external-api.xtremepush.com"),
            ({"region": "us"}, "https://api.us.xtremepush.com"),
            ({"region": "us", "api_url": "https://api.example.org"}, "https://api.example.org"),
        ],
    )
    def test_region_selects_the_host_unless_an_address_is_given(self, settings: dict[str, Any], url: str) -> None:
        assert xtremepush(**settings).api_url == url

    @pytest.mark.parametrize(
        "settings",
        [
            {"region": "mars"},
            {"identifier": "phone"},
            {"email_subscription": 2},
            {"sms_subscription": -1},
            {"other": 1},
        ],
    )
    def test_what_is_not_allowed_is_refused_without_showing_the_token(self, settings: dict[str, Any]) -> None:
        with pytest.raises(ValidationError) as refused:
            xtremepush(**settings)
        assert SECRET not in str(refused.value)

    def test_the_token_goes_in_the_body_and_is_not_shown(self) -> None:
        vendor, script = xtremepush(), ScriptedTransport([answer(DONE)])
        vendor.auth(Request("POST", "/x", b'{"limit":1}'), script, 0)
        assert json.loads(script.requests[0].body) == {"apptoken": SECRET, "limit": 1}
        assert SECRET not in repr(vendor.settings) + repr(script.requests)


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


class TestSubmission:
    """POST /api/external/import/profile."""

    def test_columns_once_and_a_row_for_everybody(self) -> None:
        vendor = xtremepush()
        job, (request,) = asked(vendor.submit(batch_of(2, vendor)), answer(DONE))
        assert (request.method, request.path) == ("POST", "/api/external/import/profile")
        rows = [["Ireland", "u-0"], ["Ireland", "u-1"]]
        assert json.loads(request.body) == {"columns": ["country", "user_id"], "rows": rows}
        assert job.outcomes == (DELIVERED, DELIVERED)

    @pytest.mark.parametrize("body", [{"success": "true"}, {"success": 1, "errors": []}, {"code": 200}])
    def test_a_success_without_errors_is_everybodys(self, body: Any) -> None:
        assert submitted(body) == Job(outcomes=(DELIVERED,) * 3)

    @pytest.mark.parametrize("body", [None, [], {}, {"success": None}, {"success": "perhaps"}, {"message": "hello"}])
    def test_an_answer_that_says_nothing_is_no_success(self, body: Any) -> None:
        with pytest.raises(NotConfirmedError, match="3 people"):
            submitted(body)

    @pytest.mark.parametrize(
        ("errors", "indexes"),
        [
            (["rows[1].email: not valid", "rows[1].phone: not valid"], (1,)),
            ([{"user_id": "u-2", "message": "not valid"}], (2,)),
            (["rows[0]: bad", "something else"], (0,)),
            (["row 1 is bad", {"row": 1}, {"user_id": "nobody"}, "rows[3]: beyond the batch"], ()),
            ("all of it", ()),
        ],
    )
    def test_a_success_with_errors_is_none_and_names_whom_it_can(self, errors: Any, indexes: tuple[int, ...]) -> None:
        with pytest.raises(BatchRefused) as refused:
            submitted({**DONE, "errors": errors})
        assert refused.value.indexes == indexes

    def test_the_words_on_one_row_stay_together(self) -> None:
        with pytest.raises(BatchRefused) as refused:
            submitted({**DONE, "errors": ["rows[1].a: x", "rows[1].b: y"]})
        assert refused.value.details[1] == "rows[1].a: x; rows[1].b: y"

    @pytest.mark.parametrize("place", PLACES)
    @pytest.mark.parametrize(("status", "code"), [(202, 202), (200, 202), (202, 200)])
    def test_an_accepted_import_is_a_task_wherever_its_id_stands(self, place: str, status: int, code: int) -> None:
        outer, _, inner = place.partition(".")
        body = {"success": True, "code": code, "async": True, outer: {inner: 7} if inner else 7}
        assert submitted(body, status) == Job("7")

    def test_an_accepted_import_without_an_id_is_unfinished_all_the_same(self) -> None:
        assert submitted({"success": True, "code": 202}, 202) == Job()

    def test_a_task_in_a_200_is_waited_for(self) -> None:
        assert submitted({**DONE, "task_id": 7}) == Job("7")


class TestStatus:
    """Which status an answer has."""

    @pytest.mark.parametrize(
        ("http", "body", "status"),
        [
            (200, {"success": True, "code": 200}, 200),
            (200, {"success": False, "code": 401}, 401),
            (200, {"success": "false", "code": 429}, 429),
            (200, {"success": 0}, 400),
            (200, {"success": False, "code": 200}, 400),
            (200, {"success": True, "code": 500}, 500),
            (200, {"code": 202}, 202),
            (202, {"success": True, "code": 200}, 202),
            (503, None, 503),
            (401, {"success": False, "code": 401}, 401),
            (200, None, 200),
            (200, {"code": "later"}, 200),
        ],
    )
    def test_a_failure_in_the_body_counts(self, http: int, body: Any, status: int) -> None:
        assert xtremepush().status(answer(body, http)) == status

    def test_a_refusal_names_rows_and_keeps_its_own_words(self) -> None:
        body = {"success": False, "code": 400, "message": "Import failed", "errors": ["rows[2].email: not valid"]}
        named = xtremepush().refusal(answer(body, 400), batch_of(3))
        assert named.indexes == (2,)
        assert named.details == {-1: "Import failed", 2: "rows[2].email: not valid"}


class TestConfirmation:
    """POST /api/external/info/task."""

    @pytest.mark.parametrize(("own", "wire"), [("7", 7), ("a-7", "a-7")])
    def test_the_task_is_asked_for_by_its_id(self, own: str, wire: object) -> None:
        vendor = xtremepush()
        told = answer({"model": {"status": "completed"}})
        outcomes, (request,) = asked(vendor.confirm(Job(own), batch_of(1)), told)
        assert (request.path, json.loads(request.body)) == ("/api/external/info/task", {"id": wire})
        assert outcomes == (DELIVERED,)

    @pytest.mark.parametrize("word", ["completed", "Complete", "success", "done", "FINISHED"])
    def test_a_known_word_is_a_success(self, word: str) -> None:
        assert confirmed({"status": word}) == (DELIVERED,) * 3

    @pytest.mark.parametrize(
        "task",
        [{}, {"status": 2}, {"status": 2, "finish_time": 0}, {"status": "rolling"}, {"finish_time": None}, None, [1]],
    )
    def test_a_task_without_an_end_goes_on(self, task: Any) -> None:
        assert confirmed(task) is None

    def test_a_task_that_is_not_to_be_seen_goes_on(self) -> None:
        vendor = xtremepush()
        flow = vendor.confirm(Job("7"), batch_of(1))
        assert 404 in next(flow).expects
        with pytest.raises(StopIteration) as stop:
            flow.send(answer({"success": False, "code": 404}, 404))
        assert stop.value.value is None

    @pytest.mark.parametrize(
        "task",
        [{"status": "failed"}, {"status": "Cancelled"}, {"success": False, "status": "completed", "finish_time": 9}],
    )
    def test_a_failed_task_is_a_refusal(self, task: Any) -> None:
        with pytest.raises(BatchRefused):
            confirmed(task)

    def test_a_finished_task_that_names_rows_is_a_refusal_of_these(self) -> None:
        with pytest.raises(BatchRefused) as refused:
            confirmed({"status": "completed", "finish_time": 9, "errors": ["rows[1]: bad"]})
        assert refused.value.indexes == (1,)

    @pytest.mark.parametrize("status", [2, "2", None, "rounded"])
    def test_an_end_of_unknown_meaning_is_no_success(self, status: object) -> None:
        with pytest.raises(BatchRefused):
            confirmed({"status": status, "finish_time": 9}, count=100)
        with pytest.raises(NotConfirmedError):
            confirmed({"status": status, "finish_time": 9}, count=99)


class TestDelivery:
    """Submission, confirmation and isolation together."""

    def deliver(self, lines: Callable[[Request], Response], count: int) -> tuple[list[Outcome], list[Request]]:
        vendor, requests = xtremepush(batch_size=1_000), list[Request]()
        settled: list[Outcome] = []

        def send(request: Request) -> Response:
            requests.append(request)
            return lines(request)

        transport = ScriptedTransport([send] * 200)
        around = Surroundings(FakeClock(), random.Random(1))
        pipeline = Pipeline(vendor, transport, around, lambda _, outcome: settled.append(outcome))
        mapping = mapping_of(vendor, "id", "country")
        for at in range(count):
            person = cast("XtremepushPerson", mapping.person({"id": f"u-{at}", "country": "Ireland"}))
            pipeline.add(person, mapping.keys(person), at)
        pipeline.flush()
        return settled, requests

    def test_people_of_a_task_with_a_status_number_go_again_until_they_are_answered_at_once(self) -> None:
        def numeric(request: Request) -> Response:
            body = json.loads(request.body)
            if "id" in body:
                return answer({**DONE, "model": {"id": body["id"], "status": 2, "finish_time": 9}})
            return answer({"success": True, "task_id": 7}, 202) if len(body["rows"]) >= 100 else answer(DONE)

        outcomes, requests = self.deliver(numeric, 150)
        assert outcomes == [DELIVERED] * 150
        assert [len(json.loads(request.body).get("rows", ())) for request in requests] == [150, 0, 75, 75]

    def test_of_an_import_that_fails_without_a_word_only_the_bad_row_is_rejected(self) -> None:
        def whole(request: Request) -> Response:
            bad = any(row[1] == "u-13" for row in json.loads(request.body)["rows"])
            return answer({"success": False, "code": 400, "message": "Import failed"}) if bad else answer(DONE)

        outcomes, _ = self.deliver(whole, 20)
        assert [at for at, outcome in enumerate(outcomes) if outcome != DELIVERED] == [13]
        assert (outcomes[13].code, outcomes[13].detail) == ("vendor_refused", "Import failed")

    def test_refused_credentials_in_a_200_end_the_run(self) -> None:
        with pytest.raises(CredentialsError, match=r"xtremepush\.app_token") as refused:
            self.deliver(lambda _: answer({"success": False, "code": 401, "message": "Unauthorized"}), 2)
        assert SECRET not in str(refused.value)


def test_check_lists_one_profile() -> None:
    called, (request,) = asked(xtremepush().check(), answer({**DONE, "data": []}))
    assert called == "POST /api/external/list/profile"
    assert (request.path, json.loads(request.body)) == ("/api/external/list/profile", {"limit": 1})
