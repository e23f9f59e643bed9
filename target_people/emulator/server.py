"""The server: the emulator on a port, inside another program (:class:`Emulator`) or as one (:func:`serve`)."""

from __future__ import annotations

import copy
import signal
import socket
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from target_people.emulator.app import create_app, vendor_classes
from target_people.emulator.clock import Clock
from target_people.emulator.fault_form import fault_option
from target_people.emulator.gate import ABORT
from target_people.emulator.store import Store
from target_people.emulator.world import World

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType, TracebackType

    from starlette.types import ASGIApp, Receive, Scope, Send

    from target_people.emulator.faults import Fault

START_SECONDS = 15.0
STOP_SECONDS = 10.0


class _Protocol(H11Protocol):
    """uvicorn's HTTP protocol, which also tells the application how to cut the connection.

    Why: a lost answer cannot be told to an ASGI server; it would send a 500 in its place.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Wrap the application for this connection."""
        super().connection_made(transport)
        # asyncio does this itself only for sockets that name their protocol, which a listening socket made by
        # socket.create_server does not; without it every answer waits some 40 ms for the client's acknowledgement.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app = _with_abort(self.app, transport.abort)


def _with_abort(app: ASGIApp, abort: Callable[[], None]) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "extensions": {**scope.get("extensions", {}), ABORT: abort}}, receive, send)

    return wrapped


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own, which says when it accepts connections."""

    def __init__(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)
        self.accepting = threading.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs the server."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, and say so."""
        await super().startup(sockets)
        self.accepting.set()


class Emulator:
    """The emulator on a port of this machine, in a thread of its own; a context manager.

    Args:
        host: The address to listen on.
        port: The port; 0 takes a free one.
        data: The file to keep everything in; None keeps it in memory until :meth:`stop`.
        seed: Decides the identifiers that are handed out.
        clock: The time; a test may pass its own.
        faults: Faults in force from the start, each such as ``throttled:vendor=flameup,times=3``.

    Raises:
        ValueError: One of ``faults`` is none; the message says what to write.
        OSError: From :meth:`start`, when the port is taken.
        sqlite3.Error: When ``data`` cannot be opened.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        data: str | None = None,
        seed: int = 0,
        clock: Clock | None = None,
        faults: Sequence[str] = (),
    ) -> None:
        """Prepare, without listening yet."""
        self._host = host
        self._port = port
        self._data = data
        self._seed = seed
        self._faults = [_known(*fault_option(text)) for text in faults]
        self.clock = clock or Clock()
        self._store: Store | None = None
        self._socket: socket.socket | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address of the emulator's page, such as ``http://127.0.0.1:8470``; the vendors are below it."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def start(self) -> Self:
        """Listen, and return once connections are accepted.

        Raises:
            OSError: The port is taken, or the address is not this machine's.
            RuntimeError: The server did not come up within 15 seconds.
        """
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        self._socket = socket.create_server((self._host, self._port), family=family, backlog=512)
        self._port = self._socket.getsockname()[1]
        try:
            self._store = Store(self._data)
            self._server = _Server(create_app(self._world(self._store)))
        except BaseException:  # whatever ends the start, Ctrl-C too; it is raised again
            self.stop()
            raise
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="emulator", daemon=True)
        self._thread.start()
        if not self._server.accepting.wait(START_SECONDS):
            self.stop()
            message = f"the emulator did not start within {START_SECONDS:.0f} seconds"
            raise RuntimeError(message)
        return self

    def _world(self, store: Store) -> World:
        world = World(store, self.clock, self._seed)
        for vendor, fault in self._faults:
            world.faults.add(vendor, copy.copy(fault))  # each start counts anew
        return world

    def stop(self) -> None:
        """Stop listening and let everything go; may be called again.

        Raises:
            RuntimeError: The server did not end within 10 seconds.
        """
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(STOP_SECONDS)
            if self._thread.is_alive():
                message = f"the emulator did not stop within {STOP_SECONDS:.0f} seconds"
                raise RuntimeError(message)
        if self._socket is not None:
            self._socket.close()
        if self._store is not None:
            self._store.close()
        self._socket = self._store = self._server = self._thread = None

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


def _known(vendor: str, fault: Fault) -> tuple[str, Fault]:
    names = vendor_classes()
    if vendor not in names:
        message = f"there is no vendor {vendor}; there are {', '.join(names)}"
        raise ValueError(message)
    return vendor, fault


def serve(
    host: str = "127.0.0.1", port: int = 8470, data: str | None = None, seed: int = 0, faults: Sequence[str] = ()
) -> None:
    """Run the emulator until SIGINT or SIGTERM; print one line on standard output once it accepts connections.

    Args:
        host: The address to listen on.
        port: The port; 0 takes a free one.
        data: The file to keep everything in; None keeps it in memory.
        seed: Decides the identifiers that are handed out.
        faults: Faults in force from the start, as :class:`Emulator` takes them.

    Raises:
        ValueError: One of ``faults`` is none; the message says what to write.
        OSError: The port is taken, or the address is not this machine's.
    """
    over = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        over.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with Emulator(host, port, data, seed, faults=faults) as emulator:
            sys.stdout.write(f"emulator ready on {emulator.url}\n")
            sys.stdout.flush()
            over.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
