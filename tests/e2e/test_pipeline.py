"""A real PostgreSQL, a real tap, a real Meltano, and target-people between them and an emulator."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from target_people.samples import VENDORS, configuration
from tests.support.likeness import differences

from .postgres import fictitious_rows, postgres
from .processes import MELTANO, ROOT, TAP_POSTGRES, TARGET_PEOPLE, Emulator, Outcome, emulator, pipe, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .postgres import Database

STREAM = "public-people"
JOB = "emulator:tap-postgres-to-target-people"
CHANGED_AT = "2026-04-01T12:00:00+00:00"

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    missing = [str(path) for path in (TARGET_PEOPLE, MELTANO, TAP_POSTGRES) if not path.exists()]
    if missing:
        fail = pytest.fail if os.environ.get("TARGET_PEOPLE_E2E") == "1" else pytest.skip
        fail(f"not installed: {', '.join(missing)}; run make test-e2e")


@pytest.fixture
def database() -> Iterator[Database]:
    with postgres() as started:
        started.fill(fictitious_rows())
        yield started


@pytest.fixture
def vendors(tmp_path: Path) -> Iterator[Emulator]:
    with emulator(tmp_path) as started:
        yield started


def written(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def source(database: Database) -> dict[str, Any]:
    return {
        "host": database.host,
        "port": database.port,
        "user": database.user,
        "password": database.password,
        "database": database.name,
        "filter_schemas": ["public"],
    }


def catalogue(config: Path, folder: Path) -> Path:
    """Write what the tap discovers, with ``people`` selected and incremental by ``updated_at``."""
    discovered = run(TAP_POSTGRES, "--config", config, "--discover", cwd=folder)
    assert discovered.code == 0, discovered.stderr
    document = json.loads(discovered.stdout)
    chosen = {"selected": True, "replication-method": "INCREMENTAL", "replication-key": "updated_at"}
    for stream in document["streams"]:
        stream |= {"replication_method": "INCREMENTAL", "replication_key": "updated_at"}
        next(entry for entry in stream["metadata"] if not entry["breadcrumb"])["metadata"] |= chosen
    return written(folder / "catalog.json", document)


def bookmark(state: dict[str, Any]) -> str:
    value: str = state["bookmarks"][STREAM]["replication_key_value"]
    return value


def test_every_row_of_a_table_arrives_at_all_five_vendors_through_a_pipe(
    tmp_path: Path, database: Database, vendors: Emulator
) -> None:
    tap_config = written(tmp_path / "tap.json", source(database))
    own = configuration(vendors.address) | {"batch_size_rows": 60, "output_dir": str(tmp_path / "out")}
    tap = (TAP_POSTGRES, "--config", tap_config, "--catalog", catalogue(tap_config, tmp_path))
    target = (TARGET_PEOPLE, "--config", written(tmp_path / "target.json", own))

    tap_code, outcome = pipe(tap, target, tmp_path)

    assert (tap_code, outcome.code) == (0, 0), outcome.stderr
    rows = database.rows()
    assert len(rows) == 200
    for vendor in VENDORS:
        assert differences(vendor, vendors.people(vendor), rows) == [], vendor
    last = max(row["updated_at"] for row in rows.values())
    assert bookmark(json.loads(outcome.stdout.splitlines()[-1]))[:19] == last[:19]


def requested(entry: dict[str, Any]) -> list[str]:
    """Return whom a request of the journal wants created or updated: customer ids, or e-mail addresses at Rally."""
    body = entry["body"] if isinstance(entry["body"], dict) else {}
    if "rows" in body:
        return [row[body["columns"].index("user_id")] for row in body["rows"]]
    identities = {"people": ("userId", "email"), "records": ("external_id",), "contacts": ("sourceId",)}
    for key, names in identities.items():
        if key in body:
            return [next(person[name] for name in names if name in person) for person in body[key]]
    return []


class Meltano:
    """The repository's own Meltano project, told where the database and the emulator are."""

    def __init__(self, folder: Path, database: Database, vendors: Emulator) -> None:
        chosen = configuration(vendors.address)
        self._env = {
            **{f"TAP_POSTGRES_{name.upper()}": str(value) for name, value in source(database).items()},
            "TAP_POSTGRES_FILTER_SCHEMAS": '["public"]',
            **{f"TARGET_PEOPLE_{vendor.upper()}_API_URL": chosen[vendor]["api_url"] for vendor in VENDORS},
            "TARGET_PEOPLE_OUTPUT_DIR": str(folder / "out"),
            # One setting of each kind, as .env would have it: Meltano makes numbers, a truth value, an object of them.
            "TARGET_PEOPLE_FLAMEUP_BATCH_SIZE": "30",
            "TARGET_PEOPLE_FLUSH_SECONDS": "30",
            "TARGET_PEOPLE_RALLY_CONFIRM": "true",
            "TARGET_PEOPLE_XTREMEPUSH_EMAIL_SUBSCRIPTION": "0",
            "TARGET_PEOPLE_PROPELLER_PARENT": '{"source": "crm", "sourceId": "company-1"}',
            "MELTANO_DATABASE_URI": f"sqlite:///{folder}/meltano.db",
            "MELTANO_ENVIRONMENT": "emulator",
            "MELTANO_AUTO_INSTALL": "false",
            "NO_COLOR": "1",
        }

    def check(self, **env: str) -> Outcome:
        """Check the vendors, with these settings besides."""
        return run(MELTANO, "invoke", "target-people:check", "--json", env=self._env | env, cwd=ROOT)

    def load(self, **env: str) -> Outcome:
        """Run tap and target, with these settings besides."""
        return run(MELTANO, "run", "tap-postgres", "target-people", env=self._env | env, cwd=ROOT)

    def state(self) -> dict[str, Any]:
        """Return the state that Meltano keeps."""
        outcome = run(MELTANO, "state", "get", JOB, env=self._env, cwd=ROOT)
        assert outcome.code == 0, outcome.stderr
        kept: dict[str, Any] = json.loads(outcome.stdout).get("singer_state", {})
        return kept


