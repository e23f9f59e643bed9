"""One bad record must not take its batch with it: whoever is named goes out, else halves, else singles."""

from __future__ import annotations

import bisect
import itertools
from collections import deque
from collections.abc import Callable

from target_people.delivery.batch import Batch
from target_people.delivery.message import Work
from target_people.delivery.verdict import DELIVERED, Outcome, rejected
from target_people.errors import BatchRefused, ConfigurationError, Fatal, JobFailed, NotConfirmedError

Attempt = Callable[[Batch], Work[tuple[Outcome, ...]]]
"""Sends a batch; raises ``BatchRefused``."""

_REFUSALS_WITHOUT_ONE_GOOD = 64
_TELLING = 10
"""So many people, each refused alone, tell that it is not the people; fewer may all be bad, and stop no night."""
_TOO_LARGE = 413


class Isolation:
    """Finds the refused records of one batch with a bounded number of extra requests.

    Why a list of parts and not recursion: a vendor that names one record at a time refuses as often as there are bad
    records. Why both ends in turn, as long as no part has passed: bad records stand together where a source is sorted,
    and 64 refusals from one end alone would blame the request for them.

    Why a failed job weighs differently from a refused request: it says nothing against the people. So it takes somebody
    who passes, in the same batch or, for one person alone, in the same run, before anybody is rejected for it.

    Args:
        attempt: sends a batch and brings its outcomes.
        vendor: named in the error.
        proven: whether anything has passed at this vendor in this run.
    """

    def __init__(self, attempt: Attempt, vendor: str, proven: Callable[[], bool] = lambda: False) -> None:
        """Count from zero."""
        self._attempt = attempt
        self._vendor = vendor
        self._proven = proven
        self._passed = False
        self._unnamed = 0
        self._jobs = 0
        self._refusals = 0
        self._alone = 0
        self._open = 0

    def deliver(self, batch: Batch) -> Work[tuple[Outcome, ...]]:
        """Outcomes of all records of the batch, in its order; nobody is in two parts that are sent.

        Raises:
            ConfigurationError: when ten or more records are all refused alone, or 64 parts and none passes, without
                anybody being named: then the request is wrong, not the people, and nobody is rejected.
            NotConfirmedError: when it was no refusal, and the import jobs of all failed, without naming anybody.
        """
        self._open = len(batch)
        outcomes: dict[str, Outcome] = {}
        waiting = deque([batch])
        while waiting:
            first = self._passed or self._unnamed % 2 == 0
            parts = yield from self._send(waiting.popleft() if first else waiting.pop(), outcomes)
            if first:
                waiting.extendleft(reversed(parts))
            else:
                waiting.extend(parts)
            self._check(len(batch))
        return tuple(outcomes[person.identity] for person in batch)

    def _send(self, part: Batch, outcomes: dict[str, Outcome]) -> Work[list[Batch]]:
        """Send a part, put down what became certain, and hand back what is to be sent again."""
        try:
            brought = yield from self._attempt(part)
        except BatchRefused as refusal:
            return self._left(part, refusal, outcomes)
        self._passed = True
        outcomes.update(zip((person.identity for person in part), brought, strict=True))
        return []

    def _left(self, part: Batch, refusal: BatchRefused, outcomes: dict[str, Outcome]) -> list[Batch]:
        """Put down whom a refusal names, and whom the vendor has all the same; the others are to be sent again."""
        certain = dict.fromkeys(refusal.stored if isinstance(refusal, JobFailed) else (), DELIVERED)
        certain |= {at: _refused(refusal, at) for at in refusal.indexes if 0 <= at < len(part)}
        if not certain:
            return self._halves(part, refusal, outcomes)
        self._open -= len(certain)
        outcomes.update({part[at].identity: outcome for at, outcome in certain.items()})
        left = [person for at, person in enumerate(part) if at not in certain]
        return [Batch(left)] if left else []

    def _halves(self, part: Batch, refusal: BatchRefused, outcomes: dict[str, Outcome]) -> list[Batch]:
        self._unnamed += 1
        self._jobs += isinstance(refusal, JobFailed)
        self._refusals += not isinstance(refusal, JobFailed) and refusal.status != _TOO_LARGE
        if len(part) == self._unnamed == self._jobs == 1:
            return [part]  # once more: nobody else has shown whether it is the person
        if len(part) == 1:
            self._alone += 1
            outcomes[part[0].identity] = _refused(refusal, -1)
            return []
        middle = _half_the_bytes(part) if refusal.status == _TOO_LARGE else len(part) // 2
        return [Batch(part[:middle]), Batch(part[middle:])]

    def _check(self, people: int) -> None:
        hopeless = self._unnamed > _REFUSALS_WITHOUT_ONE_GOOD
        everybody = self._alone == self._open > 0
        if self._passed:
            return
        if self._jobs_alone and (hopeless or (everybody and (self._open > 1 or not self._proven()))):
            raise self._unconfirmed(people)
        if not self._jobs_alone and (hopeless or self._alone == people >= _TELLING):
            raise self._wrong(people)

    @property
    def _jobs_alone(self) -> bool:
        """Whether import jobs failed, and nothing else says that the request is wrong."""
        return self._jobs > 0 and not self._refusals

    def _unconfirmed(self, people: int) -> Fatal:
        message = (
            f"{self._vendor} ended every import job of {people} people without storing all of them, and named nobody, "
            f"also when they were sent again in {self._unnamed} parts; nobody was rejected. Run again later; "
            f"if it stays so, look at the imports in {self._vendor}"
        )
        return NotConfirmedError(message)

    def _wrong(self, people: int) -> Fatal:
        message = (
            f"{self._vendor} refused {people} people, and each of {self._unnamed} parts of them by itself, "
            "so the request is wrong and not the people; nobody was rejected. "
            f"Check {self._vendor}'s settings and the mapping of the stream"
        )
        return ConfigurationError(message)


def _half_the_bytes(part: Batch) -> int:
    """Where to cut so that both halves are about equally large, with at least one person in each."""
    up_to = list(itertools.accumulate(len(person.body) for person in part))
    return min(max(bisect.bisect_left(up_to, up_to[-1] / 2), 1), len(part) - 1)


def _refused(refusal: BatchRefused, index: int) -> Outcome:
    detail = refusal.details.get(index, refusal.details.get(-1, ""))
    return rejected("too_large" if refusal.status == _TOO_LARGE else "vendor_refused", detail=detail)
