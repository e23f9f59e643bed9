"""The pages for people, without a browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
import requests

from target_people.emulator.faults import FAULTS

if TYPE_CHECKING:
    from target_people.emulator.server import Emulator

VENDORS = ["flameup", "movement", "propeller", "rally", "xtremepush"]
VIEWS = ["/", "/docs", "/page/scope", "/page/journal", "/page/journal/{entry}", "/page/flameup/people/{person}"]
VIEWS += [f"/page/{vendor}/{view}" for vendor in VENDORS for view in ("people", "jobs", "behaviour")]
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onfocus=alert(1) autofocus='", "{{ 7*7 }}"]


class Page(HTMLParser):
    """What a page is made of, as a browser reads it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.text = ""
        self.inputs: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.names |= set(given)
        self.links |= {value for name, value in given.items() if name in ("href", "src", "action")}
        if tag == "input":
            self.inputs[given.get("name", "")] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


@pytest.fixture
def filled(running: Emulator, flameup: requests.Session, movement: requests.Session) -> dict[str, str]:
    """People and requests with names that want to be more than text; what the addresses of views need."""
    for number, text in enumerate(HOSTILE):
        traits = {text: text, "first_name": text, "nested": {text: [text]}}
        flameup.post("/people", json={"userId": f"{number}{text}", "traits": traits}, params={text: text})
        flameup.put(f"/people/{quote(f'{number}{text}', safe='')}", json={"traits": {text: 1}})
        movement.get(f"/{text}")
    person = requests.get(f"{running.url}/_emulator/flameup/people", timeout=10).json()["people"][1]["document"]["id"]
    entries = requests.get(f"{running.url}/_emulator/journal", timeout=10).json()["entries"]
    return {"person": person, "entry": str(entries[-2]["number"])}


def get(running: Emulator, path: str) -> requests.Response:
    return requests.get(running.url + path, timeout=10)


def post(running: Emulator, address: str, **fields: str) -> requests.Response:
    return requests.post(running.url + address, data=fields, timeout=10)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_strict_about_itself_and_its_links_work(running: Emulator, filled: dict[str, str], view: str) -> None:
    answer = get(running, view.format(**filled))
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    found = Page(answer.text)
    assert "style" not in found.tags
    assert not {name for name in found.names if name == "style" or name.startswith("on")}
    for link in found.links:
        assert link.startswith(("/", "#"))
        assert not link.startswith("//")
    for link in {link for link in found.links if "/page/journal/" not in link and link.startswith("/")}:
        assert get(running, link).status_code in (200, 405)  # 405: the address of a form


@pytest.mark.parametrize("view", VIEWS)
def test_what_people_send_is_text(running: Emulator, filled: dict[str, str], view: str) -> None:
    found = Page(get(running, view.format(**filled)).text)
    assert "img" not in found.tags
    assert found.tags.count("script") == 1


@pytest.mark.parametrize("view", ["/page/flameup/people", "/page/flameup/people/{person}", "/page/journal/{entry}"])
def test_what_people_send_is_shown_as_it_is(running: Emulator, filled: dict[str, str], view: str) -> None:
    shown = re.sub(r"\s+", " ", Page(get(running, view.format(**filled)).text).text).replace('\\"', '"')
    wanted = HOSTILE if view.endswith("people") else [HOSTILE[1 if "person" in view else 3]]
    assert [text for text in wanted if text not in shown] == []


def test_vendors_stand_side_by_side_with_counts(
    running: Emulator, flameup: requests.Session, movement: requests.Session, control: requests.Session
) -> None:
    flameup.post("/people/batch", json={"people": [{"userId": str(number)} for number in range(37)]})
    movement.post("/targets/bulk_upsert", json={"records": [{"external_id": "M-1"}]})
    control.put("/rally/quirks", json={"put_scope": "strict_put"})
    control.post("/flameup/faults", json={"fault": "outage"})
    text = Page(get(running, "/").text).text
    shown = re.sub(r"\s+", " ", text)
    for wanted in ("Rally UXR", "37 people", "1 (1 waiting)", "put_scope = strict_put", "POST /flameup/api/v1/people"):
        assert wanted in shown
    assert "People: 37. Requests: 2. Import jobs waiting: 1." in shown


