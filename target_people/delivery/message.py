"""What passes between a vendor and the network: requests, responses, and flows of both."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from target_people.delivery.json import UNREADABLE, decode
from target_people.errors import VendorContractError

Result = TypeVar("Result")

SUCCESS = range(200, 300)
"""Statuses of an answer that says yes."""
_DATA = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, relative to a vendor's ``api_url``.

    Args:
        method: such as ``POST``.
        path: begins with ``/``; every part that comes from data went through ``segment``. Kept as it goes over the
            wire, and out of ``repr``, because such a part may be who somebody is.
        body: bytes as they go; kept out of ``repr``, because people are in it.
        content_type: of the body, when there is one.
        query: pairs, encoded by the transport.
        headers: kept out of ``repr``, because credentials are in them.
        expects: statuses that the flow wants to see itself, instead of having them classified.
        template: the path with ``{}`` for every part that comes from data; made from ``path``.
        batch: the number of the batch that it belongs to; None when it concerns no batch.
    """

    method: str
    path: str = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str = "application/json"
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    expects: frozenset[int] = frozenset()
    template: str = ""
    batch: int | None = None

    def __post_init__(self) -> None:
        """Tell what comes from data from what the vendor's file says."""
        if not self.template:
            object.__setattr__(self, "template", _DATA.sub("{}", self.path))
            object.__setattr__(self, "path", self.path.replace("{", "").replace("}", ""))


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer.

    Args:
        status: the HTTP status.
        body: bytes as they came; kept out of ``repr``.
        headers: names in lower case.
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def json(self) -> Any:  # noqa: ANN401 - whatever the vendor answered
        """The body as JSON, or None when it is empty or no JSON; numbers with a point are decimals."""
        try:
            return decode(self.body)
        except UNREADABLE:
            return None


Flow = Generator[Request, Response, Result]
"""Yields requests, is sent the responses, returns a result; does no I/O of its own."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do for so many seconds, at least 0."""

    seconds: float


Work = Generator[Request | Wait, Response | None, Result]
"""A flow that may also wait; what the sender makes of a flow. It does no I/O and no waiting of its own either."""

Send = Callable[[Request], Work[Response]]
"""What every layer of the sender is."""


def wire(request: Request) -> Work[Response]:
    """The innermost layer: hand the request to whoever runs the work, and bring the answer.

    Raises:
        Retriable: when no whole answer came.
    """
    response = yield request
    if response is None:
        message = "a request was resumed without an answer"
        raise VendorContractError(message)
    return response


def drive(flow: Flow[Result], send: Send) -> Work[Result]:
    """Run a flow to its result, each of its requests through ``send``.

    Raises:
        TargetPeopleError: whatever ``send`` or the flow itself raises; the flow is closed then.
    """
    try:
        request = next(flow)
        while True:
            response = yield from send(request)
            request = flow.send(response)
    except StopIteration as stop:
        result: Result = stop.value
        return result
    finally:
        flow.close()
