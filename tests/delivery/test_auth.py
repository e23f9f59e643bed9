"""How requests are authorised, and that nothing shows the secrets."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from target_people.delivery.auth import Auth, Bearer, BodyToken, ClientCredentials, NoAuth
from target_people.delivery.engine import Engine
from target_people.delivery.message import Request, Response, wire
from target_people.delivery.reactor import Ended, Reactor
from target_people.errors import CredentialsError, Retriable
from tests.support.clock import FakeClock
from tests.support.vendor import ScriptedTransport, answer
from tests.support.work import finish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.vendor import Line

SECRET = 's3cret/&="ä'  # noqa: S105 - the test's own
CLIENT = "client+id"
REQUEST = Request("POST", "/people", b'{"people":[]}', headers={"x-trace": "1"})
GOOD = answer({})


def bearer(request: Request) -> str:
    return request.headers["authorization"]


def test_no_auth_sends_the_request_as_it_is() -> None:
    transport = ScriptedTransport([GOOD])
    assert finish(NoAuth()(REQUEST, wire, 0.0), transport) is GOOD
    assert transport.requests == [REQUEST]


def test_a_bearer_token_stands_in_its_header_beside_the_others() -> None:
    transport = ScriptedTransport([GOOD])
    assert finish(Bearer(SecretStr(SECRET))(REQUEST, wire, 0.0), transport) is GOOD
    assert transport.requests[0].headers == {"x-trace": "1", "authorization": f"Bearer {SECRET}"}
    assert "authorization" not in REQUEST.headers


def body_with_token(body: bytes) -> bytes:
    transport = ScriptedTransport([GOOD])
    finish(BodyToken("apptoken", SecretStr(SECRET))(Request("POST", "/x", body), wire, 0.0), transport)
    return transport.requests[0].body


@pytest.mark.parametrize("body", [b"", b"{}", b'{"a":1}', b'{"apptokens":{},"b":[{"c":"}"}]}'])
def test_a_body_token_is_the_first_key_of_the_object(body: bytes) -> None:
    pairs = json.loads(body_with_token(body), object_pairs_hook=list)
    rest = json.loads(body or b"{}", object_pairs_hook=list)
    assert pairs == [("apptoken", SECRET), *rest]


class Client:
    """Client credentials over a script.

    Args:
        script: of the transport.
    """

    def __init__(self, *script: Line) -> None:
        self.transport = ScriptedTransport(script)
        self.auth = ClientCredentials(
            "/oauth2/token", SecretStr(CLIENT), SecretStr(SECRET), lifetime, "plain.client_id and plain.client_secret"
        )

    def call(self, now: float = 0.0) -> Response:
        return finish(self.auth(REQUEST, wire, now), self.transport)

    @property
    def tokens(self) -> list[str]:
        """The token of every request, ``fetch`` for those that fetch one."""
        return ["fetch" if sent.path == "/oauth2/token" else bearer(sent) for sent in self.transport.requests]


def lifetime(body: Any) -> float:
    return float(body["expires_in"])


def token(name: str, seconds: float = 100) -> Response:
    return answer({"access_token": name, "expires_in": seconds})


REFUSED = answer({"error": SECRET}, 401)


def test_nothing_is_fetched_before_the_first_request() -> None:
    assert Client().transport.requests == []


def test_a_token_is_fetched_once_and_used_for_all() -> None:
    client = Client(token("t1"), GOOD, GOOD)
    assert [client.call(), client.call(79.9)] == [GOOD, GOOD]
    assert client.tokens == ["fetch", "Bearer t1", "Bearer t1"]


def test_the_client_is_named_in_a_form() -> None:
    client = Client(token("t1"), GOOD)
    client.call()
    form = client.transport.requests[0]
    assert (form.method, form.content_type) == ("POST", "application/x-www-form-urlencoded")
    assert form.body == (b"grant_type=client_credentials&client_id=client%2Bid&client_secret=s3cret%2F%26%3D%22%C3%A4")
    assert form.headers == {}


@pytest.mark.parametrize(
    ("now", "tokens"),
    [(79.9, ["fetch", "Bearer t1", "Bearer t1"]), (80.0, ["fetch", "Bearer t1", "fetch", "Bearer t2"])],
)
def test_a_token_is_renewed_at_four_fifths_of_its_life(now: float, tokens: list[str]) -> None:
    client = Client(token("t1"), GOOD, *([token("t2"), GOOD] if now >= 80 else [GOOD]))
    client.call()
    client.call(now)
    assert client.tokens == tokens


def test_a_renewed_token_lives_from_its_renewal() -> None:
    client = Client(token("t1"), GOOD, token("t2"), GOOD, GOOD)
    for now in (0.0, 1000.0, 1079.0):
        client.call(now)
    assert client.tokens == ["fetch", "Bearer t1", "fetch", "Bearer t2", "Bearer t2"]


def test_a_401_renews_the_token_once_and_sends_again() -> None:
    client = Client(token("t1"), REFUSED, token("t2"), GOOD)
    assert client.call() is GOOD
    assert client.tokens == ["fetch", "Bearer t1", "fetch", "Bearer t2"]


def test_a_second_401_comes_back_for_the_classifier() -> None:
    client = Client(token("t1"), REFUSED, token("t2"), REFUSED)
    assert client.call() is REFUSED


class Together(Client):
    """Calls that are under way at the same time, on a reactor."""

    def calls(self, count: int) -> list[Ended[Response]]:
        ends: list[Ended[Response]] = []
        with closing(Reactor(FakeClock(), 1)) as reactor:
            engine = Engine(reactor, self.transport)
            for _ in range(count):
                engine.start(self.auth(REQUEST, wire, 0.0), ends.append)
            for _ in range(100):
                if len(ends) < count:
                    reactor.turn(block=True)
        return ends


def test_calls_at_the_same_time_fetch_one_token() -> None:
    client = Together(token("t1"), GOOD, GOOD, GOOD)
    assert [ended.get() for ended in client.calls(3)] == [GOOD] * 3
    assert client.tokens == ["fetch", *["Bearer t1"] * 3]


def test_a_token_that_is_refused_to_several_calls_is_renewed_once() -> None:
    """A vendor may let go of a token as soon as it gives another."""
    client = Together(token("t1"), GOOD, REFUSED, REFUSED, REFUSED, token("t2"), GOOD, GOOD, GOOD)
    client.call()
    assert [ended.get() for ended in client.calls(3)] == [GOOD] * 3
    assert client.tokens == ["fetch", *["Bearer t1"] * 4, "fetch", *["Bearer t2"] * 3]


def test_a_token_that_one_call_could_not_fetch_is_fetched_by_the_next() -> None:
    busy = answer(None, 503)
    client = Together(busy, token("t1"), GOOD)
    assert [ended.get() for ended in client.calls(2)] == [busy, GOOD]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422])
@pytest.mark.parametrize("renewal", [False, True])
def test_a_refused_client_ends_the_run_and_never_counts_against_people(status: int, *, renewal: bool) -> None:
    client = Client(*([token("t1"), REFUSED] if renewal else []), answer({"error": SECRET}, status))
    with pytest.raises(CredentialsError, match=rf"{status}.*plain\.client_id and plain\.client_secret") as caught:
        client.call()
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("status", [300, 302, 408, 425, 429, 500, 503])
@pytest.mark.parametrize("renewal", [False, True])
def test_any_other_answer_of_the_token_endpoint_comes_back_for_the_classifier(status: int, *, renewal: bool) -> None:
    """With its wish to wait, if it has one; the next call fetches anew."""
    busy = answer(None, status, retry_after="9")
    client = Client(*([token("t1"), REFUSED] if renewal else []), busy, token("t2"), GOOD)
    assert client.call() is busy
    if not renewal:
        assert client.call() is GOOD


@pytest.mark.parametrize(
    "body", [None, {}, [], "token", {"access_token": ""}, {"access_token": 7}, {"access_token": None}]
)
def test_a_token_answer_without_a_token_is_asked_for_again(body: Any) -> None:
    client = Client(answer(body), token("t2"), GOOD)
    with pytest.raises(Retriable, match="access_token"):
        client.call()
    assert client.call() is GOOD


BOUNDED = settings(deadline=None, derandomize=True, max_examples=60)


@BOUNDED
@given(pauses=st.lists(st.floats(0, 150), max_size=12), life=st.floats(1, 100))
def test_no_request_goes_with_a_token_older_than_four_fifths_of_its_life(pauses: list[float], life: float) -> None:
    fetched: list[float] = []
    ages: list[float] = []
    auth = Client().auth
    now = 0.0

    def send(request: Request) -> Response:
        if request.path == "/oauth2/token":
            fetched.append(now)
            return token(f"t{len(fetched)}", life)
        assert bearer(request) == f"Bearer t{len(fetched)}"
        ages.append(now - fetched[-1])
        return GOOD

    for pause in pauses:
        now += pause
        finish(auth(REQUEST, wire, now), send)
    assert all(age < 0.8 * life + 1e-9 for age in ages)


def ways() -> Iterable[tuple[str, Auth, list[Line]]]:
    """Every way to authorise, with the script of one call."""
    secret = SecretStr(SECRET)
    yield "bearer", Bearer(secret), [GOOD]
    yield "body-token", BodyToken("apptoken", secret), [GOOD]
    yield "client-credentials", Client().auth, [token(SECRET), GOOD]


@pytest.mark.parametrize(("auth", "script"), [pytest.param(auth, script, id=name) for name, auth, script in ways()])
def test_no_repr_shows_a_secret(auth: Auth, script: list[Line]) -> None:
    """Neither that of the object nor that of what is sent and answered."""
    transport = ScriptedTransport(script)
    answered = finish(auth(REQUEST, wire, 0.0), transport)
    shown = [repr(one) + str(one) for one in (auth, *transport.requests, answered, *script)]
    assert "s3cret" not in "".join(shown)
