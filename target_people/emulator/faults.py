"""Faults: what goes wrong between a client and a vendor. Small, composable, kept in a list for each vendor.

A fault looks at a call before the vendor's API does and may answer in its place, and at the answer afterwards and may
lose it or keep it back. It is used up after so many times and then leaves the list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Literal

from target_people.emulator.jobs import SHARES, Ending, Fate

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.emulator.exchange import Answer, Call
    from target_people.emulator.store import Document


@dataclass(slots=True, kw_only=True)
class Fault:
    """A fault that does nothing yet: the selection of calls that all faults share.

    Attributes:
        times: How many calls it hits before it is used up.
        skip: How many matching calls it lets pass first.
        method: Only calls with this method; empty for all.
        path: Only calls whose path contains this; empty for all.
    """

    kind: ClassVar[str]
    says: ClassVar[str]
    times: int = 1
    skip: int = 0
    method: str = ""
    path: str = ""

    def hits(self, call: Call) -> bool:
        """Tell whether this call is hit, and count it."""
        if self.times <= 0 or self.path not in call.path or self.method not in ("", call.method):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True

    def answer(self, error: Callable[[int, str], Answer]) -> Answer | None:
        """Return what is answered in the API's place, in the vendor's own words, or None to let the call through."""
        raise NotImplementedError

    def shown(self) -> Document:
        """Return the fault as the control interface lists it."""
        names = [name for base in type(self).__mro__ for name in getattr(base, "__slots__", ())]
        return {"fault": self.kind, **{name: getattr(self, name) for name in names}}


@dataclass(slots=True, kw_only=True)
class Throttled(Fault):
    """Answers 429."""

    kind: ClassVar[str] = "throttled"
    says: ClassVar[str] = "answers 429, with a Retry-After header if retry_after is given"
    retry_after: int | None = None

    def answer(self, error: Callable[[int, str], Answer]) -> Answer | None:
        """Return 429."""
        answer = error(HTTPStatus.TOO_MANY_REQUESTS, "too many requests")
        if self.retry_after is not None:
            answer.headers["retry-after"] = str(self.retry_after)
        return answer


@dataclass(slots=True, kw_only=True)
class Outage(Fault):
    """Answers a server error; nothing is done."""

    kind: ClassVar[str] = "outage"
    says: ClassVar[str] = "answers the status without doing anything"
    status: int = 503

    def __post_init__(self) -> None:
        """Refuse a status that is no error.

        Raises:
            ValueError: It is none.
        """
        if self.status < HTTPStatus.BAD_REQUEST or self.status not in set(HTTPStatus):
            message = "status of outage must be a registered HTTP status from 400 to 511"
            raise ValueError(message)

    def answer(self, error: Callable[[int, str], Answer]) -> Answer | None:
        """Return the status."""
        return error(self.status, "service unavailable")


@dataclass(slots=True, kw_only=True)
class AnswerLost(Fault):
    """Does the work and closes the connection without an answer."""

    kind: ClassVar[str] = "answer_lost"
    says: ClassVar[str] = "does the work and closes the connection without an answer"

    def answer(self, error: Callable[[int, str], Answer]) -> Answer | None:  # noqa: ARG002 - lets the call through
        """Let the call through; the gate loses the answer."""
        return None


@dataclass(slots=True, kw_only=True)
class AnswerSlow(Fault):
    """Does the work at once and keeps the answer back."""

    kind: ClassVar[str] = "answer_slow"
    says: ClassVar[str] = "does the work and answers so many seconds later, unless the client goes before"
    seconds: int = 1

    def answer(self, error: Callable[[int, str], Answer]) -> Answer | None:  # noqa: ARG002 - lets the call through
        """Let the call through; the gate keeps the answer back."""
        return None


@dataclass(slots=True, kw_only=True)
class ExpiredToken(Fault):
    """Refuses the token, although it is right."""

    kind: ClassVar[str] = "expired_token"
    says: ClassVar[str] = "answers 401 as if the token were no longer valid; a call for a new token is let through"

    def hits(self, call: Call) -> bool:
        """Tell whether this call is hit, and count it; one that asks for a token carries none."""
        return not call.path.endswith("/token") and Fault.hits(self, call)

    def answer(self, error: Callable[[int, str], Answer]) -> Answer | None:
        """Return 401."""
        return error(HTTPStatus.UNAUTHORIZED, "the access token has expired")


@dataclass(slots=True, kw_only=True)
class Forbidden(Fault):
    """Accepts the token and refuses the permission."""

    kind: ClassVar[str] = "forbidden"
    says: ClassVar[str] = "answers 403"

    def answer(self, error: Callable[[int, str], Answer]) -> Answer | None:
        """Return 403."""
        return error(HTTPStatus.FORBIDDEN, "this key has no permission for that")


@dataclass(slots=True, kw_only=True)
class JobFault(Fault):
    """Lets the call through and decides how the import job that it submits ends; other calls are not hit.

    Attributes:
        work: How much of its work the job does all the same: ``none``, the first ``half`` of its people, or ``all``.
    """

    ending: ClassVar[Ending]
    work: Literal["none", "half", "all"] = "none"

    def __post_init__(self) -> None:
        """Refuse an unknown amount of work.

        Raises:
            ValueError: It is none of the three.
        """
        if self.work not in SHARES:
            message = f"work of {self.kind} must be one of {', '.join(SHARES)}"
            raise ValueError(message)

    def answer(self, error: Callable[[int, str], Answer]) -> Answer | None:  # noqa: ARG002 - lets the call through
        """Let the call through."""
        return None

    def fate(self) -> Fate:
        """Return what becomes of the job."""
        return Fate(self.ending, self.work)


@dataclass(slots=True, kw_only=True)
class JobFails(JobFault):
    """The job ends with the vendor's word for a failure."""

    kind: ClassVar[str] = "job_fails"
    says: ClassVar[str] = "an import job fails, after none, half or all of its work"
    ending: ClassVar[Ending] = "failed"


