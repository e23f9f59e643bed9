"""The vendors' side: answers at once, and counts who came. ``python -m tests.bench.endpoint [--latency MS]``.

Why not the emulator: it keeps and checks people, which takes longer than sending them. This one reads HTTP/1.1 bodies
with a length from raw connections, looks for identities, and answers what the vendors answer when all is well.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import re
import resource
import sys
from typing import Any

from tests.bench.people import COLUMNS, MARK, identities

FLAMEUP, XTREMEPUSH = "/people/batch", "/api/external/import/profile"
READY = "endpoint ready on "
FIGURES = "/_bench/figures"
_COUNTED = (FLAMEUP, XTREMEPUSH)

_HEAD = re.compile(rb"\w+ (\S+)[^\n]*\n(?:.*\ncontent-length: *(\d+))?", re.IGNORECASE | re.DOTALL)
_END = b"\r\n\r\n"
_KINDS = {"integer": "integer", "number": "number", "boolean": "boolean"}


class Tally:
    """What came, over all connections."""

    def __init__(self) -> None:
        self._requests, self._bytes, self._people = 0, 0, 0
        self._identities: set[bytes] = set()
        self._started = _cpu_seconds()

    def count(self, body: bytes) -> None:
        """Count a body in."""
        came = identities(body)
        self._requests += 1
        self._bytes += len(body)
        self._people += len(came)
        self._identities.update(came)

    def figures(self) -> dict[str, Any]:
        """Requests with people in them, their bytes, people, different people, CPU seconds since the start."""
        return {
            "requests": self._requests,
            "bytes": self._bytes,
            "people": self._people,
            "distinct": len(self._identities),
            "cpu_seconds": _cpu_seconds() - self._started,
        }


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Endpoint(asyncio.Protocol):
    """One connection, kept alive; requests in a row are answered in their order.

    Args:
        tally: shared by all connections.
        latency: seconds that an answer to people waits; others go on meanwhile.
    """

    def __init__(self, tally: Tally, latency: float) -> None:
        self._tally = tally
        self._latency = latency
        self._buffer = bytearray()
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (request := self._next()) is not None:
            self._serve(*request)

    def _next(self) -> tuple[str, bytes] | None:
        """Path and body of the next request, once all of it is here."""
        end = self._buffer.find(_END)
        found = _HEAD.match(self._buffer, 0, end) if end >= 0 else None
        if found is None:
            return None
        start = end + len(_END)
        stop = start + int(found[2] or 0)
        if len(self._buffer) < stop:
            return None
        path, body = found[1].decode(), bytes(memoryview(self._buffer)[start:stop])
        del found  # it holds on to the buffer, which could not shrink
        del self._buffer[:stop]
        return path, body

    def _serve(self, path: str, body: bytes) -> None:
        """Answer, and only then look at who came, while the client makes its next batch."""
        if path == FIGURES:
            self._write(_http(200, json.dumps(self._tally.figures()).encode()))
            return
        answer = _answer(path, body)
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, self._write, answer)
        else:
            self._write(answer)
        if path.endswith(_COUNTED):
            self._tally.count(body)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def _answer(path: str, body: bytes) -> bytes:
    if path.endswith(FLAMEUP):
        return _http(200, b'{"people":[],"created_count":%d,"updated_count":0}' % body.count(MARK))
    if path.endswith(XTREMEPUSH):
        return _http(200, b'{"success":true,"code":200}')
    if path.endswith("/api/external/list/tag"):
        return _http(200, _ATTRIBUTES)
    return _http(404, b"{}")


def _http(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d -\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
        status,
        len(body),
        body,
    )


def _attribute(column: str) -> dict[str, Any]:
    schema = COLUMNS[column]
    text = "datetime" if schema.get("format") else "string"
    return {"key": column, "type": _KINDS.get(schema["type"][0], text), "profile": 1}


_ATTRIBUTES = json.dumps({"success": True, "code": 200, "data": [_attribute(column) for column in COLUMNS]}).encode()


async def serve(latency: float) -> None:
    """Listen on a free port of loopback, say which, and go on until the process is ended."""
    tally = Tally()
    server = await asyncio.get_running_loop().create_server(lambda: Endpoint(tally, latency), "127.0.0.1", 0)
    sys.stdout.write(f"{READY}http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.endpoint", description=main.__doc__)
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="milliseconds before each answer")
    options = parser.parse_args()
    gc.disable()  # nothing here makes cycles
    asyncio.run(serve(options.latency / 1000))


if __name__ == "__main__":
    main()
