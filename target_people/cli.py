"""The command ``target-people``: a Singer target, and the commands around it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, Any

import click

from target_people.configuration import Given, output_dir, read
from target_people.delivery.clock import SystemClock
from target_people.ending import Ending, end_before_run
from target_people.errors import ConfigurationError
from target_people.load import load, new_display
from target_people.log import run_log
from target_people.signals import Signals
from target_people.target import TargetPeople


def _load(ctx: click.Context, places: tuple[str, ...], file_input: str | None) -> Ending:
    """Load everything that the input holds; a receipt is written whatever happens."""
    try:
        given = read(places)
        source = _opened(ctx, file_input)
        display = new_display()
        target = TargetPeople(config=given.config, parse_env_config=given.parse_env, signals=ctx.obj, display=display)
    except BaseException as error:  # noqa: BLE001 - the last place before the user
        return end_before_run(error, output_dir(places), SystemClock())
    return load(target, source)


def _opened(ctx: click.Context, file_input: str | None) -> IO[bytes] | None:
    """The input, which is closed with the command; None for standard input.

    Raises:
        ConfigurationError: when it cannot be opened.
    """
    if file_input is None or file_input == "-":
        return None
    try:
        return ctx.with_resource(Path(file_input).open("rb"))
    except OSError as error:
        message = f"--input {file_input}: {error.strerror}"
        raise ConfigurationError(message) from None


def _given(ctx: click.Context, places: tuple[str, ...]) -> Given:
    """The configuration of a sub-command, whose --config may stand before or behind its name."""
    before: tuple[str, ...] = ctx.parent.params["config"] if ctx.parent else ()
    return read((*before, *places))


# The SDK's --config merges files only at the top, and fails with a traceback; its --input reads text. Both are read
# when the run begins, so that one which cannot be read has a receipt, too.
_CONFIG = click.Option(
    ["--config"],
    multiple=True,
    help="A file of settings, or ENV for the environment; may be given several times.",
)
_INPUT = click.Option(
    ["--input", "file_input"],
    type=click.Path(),
    help="A file to read messages from instead of standard input.",
)


@click.pass_context
def _target(
    ctx: click.Context,
    config: tuple[str, ...],
    about: bool,  # noqa: FBT001 - click passes it by name
    about_format: str | None,
    file_input: str | None,
) -> None:
    """Load people from any Singer tap into people APIs."""
    signals = ctx.ensure_object(Signals)
    if ctx.invoked_subcommand is not None:
        signals.pass_on()
        return
    if about:
        TargetPeople.print_about(about_format)
        return
    ctx.exit(_load(ctx, config, file_input).exit_code)


def _group() -> click.Group:
    """The Singer command as a group: the same options, and sub-commands beside them."""
    singer = TargetPeople.cli
    ours = {"config": _CONFIG, "file_input": _INPUT}
    params = [ours.get(param.name or "", param) for param in singer.params]
    group = click.Group(
        "target-people",
        callback=_target,
        invoke_without_command=True,
        params=params,
        context_settings=singer.context_settings,
        help=_target.__doc__,
    )
    for command in (_check, _plan, _emulate, _demo, _receipt):
        group.add_command(command)
    return group


@click.command("plan", params=[_CONFIG, _INPUT])
@click.option("--limit", type=click.IntRange(1), help="Read no more than so many records.")
@click.option("--offline", is_flag=True, help="Ask no vendor for its catalogue.")
@click.option("--show-values", is_flag=True, help="Show the values of people in the sample requests.")
@click.option("--json", "as_json", is_flag=True, help="For machines, instead of tables.")
@click.pass_context
def _plan(ctx: click.Context, /, config: tuple[str, ...], file_input: str | None, *, as_json: bool, **how: Any) -> None:  # noqa: ANN401 - click passes the options of ``plan``
    """Read messages and show what a run would do with them, and why; nobody is sent."""
    from target_people.dry_run.plan import plan, print_json, print_tables  # noqa: PLC0415 - rich is slow to import

    before: str | None = ctx.parent.params["file_input"] if ctx.parent else None
    found = plan(_given(ctx, config), _opened(ctx, file_input or before), **how)
    (print_json if as_json else print_tables)(found)
    if found["problem"]:
        click.echo(found["problem"], err=True)
    ctx.exit(found["exit_code"])


@click.command("check", params=[_CONFIG])
@click.option("--json", "as_json", is_flag=True, help="For machines, instead of a table.")
@click.pass_context
def _check(ctx: click.Context, config: tuple[str, ...], *, as_json: bool) -> None:
    """Test credentials, permission and catalogue of every configured vendor; nobody is sent."""
    from target_people.check_table import run  # noqa: PLC0415 - rich is slow to import

    ctx.exit(run(_given(ctx, config), as_json=as_json))


@click.command("emulate")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8470, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--data", type=click.Path(dir_okay=False), help="Keep people in this SQLite file across restarts.")
@click.option("--seed", default=0, show_default=True, help="For everything that is drawn by chance.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND:vendor=NAME,…",
    help="A fault from the start, such as throttled:vendor=flameup,times=3,retry_after=2; may be given several times.",
)
def _emulate(host: str, port: int, data: str | None, seed: int, faults: tuple[str, ...]) -> None:
    """Run the emulator of the five vendor APIs until interrupted."""
    from target_people.emulation import serve  # noqa: PLC0415 - an extra, and slow to import

    serve(host, port, data, seed, faults)


@click.command("demo")
@click.option("--keep", is_flag=True, help="Leave the emulator running until interrupted.")
@click.pass_context
def _demo(ctx: click.Context, *, keep: bool) -> None:
    """Load the bundled sample people into all five vendors of an emulator."""
    from target_people.demo import demo  # noqa: PLC0415 - an extra, and slow to import

    ctx.exit(demo(keep=keep))


@click.command("receipt")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--last", is_flag=True, help="The newest receipt below output_dir, as without FILE.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "markdown", "html")),
    default="table",
    show_default=True,
    help="markdown for a pull request or a chat; html is one page with pictures.",
)
@click.option("--output", type=click.Path(dir_okay=False), help="A file to write instead of standard output.")
@click.option(
    "--config",
    multiple=True,
    help="Settings whose output_dir has the receipts, or ENV.",
)
@click.pass_context
def _receipt(
    ctx: click.Context, file: str | None, form: str, output: str | None, config: tuple[str, ...], *, last: bool
) -> None:
    """Show a receipt: FILE, or the newest below output_dir."""
    from target_people.receipt_output import show  # noqa: PLC0415 - rich is slow to import

    if file and last:
        message = "FILE and --last exclude each other"
        raise click.UsageError(message)
    show(file, _given(ctx, config), form, output)


def main(signals: Signals | None = None) -> None:
    """Run the command line; an error in the configuration is told in its own words, without a traceback.

    Args:
        signals: which a run is to have; sub-commands have them as they were before.
    """
    try:
        group = _group()  # with which the log handlers are there
        with run_log(None, None, ()):
            group.main(obj=signals or Signals())
    except ConfigurationError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
