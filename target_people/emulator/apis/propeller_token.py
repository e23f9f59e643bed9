"""Propeller's access tokens: client credentials in, a bearer token for half an hour out.

Documented: the call and every field of its answer, ``expires_in`` being a text. Its refusals are not; they are given
as an Apigee gateway gives them, which the fields of the answer point to.
Sources: https://docs.propeller-commerce.com/getting-started/platform-architecture/environments-and-access ,
https://docs.propeller-commerce.com/rest-v2/api-reference
"""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from target_people.emulator.apis.base import CREDENTIAL, is_credential
from target_people.emulator.exchange import Answer

if TYPE_CHECKING:
    from target_people.emulator.clock import Clock
    from target_people.emulator.exchange import Call
    from target_people.emulator.ids import Ids

EXPIRES_IN = 1899
FORM = "application/x-www-form-urlencoded"


def gateway_refusal() -> Answer:
    """Return the 401 of an Apigee gateway."""
    detail = {"errorcode": "keymanagement.service.invalid_access_token"}
    return Answer.of({"fault": {"faultstring": "Invalid Access Token", "detail": detail}}, HTTPStatus.UNAUTHORIZED)


class Tokens:
    """The tokens handed out.

    Args:
        clock: Tells when one has expired.
        ids: Makes them.
    """

    def __init__(self, clock: Clock, ids: Ids) -> None:
        """Start with none."""
        self._clock = clock
        self._ids = ids
        self._expiry: dict[str, float] = {}

    def holds(self, token: str) -> bool:
        """Tell whether a token was handed out and has not expired."""
        return self._expiry.get(token, 0.0) > self._clock.now()

    def clear(self) -> None:
        """Forget all tokens."""
        self._expiry.clear()

    def answer(self, call: Call) -> Answer:
        """Return a new token, or why there is none."""
        if not call.headers.get("content-type", "").startswith(FORM):
            return _refused(HTTPStatus.BAD_REQUEST, "invalid_request", f"Content-Type must be {FORM}")
        form = dict(parse_qsl(call.body.decode(errors="replace")))
        if form.get("grant_type") != "client_credentials":
            return _refused(HTTPStatus.BAD_REQUEST, "invalid_request", "grant_type must be client_credentials")
        client, secret = _basic(call) or (form.get("client_id", ""), form.get("client_secret", ""))
        if not is_credential(client) or not is_credential(secret):
            return _refused(HTTPStatus.UNAUTHORIZED, "invalid_client", "Client identifier or secret is wrong")
        token = self._ids.token()
        self._expiry[token] = self._clock.now() + EXPIRES_IN
        return Answer.of(self._granted(token))

    def _granted(self, token: str) -> dict[str, str]:
        return {
            "refresh_token_expires_in": "0",
            "api_product_list": "[emulator]",
            "api_product_list_json": '["emulator"]',
            "organization_name": "emulator",
            "developer.email": "developer@example.com",
            "token_type": "BearerToken",
            "issued_at": str(int(self._clock.now() * 1000)),
            "client_id": CREDENTIAL,
            "access_token": token,
            "application_name": "emulator",
            "scope": "",
            "expires_in": str(EXPIRES_IN),
            "refresh_count": "0",
            "status": "approved",
        }


def _refused(status: int, code: str, says: str) -> Answer:
    return Answer.of({"ErrorCode": code, "Error": says}, status)


def _basic(call: Call) -> tuple[str, str] | None:
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client, secret
