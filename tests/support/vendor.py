"""A plain vendor that does what the contract asks and no more, and a transport that answers from a script."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from target_people.delivery.auth import Auth, Bearer
from target_people.delivery.batch import Outgoing
from target_people.delivery.contract import Access, Job, Limits, Polling, Refusal, Vendor
from target_people.delivery.json import encode
from target_people.delivery.message import Request, Response
from target_people.delivery.pipeline import Pipeline
from target_people.delivery.sender import Surroundings
from target_people.delivery.settings import Secret, VendorSettings, segment
from target_people.delivery.verdict import Outcome, Verdict
from target_people.errors import RecordError
from target_people.people.code import Code
from tests.support.clock import FakeClock
from tests.support.work import settle

if TYPE_CHECKING:
    from collections.abc import Hashable

    from target_people.delivery.batch import Batch
    from target_people.delivery.message import Flow

PlainPerson = Mapping[str, Any]
Line = Response | Exception | Callable[[Request], Response]

TOKEN = "token-that-nobody-may-see"  # noqa: S105 - the test's own, looked for where it must not be


class PlainSettings(VendorSettings):
    """A token beside what every vendor has."""

    api_token: Secret


class Plain(Vendor[PlainSettings, PlainPerson]):
    """``POST /people``, answered with outcomes, or with a job that ``GET /jobs/{id}`` tells the end of."""

    name = "plain"
    title = "Plain"
    settings_class = PlainSettings
    credentials = "plain.api_token"
    limits: ClassVar[Limits] = Limits(people=100, batch=10)
    polling: ClassVar[Polling] = Polling(first=1, growth=2, cap=30)

    @property
    def api_url(self) -> str:
        return self.settings.api_url or "https://plain.example.com"

    @property
    def auth(self) -> Auth:
        return Bearer(self.settings.api_token)

    def names(self, person: PlainPerson) -> tuple[str, ...]:
        return (str(person["id"]), *([str(person["email"])] if "email" in person else []))

    def shape(self, keys: frozenset[str]) -> Hashable:
        return keys

    def encode(self, person: PlainPerson, keys: frozenset[str]) -> bytes:
        del keys
        if person.get("email") == "":
            raise RecordError(Code.MISSING, "email")
        return encode(dict(person))

    def prepare(self) -> Flow[None]:
        yield Request("GET", "/fields")

    def submit(self, batch: Batch) -> Flow[Job]:
        answer = (yield Request("POST", "/people", b'{"people":[' + batch.bodies() + b"]}")).json()
        return Job(answer.get("job"), outcomes_of(answer))

    def confirm(self, job: Job, batch: Batch) -> Flow[tuple[Outcome, ...] | None]:
        del batch
        return outcomes_of((yield Request("GET", f"/jobs/{segment(job.id or '')}")).json())

    def check(self) -> Flow[Access]:
        listed = (yield Request("GET", "/fields")).json()
        return Access(len(listed))

    def refusal(self, response: Response, batch: Batch) -> Refusal:
        named = (response.json() or {}).get("named")
        if named is None:
            return super().refusal(response, batch)
        return Refusal(tuple(named), dict.fromkeys(named, "named by the vendor"))


def outcomes_of(answer: Mapping[str, Any]) -> tuple[Outcome, ...] | None:
    """What an answer of the plain vendor says, if it says it."""
    words = answer.get("outcomes")
    return None if words is None else tuple(Outcome(Verdict(word)) for word in words)


def plain(*, kind: Mapping[str, Any] | None = None, **settings: Any) -> Plain:
    """A plain vendor.

    Args:
        kind: class attributes such as ``limits``, ``polling`` and ``answers`` that differ.
        settings: of its part of the configuration.
    """
    variant = type("Plain", (Plain,), dict(kind or {}))
    vendor: Plain = variant(PlainSettings.model_validate({"api_token": TOKEN, **settings}))
    return vendor


class ScriptedTransport:
    """Answers from a script and keeps what it was asked.

    Args:
        script: one line per request: an answer, an error to raise, or what makes an answer of the request.
    """

    def __init__(self, script: Iterable[Line]) -> None:
        self.requests: list[Request] = []
        self.closed = False
        self._script = iter(script)

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        line = next(self._script, None)
        assert line is not None, f"request {len(self.requests)} is one more than the script has lines"
        if isinstance(line, Exception):
            raise line
        return line if isinstance(line, Response) else line(request)

    def close(self) -> None:
        self.closed = True

    @property
    def called(self) -> list[str]:
        """Method and path of each request."""
        return [f"{request.method} {request.path}" for request in self.requests]


class Delivery:
    """A pipeline to a plain vendor, and everything that it did; to be closed.

    Args:
        vendor: to whom.
        script: of its transport.
        clock: one of its own when None.
        rest: of the pipeline's arguments.
    """

    def __init__(self, vendor: Plain, script: Iterable[Line], clock: FakeClock | None = None, **rest: Any) -> None:
        self.clock = clock or FakeClock()
        self.transport = ScriptedTransport(script)
        self.settled: list[tuple[Any, Outcome]] = []
        around = Surroundings.of(self.clock, random.Random(7))
        self.reactor = around.reactor
        self.pipeline: Pipeline[PlainPerson] = Pipeline(vendor, self.transport, around, self._settle, **rest)

    def add(self, *people: PlainPerson) -> None:
        """Hand people over; the origin of each is its position, counted from what was handed over before."""
        for person in people:
            self.pipeline.add(person, frozenset(person), person["id"])

    def finish(self) -> None:
        """Deliver everything; raises what ended the delivery."""
        settle(self.pipeline, self.reactor)

    def turn(self) -> None:
        """Do what is due and let what has left come to its end; what waits for more people stays."""
        self.reactor.turn(block=False)
        while self.pipeline.under_way:
            self.reactor.turn(block=True)
        self.pipeline.check()

    def close(self) -> None:
        """Let go of connections and threads."""
        self.pipeline.close()
        self.reactor.close()

    @property
    def verdicts(self) -> list[tuple[Any, str]]:
        """Origin and verdict, in the order of settling."""
        return [(origin, str(outcome.verdict)) for origin, outcome in self.settled]

    @property
    def sizes(self) -> list[int]:
        """People per request, of those that sent people."""
        return [len(people_in(request)) for request in self.transport.requests if request.method == "POST"]

    def _settle(self, people: Sequence[Outgoing], outcome: Outcome) -> None:
        self.settled.extend((person.origin, outcome) for person in people)


Delivering = Callable[..., Delivery]
"""Makes deliveries that are closed at the end of a test."""


def people_in(request: Request) -> list[dict[str, Any]]:
    """The people of a request to the plain vendor."""
    people: list[dict[str, Any]] = json.loads(request.body)["people"]
    return people


def answer(body: Any = None, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body; ``retry_after="5"`` is the header ``retry-after``."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, b"" if body is None else json.dumps(body).encode(), names)


def all_of(verdict: str) -> Callable[[Request], Response]:
    """A line of a script: everybody in the request got the same verdict."""
    return lambda request: answer({"outcomes": [verdict] * len(people_in(request))})


def outgoing(name: str, *others: str, **parts: Any) -> Outgoing:
    """A record on its way; ``keys``, ``shape``, ``body`` and ``origin`` may be given."""
    body = parts.pop("body", encode({"id": name}))
    return Outgoing((name, *others), frozenset(parts.pop("keys", ("id",))), parts.pop("shape", ()), body, **parts)
