"""The one door to the network, against a real server on loopback."""

from __future__ import annotations

import gc
import json
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from target_people.delivery import transport as module
from target_people.delivery.message import Request
from target_people.delivery.transport import HttpTransport
from target_people.errors import ConfigurationError, Retriable
from tests.support.vendor import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CANARY = "ann@example.com"
WAIT = 5
PIECE = b"x" * 1_000_000
LARGE = 50 * len(PIECE)


class Handler(BaseHTTPRequestHandler):
    """Answers with what it was asked; some paths misbehave."""

    protocol_version = "HTTP/1.1"
    timeout = WAIT
    server: Server
    misbehaviour: ClassVar[dict[str, str]] = {
        "/reset": "_reset",
        "/truncated": "_truncated",
        "/silent": "_silent",
        "/large": "_large",
    }

    def _answer(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.asked.append(self.path)
        getattr(self, self.misbehaviour.get(self.path, "_echo"))()

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the names that http.server looks for

    def _echo(self) -> None:
        asked = {"method": self.command, "path": self.path, "body": self.body.decode()}
        headers = [[name.lower(), value] for name, value in self.headers.items()]
        content = json.dumps(asked | {"headers": headers}).encode()
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("X-Rate-Limit", "7")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _reset(self) -> None:
        """Close with a reset instead of an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def _truncated(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(CANARY.encode())
        self.close_connection = True

    def _large(self) -> None:
        """Write until the other side goes away."""
        self.send_response(200)
        self.send_header("Content-Length", str(LARGE))
        self.end_headers()
        with suppress(ConnectionError):
            for _ in range(0, LARGE, len(PIECE)):
                self.wfile.write(PIECE)
                self.server.written += len(PIECE)
        self.close_connection = True

    def _silent(self) -> None:
        self.server.stopping.wait(WAIT)
        self.close_connection = True

    def finish(self) -> None:
        super().finish()
        self.server.ended.set()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Tell nobody."""


class Server(ThreadingHTTPServer):
    """A server that notes what it was asked."""

    daemon_threads = False

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.stopping = threading.Event()
        self.ended = threading.Event()
        self.written = 0
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Stopped, and its threads with it, when all tests here are done."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        gc.collect()  # urllib3 closes the pool of a failed request when that is collected, and the server waits
        server.stopping.set()
        server.shutdown()
        thread.join(WAIT)
        assert not thread.is_alive()


@contextmanager
def calling(url: str, timeout: float = WAIT) -> Iterator[HttpTransport]:
    """A transport that is closed in the end."""
    transport = HttpTransport(url, timeout)
    try:
        yield transport
    finally:
        transport.close()


def asked(url: str, request: Request) -> dict[str, Any]:
    """What the server got."""
    with calling(url) as transport:
        got: dict[str, Any] = json.loads(transport(request).body)
    return got | {"headers": dict(got["headers"])}


@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("path", ["/people", "/people/import", "/a%2Fb%20c%3F/d"])
def test_the_path_stands_behind_the_address_as_it_is(server: Server, end: str, path: str) -> None:
    assert asked(f"{server.url}/api/v1{end}", Request("GET", path))["path"] == f"/api/v1{path}"


def test_the_query_is_encoded(server: Server) -> None:
    got = asked(server.url, Request("GET", "/people", query=(("email", "a+b@example.com"), ("x", "1 & 2"))))
    assert got["path"] == "/people?email=a%2Bb%40example.com&x=1+%26+2"


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_the_body_goes_byte_for_byte_with_its_type(server: Server, method: str) -> None:
    got = asked(server.url, Request(method, "/people", '{"name":"Zoë"}'.encode(), content_type="application/x-special"))
    assert (got["method"], got["body"]) == (method, '{"name":"Zoë"}')
    assert got["headers"]["content-type"] == "application/x-special"


def test_a_request_without_body_has_no_type(server: Server) -> None:
    got = asked(server.url, Request("GET", "/people"))
    assert (got["body"], "content-type" in got["headers"]) == ("", False)


def test_the_product_names_itself_and_asks_for_json(server: Server) -> None:
    headers = asked(server.url, Request("GET", "/people", headers={"x-own": "1"}))["headers"]
    assert (headers["user-agent"], headers["accept"], headers["x-own"]) == ("target-people", "application/json", "1")


def test_the_answer_has_its_status_and_header_names_in_lower_case(server: Server) -> None:
    with calling(server.url) as transport:
        response = transport(Request("GET", "/people"))
    assert response.status == 200
    assert response.headers["x-rate-limit"] == "7"
    assert all(name == name.lower() for name in response.headers)


def test_a_redirect_is_not_followed(server: Server) -> None:
    """The credentials stay with the host that they are for."""
    server.asked.clear()
    with calling(server.url) as transport:
        assert transport(Request("POST", "/moved", b"{}")).status == 302
    assert server.asked == ["/moved"]


@pytest.mark.parametrize("own", [{"authorization": f"Bearer {TOKEN}"}, {}])
def test_a_netrc_file_changes_no_request(
    server: Server, own: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    headers = asked(server.url, Request("GET", "/people", headers=own))["headers"]
    assert headers.get("authorization") == own.get("authorization")


def failure(url: str, path: str, timeout: float = WAIT) -> Retriable:
    """The error of a request that gets no whole answer, after a check that it tells no address and no value."""
    request = Request("POST", path, CANARY.encode(), query=(("q", CANARY),) if path == "/people" else ())
    with calling(url, timeout) as transport, pytest.raises(Retriable) as caught:
        transport(Request(request.method, path, request.body, headers={"authorization": TOKEN}, query=request.query))
    text = str(caught.value) + repr(caught.value)
    assert not [part for part in (CANARY, "127.0.0.1", path, TOKEN, "http://") if part in text]
    assert caught.value.retry_after is None
    assert caught.value.__suppress_context__
    return caught.value


@pytest.mark.parametrize("path", ["/reset", "/truncated"])
def test_an_answer_that_breaks_off_may_come_later(server: Server, path: str) -> None:
    assert failure(server.url, path).why.startswith("no answer (")


def test_an_answer_that_does_not_come_in_time_may_come_later(server: Server) -> None:
    assert "Timeout" in failure(server.url, "/silent", timeout=0.05).why


def test_a_refused_connection_may_pass_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert failure(url, "/people").why.startswith("no answer (")


def test_an_answer_is_read_up_to_a_bound(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with calling(server.url) as transport:
        size = len(transport(Request("GET", "/people")).body)
        monkeypatch.setattr(module, "_MOST_BYTES", size)
        assert len(transport(Request("GET", "/people")).body) == size
        monkeypatch.setattr(module, "_MOST_BYTES", size - 1)
        with pytest.raises(Retriable, match="larger than"):
            transport(Request("GET", "/people"))


def test_an_answer_beyond_the_bound_is_not_read_to_its_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 100)
    server.written = 0
    server.ended.clear()
    with calling(server.url) as transport, pytest.raises(Retriable, match="larger than"):
        transport(Request("GET", "/large"))
    assert server.ended.wait(WAIT)
    assert server.written < LARGE


def test_closing_lets_go_of_the_connection(server: Server) -> None:
    """While the transport is still there."""
    transport = HttpTransport(server.url, WAIT)
    transport(Request("GET", "/people"))
    server.ended.clear()
    transport.close()
    assert server.ended.wait(WAIT / 2)
    assert transport is not None


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_of_certificates_that_is_not_there_is_a_matter_of_the_configuration(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(name, str(tmp_path / "none.pem"))
    with pytest.raises(ConfigurationError, match=name):
        HttpTransport("https://127.0.0.1:1", WAIT)(Request("GET", "/people"))


@pytest.mark.parametrize(
    "url", ["http://", "plain.example.com", "ftp://example.com", "http://[::1", "http://a..b/", "http://a:99999"]
)
def test_an_address_that_is_none_is_a_matter_of_the_configuration(url: str) -> None:
    with calling(url) as transport, pytest.raises(ConfigurationError, match=r"^api_url is not an address"):
        transport(Request("GET", "/people"))


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f"{TOKEN}\r\nx: y", f"{TOKEN}€"])
def test_a_credential_that_no_header_takes_is_a_matter_of_the_configuration(server: Server, token: str) -> None:
    """It is not tried again, and not shown."""
    with calling(server.url) as transport, pytest.raises(ConfigurationError, match=r"^a credential") as caught:
        transport(Request("GET", "/people", headers={"authorization": f"Bearer {token}"}))
    assert TOKEN not in str(caught.value)


def test_a_connection_is_used_again_after_a_failure(server: Server) -> None:
    with calling(server.url) as transport:
        with pytest.raises(Retriable):
            transport(Request("GET", "/reset"))
        assert transport(Request("GET", "/people")).status == 200
