"""The emulator's control interface, as a test uses it."""

from __future__ import annotations

from typing import Any

import requests


class Control:
    """Looks into an emulator and tells it what to do.

    Args:
        address: where the emulator listens.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._session = requests.Session()

    def get(self, path: str, **query: Any) -> Any:
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Any = None) -> Any:
        return self._call("POST", path, json=body)

    def put(self, path: str, body: Any) -> Any:
        return self._call("PUT", path, json=body)

    def people(self, vendor: str) -> dict[str, dict[str, Any]]:
        """Everybody whom a vendor has, by identity; twice the same identity is an error of its own."""
        found = self.get(f"{vendor}/people", limit=100_000)["people"]
        by_identity = {str(person["identity"]): person["document"] for person in found}
        assert len(by_identity) == len(found), f"{vendor} has somebody twice"
        return by_identity

    def journal(self, vendor: str) -> list[dict[str, Any]]:
        """The requests that a vendor got, oldest first."""
        entries: list[dict[str, Any]] = self.get("journal", vendor=vendor)["entries"]
        return entries

    def close(self) -> None:
        self._session.close()

    def _call(self, method: str, path: str, **rest: Any) -> Any:
        answer = self._session.request(method, f"{self.address}/_emulator/{path}", timeout=30, **rest)
        assert answer.ok, answer.text
        return answer.json()
