"""The pages for people."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from target_people.emulator.server import Emulator


class Links(HTMLParser):
    """Collects the addresses a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "script"
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]


@pytest.mark.parametrize("path", ["/", "/docs"])
@pytest.mark.usefixtures("control")
def test_a_page_refers_to_nothing_elsewhere_and_its_links_work(running: Emulator, path: str) -> None:
    page = requests.get(running.url + path, timeout=10)
    links = Links()
    links.feed(page.text)
    assert "lang=" in page.text
    for link in set(links.found):
        assert link.startswith("/")
        assert requests.get(running.url + link, timeout=10).ok


def test_the_front_page_shows_vendors_counts_requests_and_guesses(
    running: Emulator, flameup: requests.Session, control: requests.Session
) -> None:
    flameup.post("/people/batch", json={"people": [{"userId": str(number)} for number in range(37)]})
    control.put("/rally/quirks", json={"put_scope": "strict_put"})
    page = requests.get(running.url, timeout=10).text
    for text in ("Rally UXR", "<dd>37</dd>", "POST /flameup/api/v1/people/batch", "<code>strict_put</code>"):
        assert text in page


def test_what_a_client_sends_is_escaped(running: Emulator, movement: requests.Session) -> None:
    movement.get("/<script>alert(1)</script>")
    page = requests.get(running.url, timeout=10).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_openapi_document_describes_every_vendor(running: Emulator) -> None:
    document = requests.get(f"{running.url}/openapi.json", timeout=10).json()
    paths = document["paths"]
    for path in (
        "/rally/api/public/v1/people/import",
        "/flameup/api/v1/people/batch",
        "/movement/api/targets/bulk_upsert",
        "/xtremepush/api/external/import/profile",
        "/propeller/v2/contacts/bulk/sourceId",
        "/propeller/oauth2/token",
    ):
        assert "post" in paths[path]
    for path, operations in paths.items():
        declared = {p["name"] for one in operations.values() for p in one.get("parameters", []) if p["in"] == "path"}
        assert declared == set(re.findall(r"\{(\w+)", path))
