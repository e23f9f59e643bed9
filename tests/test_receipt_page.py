"""The page of a receipt."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from target_people.delivery.meter import Cause
from target_people.delivery.verdict import Verdict
from target_people.reason import catalogue
from target_people.receipt_page import page
from target_people.receipt_section import plain
from tests.support.receipt import HOSTILE, facts, old, receipt

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from target_people.receipt_file import ReceiptFile

WIDTH = 360
VOID = {"meta"}


def tree(of: ReceiptFile | None = None) -> Element:
    """The page as XML, which it is only when it is well-formed and everything in it is escaped."""
    return ET.fromstring(page(of or receipt()))  # noqa: S314 - our own page


def pictures(of: ReceiptFile | None = None) -> dict[str, Element]:
    """Title → picture."""
    return {str(svg.findtext("title")): svg for svg in tree(of).iter("svg")}


def bars(svg: Element) -> list[tuple[str, float, float]]:
    """Class, left end and width of what is no track."""
    found = [(rect.attrib["class"], float(rect.attrib["x"]), float(rect.attrib["width"])) for rect in svg.iter("rect")]
    return [bar for bar in found if bar[0] != "track"]


def points(svg: Element, kind: str) -> list[tuple[float, float]]:
    line = next(line for line in svg.iter("polyline") if line.attrib["class"] == kind)
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in line.attrib["points"].split())]


class Reader(HTMLParser):
    """Reads a page as a browser does, and keeps what is open and what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID, f"<{tag}/> does not close it in HTML"
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("given", [facts(), old(), facts(vendors={}, streams={}), facts(seconds=0)])
def test_it_is_well_formed_for_a_browser_and_for_xml(given: dict[str, Any]) -> None:
    reader = Reader()
    reader.feed(page(receipt(given)))
    reader.close()
    assert reader.open == []
    assert tree(receipt(given)).tag == "html"


def test_nothing_is_loaded_and_nothing_runs() -> None:
    """Addresses stand in links to documentation and nowhere else; there is no script, style sheet, font or image."""
    allowed = {address for entry in catalogue().values() for address in entry.pages.values()}
    found = tree()
    assert {element.tag for element in found.iter()}.isdisjoint({"script", "link", "img", "iframe", "object", "base"})
    for element in found.iter():
        for key, value in element.attrib.items():
            assert not key.startswith("on")
            assert "//" not in value or ((element.tag, key) == ("a", "href") and value in allowed), value
    css = found.findtext("head/style") or ""
    assert re.findall(r"url\(|@import|//", css) == []


def test_names_stand_as_text() -> None:
    words = "".join(tree().itertext())
    assert plain(HOSTILE) in words
    assert "\x1b" not in words


def test_ids_are_unique_and_what_is_referred_to_is_there() -> None:
    found = tree()
    ids = [element.attrib["id"] for element in found.iter() if "id" in element.attrib]
    referred = [name for element in found.iter() for name in element.attrib.get("aria-labelledby", "").split()]
    assert len(ids) == len(set(ids))
    assert set(referred) <= set(ids)


def test_every_picture_has_a_title_a_description_and_a_table_beside_it() -> None:
    for section in tree().iter("section"):
        for svg in section.iter("svg"):
            assert svg.attrib["role"] == "img"
            assert svg.findtext("title")
            assert svg.findtext("desc")
            assert section.find(".//table") is not None


def test_pictures_stay_inside_their_frames() -> None:
    for svg in tree().iter("svg"):
        height = float(svg.attrib["viewBox"].split()[3])
        for rect in svg.iter("rect"):
            x, y, width, tall = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
            assert x >= 0 <= y
            assert x + width <= WIDTH + 0.2
            assert y + tall <= height
        for text in svg.iter("text"):
            assert 0 < float(text.attrib["y"]) <= height