@dataclass(slots=True, kw_only=True)
class JobVanishes(JobFault):
    """The job is not known to whoever asks for it."""

    kind: ClassVar[str] = "job_vanishes"
    says: ClassVar[str] = "an import job is a 404 from then on; none, half or all of its work is done all the same"
    ending: ClassVar[Ending] = "vanished"


@dataclass(slots=True, kw_only=True)
class JobNeverEnds(JobFault):
    """The job is under way for ever."""

    kind: ClassVar[str] = "job_never_ends"
    says: ClassVar[str] = "an import job stays under way; none, half or all of its work is done all the same"
    ending: ClassVar[Ending] = "endless"


FAULTS: dict[str, type[Fault]] = {
    kind.kind: kind
    for kind in (
        Throttled,
        Outage,
        AnswerLost,
        AnswerSlow,
        ExpiredToken,
        Forbidden,
        JobFails,
        JobVanishes,
        JobNeverEnds,
    )
}


@dataclass(slots=True)
class Faults:
    """The faults in force, a list for each vendor, applied in order; the first that hits a call decides."""

    _lists: dict[str, list[Fault]] = field(default_factory=dict)

    def listed(self, vendor: str) -> list[Fault]:
        """Return the faults of ``vendor`` that are not used up."""
        return [fault for fault in self._lists.get(vendor, []) if fault.times > 0]

    def add(self, vendor: str, fault: Fault) -> None:
        """Put ``fault`` at the end of the list of ``vendor``."""
        self._lists[vendor] = [*self.listed(vendor), fault]

    def clear(self, vendor: str, kind: str | None = None) -> None:
        """Take all faults of ``vendor`` away, or those of one kind."""
        self._lists[vendor] = [fault for fault in self.listed(vendor) if kind not in (None, fault.kind)]

    def hitting(self, call: Call) -> Fault | None:
        """Return the first fault that hits this call; those of jobs see submissions alone, see :meth:`fate`."""
        faults = (fault for fault in self.listed(call.vendor) if not isinstance(fault, JobFault))
        return next((fault for fault in faults if fault.hits(call)), None)

    def fate(self, call: Call) -> Fate:
        """Return what becomes of the job that this call submits, and note the fault in the call."""
        for fault in self.listed(call.vendor):
            if isinstance(fault, JobFault) and fault.hits(call):
                call.fault = fault.kind
                return fault.fate()
        return Fate()


def fault_from(request: Document) -> Fault:
    """Return the fault that a request to the control interface describes.

    Args:
        request: ``fault``, one of :data:`FAULTS`, and its fields.

    Raises:
        ValueError: The kind or a field is unknown, or a value has the wrong type; the message names what is allowed.
    """
    kind = FAULTS.get(str(request.get("fault")))
    if kind is None:
        message = f"fault must be one of {', '.join(FAULTS)}"
        raise ValueError(message)
    given = {name: value for name, value in request.items() if name != "fault"}
    model = kind().shown()
    for name, value in given.items():
        _check(kind.kind, model, name, value)
    return kind(**given)


def _check(kind: str, model: Document, name: str, value: object) -> None:
    allowed = [field_name for field_name in model if field_name != "fault"]
    if name not in allowed:
        message = f"{kind} has no {name}; it has {', '.join(allowed)}"
        raise ValueError(message)
    expected: type = str if isinstance(model[name], str) else int
    if type(value) is not expected or (isinstance(value, int) and value < 0):
        message = f"{name} of {kind} must be {'a text' if expected is str else 'a whole number, 0 or more'}"
        raise ValueError(message)
