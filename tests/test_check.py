"""The check of all vendors: what it finds, what it calls, and what it tells."""

from __future__ import annotations

import json
import random
import threading
from typing import TYPE_CHECKING, Any

import pytest

from target_people.check import DEADLINE_SECONDS, RETRY_SECONDS, Finding, check
from target_people.check_table import document, exit_code
from target_people.delivery.message import Response
from target_people.delivery.sender import Surroundings
from target_people.run import http
from target_people.samples import VENDORS, configuration
from target_people.settings import parse
from tests.support.clock import FakeClock
from tests.support.vendor import ScriptedTransport, answer
from tests.vendors.scenario import BULK, SECRETS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from target_people.delivery.message import Request
    from tests.support.control import Control

NAMES = sorted(VENDORS)
SECRET = "secret-that-nobody-may-see"  # noqa: S105 - the test's own, looked for where it must not be
PATIENCE = 10
"""Seconds until a test that would wait for ever fails."""
FIELDS = {"flameup": None, "movement": 11, "propeller": 7, "rally": 10, "xtremepush": 11}
"""Vendor → custom fields in the emulator's catalogue."""
FIRST = {
    "flameup": "GET /people: {}",
    "movement": "GET /custom_fields: {}",
    "propeller": "POST /oauth2/token: {}",
    "rally": "GET /users: {}",
    "xtremepush": "POST /api/external/list/profile: {}",
}
"""Vendor → its first call, with a place for the answer."""


def checked(config: Mapping[str, Any], clock: FakeClock | None = None, **rest: Any) -> dict[str, Finding]:
    around = Surroundings.of(clock or FakeClock(), random.Random(1))
    findings = check(parse(config, ()), around, **rest)
    return {finding.vendor: finding for finding in findings}


def all_but(vendor: str) -> list[str]:
    return [name for name in NAMES if name != vendor]


def fault(control: Control, vendor: str, kind: str, path: str = "", **more: Any) -> None:
    control.post(f"{vendor}/faults", {"fault": kind, "times": 1000, "path": path, **more})


def good(findings: Mapping[str, Finding]) -> list[str]:
    return [name for name, finding in findings.items() if (finding.exit_code, finding.problem) == (0, "")]


def test_good_accounts_are_found_good_and_their_custom_fields_counted(control: Control) -> None:
    findings = checked(configuration(control.address))
    assert good(findings) == NAMES
    assert {name: finding.custom_fields for name, finding in findings.items()} == FIELDS
    assert {name: str(finding.called[0]) for name, finding in findings.items()} == {
        name: call.format(200) for name, call in FIRST.items()
    }


def test_nobody_is_sent_and_nothing_is_written(control: Control) -> None:
    """A list of people is asked for one, at most; the rest reads catalogues and gets a token."""
    checked(configuration(control.address))
    entries = [entry for name in NAMES for entry in control.journal(name)]
    assert [entry["path"] for entry in entries if any(path in entry["path"] for path in BULK.values())] == []
    posts = {entry["path"] for entry in entries if entry["method"] != "GET"}
    assert {path.rpartition("/api/external")[2] for path in posts} == {
        "/propeller/oauth2/token",
        "/list/profile",
        "/list/tag",
    }
    assert [control.people(name) for name in NAMES] == [{}] * len(NAMES)


@pytest.mark.parametrize("vendor", NAMES)
def test_a_wrong_key_is_4_names_its_setting_and_leaves_the_others_alone(control: Control, vendor: str) -> None:
    config = configuration(control.address)
    config[vendor][SECRETS[vendor]] = SECRET
    findings = checked(config)
    assert findings[vendor].exit_code == 4
    assert f"{vendor}.{SECRETS[vendor]}" in findings[vendor].settings
    assert f"{vendor}.{SECRETS[vendor]}" in findings[vendor].problem
    assert good(findings) == all_but(vendor)


@pytest.mark.parametrize("kind", ["expired_token", "forbidden"])
@pytest.mark.parametrize("vendor", NAMES)
def test_what_is_refused_everywhere_is_4_and_names_the_key(control: Control, vendor: str, kind: str) -> None:
    fault(control, vendor, kind)
    findings = checked(configuration(control.address))
    assert findings[vendor].exit_code == 4
    assert f"{vendor}.{SECRETS[vendor]}" in findings[vendor].settings
    assert good(findings) == all_but(vendor)


