"""The ways from screen to screen and back, in a real browser on a real server."""

from playwright.sync_api import Page, expect

from artextract.collection import Collection
from tests.support.browser import IN_A_BROWSER, map_ready, settled

pytestmark = IN_A_BROWSER

SCROLLED = "document.querySelector('[data-testid=\"stMain\"]').scrollTop"


def test_back_leads_at_once_to_where_the_work_was_found(server: str, page: Page, ready: Collection) -> None:
    found = f"{server}/similar?collection=small&work={ready.works()['id'].iloc[0]}"
    page.goto(found)
    cards = page.locator(".st-key-strip_embedding .ax-card")
    expect(cards).to_have_count(10)
    settled(page)
    cards.nth(2).locator(".ax-open").click()
    page.wait_for_url("**/explore?**")
    map_ready(page)
    page.go_back()
    expect(cards).to_have_count(10)
    expect(page).to_have_url(found)


def test_a_work_opened_below_the_map_comes_into_sight_and_leaves_as_it_was(
    server: str, page: Page, ready: Collection
) -> None:
    page.goto(f"{server}/explore?collection=small&q=maker")
    map_ready(page)
    card = page.locator(".ax-card").last
    card.wait_for()
    settled(page)
    card.scroll_into_view_if_needed()
    before = page.evaluate(SCROLLED)
    assert before > 0
    card.locator(".ax-open").click()
    close = page.get_by_role("button", name="Close")
    expect(close).to_be_in_viewport()
    page.locator(".st-key-side .ax-card").first.wait_for()
    settled(page)
    close.click()
    expect(close).to_have_count(0)
    page.wait_for_function(f"before => Math.abs({SCROLLED} - before) < 5", arg=before)


def test_on_a_phone_the_side_bar_gives_way_to_the_screen_that_was_chosen_in_it(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/explore?collection=small")
    map_ready(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Similar works", exact=True).click()
    expect(page.get_by_role("heading", name="Similar works")).to_be_visible()
    expect(page.get_by_role("link", name="Similar works", exact=True)).not_to_be_in_viewport()
