"""One file per vendor and nothing else; the file's name is the setting's name.

A new file here is found by itself: settings, mapping, documentation and the contract suite follow from it.
"""

from __future__ import annotations

import inspect
import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from target_people.sinks import PeopleSink

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType


@cache
def sinks() -> Mapping[str, type[PeopleSink]]:
    """The sink class of every vendor, by the vendor's name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: _sink(import_module(f"{__name__}.{name}")) for name in names}


def _sink(module: ModuleType) -> type[PeopleSink]:
    """The one sink class that a vendor file defines."""
    classes = [member for _, member in inspect.getmembers(module, inspect.isclass)]
    (found,) = (c for c in classes if issubclass(c, PeopleSink) and c.__module__ == module.__name__)
    return found
