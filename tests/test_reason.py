"""The catalogue of reasons."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

import target_people
from target_people.ending import EXITS, Word
from target_people.errors import Fatal
from target_people.people.code import Code
from target_people.reason import catalogue, reason
from target_people.vendors import sinks

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(str(target_people.__file__)).parent
TAKES_A_CODE = {"rejected": 0, "RecordError": 0, "refuse": 1}
"""Function → which of its arguments is a code."""


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """The source of the product, without the emulator, which has codes of its own."""
    for path in PACKAGE.rglob("*.py"):
        if "emulator" not in path.relative_to(PACKAGE).parts:
            yield path, ast.parse(path.read_text("utf-8"))


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the product, by the last part of what is called."""
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield name, node


def codes_given() -> Iterator[ast.expr]:
    """What stands as a code in every call that takes one."""
    for name, node in calls():
        if name in TAKES_A_CODE:
            yield node.args[TAKES_A_CODE[name]]


def alternatives(code: ast.expr) -> Iterator[ast.expr]:
    """Both sides of ``A if … else B``, or what there is."""
    if isinstance(code, ast.IfExp):
        yield from alternatives(code.body)
        yield from alternatives(code.orelse)
    else:
        yield code


def rejections() -> set[str]:
    """Every code that the source names: as a text where a code is taken, or as a member of ``Code``."""
    parts = (part for code in codes_given() for part in alternatives(code))
    written = {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    members = {
        str(Code[node.attr])
        for path, tree in trees()
        if path.name != "code.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code"
    }
    return members | written


def endings() -> dict[str, int | None]:
    """Every word that a receipt can have for its ending → the exit code of its class; None for a word without one."""
    for module in pkgutil.walk_packages(target_people.__path__, "target_people."):
        if ".emulator" not in module.name:
            importlib.import_module(module.name)
    raised = {name for name, _ in calls()}
    found: dict[str, int | None] = {
        kind.__name__.removesuffix("Error"): kind.exit_code for kind in kinds(Fatal) if kind.__name__ in raised
    }
    return found | dict.fromkeys(map(str, Word))


def kinds(kind: type[Fatal]) -> Iterator[type[Fatal]]:
    """An error of the product and all that are more special."""
    if kind.__module__.startswith("target_people"):
        yield kind
    for special in kind.__subclasses__():
        yield from kinds(special)


def test_every_code_of_a_rejection_has_its_entry_and_every_entry_a_place_that_produces_it() -> None:
    assert rejections() == {code for code, entry in catalogue().items() if not entry.exits}


def test_a_code_is_written_where_it_is_given_or_handed_on() -> None:
    """Nothing puts a code together, so that the search above finds all; a table of codes holds members of ``Code``."""
    for code in (part for given in codes_given() for part in alternatives(given)):
        plain = isinstance(code, ast.Constant | ast.Name | ast.Attribute)
        assert plain or ast.unparse(code).startswith("_CODES.get("), ast.unparse(code)


def test_every_ending_has_its_entry_and_every_entry_an_ending() -> None:
    assert set(endings()) == {code for code, entry in catalogue().items() if entry.exits}


@pytest.mark.parametrize("code", [code for code, entry in catalogue().items() if entry.exits])
def test_the_exit_codes_of_an_ending_are_those_of_its_error(code: str) -> None:
    own = endings()[code]
    exits = catalogue()[code].exits
    assert set(exits) <= set(EXITS)
    assert own is None or exits == (own,)


def test_every_exit_code_has_an_ending() -> None:
    assert {code for entry in catalogue().values() for code in entry.exits} == set(EXITS)


@pytest.mark.parametrize("code", catalogue())
def test_every_entry_says_what_is_wrong_and_what_to_do_with_the_field_put_in(code: str) -> None:
    entry = reason(code, "phone")
    assert entry.reason
    assert entry.remedy
    assert "{" not in entry.reason + entry.remedy


@pytest.mark.parametrize("code", catalogue())
def test_pages_are_those_of_vendors_by_https(code: str) -> None:
    for vendor, address in catalogue()[code].pages.items():
        assert vendor in sinks()
        parts = urlsplit(address)
        assert (parts.scheme, parts.query, parts.fragment) == ("https", "", "")


def test_no_code_stands_twice_in_the_file() -> None:
    """JSON would keep the last in silence."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)

    json.loads(files("target_people").joinpath("reasons.json").read_text("utf-8"), object_pairs_hook=once)


def test_the_name_of_the_field_stands_where_the_catalogue_has_its_place() -> None:
    assert reason("not_email", "work_email").reason == "work_email is not an e-mail address"


def test_a_name_with_braces_stays_as_it_is() -> None:
    assert reason("not_email", "{0}{field}").reason == "{0}{field} is not an e-mail address"


def test_an_unknown_code_is_a_defect() -> None:
    with pytest.raises(KeyError, match="no_such_code"):
        reason("no_such_code")