@pytest.mark.parametrize(("vendor", "path"), [("rally", "/users"), ("xtremepush", "/list/tag")])
def test_a_permission_that_no_load_needs_is_a_note_and_no_failure(control: Control, vendor: str, path: str) -> None:
    fault(control, vendor, "forbidden", path)
    finding = checked(configuration(control.address, [vendor]))[vendor]
    assert (finding.exit_code, finding.problem) == (0, "")
    assert "load" in finding.note


@pytest.mark.parametrize(
    ("vendor", "path"),
    [("rally", "/properties"), ("propeller", "/attribute-descriptions"), ("movement", "/custom_fields")],
)
def test_a_catalogue_that_a_key_may_not_read_is_4(control: Control, vendor: str, path: str) -> None:
    fault(control, vendor, "forbidden", path)
    assert checked(configuration(control.address, [vendor]))[vendor].exit_code == 4


@pytest.mark.parametrize("vendor", NAMES)
def test_an_outage_is_5_after_a_few_seconds_instead_of_retry_seconds(control: Control, vendor: str) -> None:
    """Nothing has to be changed, so no setting is named."""
    fault(control, vendor, "outage")
    clock = FakeClock()
    findings = checked(configuration(control.address), clock)
    assert (findings[vendor].exit_code, findings[vendor].settings) == (5, ())
    assert "503" in findings[vendor].problem
    assert "later" in findings[vendor].problem
    assert len(findings[vendor].called) > 1
    assert clock.monotonic() <= RETRY_SECONDS
    assert good(findings) == all_but(vendor)


def test_a_moment_without_service_is_waited_for(control: Control) -> None:
    for name in NAMES:
        control.post(f"{name}/faults", {"fault": "outage", "times": 1})
        control.post(f"{name}/faults", {"fault": "throttled", "times": 1, "retry_after": 2})
    assert good(checked(configuration(control.address))) == NAMES


def test_a_vendor_that_asks_for_a_long_pause_is_not_waited_for(control: Control) -> None:
    fault(control, "rally", "throttled", retry_after=3600)
    clock = FakeClock()
    finding = checked(configuration(control.address, ["rally"]), clock)["rally"]
    assert (finding.exit_code, clock.monotonic()) == (5, 0)
    assert "429" in finding.problem


@pytest.mark.parametrize("vendor", NAMES)
def test_an_address_where_there_is_nothing_is_2_and_names_api_url(control: Control, vendor: str) -> None:
    config = configuration(control.address)
    config[vendor]["api_url"] = f"{control.address}/nowhere"
    findings = checked(config)
    assert (findings[vendor].exit_code, findings[vendor].settings) == (2, (f"{vendor}.api_url",))
    assert f"check {vendor}.api_url" in findings[vendor].problem
    assert good(findings) == all_but(vendor)


@pytest.mark.parametrize("vendor", NAMES)
def test_an_address_that_nobody_answers_is_5_and_names_api_url(control: Control, vendor: str) -> None:
    """It may be wrong, or the vendor may be down: who can tell."""
    config = configuration(control.address)
    config[vendor]["api_url"] = "http://127.0.0.1:9"
    findings = checked(config)
    assert (findings[vendor].exit_code, findings[vendor].settings) == (5, (f"{vendor}.api_url",))
    assert "ConnectionError" in findings[vendor].problem
    assert good(findings) == all_but(vendor)


GARBAGE: dict[str, Response] = {
    "a page": Response(200, b"<html>welcome</html>"),
    "nothing": Response(200),
    "another API": answer({"status": "ok"}),
    "a word": answer("ok"),
}


