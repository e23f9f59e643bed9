"""The one door to the network."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

import requests
from urllib3.exceptions import LocationParseError

from target_people.delivery.message import Request, Response
from target_people.errors import ConfigurationError, Retriable

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_NO_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    LocationParseError,
)


class Transport(Protocol):
    """Sends one request and brings its answer."""

    def __call__(self, request: Request) -> Response:
        """Raises ``Retriable`` when no whole answer came."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class _AsItIs(requests.auth.AuthBase):
    """Keeps requests from replacing our Authorization header by one from a .netrc file."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class HttpTransport:
    """HTTP by requests: TLS verified, no redirect followed (credentials stay with the host they are for).

    Args:
        api_url: in front of every path; a slash at its end does not matter.
        timeout: seconds to connect, and between two pieces of an answer.
        user_agent: sent with every request.
    """

    def __init__(self, api_url: str, timeout: float, user_agent: str = "target-people") -> None:
        """Open no connection yet."""
        self._url = api_url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        self._session.auth = _AsItIs()
        adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=64)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.headers.update({"user-agent": user_agent, "accept": "application/json"})

    def __call__(self, request: Request) -> Response:
        """Send one request.

        Raises:
            Retriable: when the connection fails, times out or breaks off, or the answer is larger than 64 MiB.
            ConfigurationError: when the address is none, or a header cannot be sent.
        """
        headers = dict(request.headers) | ({"content-type": request.content_type} if request.body else {})
        with _told_plainly():
            answer = self._session.request(
                request.method,
                self._url + request.path,
                params=request.query or None,
                data=request.body or None,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            )
            with answer:
                body = _read(answer)
        return Response(answer.status_code, body, {name.lower(): value for name, value in answer.headers.items()})

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _read(answer: requests.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in answer.iter_content(_CHUNK):
        size += len(part)
        if size > _MOST_BYTES:
            why = "an answer larger than 64 MiB"
            raise Retriable(why)
        parts.append(part)
    return b"".join(parts)


@contextlib.contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn the library's errors into ours, whose texts hold no address, header or body."""
    try:
        yield
    except (requests.exceptions.InvalidHeader, UnicodeEncodeError):
        message = "a credential has a line break or another character that no HTTP header takes; check the token"
        raise ConfigurationError(message) from None
    except _NO_ADDRESS:
        message = "api_url is not an address that can be called; it is https://HOST[/PATH]"
        raise ConfigurationError(message) from None
    except requests.exceptions.RequestException as error:
        why = f"no answer ({type(error).__name__})"
        raise Retriable(why) from None
