"""Wakes a thread that waits for something to be readable."""

from __future__ import annotations

import contextlib
import socket


class Bell:
    """A pair of sockets: what is sent into one end can be read from the other, also from a signal handler.

    It is made when somebody first listens, so that what never waits opens nothing.
    """

    def __init__(self) -> None:
        """Open nothing yet."""
        self._ends: tuple[socket.socket, socket.socket] | None = None

    def descriptor(self) -> int:
        """What can be read as soon as the bell was rung."""
        if self._ends is None:
            self._ends = socket.socketpair()
            for end in self._ends:
                end.setblocking(False)  # noqa: FBT003 - the standard library's signature
        return self._ends[0].fileno()

    def ring(self) -> None:
        """Wake whoever listens; nobody may."""
        if self._ends is not None:
            with contextlib.suppress(OSError):  # full: it rings already; closed: nobody listens any more
                self._ends[1].send(b"!")

    def silence(self) -> None:
        """Take all rings so far as heard."""
        if self._ends is not None:
            with contextlib.suppress(BlockingIOError):
                while self._ends[0].recv(4096):
                    pass

    def close(self) -> None:
        """Let go of the sockets."""
        if self._ends is not None:
            for end in self._ends:
                end.close()
