"""What the emulator leaves out and what it guesses: the one place that the page, /docs and the documentation read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_people.emulator.apis.base import VendorApi
    from target_people.emulator.store import Document

GUESSES = (
    "A body without Content-Type: application/json is a 400.",
    "A job that nobody polls is done after a minute.",
)
"""What is guessed of every vendor."""

NOT_EMULATED = (
    "More than one account of a vendor: the one accepted token, client id and client secret are all emulator.",
    "TLS: the emulator speaks plain HTTP, and is meant for this machine alone.",
)
"""What no vendor's part has."""


def scope(apis: Iterable[type[VendorApi]]) -> list[Document]:
    """Return for each vendor its ``name``, ``title``, ``not_emulated``, ``guesses`` and ``quirks``, as sentences."""
    return [
        {
            "name": api.name,
            "title": api.title,
            "not_emulated": [sentence(text) for text in api.not_emulated],
            "guesses": [sentence(text) for text in api.guesses],
            "quirks": api.quirks,
        }
        for api in apis
    ]


def sentence(text: str) -> str:
    """Return ``text`` with a capital letter, unless a name of the vendor's begins it, and a full stop."""
    begins = text[:1].upper() if text.split(maxsplit=1)[0].strip(",").isalpha() else text[:1]
    return begins + text[1:] + ("" if text.endswith(".") else ".")
