"""From the status of an answer to what happens next."""

from __future__ import annotations

from typing import Any

import pytest

from target_people.delivery.classify import Classify, RefusedError
from target_people.delivery.contract import Answer
from target_people.delivery.message import Request, Response, wire
from target_people.errors import CredentialsError, OutOfServiceError, Retriable
from tests.support.clock import FakeClock
from tests.support.vendor import TOKEN, Plain, ScriptedTransport, answer, plain
from tests.support.work import finish

REQUEST = Request("POST", "/people", b'{"people":[]}')
SECRET = "ann@example.com"  # noqa: S105 - a value that must not be told
GOOD_STATUS = (200, 201, 202, 204, 299)
REFUSED = (400, 409, 422)
LATER = (408, 425, 429, 500, 502, 503, 504, 520, 599)
WRONG = (100, 199, 300, 301, 302, 304, 307, 402, 404, 405, 410, 418, 451, 501, 600, 999)


def ask(response: Response, request: Request = REQUEST, vendor: Plain | None = None) -> Response:
    """Send one request through the layer."""
    work = Classify(wire, vendor or plain(), FakeClock())(request)
    return finish(work, ScriptedTransport([response]))


@pytest.mark.parametrize("status", GOOD_STATUS)
def test_a_success_comes_back_as_it_is(status: int) -> None:
    response = answer({}, status)
    assert ask(response) is response


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *[(status, RefusedError) for status in (*REFUSED, 413)],
        *[(status, Retriable) for status in LATER],
        *[(status, CredentialsError) for status in (401, 403)],
        *[(status, OutOfServiceError) for status in WRONG],
    ],
)
def test_every_other_status_has_its_error_which_tells_it_and_no_value(status: int, error: type[Exception]) -> None:
    with pytest.raises(error, match=rf"status {status}\b") as caught:
        ask(answer({"message": f"no good: {SECRET}"}, status, location=f"https://{SECRET}"))
    assert type(caught.value) is error
    assert SECRET not in str(caught.value)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(("status", "too_large"), [*[(status, False) for status in REFUSED], (413, True)])
def test_a_refusal_says_whether_it_is_for_size_and_brings_the_answer(status: int, *, too_large: bool) -> None:
    response = answer({"named": [1]}, status)
    with pytest.raises(RefusedError) as caught:
        ask(response)
    assert (caught.value.status, caught.value.too_large, caught.value.response) == (status, too_large, response)


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_name_the_setting(status: int) -> None:
    with pytest.raises(CredentialsError, match=r"plain\.api_token"):
        ask(answer({}, status))


def test_an_answer_that_nothing_helps_names_the_address_setting() -> None:
    with pytest.raises(OutOfServiceError, match=r"plain\.api_url"):
        ask(answer({}, 404))


@pytest.mark.parametrize("status", [404, 409, 401, 500])
def test_a_status_that_the_flow_expects_comes_back(status: int) -> None:
    request = Request("GET", "/jobs/1", expects=frozenset({status}))
    assert ask(answer({}, status), request).status == status


@pytest.mark.parametrize(
    ("status", "meant", "error"),
    [
        (404, Answer.REFUSED, RefusedError),
        (400, Answer.LATER, Retriable),
        (429, Answer.WRONG, OutOfServiceError),
        (200, Answer.REFUSED, RefusedError),
        (422, Answer.PERMISSION, CredentialsError),
        (500, Answer.CREDENTIALS, CredentialsError),
        (400, Answer.TOO_LARGE, RefusedError),
    ],
)
def test_the_vendors_table_goes_before_the_default(status: int, meant: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(answer({}, status), vendor=plain(kind={"answers": {status: meant}}))


def test_the_vendors_table_can_make_a_status_good() -> None:
    assert ask(answer({}, 404), vendor=plain(kind={"answers": {404: Answer.GOOD}})).status == 404


def test_a_failure_inside_a_success_is_read_from_the_body() -> None:
    kind: dict[str, Any] = {"status": lambda _, response: response.json()["code"]}
    with pytest.raises(CredentialsError, match="401"):
        ask(answer({"code": 401}), vendor=plain(kind=kind))


@pytest.mark.parametrize("status", [429, 503])
def test_the_wish_to_wait_travels_with_the_failure(status: int) -> None:
    with pytest.raises(Retriable) as caught:
        ask(answer({}, status, retry_after="12"))
    assert caught.value.retry_after == 12.0
