"""The vendor contract: what a vendor file says, so that the engine can do the rest.

A vendor does no I/O, no sleeping and no retrying. It describes requests and reads answers, as flows: generators that
yield a ``Request``, are sent its ``Response`` and return a result. A flow only ever sees answers that are a success by
the vendor's ``status``; everything else is classified by status through ``answers`` before it comes back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from target_people.delivery.auth import Auth, NoAuth

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from target_people.delivery.batch import Batch
    from target_people.delivery.message import Flow, Response
    from target_people.delivery.settings import VendorSettings
    from target_people.delivery.verdict import Outcome

P = TypeVar("P")
S = TypeVar("S", bound="VendorSettings")


class Answer(Enum):
    """What happens next after an answer with some status."""

    GOOD = auto()
    """The flow goes on with it."""
    REFUSED = auto()
    """The request is wrong, or somebody in it is: isolate."""
    TOO_LARGE = auto()
    """The request is too large: halve it."""
    LATER = auto()
    """The same request again, later."""
    CREDENTIALS = auto()
    """The run ends: who we are is not accepted."""
    PERMISSION = auto()
    """The run ends: what we may do is not enough."""
    WRONG = auto()
    """The run ends: nothing that is known to help."""


@dataclass(frozen=True, slots=True)
class Limits:
    """A vendor's limits, documented or chosen.

    Args:
        people: most people in one request, at least 1.
        batch: people per request unless configured; at most ``people``.
        size: most bytes of encoded people in one request.
        in_flight: requests or unfinished jobs at once unless configured.
        per_minute: requests a minute; None when the vendor publishes no figure.
        read_back: people read back at once; small where each costs a request of its own, at least 1.
    """

    people: int
    batch: int
    size: int = 4_000_000
    in_flight: int = 1
    per_minute: int | None = None
    read_back: int = 100


@dataclass(frozen=True, slots=True)
class Polling:
    """When to ask for an unfinished job.

    Args:
        first: seconds until the first question.
        growth: how many times longer each further wait is, at least 1.
        cap: the longest wait in seconds.
    """

    first: float = 0.25
    growth: float = 2.0
    cap: float = 30.0


@dataclass(frozen=True, slots=True)
class Job:
    """What a submitted batch became.

    Args:
        id: the vendor's name for an unfinished job; None for a job that was finished at once.
        outcomes: of a finished job, one per record in the order of the batch.
    """

    id: str | None = None
    outcomes: tuple[Outcome, ...] | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What the vendor lets an account see.

    Args:
        custom_fields: how many the account's catalogue lists; None where there is no catalogue that can be read.
        note: what is worth knowing although nothing is wrong, without a value of anybody; empty for nothing.
    """

    custom_fields: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Whom a refused request names, and in which words.

    Args:
        indexes: positions in the batch, from 0; empty when nobody is named.
        details: position → the vendor's words; -1 for those on the request as a whole. Private.
    """

    indexes: tuple[int, ...] = ()
    details: Mapping[int, str] | None = None


class Vendor(ABC, Generic[S, P]):
    """How people reach one vendor; one instance per account and run.

    Args:
        settings: the vendor's own part of the configuration.
    """

    name: ClassVar[str]
    """The setting's name, which is the file's."""
    title: ClassVar[str]
    """What the vendor calls itself."""
    settings_class: ClassVar[type[VendorSettings]]
    """Its part of the configuration."""
    home: ClassVar[str] = ""
    """In front of every path, where it is one for everybody; a vendor with several overrides ``api_url``."""
    limits: ClassVar[Limits]
    """Documented or chosen limits."""
    polling: ClassVar[Polling] = Polling()
    """When to ask for unfinished jobs."""
    answers: ClassVar[Mapping[int, Answer]] = {}
    """Status → what happens next, where it differs from the default."""
    constants: ClassVar[frozenset[str]] = frozenset()
    """Places in an encoded person, keys joined by dots, that hold the vendor's or the settings' words, no record's."""
    credentials: ClassVar[str]
    """The setting to look at when the vendor refuses the credentials, such as ``rally.api_token``."""

    def __init__(self, settings: S) -> None:
        """Keep the settings; no request is made here."""
        self.settings = settings

    @property
    def api_url(self) -> str:
        """In front of every path: what the settings say, else the vendor's own."""
        return self.settings.api_url or self.home

    @property
    def requests_per_minute(self) -> int | None:
        """The ceiling that is configured, else the published one; None without either."""
        configured: int | None = self.settings.requests_per_minute
        return configured or self.limits.per_minute

    @property
    def auth(self) -> Auth:
        """How requests are authorised."""
        return NoAuth()

    @abstractmethod
    def names(self, person: P) -> tuple[str, ...]:
        """By which names the vendor may call this person in its answers; the first is the identity, never empty."""

    def shape(self, keys: frozenset[str]) -> Hashable:  # noqa: ARG002 - most vendors take all shapes together
        """What makes two records unfit for one request; equal for all unless the vendor needs otherwise."""
        return ()

    @abstractmethod
    def encode(self, person: P, keys: frozenset[str]) -> bytes:
        """This person as JSON, as it stands in the request; ``keys`` are the wire keys that it carries.

        Raises:
            RecordError: when something that the vendor needs beside the mapped values is missing.
        """

    def prepare(self) -> Flow[None]:
        """Read what is needed before the first person is mapped, such as the catalogue of custom fields."""
        return
        yield

    @abstractmethod
    def submit(self, batch: Batch) -> Flow[Job]:
        """Send a batch; its job is finished at once where the vendor answers at once."""

    def confirm(self, job: Job, batch: Batch) -> Flow[tuple[Outcome, ...] | None]:
        """Ask once for an unfinished job: outcomes in the order of the batch, or None while it runs.

        Raises:
            JobFailed: when it ended badly, or without accounting for everybody.
            JobUnknown: when the vendor does not know it, or says that it is over but not how.
        """
        raise NotImplementedError(self.name)

    def read_back(self, batch: Batch) -> Flow[tuple[bool | None, ...] | None]:
        """Look at what the vendor has of some people, ``limits.read_back`` at most, in as few requests as it offers.

        Returns:
            In the order of the batch: True where the vendor has everything that was sent, what was to be cleared
            included; False where a value differs or the person is absent; None where that cannot be told, such as
            for a value that the key may not read. None altogether when there is no way, or it is refused.
        """
        del batch
        return None
        yield

    @abstractmethod
    def check(self) -> Flow[Access]:
        """Make the cheapest documented call that proves the credentials, and read the catalogue; nobody is sent.

        Raises:
            CredentialsError: when an answer that it expects says so.
            ConfigurationError: when the settings do not fit the catalogue.
        """

    def status(self, response: Response) -> int:
        """The status of an answer; a vendor that answers 200 with a failure inside reads it from the body."""
        return response.status

    def refusal(self, response: Response, batch: Batch) -> Refusal:
        """Whom a refused request names; nobody unless the vendor has a way to say so."""
        del batch
        return Refusal(details={-1: words(response.json())})


def words(body: Any) -> str:  # noqa: ANN401 - any JSON
    """The text of an error body, whichever of the usual shapes it has; private, so for the rejects file only."""
    if isinstance(body, str):
        return body
    if isinstance(body, list):
        return "; ".join(filter(None, (words(part) for part in body)))
    if not isinstance(body, dict):
        return ""
    keys = ("message", "messages", "error", "errors", "detail", "details", "reason")
    return next((text for key in keys if (text := words(body.get(key)))), "")
