"""The gate: every request to a vendor's API passes here, for the limit, the faults, and the journal."""

from __future__ import annotations

import asyncio
import contextlib
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from target_people.emulator.exchange import CALL, Answer, Call
from target_people.emulator.faults import AnswerLost, AnswerSlow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from target_people.emulator.apis.base import VendorApi
    from target_people.emulator.world import World

ABORT = "target_people.emulator.abort"
"""The key in an ASGI scope's extensions under which the server leaves what cuts the connection."""


class Gate:
    """ASGI middleware around the application.

    Args:
        app: The application.
        apis: The vendors' APIs, by name.
        world: Faults, jobs, journal.
    """

    def __init__(self, app: ASGIApp, apis: Mapping[str, VendorApi], world: World) -> None:
        """Bind the three."""
        self._app = app
        self._apis = apis
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request to a vendor on and write it down; pass everything else straight on."""
        api = self._apis.get(scope["path"].split("/")[1]) if scope["type"] == "http" else None
        if api is None:
            await self._app(scope, receive, send)
            return
        call = Call(
            api.name,
            scope["method"],
            scope["path"],
            dict(parse_qsl(scope["query_string"].decode(errors="replace"), keep_blank_values=True)),
            {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            await _body(receive),
            (scope.get("client") or ("",))[0],
        )
        began = self._world.clock.now()
        fault = self._world.faults.hitting(call)
        answer = (fault.answer(api.error) if fault else None) or api.admit(call)
        if answer is None:
            self._world.jobs.settle(api.name)
            answer = await self._asked(scope, call)
        api.finish(call, answer)
        self._world.journal.write(call, answer, began, fault.kind if fault else call.fault)
        if isinstance(fault, AnswerLost):
            await _cut(scope, receive)
            return
        if isinstance(fault, AnswerSlow):
            await _hold(receive, fault.seconds)
        await _send(answer, send)

    async def _asked(self, scope: Scope, call: Call) -> Answer:
        """Return what the application answers."""
        answer = Answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        parts: list[bytes] = []

        async def replay() -> Message:
            return {"type": "http.request", "body": call.body, "more_body": False}

        async def catch(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
            else:
                parts.append(message.get("body", b""))

        await self._app({**scope, CALL: call}, replay, catch)
        answer.content = b"".join(parts)
        return answer


async def _body(receive: Receive) -> bytes:
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
    return b"".join(parts)


async def _send(answer: Answer, send: Send) -> None:
    bodiless = answer.status == HTTPStatus.NO_CONTENT
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    if not bodiless:
        headers["content-length"] = str(len(answer.content))
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": b"" if bodiless else answer.content})


async def _hold(receive: Receive, seconds: float) -> None:
    """Let the client wait, unless it goes."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass


async def _cut(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer, and wait until the server has noticed."""
    scope["extensions"][ABORT]()
    while (await receive())["type"] != "http.disconnect":
        pass
