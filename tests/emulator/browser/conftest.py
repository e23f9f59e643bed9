"""A Chromium, if there is one: playwright's own, or the system's."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_people.emulator.server import Emulator

SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 20_000


def _chromium(playwright: Playwright) -> str | None:
    own = playwright.chromium.executable_path
    return own if os.path.exists(own) else next(filter(None, map(shutil.which, SYSTEM)), None)  # noqa: PTH110 - a text


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for this folder; it ends with it, because playwright keeps an event loop going meanwhile."""
    with sync_playwright() as playwright:
        path = _chromium(playwright)
        if path is None:
            pytest.skip("no Chromium on this machine: make browser, or apt-get install chromium")
        # Root, as in a container, may not use Chromium's sandbox; the only pages it opens are our own.
        with playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]) as browser:
            yield browser


@pytest.fixture
def errors() -> list[str]:
    """What went wrong in the page; a test that wants an error takes it out."""
    return []


@pytest.fixture
def page(browser: Browser, running: Emulator, errors: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page whose timers a test can move on, which asks no other host for anything, and in which nothing may fail."""
    options = getattr(request, "param", {})
    with browser.new_context(base_url=running.url, **options) as context:
        context.set_default_timeout(SECONDS)
        page = context.new_page()
        page.clock.install()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        page.on("request", lambda sent: None if sent.url.startswith(running.url) else errors.append(sent.url))
        yield page
        assert errors == []
