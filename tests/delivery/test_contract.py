"""What the vendor contract gives every vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from target_people.delivery.auth import NoAuth
from target_people.delivery.batch import Batch
from target_people.delivery.contract import Access, Job, Vendor, words
from target_people.delivery.message import Request
from tests.support.vendor import PlainSettings, ScriptedTransport, answer, outgoing
from tests.support.work import follow

if TYPE_CHECKING:
    from target_people.delivery.message import Flow


class Least(Vendor[PlainSettings, str]):
    """A vendor that says only what it must."""

    name = "least"

    @property
    def api_url(self) -> str:
        return "https://least.example.com"

    def names(self, person: str) -> tuple[str, ...]:
        return (person,)

    def encode(self, person: str, keys: frozenset[str]) -> bytes:
        return f"{person}{sorted(keys)}".encode()

    def submit(self, batch: Batch) -> Flow[Job]:
        yield Request("POST", "/", batch.bodies())
        return Job()

    def check(self) -> Flow[Access]:
        yield Request("GET", "/")
        return Access()


LEAST = Least(PlainSettings(api_token=SecretStr("x")))
BATCH = Batch([outgoing("a")])


def test_a_vendor_that_says_no_more_needs_no_credentials_and_no_preparation() -> None:
    assert isinstance(LEAST.auth, NoAuth)
    assert follow(LEAST.prepare(), ScriptedTransport([])) is None


def test_all_keys_go_together_unless_the_vendor_needs_otherwise() -> None:
    assert LEAST.shape(frozenset("a")) == LEAST.shape(frozenset("bc"))


def test_a_refusal_names_nobody_and_keeps_the_vendors_words() -> None:
    refusal = LEAST.refusal(answer({"error": {"message": "no"}}, 422), BATCH)
    assert (refusal.indexes, refusal.details) == ((), {-1: "no"})


def test_the_status_is_that_of_the_answer() -> None:
    assert LEAST.status(answer({"code": 401}, 200)) == 200


def test_a_vendor_without_jobs_cannot_be_asked_for_one() -> None:
    with pytest.raises(NotImplementedError, match="least"):
        LEAST.confirm(Job("j1"), BATCH)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("no", "no"),
        ({"message": "no"}, "no"),
        ({"error": {"code": 7, "message": "no"}}, "no"),
        ({"message": "", "error": "no"}, "no"),
        ({"errors": [{"detail": "no"}, "never", 7, {"reason": "not"}]}, "no; never; not"),
        ({"messages": ["no", "", "never"]}, "no; never"),
        ({"details": {"errors": ["no"]}}, "no"),
        ({"unheard": "of"}, ""),
        ([], ""),
        (None, ""),
        (7, ""),
    ],
)
def test_the_words_of_an_error_are_found_in_the_usual_shapes(body: Any, text: str) -> None:
    assert words(body) == text
