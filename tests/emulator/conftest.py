"""One emulator for all tests of this folder, put back to its start before each; its clock stands still by itself."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import requests

from target_people.emulator.clock import Clock
from target_people.emulator.server import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = 1_735_732_800.0
"""2025-01-01T12:00:00Z."""


class Below(requests.Session):
    """A session whose addresses are all below one."""

    def __init__(self, base: str, *, bearer: bool = True) -> None:
        super().__init__()
        self.base = base
        self.trust_env = False
        if bearer:
            self.headers["Authorization"] = "Bearer emulator"

    def request(  # type: ignore[override]
        self, method: str, url: str, **more: object
    ) -> requests.Response:
        return super().request(method, self.base + url, **{"timeout": 10, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)  # Client and server take turns in one process: a third of the time otherwise.
    with Emulator(seed=7, clock=Clock(lambda: NOON)) as emulator:
        yield emulator
    sys.setswitchinterval(before)


@pytest.fixture(scope="session")
def _control(running: Emulator) -> Iterator[requests.Session]:
    with Below(f"{running.url}/_emulator", bearer=False) as session:
        yield session


@pytest.fixture
def control(_control: requests.Session) -> requests.Session:
    """The control interface of the emulator, which has just been reset."""
    assert _control.post("/reset").status_code == 200
    return _control


@pytest.fixture
def rally(control: requests.Session, running: Emulator) -> Iterator[requests.Session]:  # noqa: ARG001 - the reset
    with Below(f"{running.url}/rally/api/public/v1") as session:
        yield session


@pytest.fixture
def flameup(control: requests.Session, running: Emulator) -> Iterator[requests.Session]:
    assert control.put("/flameup/limit", json={"per_minute": 1000}).ok
    with Below(f"{running.url}/flameup/api/v1") as session:
        yield session


@pytest.fixture
def movement(control: requests.Session, running: Emulator) -> Iterator[requests.Session]:  # noqa: ARG001 - the reset
    with Below(f"{running.url}/movement/api") as session:
        yield session


@pytest.fixture
def xtremepush(control: requests.Session, running: Emulator) -> Iterator[requests.Session]:  # noqa: ARG001 - the reset
    with Below(f"{running.url}/xtremepush/api/external", bearer=False) as session:
        yield session


@pytest.fixture
def propeller(control: requests.Session, running: Emulator) -> Iterator[requests.Session]:  # noqa: ARG001 - the reset
    """Propeller with a fresh token."""
    form = {"grant_type": "client_credentials", "client_id": "emulator", "client_secret": "emulator"}
    with Below(f"{running.url}/propeller", bearer=False) as session:
        token = session.post("/oauth2/token", data=form).json()["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        yield session