def test_people_are_paged_and_searched(running: Emulator, flameup: requests.Session) -> None:
    people = [{"userId": f"c-{number:03}", "traits": {"odd": "50%_x" if number == 77 else ""}} for number in range(100)]
    flameup.post("/people/batch", json={"people": people})
    first, second = (Page(get(running, f"/page/flameup/people?page={page}").text).text for page in (1, 2))
    assert ("c-049" in first, "c-050" in first, "c-050" in second) == (True, False, True)
    found = Page(get(running, "/page/flameup/people?q=50%25_X").text).text
    assert ("People with this text: 1." in found, "c-077" in found, "c-076" in found) == (True, True, False)
    assert "Nobody contains" in get(running, "/page/flameup/people?q=50%25%25").text
    assert get(running, "/page/flameup/people?q=" + "x" * 1001).status_code == 422


def test_a_person_is_shown_with_every_field_and_every_change(running: Emulator, flameup: requests.Session) -> None:
    person = flameup.post("/people", json={"userId": "c-1", "traits": {"plan": "free", "age": 5}}).json()["id"]
    flameup.put("/people/c-1", json={"traits": {"plan": "gold"}})
    shown = re.sub(r"\s+", " ", Page(get(running, f"/page/flameup/people/{person}").text).text)
    assert "attributes plan gold age 5" in shown
    changed, created = re.split(r"(?:Changed|Created) 2025-01-01 1\d:\d\d:\d\d by ", shown)[1:]
    assert changed.startswith("PUT /flameup/api/v1/people/c-1 Field Before After attributes.plan free gold ")
    assert created.startswith("POST /flameup/api/v1/people Field After id ")
    assert flameup.delete("/people/c-1").ok
    gone = Page(get(running, f"/page/flameup/people/{person}").text).text
    assert "no longer stored" in gone
    assert "Removed" in gone


def test_a_job_counts_for_the_request_that_submitted_it(
    running: Emulator, movement: requests.Session, control: requests.Session
) -> None:
    movement.post("/targets/bulk_upsert", json={"records": [{"external_id": "M-1"}]})
    number = control.get("/journal").json()["entries"][-1]["number"]
    movement.get("/custom_fields")
    assert "waiting" in get(running, "/page/movement/jobs").text
    assert post(running, "/page/movement/jobs/settle").ok
    jobs = get(running, "/page/movement/jobs").text
    assert f"request {number}<" in jobs
    assert ">done<" in jobs
    person = control.get("/movement/people").json()["people"][0]["document"]["id"]
    shown = Page(get(running, f"/page/movement/people/{person}").text)
    assert "POST /movement/api/targets/bulk_upsert" in re.sub(r"\s+", " ", shown.text)
    assert f"/page/journal/{number}" in shown.links


def test_a_request_is_shown_without_credentials_and_within_bounds(
    running: Emulator, propeller: requests.Session, flameup: requests.Session, control: requests.Session
) -> None:
    wrong = "another-secret"
    form = {"client_id": "me", "client_secret": wrong, "grant_type": "client_credentials"}
    propeller.post("/oauth2/token", data=form)
    number = control.get("/journal").json()["entries"][-1]["number"]
    shown = get(running, f"/page/journal/{number}").text
    assert wrong not in shown
    assert "***" in shown
    flameup.post("/people", json={"userId": "c-1", "traits": {"long": "x" * 50_000}})
    long = get(running, f"/page/journal/{number + 1}").text
    assert "(the first 20,000 of 50," in long
    assert len(long) < 60_000


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_of_the_catalogue_can_be_switched_on_and_off(
    running: Emulator, control: requests.Session, kind: str
) -> None:
    sent = post(running, "/page/rally/faults", fault=kind, times="2", path="/users")
    assert sent.url.endswith("/page/rally/behaviour")
    (fault,) = control.get("/rally/faults").json()["faults"]
    assert (fault["fault"], fault["times"], fault["path"]) == (kind, 2, "/users")
    assert FAULTS[kind].says[1:] in Page(sent.text).text
    assert "times 2, path /users" in re.sub(r"\s+", " ", sent.text)
    post(running, "/page/rally/faults", fault="forbidden" if kind != "forbidden" else "outage")
    assert "Switch off" in post(running, "/page/rally/faults/clear", fault=kind).text
    assert [fault["fault"] for fault in control.get("/rally/faults").json()["faults"]] != [kind]


