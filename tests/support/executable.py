"""The executable, run to its end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EXECUTABLE = Path(sys.executable).with_name("target-people")
SECONDS = 60


def run(
    *args: object, given: bytes = b"", cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run it.

    Args:
        args: of its command line.
        given: on standard input.
        cwd: where it runs.
        env: variables beside those of the test.

    Raises:
        TimeoutExpired: when it runs for longer than a minute; it is stopped then.
    """
    command = [str(EXECUTABLE), *map(str, args)]
    around = {**os.environ, **(env or {})}
    return subprocess.run(command, input=given, capture_output=True, timeout=SECONDS, cwd=cwd, env=around, check=False)  # noqa: S603 - our own executable
