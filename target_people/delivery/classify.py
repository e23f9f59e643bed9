"""From the status of an answer to what happens next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_people.delivery.contract import Answer, Vendor
from target_people.delivery.message import SUCCESS
from target_people.delivery.quota import asked, retry_after
from target_people.errors import CredentialsError, OutOfServiceError, Retriable, TargetPeopleError

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.delivery.clock import Clock
    from target_people.delivery.message import Request, Response, Send, Work

_SERVER = range(500, 600)
_TOO_MANY = 429
_DEFAULT = {
    400: Answer.REFUSED,
    401: Answer.CREDENTIALS,
    403: Answer.PERMISSION,
    408: Answer.LATER,
    409: Answer.REFUSED,
    413: Answer.TOO_LARGE,
    422: Answer.REFUSED,
    425: Answer.LATER,
    429: Answer.LATER,
    501: Answer.WRONG,
}


class RefusedError(TargetPeopleError):
    """A request was refused; the pipeline makes a ``BatchRefused`` of it, because it knows the batch.

    Args:
        status: by the vendor's reading.
        response: the whole answer.
        too_large: whether the vendor said that the request is too large.
    """

    def __init__(self, status: int, response: Response, *, too_large: bool) -> None:
        """Keep the answer; none of it is in the text."""
        super().__init__(f"the vendor refused the request with status {status}")
        self.status = status
        self.response = response
        self.too_large = too_large


class Classify:
    """Lets good answers through and raises for the others what they mean.

    Args:
        send: the next layer.
        vendor: whose ``status`` and ``answers`` count.
        clock: to read a ``Retry-After`` that is a date.
    """

    def __init__(self, send: Send, vendor: Vendor[Any, Any], clock: Clock) -> None:
        """Look up the table once."""
        self._send = send
        self._vendor = vendor
        self._clock = clock
        self._raise: dict[Answer, Callable[[int, Response], TargetPeopleError]] = {
            Answer.REFUSED: lambda status, response: RefusedError(status, response, too_large=False),
            Answer.TOO_LARGE: lambda status, response: RefusedError(status, response, too_large=True),
            Answer.LATER: self._later,
            Answer.CREDENTIALS: self._credentials,
            Answer.PERMISSION: self._permission,
            Answer.WRONG: self._wrong,
        }

    def __call__(self, request: Request) -> Work[Response]:
        """Send and judge.

        Raises:
            RefusedError: the request is wrong, or somebody in it is.
            Retriable: it may pass.
            CredentialsError: the credentials or the permission are refused.
            OutOfServiceError: nothing known helps.
        """
        response = yield from self._send(request)
        status = self._vendor.status(response)
        answer = self._answer(status)
        if answer is Answer.GOOD or status in request.expects:
            return response
        raise self._raise[answer](status, response)

    def _answer(self, status: int) -> Answer:
        by_class = Answer.LATER if status in _SERVER else Answer.WRONG
        usual = Answer.GOOD if status in SUCCESS else _DEFAULT.get(status, by_class)
        return self._vendor.answers.get(status, usual)

    def _later(self, status: int, response: Response) -> TargetPeopleError:
        now = self._clock.time()
        if status == _TOO_MANY:
            return Retriable(f"status {status}, over quota", asked(response, now))
        return Retriable(f"status {status}", retry_after(response, now))

    def _credentials(self, status: int, response: Response) -> TargetPeopleError:
        del response
        vendor = self._vendor
        return CredentialsError(f"{vendor.name} refused the credentials (status {status}); check {vendor.credentials}")

    def _permission(self, status: int, response: Response) -> TargetPeopleError:
        del response
        vendor = self._vendor
        message = (
            f"{vendor.name} refused the permission (status {status}); "
            f"the key in {vendor.credentials} may not do this: grant it, or use another key"
        )
        return CredentialsError(message)

    def _wrong(self, status: int, response: Response) -> TargetPeopleError:
        del response
        name = self._vendor.name
        return OutOfServiceError(f"{name} answered with status {status}, which no retry helps; check {name}.api_url")
