"""Requests, answers, and how a flow of them is driven."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.message import Request, Response
from target_people.errors import Retriable
from tests.support.vendor import ScriptedTransport, answer
from tests.support.work import follow

if TYPE_CHECKING:
    from target_people.delivery.message import Flow

CANARY = "ann@example.com"


def two_steps(closed: list[str]) -> Flow[str]:
    """Ask twice, the second time for what the first answered."""
    try:
        first = yield Request("GET", "/first")
        second = yield Request("GET", f"/{first.json()['next']}")
        return str(second.status)
    finally:
        closed.append("closed")


def test_a_flow_gets_the_answer_to_each_of_its_requests_and_its_result_comes_back() -> None:
    transport = ScriptedTransport([answer({"next": "second"}), answer({}, 201)])
    closed: list[str] = []
    assert follow(two_steps(closed), transport) == "201"
    assert transport.called == ["GET /first", "GET /second"]
    assert closed == ["closed"]


def test_a_flow_without_requests_has_its_result_at_once() -> None:
    def flow() -> Flow[int]:
        return 7
        yield

    assert follow(flow(), ScriptedTransport([])) == 7


@pytest.mark.parametrize("script", [[Retriable("x")], [answer({"next": "b"}), Retriable("x")]])
def test_when_sending_fails_the_flow_is_closed(script: list[Any]) -> None:
    closed: list[str] = []
    with pytest.raises(Retriable):
        follow(two_steps(closed), ScriptedTransport(script))
    assert closed == ["closed"]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1.50}', {"a": Decimal("1.50")}),
        (b"[]", []),
        (b"", None),
        (b"<html>", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
        (b"1e99999999999999999999", None),
    ],
)
def test_a_body_that_is_no_json_is_none(body: bytes, value: object) -> None:
    assert Response(200, body).json() == value


def test_no_repr_shows_people_or_credentials() -> None:
    body, pairs = CANARY.encode(), {"authorization": CANARY}
    shown = repr(Request("GET", "/x", body, query=(("q", CANARY),), headers=pairs)) + repr(Response(200, body, pairs))
    assert CANARY not in shown
