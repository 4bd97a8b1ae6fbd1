"""A tray in two tabs at once, through a kill of the server, and sent to a colleague."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from artextract.collection import Collection
from tests.support.browser import IN_A_BROWSER, settled
from tests.support.running_app import RunningApp, running_app

ROOT = Path(__file__).parents[2]

pytestmark = IN_A_BROWSER


@pytest.fixture
def app(ready_cache: Path, tmp_path: Path) -> Iterator[RunningApp]:
    own = tmp_path / "of-the-app"
    shutil.copytree(ready_cache, own)
    with running_app(own) as running:
        yield running


def new_page(browser: Browser, failures: list[str]) -> Page:
    permissions = ["clipboard-read", "clipboard-write"]
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, permissions=permissions)
    page = context.new_page()
    page.set_default_timeout(90_000)  # what comes as late as a busy machine makes it
    page.on("pageerror", lambda error: failures.append(str(error)))
    return page


def add(page: Page, nth: int, count: int) -> str:
    """Click the tray icon of a card; the tray holds `count` works then."""
    card = page.locator(".ax-card").nth(nth)
    card.locator(".ax-tray-button").click()
    expect(page.locator(".ax-tray-bar")).to_contain_text(f"{count} work")
    return card.locator(".ax-title").inner_text()


def titles(page: Page) -> list[str]:
    return page.locator(".ax-tray h2").all_inner_texts()


def test_two_tabs_a_kill_and_a_colleague(app: RunningApp, browser: Browser, ready: Collection) -> None:
    failures: list[str] = []
    anna = new_page(browser, failures)
    work = str(ready.works()["id"].iloc[3])
    explore = f"{app.url}/explore?collection=small&work={work}"

    # From the work panel and from its neighbours, several clicks at once.
    anna.goto(explore)
    anna.locator(".ax-card").nth(3).wait_for()
    settled(anna)
    anna.locator(".ax-tray-control button").click()
    added = [str(ready.works()["title"].iloc[3])]
    for nth in range(3):
        anna.locator(".ax-card").nth(nth).locator(".ax-tray-button").click()
        added.append(anna.locator(".ax-card").nth(nth).locator(".ax-title").inner_text())
    expect(anna.locator(".ax-tray-bar")).to_contain_text("Added to “My tray” (4 works).")
    anna.get_by_role("link", name="Open tray").click()
    expect(anna.locator(".ax-tray li")).to_have_count(4)
    assert titles(anna) == added

    # Her second tab changes the same tray; neither tab loses anything.
    second = anna.context.new_page()
    second.goto(explore)
    second.locator(".ax-card").nth(5).wait_for()
    settled(second)
    expect(second.locator(".ax-card .ax-tray-button[aria-pressed=true]")).to_have_count(3)
    added.append(add(second, 5, 5))
    anna.bring_to_front()
    anna.locator(".ax-tray textarea").nth(0).fill("Frost")
    anna.locator("[data-tool=down]").nth(0).click()
    expect(anna.locator(".ax-tray [role=status]")).to_contain_text(re.compile("is now 2 of [45]"))
    added[:2] = added[1::-1]
    expect(anna.locator(".ax-tray li")).to_have_count(5)  # the work of the second tab came with the answer
    assert titles(anna) == added

    # The server is killed while Anna writes. The note is saved once the server is back. (Streamlit covers
    # a page without a server with a dialog, so a note that was begun is all that a visitor can change.)
    app.kill()
    anna.locator(".ax-tray textarea").nth(3).evaluate(
        "field => { field.value = 'Written in the dark\\n<b>two</b>'; field.dispatchEvent(new Event('input')); }"
    )
    expect(anna.locator(".ax-tray [role=status]")).to_contain_text("Not saved yet")
    app.start()
    expect(anna.locator(".ax-tray [role=status]")).to_have_text("All changes are saved.", timeout=60_000)

    # A colleague reads what Anna sends, and cannot change it.
    second.goto(f"{app.url}/tray")
    expect(second.locator(".ax-tray li")).to_have_count(5)
    assert titles(second) == added
    expect(second.locator(".ax-tray textarea").nth(1)).to_have_value("Frost")
    expect(second.locator(".ax-tray textarea").nth(3)).to_have_value("Written in the dark\n<b>two</b>")
    second.bring_to_front()
    second.get_by_test_id("stCode").hover()
    second.get_by_test_id("stCode").get_by_role("button").click()
    link = second.evaluate("navigator.clipboard.readText()")
    colleague = new_page(browser, failures)
    colleague.goto(link)
    expect(colleague.locator(".ax-tray li")).to_have_count(5)
    expect(colleague.locator(".ax-tray textarea, [data-tool]")).to_have_count(0)
    expect(colleague.get_by_text("Written in the dark")).to_be_visible()

    # A guessed address gets a sentence and nothing else.
    colleague.goto(f"{link[:-4]}AAAA")
    expect(colleague.get_by_text("No tray has this link.")).to_be_visible()
    expect(colleague.locator(".ax-tray")).to_have_count(0)
    assert not failures


def test_a_tray_is_ordered_by_keyboard_and_by_hand(server: str, page: Page, ready: Collection) -> None:
    page.goto(f"{server}/explore?collection=small&work={ready.works()['id'].iloc[3]}")
    page.locator(".ax-card").nth(3).wait_for()
    settled(page)
    added = [add(page, nth, nth + 1) for nth in range(3)]
    add(page, 0, 2)  # a second click removes the work
    added.append(add(page, 0, 3))
    added.pop(0)
    page.goto(f"{server}/tray")
    expect(page.locator(".ax-tray li")).to_have_count(3)
    assert titles(page) == added
    status = page.locator(".ax-tray [role=status]")

    # The focus goes along with the work that is moved.
    page.locator("[data-tool=up]").nth(2).focus()
    page.keyboard.press("Enter")
    expect(status).to_contain_text("is now 2 of 3")
    page.keyboard.press("Enter")
    expect(status).to_contain_text("is now 1 of 3")
    added.insert(0, added.pop())
    assert titles(page) == added

    # Drawn by its number.
    page.locator(".ax-number").nth(0).hover()
    page.mouse.down()
    box = page.locator(".ax-tray li").nth(2).bounding_box()
    assert box is not None
    for part in (0.3, 0.6, 0.9):
        page.mouse.move(box["x"] + 15, box["y"] + part * box["height"], steps=3)
    page.mouse.up()
    expect(status).to_contain_text("is now 3 of 3")
    added.append(added.pop(0))
    assert titles(page) == added

    # Removed and restored, where it was, with its note.
    page.locator(".ax-tray textarea").nth(1).fill("Ice")
    page.locator("[data-tool=remove]").nth(1).click()
    expect(page.locator(".ax-tray li")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".ax-tray li")).to_have_count(3)
    page.goto(f"{server}/tray")
    expect(page.locator(".ax-tray textarea").nth(1)).to_have_value("Ice")
    assert titles(page) == added
