"""All works in a browser: a wall of which only a part is drawn, the keys, and more like the marked works."""

from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import faults
from tests.support.browser import IN_A_BROWSER, address, settled
from tests.support.made import PLACES, WORKS_A_PLACE

pytestmark = IN_A_BROWSER

IN_ORDER = """() => [...document.querySelectorAll(".ax-wall .ax-card")].filter((card) => card.dataset.key)
  .map((card) => Number(card.dataset.key.match(/(\\d+)\\.jpg/)[1]))"""


def opened(page: Page, server: str, **parameters: str) -> None:
    page.goto(f"{server}/explore?collection=places&view=works" + "".join(f"&{k}={v}" for k, v in parameters.items()))
    page.locator(".ax-wall[data-ready=true] .ax-picture img").first.wait_for()
    settled(page)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.dataset.key")).partition("\n")[2]


def test_a_wall_draws_what_is_in_view_and_is_walked_through_by_keys(server: str, page: Page) -> None:
    opened(page, server, order="title")
    count = PLACES * WORKS_A_PLACE
    expect(page.locator(".ax-tools [role=status]")).to_have_text(f"{count} works")
    assert faults(page) == []
    page.locator(".ax-size input").fill("320")
    page.set_viewport_size({"width": 1440, "height": 700})
    page.wait_for_function("count => document.querySelectorAll('.ax-wall .ax-card').length < count", arg=count)
    settled(page)  # cards that are drawn anew lose the focus
    first = page.locator(".ax-wall .ax-look").first
    first.focus()
    begin = focused(page)
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    assert focused(page) == begin
    page.keyboard.press("End")
    page.wait_for_function("count => document.activeElement.closest('.ax-card').ariaPosInSet == count", arg=str(count))
    page.wait_for_function("() => document.activeElement.dataset.key")
    last = focused(page)
    page.keyboard.press("Enter")
    box = page.locator("dialog.ax-lightbox")
    expect(box).to_contain_text(f"{count} of {count}")
    page.keyboard.press("ArrowLeft")
    expect(box).to_contain_text(f"{count - 1} of {count}")
    page.keyboard.press("y")
    expect(box).to_contain_text("Marked as right")
    page.keyboard.press("Escape")
    assert focused(page) not in {begin, last}
    expect(page.locator(".ax-bar [role=status]")).to_have_text("1 right, 0 wrong")
    page.keyboard.press("y")  # a second time removes the mark
    expect(page.locator(".ax-bar")).to_be_hidden()


def test_selected_works_go_into_the_tray(server: str, page: Page) -> None:
    opened(page, server)
    page.locator(".ax-wall .ax-look").first.focus()
    for key in ("Space", "ArrowRight", "ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(page.locator(".ax-tools [role=status]")).to_have_text("2 works selected")
    page.keyboard.press("+")
    expect(page.locator(".ax-tray-bar")).to_contain_text("2 works added to")
    expect(page.locator('.ax-wall .ax-tray-button[aria-pressed="true"]')).to_have_count(2)


def test_marked_works_bring_the_others_like_them_and_outlive_a_reload(server: str, page: Page) -> None:
    painter = 2
    opened(page, server, artist=f"Painter {painter}")
    for number in range(5):
        card = page.locator(".ax-wall .ax-card").nth(number)
        card.hover()
        card.locator('[data-action="right"]').click()
    page.get_by_role("button", name="Show more like these").click()
    expect(page.get_by_role("button", name="Show more like these")).to_have_count(0)
    assert address(page)["order"] == ["marked"]
    opened(page, server, order="marked")  # a new session, without the filter
    expect(page.locator(".ax-bar [role=status]")).to_have_text("5 right, 0 wrong")
    page.wait_for_function(
        f"each => ({IN_ORDER})().slice(0, each).every((number) => Math.floor(number / each) === {painter})",
        arg=WORKS_A_PLACE,
    )
    title = page.locator(".ax-wall .ax-open").nth(5).get_attribute("title")
    assert title is not None
    assert "Most like “Work " in title
    page.get_by_role("button", name="Add the right ones to the tray").click()
    expect(page.locator(".ax-tray-bar")).to_contain_text("5 works added to")
