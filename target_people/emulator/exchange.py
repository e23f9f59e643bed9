"""One HTTP exchange: the call, its answer, the refusal that stands in for an answer, and the route in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from target_people.emulator.store import Document

CALL = "target_people.emulator.call"
"""The key of an ASGI scope under which the gate leaves the call for the endpoint."""


@dataclass(slots=True)
class Call:
    """A request as a vendor's API sees it; header names are in lower case."""

    vendor: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    client: str = ""
    fault: str | None = None
    """The fault that the call met on its way, for the journal."""
    params: dict[str, str] = field(default_factory=dict)
    number: int | None = None
    """The number it will have in the journal, once it is handled."""
    _decoded: list[object] = field(default_factory=list)

    def json(self) -> object:
        """Return the decoded body.

        Raises:
            msgspec.DecodeError: The body is not JSON.
            UnicodeDecodeError: The body is not UTF-8.
        """
        if not self._decoded:
            self._decoded.append(msgspec.json.decode(self.body))
        return self._decoded[0]

    def bearer(self) -> str:
        """Return the token of the Authorization header, or an empty text."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(slots=True)
class Answer:
    """An answer: status, encoded body, headers."""

    status: int
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, body: object, status: int = HTTPStatus.OK) -> Answer:
        """Return an answer with a JSON body."""
        return cls(status, msgspec.json.encode(body), {"content-type": "application/json"})


class Refusal(Exception):  # noqa: N818 - it is an answer on its way out, not a fault of the emulator
    """Ends the handling of a call: nothing it did is kept, and ``answer`` goes back."""

    def __init__(self, answer: Answer) -> None:
        """Carry the answer."""
        super().__init__(f"refused with status {answer.status}")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of a vendor's API.

    Attributes:
        method: The HTTP method.
        path: The path below the vendor's prefix, with parameters in braces.
        handler: Does the work; raises :class:`Refusal` to answer otherwise.
        summary: What it is, for the OpenAPI document.
        example: A body that is accepted, for the OpenAPI document; None when the operation takes no body.
        query: The query parameters it reads.
        needs_token: False for the one operation that hands out tokens.
    """

    method: str
    path: str
    handler: Callable[[Call], Answer]
    summary: str
    example: Document | list[Document] | None = None
    query: tuple[str, ...] = ()
    needs_token: bool = True