def test_bars_are_cut_by_verdict_on_one_scale() -> None:
    svg = pictures()["Outcomes per vendor"]
    flameup, rally = bars(svg)[:4], bars(svg)[4:]
    assert [kind for kind, _, _ in flameup] == ["created", "updated", "superseded", "rejected"]
    assert [kind for kind, _, _ in rally] == ["delivered", "rejected"]
    for row in (flameup, rally):
        assert all(left + width == pytest.approx(right, abs=0.2) for (_, left, width), (_, right, _) in pairwise(row))
        assert row[-1][1] + row[-1][2] == pytest.approx(WIDTH, abs=0.2)
    assert flameup[0][2] / flameup[3][2] == pytest.approx(700 / 201, rel=0.05)
    assert rally[1][2] == 2, "one of 1,200 is still to be seen"
    assert "flameup: 700 created, 290 updated, 9 superseded, 201 rejected" in str(svg.findtext("desc"))


def test_a_line_goes_from_nobody_to_everybody_and_never_falls() -> None:
    svg = pictures()["flameup: people settled over time"]
    line = points(svg, "line")
    assert line[0] == (4, 128)
    assert line[-1] == (356, 34)
    assert all(before[0] <= after[0] and before[1] >= after[1] for before, after in pairwise(line))


def test_the_limit_is_a_minutes_worth_at_once_and_as_many_a_minute_from_there_on() -> None:
    """600 a minute and 1,200 people in 200 s: the dashed line starts half way up and is at the top after 60 s."""
    start, end = points(pictures()["flameup: people settled over time"], "limit")
    assert start == (4, 81)
    assert end == (109.6, 34)


@pytest.mark.parametrize(
    ("limit", "words"),
    [(1199, "1,199 a minute, dashed"), (1200, "1,200 a minute, above the picture"), (None, "limit unknown")],
)
def test_a_limit_that_is_not_drawn_is_told(limit: int | None, words: str) -> None:
    made = facts()
    made["vendors"]["flameup"]["limit"] = limit
    svg = pictures(receipt(made))["flameup: people settled over time"]
    assert words in "".join(svg.itertext())
    assert any(line.attrib["class"] == "limit" for line in svg.iter("polyline")) is ("dashed" in words)


def test_waiting_is_shown_as_a_part_of_the_run() -> None:
    found = {kind: width / WIDTH for kind, _, width in bars(pictures()["What rally waited for"])}
    assert found == {"answer": pytest.approx(9 / 200, abs=0.001), "confirmation": pytest.approx(0.75, abs=0.001)}


@pytest.mark.parametrize("name", [*map(str, Verdict), *map(str, Cause)])
def test_whatever_is_drawn_has_a_colour(name: str) -> None:
    assert re.search(rf"\.{name}\b[^{{}}]*{{[^}}]*fill: var\(", style())


def test_an_old_receipt_has_the_pictures_that_it_can_have() -> None:
    assert list(pictures(receipt(old()))) == ["Outcomes per vendor"]


def test_a_failed_run_says_what_to_do_with_the_page_that_says_so() -> None:
    found = tree(receipt(exit_code=4, reason="Credentials"))
    entry = catalogue()["Credentials"]
    words = "".join(found.itertext())
    assert entry.remedy in words
    assert entry.pages["flameup"] in [link.attrib["href"] for link in found.iter("a")]


def style() -> str:
    return files("target_people").joinpath("receipt.html").read_text("utf-8")


def colours(scheme: str) -> dict[str, str]:
    """The variables of a colour scheme."""
    light, dark = style().split("@media (prefers-color-scheme: dark)")
    part = light if scheme == "light" else dark.split("* {")[0]
    return dict(re.findall(r"--(\w+): (#\w{6});", part))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_to_read_and_to_tell_shapes(scheme: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1 for text, 3 to 1 for what is drawn."""
    found = colours(scheme)
    texts = [(found[text], found[back]) for text in ("text", "soft", "link") for back in ("back", "panel")]
    texts += [(found["on"], found[tone]) for tone in ("good", "bad")]
    assert [pair for pair in texts if contrast(*pair) < 4.5] == []
    drawn = [*map(str, Verdict), "line", "limit", "wait", "soft"]
    assert [name for name in drawn if contrast(found[name], found["panel"]) < 3] == []


def test_both_schemes_have_the_same_colours() -> None:
    assert set(colours("light")) == set(colours("dark"))
