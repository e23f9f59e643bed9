"""JSON without loss: numbers with a point stay decimals, and integers may be of any size."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

decode: Callable[[bytes | str], Any] = msgspec.json.Decoder(float_hook=Decimal).decode
"""From JSON; raises one of ``UNREADABLE``."""

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation)
"""No JSON, no UTF-8, nested deeper than Python allows, or a number with an exponent beyond that of a decimal."""

encode: Callable[[Any], bytes] = msgspec.json.Encoder(decimal_format="number").encode
"""To JSON, compact; a decimal is written as the number that it was read from."""
