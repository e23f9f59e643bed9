"""When a STATE may leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.state import StateGate

if TYPE_CHECKING:
    from target_people.state import Epoch

BOUNDED = settings(deadline=None, derandomize=True, max_examples=150)
STEPS = st.lists(st.tuples(st.sampled_from(["enter", "settle", "receive"]), st.integers(1, 3)), max_size=40)


@dataclass
class Watch:
    """A gate with an account of its own of what it was told.

    Args:
        missing: verdicts that are missing, each with its record's number and epoch.
        before: of each STATE, how many records came before it.
        printed: each value with the records that were unsettled when it was printed.
    """

    missing: list[tuple[int, Epoch]] = field(default_factory=list)
    records: int = 0
    before: list[int] = field(default_factory=list)
    printed: list[tuple[int, list[int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = StateGate(self._write)

    def run(self, steps: list[tuple[str, int]]) -> None:
        for step, figure in steps:
            getattr(self, step)(figure)

    def enter(self, verdicts: int) -> None:
        epoch = self.gate.enter(verdicts)
        self.missing += [(self.records, epoch)] * verdicts
        self.records += 1

    def settle(self, which: int) -> None:
        """Settle one of the verdicts that are missing, from either end."""
        if self.missing:
            _, epoch = self.missing.pop((which * 7) % len(self.missing))
            self.gate.settle([epoch])

    def receive(self, _: int) -> None:
        self.before.append(self.records)
        self.gate.receive(str(len(self.before) - 1).encode())

    def settle_all(self) -> None:
        while self.missing:
            self.settle(1)

    @property
    def values(self) -> list[int]:
        return [value for value, _ in self.printed]

    def _write(self, value: bytes) -> None:
        self.printed.append((int(value), [record for record, _ in self.missing]))


def watched(steps: list[tuple[str, int]]) -> Watch:
    watch = Watch()
    watch.run(steps)
    return watch


@BOUNDED
@given(STEPS)
def test_what_is_printed_are_values_received_each_once_in_their_order(steps: list[tuple[str, int]]) -> None:
    watch = watched(steps)
    assert watch.values == sorted(set(watch.values))
    assert set(watch.values) <= set(range(len(watch.before)))


@BOUNDED
@given(STEPS)
def test_a_value_is_printed_only_when_every_record_before_it_has_its_verdicts(steps: list[tuple[str, int]]) -> None:
    watch = watched(steps)
    for value, missing in watch.printed:
        assert not [record for record in missing if record < watch.before[value]]


@BOUNDED
@given(STEPS)
def test_a_value_that_qualifies_is_printed_at_once_or_gave_way_to_a_newer(steps: list[tuple[str, int]]) -> None:
    watch = watched(steps)
    oldest = min((record for record, _ in watch.missing), default=watch.records)
    qualified = [value for value, before in enumerate(watch.before) if before <= oldest]
    assert watch.values[-1:] == qualified[-1:]


@BOUNDED
@given(STEPS)
def test_when_everything_is_settled_the_last_value_received_is_the_last_printed(steps: list[tuple[str, int]]) -> None:
    watch = watched(steps)
    watch.settle_all()
    assert watch.values[-1:] == [len(watch.before) - 1][: len(watch.before)]


@BOUNDED
@given(STEPS)
def test_the_gate_counts_what_it_was_told(steps: list[tuple[str, int]]) -> None:
    watch = watched(steps)
    assert (watch.gate.received, watch.gate.printed) == (len(watch.before), len(watch.printed))


def test_states_without_records_between_them_take_no_memory() -> None:
    watch = watched([("receive", 1), ("enter", 1), *[("receive", 1)] * 10_000])
    assert len(watch.gate._epochs) == 2
    watch.settle_all()
    assert watch.values == [0, 10_000]


def test_settled_epochs_take_no_memory() -> None:
    watch = Watch()
    for _ in range(1000):
        watch.run([("enter", 2), ("receive", 1), ("settle", 1), ("settle", 1)])
    assert len(watch.gate._epochs) == 1
    assert watch.values == list(range(1000))


def test_of_several_that_qualify_the_newest_is_printed() -> None:
    watch = watched([("enter", 1), ("receive", 1), ("enter", 1), ("receive", 1)])
    first, second = watch.missing
    watch.gate.settle([second[1]])
    assert watch.values == []
    watch.gate.settle([first[1]])
    assert watch.values == [1]


@pytest.mark.parametrize(
    "value", [b"{}", b'{"a": 1.10, "b": 123456789012345678901234567890 }', b"  null ", '"Zoë"'.encode(), b"\xff\x00"]
)
def test_a_value_comes_out_byte_for_byte(value: bytes) -> None:
    printed: list[bytes] = []
    gate = StateGate(printed.append)
    gate.receive(value)
    epoch = gate.enter(1)
    gate.receive(value)
    gate.settle([epoch])
    assert printed == [value, value]


def test_a_record_counts_against_the_epoch_in_which_it_was_read() -> None:
    gate = StateGate(lambda _: None)
    before = gate.epoch
    assert gate.enter(1) is before
    gate.receive(b"1")
    assert gate.enter(1) is gate.epoch
    assert gate.epoch is not before
