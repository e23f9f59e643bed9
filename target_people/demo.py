"""The demonstration: bundled sample people into all five vendors of an emulator, by the path of a real run."""

from __future__ import annotations

import tempfile
import time

from rich.console import Console

from target_people import samples
from target_people.emulation import emulator
from target_people.load import load, new_display
from target_people.receipt_file import read
from target_people.receipt_table import print_receipt
from target_people.target import TargetPeople
from target_people.vendors import sinks

_A_DAY = 24 * 60 * 60


def demo(*, keep: bool) -> int:
    """Run it, print the receipt, and return the exit code of the run.

    Args:
        keep: leave the emulator running until interrupted.

    Raises:
        ConfigurationError: when the extra for the emulator is not installed.
    """
    console = Console()
    with emulator() as server, tempfile.TemporaryDirectory() as folder:
        config = samples.configuration(server.url, tuple(sinks()))
        output = ".target-people" if keep else folder
        target = TargetPeople(
            config=config | {"output_dir": output}, print_state=lambda _line: None, display=new_display()
        )
        with samples.people().open("rb") as people:
            ending = load(target, people)
        target.signals.restore()
        if ending.receipt is not None:
            print_receipt(read(ending.receipt), console)
        console.print(f"the people that arrived: {server.url}", highlight=False)
        if keep:
            _wait(console)
    return ending.exit_code


def _wait(console: Console) -> None:
    console.print("the emulator runs until Ctrl-C")
    try:
        time.sleep(_A_DAY)
    except KeyboardInterrupt:
        console.print("stopped")
