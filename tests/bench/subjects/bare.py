"""A bare loop: decode, map, encode, post. What is left when a target promises nothing; the floor in Python."""

from __future__ import annotations

import sys
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import msgspec
import requests

from tests.bench.subjects.wire import WIRES, Wire

if TYPE_CHECKING:
    from collections.abc import Iterator


def people(lines: IO[bytes], wire: Wire, states: list[bytes]) -> Iterator[Any]:
    """Everybody as the vendor takes people; STATE values are put into the list, as JSON."""
    decode, encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
    for line in lines:
        message: dict[str, Any] = decode(line)
        if message["type"] == "RECORD":
            yield wire.person(message["record"])
        elif message["type"] == "STATE":
            states.append(encode(message["value"]))


def main(vendor: str, size: str, url: str) -> None:
    """Load standard input in batches; print the last STATE when all is posted."""
    wire, states, session, encode = WIRES[vendor], list[bytes](), requests.Session(), msgspec.json.Encoder().encode
    session.headers["content-type"] = "application/json"
    coming = people(sys.stdin.buffer, wire, states)
    while batch := list(islice(coming, int(size))):
        session.post(url + wire.path, data=encode(wire.body(batch)), timeout=60).raise_for_status()
    sys.stdout.buffer.write(states[-1] + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
