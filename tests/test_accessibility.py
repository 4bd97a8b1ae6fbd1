"""Every screen looked at by axe-core: no serious or critical fault, in light and dark."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from artextract.collection import Collection
from tests.browser import CHROMIUM, FLAGS, map_ready, settled, wait_until_up

ROOT = Path(__file__).parent.parent
REQUIRED = os.environ.get("ARTEXTRACT_BROWSER") == "required"
SERIOUS = {"serious", "critical"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not REQUIRED, reason="no Chromium: apt-get install chromium"
    ),
]


@pytest.fixture(scope="module")
def server(ready_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    own = tmp_path_factory.mktemp("seen") / "cache"
    shutil.copytree(ready_cache, own)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true",
         "--server.port", str(port), "--server.address", "127.0.0.1"],
        cwd=ROOT, env=os.environ | {"ARTEXTRACT_CACHE": str(own)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(url)
        yield url
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = running.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        opened.set_default_timeout(60_000)
        yield opened
        running.close()


def faults(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds by some of its rules or all, a line an element."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = rules
    found = Axe().run(page, options=options).response["violations"]
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
        if screen.startswith("explore"):
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
