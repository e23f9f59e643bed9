"""Every error of the product, on one axis: what happens next.

.. code-block:: text

    TargetPeopleError
    ├── RecordError            this record is rejected, the run goes on
    ├── BatchRefused           this request is refused: isolate, then reject or send again
    │   └── JobFailed              its import job ended without everybody: read back, then the same
    ├── JobUnknown             the vendor does not tell of an import job: ask again, read back
    ├── Retriable              the same bytes again, later
    ├── Interrupted            a signal asked the run to end: exit 130 or 143
    └── Fatal                  the run ends, no STATE covers what is open
        ├── ConfigurationError     exit 2
        │   └── MappingError       exit 2, found at a SCHEMA message
        ├── RejectLimitError       exit 3
        ├── CredentialsError       exit 4
        ├── OutOfServiceError      exit 5
        │   └── NotConfirmedError  exit 5
        ├── InputError             exit 6
        └── VendorContractError    exit 1, a defect of ours

No message holds a value of a record or a secret: fields, settings, streams, line numbers and counts only.
"""

from __future__ import annotations

from typing import ClassVar


class TargetPeopleError(Exception):
    """The root: everything that this package raises on purpose."""


class RecordError(TargetPeopleError):
    """One record cannot be delivered to one vendor; it gets the verdict ``rejected``.

    Args:
        code: the entry of the catalogue of reasons, such as ``not_email``.
        field: the person field, vendor field or column concerned; never its value.
        detail: the vendor's own words. They may hold personal data: they reach the rejects file and nothing else.
    """

    def __init__(self, code: str, field: str = "", detail: str = "") -> None:
        """Keep the three apart, so that the receipt can leave the detail out."""
        super().__init__(f"{code}: {field}" if field else code)
        self.code = code
        self.field = field
        self.detail = detail


class BatchRefused(TargetPeopleError):  # noqa: N818 - an outcome that isolation handles, not a failure of the run
    """The vendor refused a whole request.

    Args:
        status: the HTTP status, or the code in the body where the vendor puts it there.
        indexes: positions, from 0, of the records that the vendor named; empty when it named nobody.
        details: position → the vendor's words on that record (private: rejects file only); -1 is the request's own.
    """

    def __init__(self, status: int, indexes: tuple[int, ...] = (), details: dict[int, str] | None = None) -> None:
        """Say which status; the words stay out of the text."""
        super().__init__(f"the vendor refused the request with status {status}")
        self.status = status
        self.indexes = indexes
        self.details = details or {}


class JobFailed(BatchRefused):
    """The vendor took a request and ended its import job badly, or without accounting for everybody.

    Nothing says that the request is wrong: when it stays so for everybody, nobody is rejected and the run ends with 5.

    Args:
        indexes: positions, from 0, of the records that the vendor named as failed; empty when it named nobody.
        details: as of ``BatchRefused``.
    """

    stored: frozenset[int] = frozenset()
    """Positions of those whom the vendor has as sent all the same, as reading back has shown."""

    def __init__(self, indexes: tuple[int, ...] = (), details: dict[int, str] | None = None) -> None:
        """Without a status: no request was refused."""
        super().__init__(0, indexes, details)


class JobUnknown(TargetPeopleError):  # noqa: N818 - the same
    """The vendor does not tell of an import job, not yet or not any more."""


class Retriable(TargetPeopleError):  # noqa: N818 - the same
    """The same request may succeed later.

    Args:
        why: a few words without values, such as ``status 503`` or ``connection reset``.
        retry_after: seconds, at least 0, that the vendor asks to wait; None when it says nothing.
    """

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        """Keep the vendor's wish beside the reason."""
        super().__init__(why)
        self.why = why
        self.retry_after = retry_after


class Interrupted(TargetPeopleError):  # noqa: N818 - the same
    """A signal asked the run to end.

    Args:
        signum: the signal's number; the exit code is 128 more.
    """

    def __init__(self, signum: int) -> None:
        """Name the signal by its number."""
        super().__init__(f"interrupted by signal {signum}")
        self.signum = signum


class Fatal(TargetPeopleError):  # noqa: N818 - the same
    """The run ends here; ``exit_code`` is the one of the documented table."""

    exit_code: ClassVar[int] = 1


class ConfigurationError(Fatal):
    """A setting is wrong; the message names it and says what is allowed."""

    exit_code = 2


class MappingError(ConfigurationError):
    """A stream that is named in the configuration cannot be mapped."""


class RejectLimitError(Fatal):
    """More records were rejected than ``max_rejected`` or ``max_rejected_percent`` allow."""

    exit_code = 3


class CredentialsError(Fatal):
    """The vendor refused the credentials or the permission; no record is rejected for it."""

    exit_code = 4


class OutOfServiceError(Fatal):
    """The vendor was out of service or over quota for longer than ``retry_seconds``."""

    exit_code = 5


class NotConfirmedError(OutOfServiceError):
    """The vendor did not say in time, or not at all, what became of records that it took."""


class InputError(Fatal):
    """The input is not valid Singer; the message holds the line number, never the line."""

    exit_code = 6


class VendorContractError(Fatal):
    """A vendor file broke its contract, such as one verdict too few."""