def test_a_second_meltano_run_requests_exactly_the_ten_people_who_changed(
    tmp_path: Path, database: Database, vendors: Emulator
) -> None:
    meltano = Meltano(tmp_path, database, vendors)
    first = meltano.load()
    assert first.code == 0, first.stderr
    rows = database.rows()
    for vendor in VENDORS:
        assert differences(vendor, vendors.people(vendor), rows) == [], vendor
    assert max(len(requested(entry)) for entry in vendors.journal("flameup")) == 30
    before = {vendor: len(vendors.journal(vendor)) for vendor in VENDORS}

    # A tap reads from its bookmark on, the bookmark's own row included; so the newest row is one of the ten.
    changed = list(rows)[-1::-20]
    database.change(changed, CHANGED_AT)
    second = meltano.load()

    assert second.code == 0, second.stderr
    assert len(changed) == 10
    emails = [rows[customer]["email"] for customer in changed]
    for vendor in VENDORS:
        asked = [identity for entry in vendors.journal(vendor)[before[vendor] :] for identity in requested(entry)]
        assert sorted(asked) == sorted(emails if vendor == "rally" else changed), vendor
        assert differences(vendor, vendors.people(vendor), database.rows()) == [], vendor
    assert bookmark(meltano.state())[:19] == CHANGED_AT[:19]


def test_meltano_checks_every_vendor_with_the_settings_of_a_load_and_sends_nobody(
    tmp_path: Path, database: Database, vendors: Emulator
) -> None:
    """The settings come from meltano.yml and the environment; a wrong key is the vendor's alone."""
    meltano = Meltano(tmp_path, database, vendors)

    good = meltano.check()
    wrong = meltano.check(TARGET_PEOPLE_FLAMEUP_API_KEY="revoked-secret")

    assert good.code == 0, good.stderr
    assert {vendor: found["ok"] for vendor, found in json.loads(good.stdout)["vendors"].items()} == dict.fromkeys(
        VENDORS, True
    )
    found = json.loads(wrong.stdout)["vendors"]
    assert [vendor for vendor in VENDORS if not found[vendor]["ok"]] == ["flameup"]
    assert found["flameup"]["settings"] == ["flameup.api_key"]
    assert wrong.code != 0
    assert "revoked-secret" not in wrong.stdout + wrong.stderr
    assert [vendors.people(vendor) for vendor in VENDORS] == [{}] * len(VENDORS)


def test_a_run_that_one_vendor_refuses_keeps_no_state_and_the_next_run_sends_everybody(
    tmp_path: Path, database: Database, vendors: Emulator
) -> None:
    meltano = Meltano(tmp_path, database, vendors)

    refused = meltano.load(TARGET_PEOPLE_FLAMEUP_API_KEY="revoked-secret")

    assert refused.code != 0
    assert "flameup.api_key" in refused.stderr
    assert "revoked-secret" not in refused.stdout + refused.stderr
    assert meltano.state() == {}
    assert meltano.load().code == 0
    assert differences("flameup", vendors.people("flameup"), database.rows()) == []
