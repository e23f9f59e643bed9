"""The check: credentials, permission and catalogue of every configured vendor, side by side; nobody is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from target_people.calls import Call, Calls
from target_people.delivery.classify import RefusedError
from target_people.delivery.engine import Engine
from target_people.delivery.message import drive
from target_people.delivery.meter import Meter
from target_people.delivery.sender import build
from target_people.delivery.window import Window
from target_people.errors import ConfigurationError, CredentialsError, Fatal, OutOfServiceError
from target_people.run import http
from target_people.vendors import sinks

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.delivery.contract import Access, Vendor
    from target_people.delivery.reactor import Ended
    from target_people.delivery.sender import Surroundings
    from target_people.delivery.settings import VendorSettings
    from target_people.delivery.transport import Transport
    from target_people.settings import Settings

RETRY_SECONDS = 10.0
"""How long one request is sent again, unless the vendor's ``retry_seconds`` is less."""
REQUEST_SECONDS = 10.0
"""How long an answer is waited for, unless the vendor's ``request_timeout_seconds`` is less."""
DEADLINE_SECONDS = 30.0
"""How long all of it takes at most, whatever the vendors do."""

_NOWHERE = frozenset({*range(300, 400), 404, 405, 410, 501})


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check found at one vendor.

    Args:
        vendor: its name.
        called: what was called, in order; a request that was sent again stands there again.
        custom_fields: how many the catalogue lists; None where there is none that can be read.
        note: what is worth knowing although nothing is wrong.
        exit_code: of the documented table; 0 when all is well.
        problem: what is wrong and what to do; empty when all is well.
        settings: the settings to look at, such as ``rally.api_token``.
    """

    vendor: str
    called: tuple[Call, ...]
    custom_fields: int | None = None
    note: str = ""
    exit_code: int = 0
    problem: str = ""
    settings: tuple[str, ...] = ()


def check(
    settings: Settings, around: Surroundings, transport: Callable[[Vendor[Any, Any]], Transport] = http
) -> list[Finding]:
    """Check all configured vendors at once.

    Args:
        settings: read and checked.
        around: clock, randomness and reactor; the reactor is closed.
        transport: makes the transport of a vendor.

    Returns:
        One finding per vendor, in the order of their names.

    Raises:
        Interrupted: when a signal came.
    """
    over: list[bool] = []
    checks = [_Check(_bounded(name, own), around, transport) for name, own in settings.vendors().items()]
    around.reactor.later(DEADLINE_SECONDS, lambda: over.append(True))
    try:
        for one in checks:
            one.start()
        while not over and not all(one.ended for one in checks):
            around.reactor.turn(block=True)
        return [_finding(one) for one in checks]
    finally:
        for one in checks:
            one.calls.close()
        around.reactor.close()


def _bounded(name: str, own: VendorSettings) -> Vendor[Any, Any]:
    """The vendor with less patience than in a load: somebody sits in front of a check."""
    bounds = {"retry_seconds": RETRY_SECONDS, "request_timeout_seconds": REQUEST_SECONDS}
    update = {key: min(getattr(own, key), bound) for key, bound in bounds.items()}
    vendor: Vendor[Any, Any] = sinks()[name].vendor_class(own.model_copy(update=update))
    return vendor


class _Check:
    """The check of one vendor, from its first request to its end."""

    def __init__(
        self, vendor: Vendor[Any, Any], around: Surroundings, transport: Callable[[Vendor[Any, Any]], Transport]
    ) -> None:
        self.vendor = vendor
        self.calls = Calls(transport(vendor))
        self.ended: Ended[Access] | None = None
        self._engine = Engine(around.reactor, self.calls)
        self._send = build(vendor, Meter(), around, Window(1))

    def start(self) -> None:
        self._engine.start(drive(self.vendor.check(), self._send), self._end)

    def _end(self, ended: Ended[Access]) -> None:
        self.ended = ended


def _finding(one: _Check) -> Finding:
    called = tuple(one.calls.made)
    strange = next((call for call in called if not call.fits), None)
    if strange is not None:
        return _misplaced(one.vendor, called, f"answered {strange}, but not as its API does")
    if one.ended is None:
        return _silent(one.vendor, called, f"was not through after {DEADLINE_SECONDS:g} s")
    if one.ended.error is not None:
        return _failure(one.vendor, called, one.ended.error)
    access = one.ended.get()
    return Finding(one.vendor.name, called, access.custom_fields, access.note)


def _failure(vendor: Vendor[Any, Any], called: tuple[Call, ...], error: Exception) -> Finding:
    """What went wrong; an address that leads nowhere is told before what a load would make of it."""
    last = called[-1].status if called else None
    if isinstance(error, RefusedError | CredentialsError | OutOfServiceError) and last in _NOWHERE:
        return _misplaced(vendor, called, f"has nothing of its API at {called[-1]}")
    if isinstance(error, RefusedError):
        return _misplaced(vendor, called, f"refused {called[-1]}")
    if isinstance(error, OutOfServiceError):
        return _silent(vendor, called, f"gave no good answer in {vendor.settings.retry_seconds:g} s")
    if isinstance(error, Fatal):
        code, problem = error.exit_code, str(error)
        return Finding(vendor.name, called, exit_code=code, problem=problem, settings=_named(vendor, error))
    problem = f"a defect in target-people, please report it: {type(error).__name__}"
    return Finding(vendor.name, called, exit_code=1, problem=problem)


def _misplaced(vendor: Vendor[Any, Any], called: tuple[Call, ...], what: str) -> Finding:
    """The address is the first thing to look at."""
    places = _places(vendor, called)
    problem = f"{what}; check {' and '.join(places)}"
    return Finding(vendor.name, called, exit_code=ConfigurationError.exit_code, problem=problem, settings=places)


def _silent(vendor: Vendor[Any, Any], called: tuple[Call, ...], what: str) -> Finding:
    """Out of service, as far as can be told; where nothing ever answered, the address may be wrong as well."""
    places = () if any(call.status for call in called) else _places(vendor, called)
    last = f" (last: {called[-1]})" if called else ""
    remedy = f"check {' and '.join(places)}, or run it again later" if places else "run it again later"
    problem = f"{what}{last}; {remedy}"
    return Finding(vendor.name, called, exit_code=OutOfServiceError.exit_code, problem=problem, settings=places)


def _places(vendor: Vendor[Any, Any], called: tuple[Call, ...]) -> tuple[str, ...]:
    """The settings that stand in the address of the last call; ``api_url`` when none does."""
    address = vendor.api_url + (called[-1].path if called else "")
    chosen = {key: getattr(vendor.settings, key) for key in vendor.settings.model_fields_set}
    found = [key for key, value in chosen.items() if isinstance(value, str) and value in address]
    return tuple(f"{vendor.name}.{key}" for key in sorted(found) or ["api_url"])


def _named(vendor: Vendor[Any, Any], error: Fatal) -> tuple[str, ...]:
    """The settings that an error names; the credentials when it names none but speaks of them."""
    told = f"{error} {vendor.credentials if isinstance(error, CredentialsError) or 'credential' in str(error) else ''}"
    named = re.findall(rf"(?:\b{vendor.name}\.|\b(?=api_url\b))(\w+)", told)
    return tuple(f"{vendor.name}.{key}" for key in dict.fromkeys(named))
