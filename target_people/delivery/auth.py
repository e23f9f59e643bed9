"""How a vendor's requests are authorised."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from target_people.delivery.json import encode
from target_people.delivery.message import SUCCESS, Request, Response, Send, Wait, Work
from target_people.errors import CredentialsError, Retriable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

_UNAUTHORISED = 401
_REFUSALS = frozenset(range(400, 500)) - {408, 425, 429}
_RENEW_AT = 0.8
_A_MOMENT = 0.05


class Auth(Protocol):
    """Adds what proves who we are."""

    def __call__(self, request: Request, send: Send, now: float) -> Work[Response]:
        """Send the request with credentials; ``now`` is in monotonic seconds."""
        ...


class NoAuth:
    """For a vendor that needs none."""

    def __call__(self, request: Request, send: Send, now: float) -> Work[Response]:
        """Send as it is."""
        del now
        return send(request)


class Bearer:
    """A fixed token in the Authorization header."""

    def __init__(self, token: SecretStr) -> None:
        """Keep it secret."""
        self._token = token

    def __call__(self, request: Request, send: Send, now: float) -> Work[Response]:
        """Send with the token."""
        del now
        return send(_bear(request, self._token.get_secret_value()))


class BodyToken:
    """A token as the first key of every JSON object that is sent."""

    def __init__(self, key: str, token: SecretStr) -> None:
        """Keep it secret."""
        self._key = key
        self._token = token

    def __call__(self, request: Request, send: Send, now: float) -> Work[Response]:
        """Send with the token in the body, which must be a JSON object."""
        del now
        head = b"{" + encode(self._key) + b":" + encode(self._token.get_secret_value())
        rest = request.body[1:] if request.body else b"}"
        return send(replace(request, body=head + (b"" if rest == b"}" else b",") + rest))


class ClientCredentials:
    """OAuth 2.0 client credentials: fetched when needed, renewed at 80 % of their life and once after a 401.

    Args:
        path: of the token endpoint, such as ``/oauth2/token``.
        client_id: of the key.
        client_secret: of the key.
        lifetime: from the answer to its life in seconds.
        setting: named in the error when the vendor refuses.
    """

    def __init__(
        self,
        path: str,
        client_id: SecretStr,
        client_secret: SecretStr,
        lifetime: Callable[[object], float],
        setting: str,
    ) -> None:
        """Fetch nothing yet."""
        self._path = path
        self._id = client_id
        self._secret = client_secret
        self._lifetime = lifetime
        self._setting = setting
        self._token = ""
        self._until = 0.0
        self._fetching = False

    def __call__(self, request: Request, send: Send, now: float) -> Work[Response]:
        """Send with a token that is still good; once more with a new one after a 401.

        Raises:
            CredentialsError: when the token endpoint refuses the client.
            Retriable: when its answer holds no token.
        """
        if not self._token or now >= self._until:
            failure = yield from self._renew(send, now, self._token)
            if failure:
                return failure
        token = self._token
        response = yield from send(_bear(request, token))
        if response.status != _UNAUTHORISED:
            return response
        failure = yield from self._renew(send, now, token)
        return failure or (yield from send(_bear(request, self._token)))

    def _renew(self, send: Send, now: float, old: str) -> Work[Response | None]:
        """Get another token than the old one; whoever wants one meanwhile waits for it instead of fetching one, too."""
        while self._fetching:
            yield Wait(_A_MOMENT)
        if self._token != old:
            return None
        self._fetching = True
        try:
            return (yield from self._fetch(send, now))
        finally:
            self._fetching = False

    def _fetch(self, send: Send, now: float) -> Work[Response | None]:
        """Get a token; hand back an answer that is not the client's fault for the retry to judge."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._id.get_secret_value(),
            "client_secret": self._secret.get_secret_value(),
        }
        form_type = "application/x-www-form-urlencoded"
        response = yield from send(Request("POST", self._path, urlencode(form).encode(), content_type=form_type))
        if response.status in _REFUSALS:
            message = (
                f"the vendor refused the client credentials with status {response.status}; "
                f"check {self._setting}, and api_url if it is set"
            )
            raise CredentialsError(message)
        if response.status not in SUCCESS:
            return response
        self._keep(response, now)
        return None

    def _keep(self, response: Response, now: float) -> None:
        answer = response.json()
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            why = "token answer without access_token"
            raise Retriable(why)
        self._token = token
        self._until = now + _RENEW_AT * self._lifetime(answer)


def _bear(request: Request, token: str) -> Request:
    return replace(request, headers={**request.headers, "authorization": f"Bearer {token}"})
