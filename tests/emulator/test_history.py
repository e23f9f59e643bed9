"""The history of people: every request that changed one, with what was before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from target_people.emulator.clock import Clock
from target_people.emulator.difference import ABSENT, Difference, differences
from target_people.emulator.history import History
from target_people.emulator.people import People, Person
from target_people.emulator.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_people.emulator.store import Document

ANA: Document = {"id": "p-1", "name": "Ana"}


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store()
    yield store
    store.close()


@pytest.fixture
def history(store: Store) -> History:
    return History(store, Clock(lambda: 0.0))


@pytest.fixture
def people(store: Store, history: History) -> People:
    return People(store, "acme", history, lambda document: frozenset({("id", document["id"])}), lambda one: one["id"])


def read(people: People) -> Person:
    return people.find("id", ["p-1"])[0]


def ends(history: History) -> list[tuple[int | None, Document | None, Document | None]]:
    return [(change.entry, change.before, change.after) for change in history.of("acme", "p-1")]


def test_a_life_is_told_by_request(people: People, history: History) -> None:
    with history.caused_by(3):
        people.put([Person("p-1", dict(ANA))])
    with history.caused_by(4):
        person = read(people)
        person.document["name"] = "Anna"
        people.put([person])
    with history.caused_by(5):
        people.remove([read(people)])
    with history.caused_by(6):
        people.put([Person("p-1", {"id": "p-1"})])
    changed = {"id": "p-1", "name": "Anna"}
    assert ends(history) == [(3, None, ANA), (4, ANA, changed), (5, changed, None), (6, None, {"id": "p-1"})]


def test_a_request_that_changes_nothing_is_not_told(people: People, history: History) -> None:
    people.put([Person("p-1", dict(ANA))])
    with history.caused_by(4):
        people.put([read(people)])
    assert ends(history) == [(None, None, ANA)]


def test_what_is_undone_is_not_told(people: People, history: History, store: Store) -> None:
    def half() -> None:
        with store.transaction():
            people.put([Person("p-1", dict(ANA))])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert ends(history) == []


def test_the_innermost_cause_counts_and_the_outer_one_returns(people: People, history: History) -> None:
    with history.caused_by(8):
        with history.caused_by(2):
            people.put([Person("p-1", dict(ANA))])
        people.remove([read(people)])
    assert [entry for entry, *_ in ends(history)] == [2, 8]


def test_old_changes_are_forgotten(
    people: People, history: History, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("target_people.emulator.history.KEPT", 10)
    for number in range(30):
        people.put([Person(f"p-{number}", {"id": f"p-{number}"})])
    assert store.rows("SELECT count(*) FROM history") == [(10,)]
    assert ends(history) == []


def test_differences_are_told_field_by_field() -> None:
    before = {"a": "1", "gone": None, "in": {"b": [1], "c": {}}, "same": {"x": 1}}
    after = {"a": 1, "in": {"b": [2], "c": {}, "new": ""}, "same": {"x": 1}}
    assert differences(before, after) == [
        Difference("a", "1", 1),
        Difference("in.b", [1], [2]),
        Difference("in.new", ABSENT, ""),
        Difference("gone", None, ABSENT),
    ]
