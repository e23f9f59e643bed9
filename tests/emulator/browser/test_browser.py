"""The pages for people, in a real Chromium: live counts, switches, inert data, accessibility, widths and schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    import requests
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
HOSTILE = ["<script>document.title = 'taken'</script>", '"><img src=x onerror="document.title = 1">']
TURN = 2_100
"""Milliseconds after which a page has renewed itself once."""
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LOOKS = [{"viewport": WIDE, "color_scheme": "light"}, {"viewport": NARROW, "color_scheme": "dark"}]
VIEWS = [
    "/",
    "/docs",
    "/page/scope",
    "/page/journal",
    "/page/journal/{entry}",
    "/page/flameup/people",
    "/page/flameup/people/{person}",
    "/page/flameup/jobs",
    "/page/movement/jobs",
    "/page/movement/behaviour",
]


@pytest.fixture
def filled(flameup: requests.Session, movement: requests.Session, control: requests.Session) -> dict[str, str]:
    """People with names that want to be more than text, jobs, a fault; what the addresses of views need."""
    for number, text in enumerate(HOSTILE):
        traits = {text: text, "first_name": text, "long": "word" * 300, "deep": {text: [text, None, 1.5]}}
        flameup.post("/people", json={"userId": f"{number}{text}", "traits": traits}, params={text: text})
        movement.get(f"/{text}")
        movement.post("/targets/bulk_upsert", json={"records": [{"external_id": text, "email": text}]})
    control.post("/movement/jobs/settle")
    movement.post("/targets/bulk_upsert", json={"records": [{"external_id": "M-1"}]})
    control.post("/movement/faults", json={"fault": "outage", "times": 3})
    control.put("/movement/quirks", json={"null_value": "clears"})
    person = control.get("/flameup/people").json()["people"][-1]["document"]["id"]
    return {"person": person, "entry": str(control.get("/journal").json()["entries"][0]["number"])}


@pytest.mark.parametrize(
    "page", LOOKS, indirect=True, ids=lambda look: f"{look['viewport']['width']} {look['color_scheme']}"
)
def test_every_view_fits_its_window_and_breaks_no_rule_of_axe(page: Page, filled: dict[str, str]) -> None:
    """The rules hold landmarks, labels, names, headings and the contrast of WCAG 2.2 AA."""
    found = {}
    for view in VIEWS:
        page.goto(view.format(**filled))
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        broken = Axe().run(page).response["violations"]
        found[view] = [(rule["id"], node["html"][:120]) for rule in broken for node in rule["nodes"]] + [wide] * (
            wide > 0
        )
    assert {view: problems for view, problems in found.items() if problems} == {}


@pytest.mark.parametrize("page", [{"viewport": {"width": 640, "height": 450}}], indirect=True)
def test_at_twice_the_size_nothing_is_cut_off(page: Page, filled: dict[str, str]) -> None:
    """Zooming a window of 1280 to 200 % leaves 640 pixels of the page's own."""
    for view in VIEWS:
        page.goto(view.format(**filled))
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), view


def test_what_people_send_stays_text_also_when_the_page_renews_itself(
    page: Page, filled: dict[str, str], flameup: requests.Session
) -> None:
    for view in (
        "/",
        "/page/journal",
        "/page/flameup/people",
        "/page/flameup/people/{person}",
        "/page/journal/{entry}",
    ):
        page.goto(view.format(**filled))
        title = page.title()
        flameup.post("/people", json={"userId": HOSTILE[1] + view, "email": HOSTILE[0]}, params={"a": HOSTILE[1]})
        flameup.get(f"/{HOSTILE[1]}")
        page.clock.run_for(TURN)
        page.wait_for_load_state("networkidle")
        assert page.title() == title
        assert page.locator("main img, main script").count() == 0
    page.goto("/page/flameup/people")
    expect(page.get_by_role("link", name=HOSTILE[0])).to_be_visible()


def test_the_policy_lets_no_script_make_elements_from_text(page: Page, errors: list[str]) -> None:
    page.goto("/")
    refused = page.evaluate(
        "() => { try { document.body.innerHTML = '<b>x</b>'; return 'done' } catch { return 'refused' } }"
    )
    assert refused == "refused"
    assert "TrustedHTML" in errors.pop()


def test_counts_are_live_and_spoken_and_can_be_held(page: Page, flameup: requests.Session) -> None:
    page.goto("/")
    spoken = page.locator("#totals[role=status]")
    expect(spoken).to_have_text("People: 0. Requests: 0. Import jobs waiting: 0.")
    flameup.post("/people", json={"userId": "c-1"})
    page.clock.run_for(TURN)
    expect(page.locator("#people-flameup")).to_have_text("1")
    expect(spoken).to_have_text("People: 1. Requests: 1. Import jobs waiting: 0.")
    expect(page.get_by_role("link", name="POST /flameup/api/v1/people", exact=True)).to_be_visible()
    page.get_by_label("Live").uncheck()
    flameup.post("/people", json={"userId": "c-2"})
    page.clock.run_for(2 * TURN)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#people-flameup")).to_have_text("1")


