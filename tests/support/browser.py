"""What the browser tests do with a page, and where the browser is."""

import os
import shutil
import time
import urllib.request
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, TimeoutError, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and os.environ.get("ARTEXTRACT_BROWSER") != "required",
        reason="no Chromium: apt-get install chromium",
    ),
]
"""Marks of a module whose tests need one: they are skipped without, or fail if it is required."""
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",  # to draw the page through a graphics card in software takes three times as long
]

# What is expected comes as late as a busy machine makes it.
expect.set_options(timeout=20_000)

PASTE = """async (address) => {
  const picture = await (await fetch(address)).blob();
  const files = new DataTransfer();
  files.items.add(new File([picture], "pasted.jpg", { type: "image/jpeg" }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: files, bubbles: true }));
}"""


def wait_until_up(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the app did not come up")


def settled(page: Page) -> None:
    """Wait until the script has run: before, what it drew last may stand beside what it draws."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


def choose(page: Page, key: str, option: str) -> None:
    """Choose in a select box; a rerun of the script that comes between closes its list again."""
    box = page.locator(f".st-key-{key}").get_by_role("combobox")
    for _ in range(6):
        settled(page)
        box.click()
        try:
            page.get_by_role("option", name=option).click(timeout=5_000)
        except TimeoutError:
            page.keyboard.press("Escape")
        else:
            return
    raise AssertionError(f"{option} could not be chosen")


def map_ready(page: Page) -> None:
    page.wait_for_selector('[data-testid="gallery-map"][data-ready="true"]', timeout=60_000)


def points_alone(page: Page) -> None:
    """Take the pictures off the map: they would stand before the points."""
    page.get_by_test_id("map-pictures").click()
    page.wait_for_function("document.querySelector('.ax-map').shown().length === 0")


def at_rest(page: Page) -> None:
    """Wait until the map has stopped moving."""
    page.wait_for_function(
        """() => {
          const before = window.placeBefore, place = document.querySelector(".ax-map").pixelOf(0);
          window.placeBefore = place;
          return before && before.x === place.x && before.y === place.y;
        }""",
        polling=200,
    )


def point(page: Page, row: int) -> tuple[float, float]:
    """Where the work in that row lies on the page."""
    place = page.evaluate("row => document.querySelector('.ax-map').pixelOf(row)", row)
    return place["x"], place["y"]


def address(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def lasso(page: Page) -> int:
    """Draw a lasso around nearly the whole map; how many works it gathered."""
    page.get_by_test_id("map-lasso").click()
    box = page.locator(".ax-plot").bounding_box()
    assert box is not None
    corners = [(0.03, 0.03), (0.97, 0.03), (0.97, 0.97), (0.03, 0.97), (0.03, 0.05)]
    for number, (across, down) in enumerate(corners):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=4)
        if number == 0:
            page.mouse.down()
    page.mouse.up()
    heading = page.get_by_role("heading", name="works selected")
    expect(heading).to_be_visible()
    return int(heading.inner_text().split()[0])