@pytest.mark.parametrize("said", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("vendor", NAMES)
def test_a_good_status_with_anything_but_the_vendors_answer_is_2(vendor: str, said: Response) -> None:
    """What answers there is somebody else, so the credentials have proved nothing."""
    findings = checked(configuration("http://127.0.0.1:9", [vendor]), transport=always(said))
    assert findings[vendor].exit_code == 2
    assert findings[vendor].settings == (f"{vendor}.api_url",)


def always(said: Response | Exception) -> Callable[[Any], ScriptedTransport]:
    return lambda _vendor: ScriptedTransport([said] * 100)


@pytest.mark.parametrize("status", [301, 302, 404, 405, 410, 501])
def test_a_status_that_no_api_of_the_vendor_has_there_is_2(status: int) -> None:
    findings = checked(configuration("http://127.0.0.1:9"), transport=always(answer(status=status)))
    assert {name: finding.exit_code for name, finding in findings.items()} == dict.fromkeys(NAMES, 2)


def test_a_workspace_that_there_is_not_is_named_beside_the_address() -> None:
    config = configuration("http://127.0.0.1:9", ["flameup"])
    config["flameup"]["workspace_id"] = "ws-7"
    finding = checked(config, transport=always(answer(status=404)))["flameup"]
    assert finding.settings == ("flameup.api_url", "flameup.workspace_id")


def test_a_subdomain_that_leads_nowhere_is_named() -> None:
    config = {"movement": {"api_token": SECRET, "subdomain": "demo"}}
    finding = checked(config, transport=always(answer(status=404)))["movement"]
    assert (finding.exit_code, finding.settings) == (2, ("movement.subdomain",))


def test_an_identifier_that_the_catalogue_does_not_have_is_2(control: Control) -> None:
    config = configuration(control.address, ["rally"])
    config["rally"]["identifier"] = "cmprop0000000000000000001"
    finding = checked(config)["rally"]
    assert (finding.exit_code, finding.settings) == (2, ("rally.identifier",))


def test_a_token_that_no_header_takes_is_2_and_names_its_setting(control: Control) -> None:
    config = configuration(control.address, ["rally"])
    config["rally"]["api_token"] = f"{SECRET}\n"
    finding = checked(config)["rally"]
    assert (finding.exit_code, finding.settings) == (2, ("rally.api_token",))


def test_a_defect_at_one_vendor_is_1_without_its_words_and_the_others_are_checked(control: Control) -> None:
    def transport(vendor: Any) -> Any:
        return always(ValueError(SECRET))(vendor) if vendor.name == "rally" else http(vendor)

    findings = checked(configuration(control.address), transport=transport)
    assert findings["rally"].exit_code == 1
    assert SECRET not in findings["rally"].problem
    assert good(findings) == all_but("rally")


def test_a_vendor_that_keeps_us_waiting_is_5_at_the_deadline() -> None:
    """Here by a ceiling of one request a minute, and a catalogue of many pages."""
    config = configuration("http://127.0.0.1:9", ["rally"])
    config["rally"]["requests_per_minute"] = 1
    clock = FakeClock()
    page = answer({"pageInfo": {"hasNextPage": True, "endCursor": "c"}, "results": []})
    finding = checked(config, clock, transport=always(page))["rally"]
    assert (finding.exit_code, clock.monotonic()) == (5, DEADLINE_SECONDS)
    assert "30 s" in finding.problem


def test_the_patience_of_the_settings_is_kept_where_it_is_less() -> None:
    config = configuration("http://127.0.0.1:9", ["rally"])
    config["rally"] |= {"retry_seconds": 0, "request_timeout_seconds": 1}
    patience: list[float] = []

    def transport(vendor: Any) -> Any:
        patience.append(vendor.settings.request_timeout_seconds)
        return always(answer(status=503))(vendor)

    finding = checked(config, transport=transport)["rally"]
    assert (finding.exit_code, len(finding.called), patience) == (5, 1, [1])


def test_the_vendors_are_asked_side_by_side() -> None:
    """None is answered before all have been called."""
    barrier = threading.Barrier(len(NAMES))

    def line(_request: Request) -> Response:
        barrier.wait(PATIENCE)
        return answer(status=401)

    findings = checked(configuration("http://127.0.0.1:9"), transport=lambda _vendor: ScriptedTransport([line]))
    assert {finding.exit_code for finding in findings.values()} == {4}


def test_nothing_that_is_told_holds_a_secret_a_header_or_a_value(control: Control) -> None:
    config = configuration(control.address)
    for name in NAMES:
        config[name][SECRETS[name]] = SECRET
    findings = list(checked(config).values())
    told = json.dumps(document(findings)) + repr(findings)
    assert SECRET not in told
    assert "Bearer" not in told
    assert control.address not in told


def test_the_exit_code_is_the_lowest_that_is_not_0() -> None:
    def of(*codes: int) -> int:
        return exit_code([Finding("x", (), exit_code=code) for code in codes])

    assert (of(0, 0), of(0, 5), of(5, 4, 0), of(4, 2, 5), of()) == (0, 5, 4, 2, 0)