def test_quirks_and_the_speed_of_jobs_are_switched(running: Emulator, control: requests.Session) -> None:
    assert "changed" in post(running, "/page/rally/quirks", put_scope="strict_put").text
    assert control.get("/rally/quirks").json()["put_scope"]["variant"] == "strict_put"
    assert post(running, "/page/rally/jobs", mode="seconds", value="2.5").ok
    assert control.get("/rally/jobs").json()["value"] == 2.5


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        ("/page/rally/faults", {"fault": "outage", "times": "x"}, "times of outage must be a whole number"),
        ("/page/rally/faults", {"fault": "<b>"}, "fault must be one of"),
        ("/page/rally/quirks", {"mood": "<b>"}, "rally has no quirk mood"),
        ("/page/rally/jobs", {"mode": "slow"}, "give mode, one of"),
        ("/page/rally/jobs", {"mode": "polls", "value": "-1"}, "value must be a number"),
    ],
)
def test_a_form_that_cannot_be_done_says_why(
    running: Emulator, control: requests.Session, path: str, fields: dict[str, str], says: str
) -> None:
    answer = post(running, path, **fields)
    assert (answer.status_code, says in Page(answer.text).text) == (422, True)
    assert "<b>" not in answer.text.partition("Not done")[2].partition("</p>")[0]
    assert control.get("/rally/faults").json() == {"faults": []}


def test_reset_forgets_one_vendor_or_everything(
    running: Emulator, flameup: requests.Session, movement: requests.Session, control: requests.Session
) -> None:
    person = flameup.post("/people", json={"userId": "c-1"}).json()["id"]
    movement.get("/custom_fields")
    assert post(running, "/page/reset", vendor="flameup").url.endswith("/page/flameup/behaviour")
    assert [entry["vendor"] for entry in control.get("/journal").json()["entries"]] == ["movement"]
    assert get(running, f"/page/flameup/people/{person}").status_code == 404
    assert post(running, "/page/reset").url == running.url + "/"
    assert control.get("/journal").json() == {"entries": []}


def test_a_form_on_another_site_changes_nothing(running: Emulator, flameup: requests.Session) -> None:
    flameup.post("/people", json={"userId": "c-1"})
    for origin in ("https://example.org", "null", "http://127.0.0.1"):
        answer = requests.post(f"{running.url}/page/reset", headers={"Origin": origin}, timeout=10)
        assert answer.status_code == 403
    assert requests.get(f"{running.url}/_emulator/flameup/people", timeout=10).json()["total"] == 1
    assert requests.post(f"{running.url}/page/reset", headers={"Origin": running.url}, timeout=10).ok


@pytest.mark.parametrize(
    "path",
    ["/page/acme/people", "/page/acme/behaviour", "/page/acme/jobs", "/page/rally/people/x", "/page/journal/999999"],
)
@pytest.mark.usefixtures("control")
def test_what_is_not_there_is_a_404(running: Emulator, path: str) -> None:
    assert get(running, path).status_code == 404


def test_guesses_and_gaps_are_the_same_on_the_page_and_in_docs(running: Emulator) -> None:
    pages = [re.sub(r"\s+", " ", Page(get(running, path).text).text) for path in ("/page/scope", "/docs")]
    for text in ("Events, campaigns, devices", "A body without Content-Type", "An import is a PUT: a person"):
        assert [text in shown for shown in pages] == [True, True]


def test_the_openapi_document_describes_every_vendor(running: Emulator) -> None:
    document = requests.get(f"{running.url}/openapi.json", timeout=10).json()
    paths = document["paths"]
    for path in (
        "/rally/api/public/v1/people/import",
        "/flameup/api/v1/people/batch",
        "/movement/api/targets/bulk_upsert",
        "/xtremepush/api/external/import/profile",
        "/propeller/v2/contacts/bulk/sourceId",
        "/propeller/oauth2/token",
    ):
        assert "post" in paths[path]
    for path, operations in paths.items():
        declared = {p["name"] for one in operations.values() for p in one.get("parameters", []) if p["in"] == "path"}
        assert declared == set(re.findall(r"\{(\w+)", path))
