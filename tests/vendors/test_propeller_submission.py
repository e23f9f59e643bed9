"""Propeller: a bulk call, and what its answer is taken for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.verdict import CREATED, DELIVERED, UPDATED, Outcome, rejected
from target_people.errors import BatchRefused, NotConfirmedError
from tests.support.flow import asked, batch_of
from tests.support.vendor import answer
from tests.vendors.account import propeller

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch

REFUSED = rejected("vendor_refused")


def people(*ids: str, **settings: Any) -> Batch:
    """People who have nothing but an id."""
    return batch_of(propeller(**settings), *({"id": one} for one in ids))


def told(*elements: Any, ids: tuple[str, ...] = ("a", "b"), **settings: Any) -> tuple[Outcome, ...] | None:
    """The outcomes of people after an answer with these elements."""
    body = {"data": list(elements), "messages": ["Completed"], "total": len(elements)}
    return asked(propeller(**settings).submit(people(*ids, **settings)), answer(body))[0].outcomes


def element(key: Any, *, success: object = True, action: str = "create", **more: Any) -> dict[str, Any]:
    """One element of an answer."""
    return {"action": action, "id": 501, "key": key, "lookupKey": "sourceId", "success": success, **more}


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
        flow = propeller(identifier=identifier).submit(people("1", identifier=identifier))
        _, (request,) = asked(flow, answer({"data": [element(1)]}))
        assert (request.method, request.path) == ("POST", path)
        assert json.loads(request.body) == {"contacts": contacts}

    def test_directives_go_as_they_are(self) -> None:
        directives = [{"operation": "skipIfNotEmpty", "fields": ["email"]}]
        flow = propeller(directives=directives).submit(people("1"))
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
            asked(propeller().submit(people("a", "b")), answer(body))

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
        named = propeller().refusal(answer(body, 400), people("a", "b"))
        assert named.indexes == (1,)
        assert named.details is not None
        assert named.details[1] == "#/contacts/1: extraneous key; #/contacts/1/email: no address"

    @pytest.mark.parametrize("body", [None, [], {"error": "no"}, {"error": {"messages": "no"}}, {"fault": {}}])
    def test_any_other_form_names_nobody(self, body: Any) -> None:
        assert propeller().refusal(answer(body, 400), people("a", "b")).indexes == ()
