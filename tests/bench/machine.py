"""What the figures were measured on, and with."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from tests.bench.subject import OTHERS

_OURS = (
    "target-people",
    "singer-sdk",
    "msgspec",
    "jsonschema",
    "jsonschema-rs",
    "pydantic",
    "pydantic-core",
    "requests",
    "urllib3",
    "phonenumbers",
    "email-validator",
    "pyrate-limiter",
    "click",
)


def machine() -> dict[str, Any]:
    """Processor, memory, system, and how busy it is now."""
    return {
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def versions() -> dict[str, str]:
    """Of Python and of everything that takes part."""
    found = {"python": platform.python_version()} | {name: metadata.version(name) for name in _OURS}
    for folder in sorted(OTHERS.glob("*/lib/python*/site-packages")):
        installed = metadata.distributions(path=[str(folder)])
        found |= {one.name: one.version for one in installed if one.name.endswith(folder.parts[-4])}
    return found


def _processor() -> str:
    """Its name, where the system tells it."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text("utf-8").splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
