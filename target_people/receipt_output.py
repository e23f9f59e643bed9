"""Where a receipt comes from and goes to when somebody asks for it."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError
from rich.console import Console

from target_people.configuration import Given, merged
from target_people.errors import ConfigurationError
from target_people.receipt_file import newest, read
from target_people.receipt_markdown import markdown
from target_people.receipt_page import page
from target_people.receipt_table import print_receipt
from target_people.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from target_people.receipt_file import ReceiptFile

_COLUMNS = 100
_VARIABLE = "TARGET_PEOPLE_OUTPUT_DIR"


def show(file: str | None, given: Given, form: str, output: str | None) -> None:
    """Show a receipt.

    Args:
        file: the receipt; None for the newest below the configured ``output_dir``.
        given: the configuration; nothing but ``output_dir`` is looked at, so it needs no vendor.
        form: ``table``, ``markdown`` or ``html``.
        output: a file to write instead of standard output.

    Raises:
        ConfigurationError: when there is no receipt, it is none, or the output cannot be written.
    """
    receipt = read(Path(file) if file else newest(output_dir(given, os.environ)))
    if form == "table" and output is None:
        print_receipt(receipt, Console())
    else:
        _write(_FORMS[form](receipt).encode(), output)


def output_dir(given: Given, environment: Mapping[str, str]) -> Path:
    """The configured ``output_dir``, from the environment when ENV was asked for; the default without one.

    Raises:
        ConfigurationError: when it is no text.
    """
    config = given.config
    if given.parse_env and _VARIABLE in environment:
        config = merged(config, {"output_dir": environment[_VARIABLE]})
    try:
        return Path(Settings.model_validate({"output_dir": config.get("output_dir")}).output_dir)
    except ValidationError:
        message = "output_dir must be the name of a folder"
        raise ConfigurationError(message) from None


def _write(content: bytes, output: str | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        Path(output).write_bytes(content)
    except OSError as error:
        message = f"--output {output}: {error.strerror}"
        raise ConfigurationError(message) from None


def _table(receipt: ReceiptFile) -> str:
    text = io.StringIO()
    print_receipt(receipt, Console(file=text, width=_COLUMNS))
    return text.getvalue()


_FORMS: dict[str, Callable[[ReceiptFile], str]] = {"table": _table, "markdown": markdown, "html": page}
