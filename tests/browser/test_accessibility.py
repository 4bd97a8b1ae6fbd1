"""Every screen looked at by axe-core: no serious or critical fault, in light and dark."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from artextract.collection import Collection
from tests.support.browser import IN_A_BROWSER, map_ready, settled

ROOT = Path(__file__).parents[2]
SERIOUS = {"serious", "critical"}

pytestmark = IN_A_BROWSER


def faults(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds by some of its rules or all, a line an element."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = rules
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{one['id']}: {' '.join(map(str, node['target']))}: {node['html'][:160]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


def test_no_screen_has_a_serious_fault(server: str, page: Page, ready: Collection) -> None:
    work, other = ready.works()["id"][3], ready.works()["id"][5]
    open_work = f"collection=small&work={work}"
    screens = {
        f"explore?{open_work}": ".ax-card",
        "timeline?collection=small": ".ax-card",
        "similar?collection=small": "h1",
        f"compare?{open_work}&other={other}": '[data-testid="stMetric"]',
        "compare?collection=places&view=differences&a_artist=Painter 0&b_artist=Painter 1": "h2",
        "faces?collection=small": "h1",
        "collections": "h1",
        "model_report": "h1",
        f"read?{open_work}": "h1",
        "tray": ".ax-tray li",
    }
    page.goto(f"{server}/explore?{open_work}")
    page.locator(".ax-card .ax-tray-button").first.click()
    page.locator(".ax-tray-bar a").wait_for()
    found: dict[str, list[str]] = {}
    for screen, there in screens.items():
        page.emulate_media(color_scheme="light")
        page.goto(f"{server}/{screen}")
        page.locator(there).first.wait_for()
        if screen.startswith("explore") or "differences" in screen:
            map_ready(page)
        settled(page)
        page.wait_for_timeout(300)  # what is drawn fades in
        if lines := faults(page):
            found[f"{screen} (light)"] = lines
        page.emulate_media(color_scheme="dark")  # other colours, all else is the same
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(25, 24, 22)")
        page.wait_for_timeout(300)
        if lines := faults(page, ["color-contrast"]):
            found[f"{screen} (dark)"] = lines
    assert not found, "\n".join(f"{screen}\n  " + "\n  ".join(of) for screen, of in found.items())


def test_the_check_is_one_that_can_fail(server: str, page: Page) -> None:
    page.goto(f"{server}/tray")
    page.locator("h1").wait_for()
    page.evaluate("document.body.append(document.createElement('button'))")
    assert any(line.startswith("button-name") for line in faults(page))
