"""A receipt as tables of text, and what the terminal and Markdown make of them."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from target_people.ending import EXITS
from target_people.reason import catalogue
from target_people.receipt_markdown import markdown
from target_people.receipt_section import Link, duration, plain, sections
from target_people.receipt_table import print_receipt
from tests.support.receipt import HOSTILE, facts, old, receipt

if TYPE_CHECKING:
    from target_people.receipt_file import ReceiptFile
    from target_people.receipt_section import Section


def section(name: str, of: ReceiptFile | None = None) -> Section:
    return next(found for found in sections(of or receipt()) if found.name == name)


def texts(found: Section) -> list[tuple[str, ...]]:
    return [tuple("\n".join(cell) for cell in row) for row in found.rows]


def pairs(found: Section) -> list[tuple[str, str]]:
    return [(key, value) for key, value in texts(found)]


def table(of: ReceiptFile, width: int = 80) -> str:
    out = io.StringIO()
    print_receipt(of, Console(file=out, width=width))
    return out.getvalue()


@pytest.mark.parametrize("code", [*EXITS, 77])
def test_every_exit_is_told_with_its_meaning_and_what_to_do(code: int) -> None:
    told = dict(pairs(section("run", receipt(exit_code=code, reason="of no version"))))
    means, todo = EXITS.get(code, ("an exit code that this version does not know", "see the log"))
    assert (told["exit"], told["what to do"]) == (f"{code}: {means}", todo)


@pytest.mark.parametrize("reason", [code for code, entry in catalogue().items() if entry.exits])
def test_the_catalogue_says_what_to_do_about_an_ending(reason: str) -> None:
    entry = catalogue()[reason]
    told = dict(pairs(section("run", receipt(exit_code=entry.exits[0], reason=reason))))
    assert told["what to do"] == entry.remedy
    assert told.get("reason") == (None if reason == "clean" else f"{reason}: {entry.reason}")


def test_pages_are_those_of_the_vendors_that_rejected() -> None:
    """Both refused for ``too_long``, each with a page of its own; a code of a newer version has none."""
    rows = {row[1]: row for row in section("rejected").rows}
    assert texts(section("rejected"))[0][0] == "flameup 200\nrally 1"
    pages = catalogue()["too_long"].pages
    assert rows[("name is longer",)][3] == (Link(pages["flameup"]), Link(pages["rally"]))
    assert rows[(plain(f"no {HOSTILE}"),)][3] == ()


def test_figures_are_those_of_the_receipt() -> None:
    assert ("created", "700", "0") in texts(section("outcomes"))
    delivery = {row[0]: row[1:] for row in texts(section("delivery"))}
    assert delivery["people settled"] == ("1,200", "1,200")
    assert delivery["people a minute"] == ("360", "360")
    assert delivery["limit a minute"] == ("600", "unknown")
    assert delivery["import jobs"] == ("0", "2")


def test_waiting_shows_the_causes_that_cost_anybody_time() -> None:
    assert texts(section("waiting")) == [
        ("answer", "4.5 s", "9.0 s"),
        ("confirmation", "0 s", "2 min 30 s"),
        ("throttle", "1 min 0 s", "0 s"),
        ("retry", "1.5 s", "0 s"),
        ("idle", "20 s", "0 s"),
    ]
    assert [term for term, _ in section("waiting").terms] == ["answer", "confirmation", "throttle", "retry", "idle"]


def test_a_cause_of_a_newer_version_is_shown_last() -> None:
    made = facts()
    made["vendors"]["rally"]["waited"]["a_new_one"] = 3
    assert texts(section("waiting", receipt(made)))[-1] == ("a new one", "0 s", "3.0 s")


def test_an_older_receipt_shows_what_it_has() -> None:
    names = [found.name for found in sections(receipt(old()))]
    assert names == ["run", "outcomes", "rejected", "delivery", "not-sent", "streams"]


def test_a_receipt_without_vendors_shows_its_ending() -> None:
    assert [found.name for found in sections(receipt(vendors={}, streams={}))] == ["run"]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        *((0, "0 s"), (0.04, "0.0 s"), (9.94, "9.9 s"), (10, "10 s"), (59.4, "59 s"), (60, "1 min 0 s")),
        *(
            (200, "3 min 20 s"),
            (3599.4, "59 min 59 s"),
            (3600, "1 h 0 min"),
            (7500, "2 h 5 min"),
            (3.6e6, "1,000 h 0 min"),
        ),
    ],
)
def test_a_time_is_told_as_people_say_it(seconds: float, told: str) -> None:
    assert duration(seconds) == told


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_terminal_gets_every_section_and_no_markup_or_escape_of_a_name(width: int) -> None:
    out = table(receipt(), width)
    assert "exit 3, RejectLimit" in out
    assert [found.title for found in sections(receipt()) if found.title not in out] == []
    assert "[red]" in re.sub(r"[│\s]", "", out)
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= width


def test_an_older_receipt_is_printed() -> None:
    assert "exit 0, clean" in table(receipt(old()))


def test_markdown_has_tables_whose_rows_are_as_long_as_their_heads() -> None:
    blocks = [block for block in markdown(receipt()).split("\n\n") if block.startswith("|")]
    assert len(blocks) == len(list(sections(receipt())))
    for block in blocks:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1, block


def test_markdown_lets_no_name_act() -> None:
    """No tag, link, mention or emphasis of a name's making; its letters are all there."""
    out = markdown(receipt())
    bare = re.sub(r"\\.", "", out.replace("<br>", ""))
    assert re.findall(r"<(?!https://)", bare) == []
    assert "@" not in bare
    assert "*" not in bare
    assert "\\<script" in out


def test_markdown_links_the_pages() -> None:
    assert f"<{catalogue()['too_long'].pages['flameup']}>" in markdown(receipt())


def test_markdown_of_an_older_receipt() -> None:
    assert markdown(receipt(old())).startswith("## target-people: exit 0, clean\n")


@pytest.mark.parametrize(
    ("given", "shown"),
    [("a_b", "a_b"), ("_a_", "\\_a\\_"), ("a|b", "a\\|b"), ("a\\b", "a\\\\b"), ("[x](y)", "\\[x\\](y)")],
)
def test_markdown_escapes_what_would_act_and_nothing_else(given: str, shown: str) -> None:
    made: dict[str, Any] = facts(streams={given: {"read": 1, "skipped": 0}})
    assert f"| {shown} | 1 | 0 |" in markdown(receipt(made))
