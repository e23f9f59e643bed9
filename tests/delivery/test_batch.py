"""How records are cut into batches."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.delivery.batch import Batch, Batcher, Outgoing
from tests.support.vendor import outgoing

if TYPE_CHECKING:
    from collections.abc import Iterable

BOUNDED = settings(deadline=None, derandomize=True, max_examples=80)
PEOPLE, SIZE = 4, 60


@dataclass
class Left:
    """What came out of a batcher, in order."""

    batches: list[Batch] = field(default_factory=list)


def batcher(left: Left, people: int = PEOPLE, size: int = SIZE) -> Batcher:
    return Batcher(people, size, left.batches.append)


def cut(records: Iterable[Outgoing]) -> Left:
    """Batch all of the records."""
    left = Left()
    cutter = batcher(left)
    for record in records:
        cutter.add(record)
    cutter.flush()
    assert len(cutter) == 0
    return left


def record(at: int, name: str, keys: frozenset[str], shape: str, size: int) -> Outgoing:
    return Outgoing((name,), keys, shape, b"x" * size, origin=at)


@st.composite
def streams(draw: st.DrawFn) -> list[Outgoing]:
    """Few people, few keys and few shapes, so that they meet; some records are larger than a batch may be."""
    parts = st.tuples(
        st.sampled_from("abcdef"),
        st.frozensets(st.sampled_from("klm"), min_size=1),
        st.sampled_from("pq"),
        st.integers(1, SIZE // 2) | st.integers(SIZE - 2, SIZE + 5),
    )
    drawn = draw(st.lists(parts, max_size=25))
    return [record(at, *part) for at, part in enumerate(drawn)]


def flat(left: Left) -> list[Outgoing]:
    return [person for batch in left.batches for person in batch]


@BOUNDED
@given(streams())
def test_every_record_leaves_once_or_is_superseded_once(records: list[Outgoing]) -> None:
    left = cut(records)
    unsent = [person for batch in left.batches for person in batch.superseded]
    assert sorted(person.origin for person in [*flat(left), *unsent]) == list(range(len(records)))


@BOUNDED
@given(streams())
def test_a_superseded_record_leaves_with_a_newer_one_that_has_all_its_keys(records: list[Outgoing]) -> None:
    """So nothing of the older is lost, and it has its verdict when the newer has."""
    for batch in cut(records).batches:
        for older in batch.superseded:
            newer = next(person for person in batch if person.names == older.names)
            assert newer.origin > older.origin
            assert newer.keys >= older.keys


@BOUNDED
@given(streams())
def test_no_more_superseded_records_wait_in_a_batch_than_people_fit_into_one(records: list[Outgoing]) -> None:
    assert all(len(batch.superseded) <= PEOPLE for batch in cut(records).batches)


@BOUNDED
@given(streams())
def test_records_of_one_person_leave_in_the_order_in_which_they_came(records: list[Outgoing]) -> None:
    by_person = defaultdict(list)
    for person in flat(cut(records)):
        by_person[person.identity].append(person.origin)
    assert all(origins == sorted(origins) for origins in by_person.values())


@BOUNDED
@given(streams())
def test_no_batch_has_too_many_people_or_bytes_or_two_shapes_or_somebody_twice(records: list[Outgoing]) -> None:
    for batch in cut(records).batches:
        assert 1 <= len(batch) <= PEOPLE
        assert len(batch.bodies()) <= SIZE or len(batch) == 1
        assert len({person.shape for person in batch}) == 1
        assert len({person.identity for person in batch}) == len(batch)


def merged(records: Iterable[Outgoing]) -> dict[str, dict[str, Any]]:
    """What a vendor that merges keys holds after these, in this order."""
    held: dict[str, dict[str, Any]] = defaultdict(dict)
    for person in records:
        held[person.identity] |= dict.fromkeys(person.keys, person.origin)
    return dict(held)


@BOUNDED
@given(streams())
def test_a_vendor_that_merges_ends_with_what_all_records_one_by_one_would_give(records: list[Outgoing]) -> None:
    assert merged(flat(cut(records))) == merged(records)


def test_bytes_are_those_of_the_bodies_with_their_commas() -> None:
    """Two of 29 and a comma fit into 60 with one to spare; two of 30 and a comma do not."""
    fits = cut([record(at, str(at), frozenset("k"), "p", size) for at, size in enumerate((29, 30))])
    overflows = cut([record(at, str(at), frozenset("k"), "p", 30) for at in range(2)])
    assert [len(batch) for batch in fits.batches] == [2]
    assert [len(batch) for batch in overflows.batches] == [1, 1]


def test_a_superseded_record_gives_its_bytes_back() -> None:
    same = [record(at, "a", frozenset("k"), "p", 29) for at in range(PEOPLE)]
    fits = cut([*same, record(4, "b", frozenset("k"), "p", 30)])
    overflows = cut([*same, record(4, "b", frozenset("k"), "p", 31)])
    assert [[person.origin for person in batch] for batch in fits.batches] == [[3, 4]]
    assert [[person.origin for person in batch] for batch in overflows.batches] == [[3], [4]]


def test_a_newer_record_that_does_not_fit_lets_the_older_leave_first() -> None:
    sizes = {"a": 20, "b": 30, "A": 40}
    left = cut([record(at, name.lower(), frozenset("k"), "p", sizes[name]) for at, name in enumerate("abA")])
    assert [[person.origin for person in batch] for batch in left.batches] == [[0, 1], [2]]
    assert [batch.superseded for batch in left.batches] == [(), ()]


def test_a_full_batch_leaves_without_being_asked() -> None:
    left = Left()
    cutter = batcher(left, people=2)
    cutter.add(outgoing("a"))
    assert (len(left.batches), len(cutter)) == (0, 1)
    cutter.add(outgoing("b"))
    assert (len(left.batches), len(cutter)) == (1, 0)


def test_a_flush_lets_the_batch_opened_first_go_first() -> None:
    left = Left()
    cutter = batcher(left)
    for name, shape in (("a", "q"), ("b", "p"), ("c", "q")):
        cutter.add(outgoing(name, shape=shape))
    cutter.flush()
    assert [[person.identity for person in batch] for batch in left.batches] == [["a", "c"], ["b"]]


def test_a_flush_until_a_moment_leaves_younger_batches_open() -> None:
    left = Left()
    cutter = batcher(left)
    cutter.add(outgoing("a", shape="p"), 1.0)
    cutter.add(outgoing("b", shape="q"), 2.0)
    cutter.add(outgoing("c", shape="p"), 3.0)
    cutter.flush(1.0)
    assert [[person.identity for person in batch] for batch in left.batches] == [["a", "c"]]
    assert len(cutter) == 1


def test_a_person_keeps_the_order_across_shapes() -> None:
    """A record in another shape makes the batch leave that holds the older one."""
    left = cut([outgoing("a", shape="p"), outgoing("b", shape="p"), outgoing("a", shape="q")])
    shapes = [(person.identity, person.shape) for person in flat(left)]
    assert shapes == [("a", "p"), ("b", "p"), ("a", "q")]


@BOUNDED
@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 40)), max_size=150))
def test_no_more_records_wait_than_eight_full_batches_hold_however_many_shapes_there_are(
    drawn: list[tuple[int, int]],
) -> None:
    left = Left()
    cutter = batcher(left)
    for at, (name, shape) in enumerate(drawn):
        cutter.add(record(at, str(name), frozenset("k"), str(shape), 1))
        gone = sum(len(batch) + len(batch.superseded) for batch in left.batches)
        assert len(cutter) <= at + 1 - gone < 8 * PEOPLE


def test_when_too_many_wait_the_batch_opened_first_leaves() -> None:
    left = Left()
    cutter = batcher(left)
    for at in range(8 * PEOPLE - 1):
        cutter.add(outgoing(f"n{at}", shape=at))
    assert left.batches == []
    cutter.add(outgoing("last", shape="last"))
    assert [[person.identity for person in batch] for batch in left.batches] == [["n0"]]
    assert len(cutter) == 8 * PEOPLE - 1


BATCH = Batch(
    [outgoing("1", "ann@example.com"), outgoing("2", "shared@example.com"), outgoing("3", "shared@example.com", "1")]
)


@pytest.mark.parametrize(
    ("name", "position"),
    [
        pytest.param("2", 1, id="identity"),
        pytest.param(2, 1, id="identity-as-number"),
        pytest.param("ann@example.com", 0, id="other-name"),
        pytest.param("nobody", None, id="nobody"),
        pytest.param("shared@example.com", None, id="two-people-of-one-name"),
        pytest.param("1", 0, id="identity-before-the-other-name-of-somebody-else"),
    ],
)
def test_a_name_leads_to_the_one_person_who_has_it(name: object, position: int | None) -> None:
    assert BATCH.position(name) == position


def test_a_batch_is_a_sequence_of_its_people() -> None:
    assert [person.identity for person in BATCH] == ["1", "2", "3"]
    assert BATCH[1].identity == "2"
    assert [person.identity for person in BATCH[1:]] == ["2", "3"]
    assert BATCH.bodies() == b'{"id":"1"},{"id":"2"},{"id":"3"}'


def test_a_record_shows_nobody_in_its_repr() -> None:
    shown = repr(outgoing("ann@example.com", body=b'{"email":"ann@example.com"}', origin="ann@example.com"))
    assert "ann" not in shown


def test_runs_of_equal_shapes_make_one_batch_each() -> None:
    """Records that arrive sorted by shape need no more requests than there are shapes."""
    records = [outgoing(f"{shape}{at}", shape=shape) for shape in "pqr" for at in range(3)]
    shapes = [person.shape for person in flat(cut(records))]
    assert [shape for shape, _ in groupby(shapes)] == ["p", "q", "r"]
    assert len(cut(records).batches) == 3
