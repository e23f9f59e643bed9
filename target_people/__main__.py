"""The executable: takes signals first, because to load everything else takes longer than a second."""

from __future__ import annotations

from target_people.signals import Signals


def main() -> None:
    """Entry point: a signal that comes early ends the run as soon as there is one, receipt included."""
    signals = Signals()
    signals.install()
    from target_people.cli import main as command  # noqa: PLC0415 - that is what takes so long

    command(signals)


if __name__ == "__main__":
    main()
