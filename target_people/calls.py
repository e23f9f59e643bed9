"""What a check calls, and how it is answered, without a value, a header or a query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from target_people.errors import Retriable

if TYPE_CHECKING:
    from target_people.delivery.message import Request, Response
    from target_people.delivery.transport import Transport

_SUCCESS = range(200, 300)
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """One request and its answer.

    Args:
        method: such as ``GET``.
        path: behind ``api_url``, without its query.
        status: of the answer; None while there is none.
        why: why there is none, in a few words without values.
        fits: False for a success that cannot come from the API that was called.
    """

    method: str
    path: str
    status: int | None = None
    why: str = "no answer yet"
    fits: bool = True

    def __str__(self) -> str:
        """As it stands in a table."""
        return f"{self.method} {self.path}: {self.why if self.status is None else self.status}"


class Calls:
    """A transport that keeps what went through it, one request after another.

    Args:
        transport: sends the requests.
    """

    def __init__(self, transport: Transport) -> None:
        """Nothing was called yet."""
        self.made: list[Call] = []
        self._transport = transport

    def __call__(self, request: Request) -> Response:
        """Send one request.

        Raises:
            Retriable: when no whole answer came.
            ConfigurationError: when it cannot be sent.
        """
        self.made.append(Call(request.method, request.path))
        try:
            response = self._transport(request)
        except Retriable as failure:
            self.made[-1] = replace(self.made[-1], why=failure.why)
            raise
        self.made[-1] = replace(self.made[-1], status=response.status, fits=_fits(request, response))
        return response

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()


def _fits(request: Request, response: Response) -> bool:
    """Every call of a check lists something, so its success holds a list; only the call for a token does not."""
    if response.status not in _SUCCESS:
        return True
    body = response.json()
    if request.content_type != _JSON:
        return isinstance(body, dict) and "access_token" in body
    return _holds_list(body)


def _holds_list(body: object) -> bool:
    return isinstance(body, list) or (isinstance(body, dict) and any(map(_holds_list, body.values())))
