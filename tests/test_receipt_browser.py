"""The page of a receipt in a real browser: skipped where Chromium or Playwright is not installed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from target_people.receipt_page import page
from tests.support.receipt import receipt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
SIDEWAYS = "document.documentElement.scrollWidth > window.innerWidth"
OVERLAPS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], at) => boxes.slice(at + 1)
    .filter(([, b]) => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)
    .map(([other]) => `${one} / ${other}`));
})"""
OUTSIDE = """() => [...document.querySelectorAll('svg')].flatMap(svg => [...svg.querySelectorAll('text')]
  .filter(text => text.getBBox().x < -1 || text.getBBox().x + text.getBBox().width > 361)
  .map(text => text.textContent))"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="no playwright in this environment: pip install playwright")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_its_words_do_not_overlap_and_nothing_is_loaded(
    browser: Any, tmp_path: Path, width: int, scheme: str
) -> None:
    file = tmp_path / "receipt.html"
    file.write_text(page(receipt()), "utf-8")
    shown = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    asked: list[str] = []
    problems: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("console", lambda message: problems.append(message.text))
    shown.goto(file.as_uri())
    assert (asked, problems) == ([file.as_uri()], [])
    assert shown.evaluate(SIDEWAYS) is False
    assert shown.evaluate(OVERLAPS) == []
    assert shown.evaluate(OUTSIDE) == []
    back = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    assert back == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(18, 23, 28)")
    shown.close()
