"""How people are read back: in pages, each as seldom as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_people.delivery.batch import Batch
from target_people.delivery.classify import Classify
from target_people.delivery.contract import Limits
from target_people.delivery.message import Request, wire
from target_people.delivery.readback import ReadBack
from target_people.errors import OutOfServiceError, VendorContractError
from tests.support.clock import FakeClock
from tests.support.vendor import Line, ScriptedTransport, answer, outgoing, plain
from tests.support.work import finish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_people.delivery.message import Flow
    from tests.support.vendor import Plain

PEOPLE = Batch(outgoing(name) for name in "abcdefg")


def read_back(vendor: Plain, batch: Batch) -> Flow[Any]:
    """One request, answered with what is to be told."""
    del vendor
    answered = yield Request("GET", f"/people/{''.join(person.identity for person in batch)}")
    return answered.json()


class Look:
    """Looks at seven people, three at a time.

    Args:
        script: the answers.
    """

    def __init__(self, script: Iterable[Line]) -> None:
        vendor = plain(kind={"read_back": read_back, "limits": Limits(people=100, batch=10, read_back=3)})
        self.transport = ScriptedTransport(script)
        self.reading = ReadBack(vendor, PEOPLE, Classify(wire, vendor, FakeClock()))

    def everybody(self) -> bool:
        return finish(self.reading.everybody(), self.transport)

    def anybody(self) -> set[int]:
        return set(finish(self.reading.anybody(), self.transport))

    @property
    def pages(self) -> list[str]:
        """Who was asked for, together."""
        return [request.path.removeprefix("/people/") for request in self.transport.requests]


ALL, NOBODY = answer([True] * 3), answer([False] * 3)


def test_everybody_is_read_page_by_page() -> None:
    look = Look([ALL, ALL, answer([True])])
    assert look.everybody()
    assert look.pages == ["abc", "def", "g"]


@pytest.mark.parametrize("untrue", [False, None])
def test_a_look_for_everybody_ends_with_the_first_page_that_lacks_somebody(*, untrue: bool | None) -> None:
    look = Look([ALL, answer([True, untrue, True])])
    assert not look.everybody()
    assert look.pages == ["abc", "def"]


def test_whoever_was_seen_is_not_read_again() -> None:
    look = Look([ALL, answer([True, False, True]), answer([True, True])])
    assert [look.everybody(), look.everybody()] == [False, True]
    assert look.pages == ["abc", "def", "eg"]


def test_a_look_for_anybody_ends_with_the_first_page_of_nobody() -> None:
    look = Look([answer([False, True, None]), NOBODY])
    assert look.anybody() == {1}
    assert look.pages == ["abc", "def"]


@pytest.mark.parametrize("refusal", [answer(None), answer({}, 400), answer({}, 422)])
def test_a_vendor_that_offers_no_way_or_refuses_it_has_nobody_seen(refusal: Any) -> None:
    look = Look([refusal])
    assert not look.everybody()
    assert not look.reading.offered


def test_a_vendor_file_that_says_nothing_of_it_offers_no_way_and_makes_no_request() -> None:
    look, transport = ReadBack(plain(), PEOPLE, wire), ScriptedTransport([])
    assert finish(look.anybody(), transport) == set()
    assert not look.offered


def test_an_outage_passes() -> None:
    with pytest.raises(OutOfServiceError):
        Look([OutOfServiceError("gone")]).everybody()


@pytest.mark.parametrize("told", [[], [True] * 2, [True] * 4])
def test_too_few_or_too_many_are_a_defect(told: list[bool]) -> None:
    with pytest.raises(VendorContractError, match=rf"^plain: read back {len(told)} of 3 people"):
        Look([answer(told)]).everybody()
