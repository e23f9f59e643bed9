"""The one door to the network."""

from __future__ import annotations

import contextlib
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import requests
from urllib3.exceptions import LocationParseError

from target_people.delivery.message import Request, Response
from target_people.errors import ConfigurationError, Retriable

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_ADDRESSES = 16
"""Remembered: a vendor has a few, beside those of single people and jobs."""
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


class HttpTransport:
    """HTTP by requests: TLS verified, no redirect followed (credentials stay with the host they are for).

    Why not a ``Session``: it makes each request anew, asks the environment for proxies and looks for cookies, which
    takes longer than sending a hundred people. Here an address is prepared once, and no .netrc file is read.

    Args:
        api_url: in front of every path; a slash at its end does not matter.
        timeout: seconds to connect, and between two pieces of an answer.
        user_agent: sent with every request.
    """

    def __init__(self, api_url: str, timeout: float, user_agent: str = "target-people") -> None:
        """Open no connection yet."""
        self._url = api_url.rstrip("/")
        self._timeout = timeout
        self._headers = {"user-agent": user_agent, "accept": "application/json", "accept-encoding": "gzip, deflate"}
        self._adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=64)
        self._address = lru_cache(maxsize=_ADDRESSES)(self._encoded)

    def __call__(self, request: Request) -> Response:
        """Send one request.

        Raises:
            Retriable: when the connection fails, times out or breaks off, or the answer is larger than 64 MiB.
            ConfigurationError: when the address is none, or a header cannot be sent.
        """
        with _told_plainly():
            prepared = self._prepared(request)
            with self._adapter.send(prepared, stream=True, timeout=self._timeout, **self._environment) as answer:
                body = _read(answer)
        return Response(answer.status_code, body, {name.lower(): value for name, value in answer.headers.items()})

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()

    @cached_property
    def _environment(self) -> dict[str, Any]:
        """Proxies and the bundle of certificates, by the usual variables."""
        found = requests.Session().merge_environment_settings(self._url, {}, None, None, None)
        return {name: found[name] for name in ("proxies", "verify", "cert")}

    def _prepared(self, request: Request) -> requests.PreparedRequest:
        prepared = requests.PreparedRequest()
        prepared.method, prepared.url = request.method, self._address(request.path, request.query)
        content = {"content-type": request.content_type} if request.body else {}
        prepared.prepare_headers({**self._headers, **content, **request.headers})
        prepared.prepare_body(request.body or None, None)
        return prepared

    def _encoded(self, path: str, query: tuple[tuple[str, str], ...]) -> str | None:
        prepared = requests.PreparedRequest()
        prepared.prepare_url(self._url + path, query)
        return prepared.url


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
    except OSError:  # requests' own word for a bundle of certificates that is not there
        message = "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names no bundle of certificates that can be read; mend it"
        raise ConfigurationError(message) from None