def test_a_fault_is_switched_on_and_off_without_leaving_the_page(
    page: Page, rally: requests.Session, control: requests.Session
) -> None:
    page.goto("/page/rally/behaviour")
    card = page.get_by_role("region", name="outage")
    card.get_by_label("status").fill("502")
    card.get_by_label("times").fill("2")
    card.get_by_role("button", name="Switch on outage").click()
    expect(card.get_by_text("status 502, times 2")).to_be_visible()
    page.clock.run_for(100)
    expect(page.locator("#status")).to_have_text("outage was switched on.")
    assert rally.get("/users").status_code == 502
    page.clock.run_for(TURN)
    expect(card.get_by_text("status 502, times 1")).to_be_visible()
    card.get_by_role("button", name="Switch off outage").click()
    expect(card.get_by_role("button", name="Switch off outage")).to_have_count(0)
    expect(card).to_be_focused()
    assert control.get("/rally/faults").json() == {"faults": []}


def test_a_wrong_parameter_is_told(page: Page, errors: list[str], control: requests.Session) -> None:
    page.goto("/page/rally/behaviour")
    card = page.get_by_role("region", name="outage")
    card.get_by_label("status").fill("200")
    with page.expect_response("**/faults") as told:
        card.get_by_role("button", name="Switch on outage").click()
    assert told.value.status == 422
    page.clock.run_for(100)
    expect(page.locator("#status")).to_contain_text("from 400 to 511")
    assert "422" in errors.pop()
    assert control.get("/rally/faults").json() == {"faults": []}


def test_a_quirk_acts_as_soon_as_it_is_chosen_by_keyboard_alone(page: Page, control: requests.Session) -> None:
    page.goto("/page/rally/behaviour")
    choice = page.get_by_label("put_scope")
    choice.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#changed-put_scope")).to_have_text("changed")
    expect(choice).to_be_focused()
    assert control.get("/rally/quirks").json()["put_scope"]["variant"] == "strict_put"
    control.put("/rally/quirks", json={"put_scope": "request_union", "absent_names": "clear"})
    page.get_by_label("Live").focus()
    page.clock.run_for(TURN)
    expect(page.get_by_label("absent_names")).to_have_value("clear")
    expect(choice).to_have_value("request_union")


def test_job_speed_and_reset(page: Page, movement: requests.Session, control: requests.Session) -> None:
    movement.post("/targets/bulk_upsert", json={"records": [{"external_id": "M-1"}]})
    page.goto("/page/movement/jobs")
    page.get_by_label("Mode").select_option("at_once")
    page.get_by_role("button", name="Set").click()
    expect(page.get_by_role("table").get_by_text("done")).to_be_visible()
    page.goto("/")
    page.get_by_text("Reset everything").click()
    page.get_by_role("button", name="Forget everything").click()
    expect(page.locator("#totals")).to_have_text("People: 0. Requests: 0. Import jobs waiting: 0.")
    expect(page.locator("details[open]")).to_have_count(0)
    assert control.get("/movement/jobs").json() == {"jobs": [], "mode": "polls", "value": 1}


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_everything_works_without_a_script(page: Page, flameup: requests.Session, control: requests.Session) -> None:
    flameup.post("/people", json={"userId": "c-1", "traits": {"plan": "gold"}})
    page.goto("/")
    page.get_by_role("link", name="1 people").click()
    page.get_by_label("Text anywhere in a person").fill("GOLD")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="c-1").click()
    expect(page.get_by_role("heading", name="Created")).to_be_visible()
    page.get_by_role("link", name="Faults and quirks").click()
    page.get_by_label("spelling").select_option("userId_traits")
    page.get_by_role("button", name="Set spelling").click()
    expect(page.locator("#changed-spelling")).to_have_text("changed")
    assert control.get("/flameup/quirks").json()["spelling"]["variant"] == "userId_traits"
    expect(page.get_by_label("Live")).to_be_hidden()


def test_the_keyboard_reaches_the_content_first_and_its_focus_is_seen(page: Page, filled: dict[str, str]) -> None:
    page.goto("/page/journal".format(**filled))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_an_emulator_that_is_gone_is_told_once(page: Page) -> None:
    page.goto("/")
    page.route("**/*", lambda route: route.fulfill(status=200, content_type="application/json", body="{}"))
    page.clock.run_for(TURN + 100)
    expect(page.locator("#status")).to_contain_text("does not answer")
    page.unroute("**/*")
    page.clock.run_for(TURN + 100)
    expect(page.locator("#status")).to_have_text("The emulator answers again.")
