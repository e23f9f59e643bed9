"""The door to the emulator, which is an extra."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from target_people.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_people.emulator.server import Emulator


def _needed() -> None:
    missing = [name for name in ("fastapi", "jinja2", "uvicorn") if find_spec(name) is None]
    if missing:
        message = f"the emulator needs {', '.join(missing)}; run: pip install 'target-people[emulator]'"
        raise ConfigurationError(message)


def serve(host: str, port: int, data: str | None, seed: int, faults: Sequence[str] = ()) -> None:
    """Run the emulator until interrupted.

    Raises:
        ConfigurationError: when the extra is not installed, or one of ``faults`` is none.
    """
    _needed()
    from target_people.emulator import server  # noqa: PLC0415 - an extra

    try:
        server.serve(host, port, data, seed, faults)
    except ValueError as error:
        message = f"--fault: {error}"
        raise ConfigurationError(message) from error


def emulator() -> Emulator:
    """An emulator on a free port of loopback, for a ``with`` statement.

    Raises:
        ConfigurationError: when the extra is not installed.
    """
    _needed()
    from target_people.emulator.server import Emulator  # noqa: PLC0415 - an extra

    return Emulator()
