"""What an observer of a delivery is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.contract import Limits
from target_people.delivery.message import Request
from target_people.delivery.observer import Exchange
from target_people.delivery.settings import segment
from target_people.errors import Retriable, VendorContractError
from tests.support.vendor import answer, plain

if TYPE_CHECKING:
    from target_people.delivery.batch import Batch
    from tests.support.vendor import Delivering, Line

ONE = Limits(people=100, batch=1, in_flight=2)


class Notes:
    """An observer that writes everything down."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.batches: list[tuple[Any, ...]] = []

    def exchanged(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    def began(self, number: int, batch: Batch) -> None:
        self.batches.append(("began", number, len(batch)))

    def ended(self, number: int, seconds: float, *, failed: bool) -> None:
        self.batches.append(("ended", number, seconds, failed))


def test_a_path_is_told_by_its_template_and_goes_as_it_is() -> None:
    request = Request("GET", f"/people/{segment('who@example.com')}/opted-out", query=(("q", "who"),))
    assert (request.template, request.path) == ("/people/{}/opted-out", "/people/who%40example.com/opted-out")
    assert "who" not in repr(request)


def test_every_request_is_told_with_its_batch_and_without_what_it_holds(delivering: Delivering) -> None:
    notes = Notes()
    script: list[Line] = [
        answer({}),
        answer({"job": "who-1"}),
        Retriable("connection reset"),
        answer({"outcomes": ["delivered"]}),
    ]
    delivery = delivering(plain(kind={"limits": ONE}), script, observer=notes)
    delivery.pipeline.prepare()
    delivery.add({"id": "who"})
    delivery.finish()
    sent, received = len(delivery.transport.requests[1].body), len(b'{"job": "who-1"}')
    assert notes.exchanges == [
        Exchange("GET", "/fields", None, 0, 0, 2, 200),
        Exchange("POST", "/people", 1, 0, sent, received, 200),
        Exchange("GET", "/jobs/{}", 1, 0, 0, failure="connection reset"),
        Exchange("GET", "/jobs/{}", 1, 0, 0, len(b'{"outcomes": ["delivered"]}'), 200),
    ]
    (began, ended) = notes.batches
    assert (began, ended[:2], ended[3]) == (("began", 1, 1), ("ended", 1), False)
    assert ended[2] == pytest.approx(sum(delivery.clock.slept))


def test_a_batch_that_fails_is_told_as_failed(delivering: Delivering) -> None:
    notes = Notes()
    delivery = delivering(plain(kind={"limits": ONE}), [answer({"outcomes": []})], observer=notes)
    delivery.add({"id": 1})
    with pytest.raises(VendorContractError):
        delivery.finish()
    assert notes.batches == [("began", 1, 1), ("ended", 1, 0.0, True)]
