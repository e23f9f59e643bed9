"""The plan as tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from rich.console import Console

from target_people.configuration import Given
from target_people.dry_run.plan import plan
from target_people.dry_run.table import print_plan
from target_people.samples import VENDORS, configuration
from tests.dry_run.planned import SAMPLE
from tests.support.load import message
from tests.vendors.people import messages_of, person

if TYPE_CHECKING:
    from collections.abc import Iterable


def printed(lines: Iterable[bytes], width: int = 80, vendors: Iterable[str] = VENDORS, **how: Any) -> str:
    config = configuration("http://127.0.0.1:9", tuple(vendors)) | how.pop("config", {})
    options = {"limit": None, "offline": True, "show_values": False, **how}
    found = plan(Given(config), io.BytesIO(b"\n".join(line.rstrip() for line in lines)), **options)
    out = io.StringIO()
    print_plan(found, Console(file=out, width=width))
    return out.getvalue()


@pytest.fixture(scope="module")
def sample() -> dict[int, str]:
    """The sample people, for terminals from narrow to wide."""
    return {width: printed(SAMPLE, width) for width in (80, 100, 200)}


@pytest.mark.parametrize("width", [80, 100, 200])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_cut(sample: dict[int, str], width: int) -> None:
    tables = sample[width].partition("first request to")[0]
    assert max(map(len, tables.splitlines())) <= width
    assert "…" not in tables


@pytest.mark.parametrize("width", [80, 200])
def test_vendors_columns_reasons_lines_and_figures_are_there(sample: dict[int, str], width: int) -> None:
    lines = [" ".join(line.replace("│", " ").split()) for line in sample[width].splitlines()]
    assert "dry run: 1,000 records in 1,006 lines read; nobody was sent" in lines
    assert "customer_id userId synonym customer_id" in lines
    assert "email email exact name" in lines
    assert "city attributes.city attribute" in lines
    assert "people 974 974 973 973 974" in lines
    assert "rejected 6 6 7 7 6" in lines
    assert any("113, 559, 782" in line for line in lines)
    assert "customer_id customer_id customer_id email customer_id" in " ".join(lines)


@pytest.mark.parametrize("shown", [False, True])
def test_the_first_request_is_printed_as_json(*, shown: bool) -> None:
    text = printed(messages_of([person(number) for number in range(3)]), vendors=["flameup"], show_values=shown)
    head, _, body = text.partition("{\n")
    assert "first request to flameup: POST /people/batch, 2 of its 3 people" in head
    assert ("values masked" in head) is not shown
    assert ("person.1@example.com" in body) is shown
    assert len(msgspec.json.decode("{" + body)["people"]) == 2


def test_a_name_in_brackets_is_no_markup() -> None:
    schema: dict[str, Any] = {"properties": {"customer_id": {}, "email": {}, "[red]": {}}}
    line = message("SCHEMA", stream="[bold]", schema=schema, key_properties=["customer_id"])
    text = printed([line], vendors=["flameup"])
    assert "stream [bold]: 0 records read" in text
    assert "attributes.[red]" in text


def test_what_is_wrong_stands_beside_what_is_right() -> None:
    config = {"streams": {"people": {"rally": {"fields": {"email": "no_such_column"}}}}}
    text = printed(messages_of([person(0)]), vendors=["rally", "flameup"], config=config, width=200)
    assert "names the column no_such_column" in text
    assert "people to flameup" in text
    assert "people to rally" not in text
