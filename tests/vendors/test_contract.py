"""The contract suite: every vendor keeps every promise, against the emulator, by the path of a real run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.vendors.scenario import Scenario, Trial, pairs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.control import Control


@pytest.mark.parametrize(("vendor", "scenario"), pairs(), ids=lambda part: getattr(part, "name", part))
def test_promise(vendor: str, scenario: Scenario, control: Control, tmp_path: Path) -> None:
    """The scenario's own sentence."""
    Trial(vendor, scenario, control, tmp_path).run()
