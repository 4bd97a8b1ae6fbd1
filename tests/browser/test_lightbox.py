"""Looking closely: the lightbox and its two linked pictures, in a real browser on a real server."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from artextract.collection import Collection
from tests.browser.test_accessibility import faults
from tests.support.browser import IN_A_BROWSER, address, map_ready, settled
from tests.support.gallery_server import StandIn

pytestmark = IN_A_BROWSER

DRAWN = """() => [...document.querySelectorAll('.ax-pane')].every(
  pane => pane.querySelector('canvas') && !pane.querySelector('.ax-first')
)"""
PIXELS = """number => {
  const canvas = document.querySelectorAll(".ax-pane canvas")[number];
  return canvas.toDataURL();
}"""


def lightbox(page: Page) -> Locator:
    """The open lightbox, once its pictures are drawn."""
    box = page.locator("dialog.ax-lightbox")
    expect(box).to_be_visible()
    page.wait_for_function(DRAWN)
    return box


def changed(page: Page, number: int, act: Callable[[], Any]) -> None:
    """`act` changes what the pane with that number shows; wait until it is at rest."""
    before = page.evaluate(PIXELS, number)
    act()
    page.wait_for_function(f"before => ({PIXELS})({number}) !== before", arg=before)
    page.wait_for_timeout(700)  # longer than OpenSeadragon's animation


def test_a_picture_opens_large_and_the_arrows_walk_through_its_neighbours(
    server: str, page: Page, ready: Collection
) -> None:
    work = ready.works().iloc[3]
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{server}/explore?collection=small&work={work['id']}")
    cards = page.locator(".st-key-neighbours .ax-card")
    expect(cards).to_have_count(10)
    settled(page)
    assert not any("openseadragon" in url or "lightbox" in url for url in requests)

    page.locator(".st-key-open_work .ax-look").first.click()
    box = lightbox(page)
    expect(box.get_by_role("heading")).to_have_text(work["title"])
    expect(box).to_contain_text(f"{work['artist']} · {work['year_begin']}")
    expect(box).to_contain_text("Licence not recorded")
    expect(box).to_contain_text("1 of 11")
    page.keyboard.press("ArrowRight")
    titles = [title.strip() for title in cards.locator(".ax-title").all_inner_texts()]
    expect(box.get_by_role("heading")).to_have_text(titles[0])
    box.get_by_role("button", name="Next").click()
    expect(box.get_by_role("heading")).to_have_text(titles[1])
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(box.get_by_role("heading")).to_have_text(titles[-1])  # the list has no ends

    page.keyboard.press("i")
    expect(box.get_by_role("complementary")).to_contain_text("Medium")
    assert not faults(page)
    page.keyboard.press("i")
    for _ in range(12):  # the page behind takes no focus
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(cards.last.locator(".ax-look")).to_be_focused()
    assert address(page)["work"] == [work["id"]]  # looking is not opening

    cards.first.locator(".ax-look").click()
    lightbox(page).get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name=titles[0], exact=True)).to_be_visible()
    expect(box).to_have_count(0)


def drag(page: Page, x: float, y: float) -> None:
    """Drag from where the mouse is."""
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    page.mouse.up()


def test_wheel_keys_and_double_click_zoom(server: str, page: Page, ready: Collection) -> None:
    page.goto(f"{server}/timeline?collection=small")
    page.locator(".ax-look").first.click()
    box = lightbox(page)
    page.mouse.move(600, 400)
    changed(page, 0, lambda: page.mouse.wheel(0, -300))
    changed(page, 0, lambda: drag(page, 500, 330))
    changed(page, 0, lambda: page.keyboard.press("+"))
    changed(page, 0, lambda: page.keyboard.press("Shift+ArrowRight"))
    changed(page, 0, lambda: page.keyboard.press("0"))
    changed(page, 0, lambda: page.mouse.dblclick(600, 400))
    changed(page, 0, lambda: box.get_by_role("button", name="Whole picture").click())
    expect(box.get_by_role("button", name="Curtain")).to_have_count(0)  # these works are compared with none
    box.get_by_role("button", name="Close").click()
    expect(page.locator(".ax-look").first).to_be_focused()


def test_two_works_are_zoomed_together_and_one_is_drawn_over_the_other(
    server: str, page: Page, ready: Collection
) -> None:
    first, second = ready.works().iloc[[3, 6]].to_dict("records")
    titles = [first["title"], second["title"]]
    page.goto(f"{server}/compare?collection=small&work={first['id']}&other={second['id']}")
    page.get_by_role("button", name=titles[1]).first.click()
    box = lightbox(page)
    expect(box.get_by_role("heading")).to_have_text(titles)
    expect(box.get_by_role("button", name="Next")).to_have_count(0)
    left, right = (pane.bounding_box() for pane in box.locator(".ax-pane").all())
    assert left is not None and right is not None and left["x"] + left["width"] < right["x"]

    page.mouse.move(right["x"] + 100, 300)
    changed(page, 0, lambda: page.mouse.wheel(0, -300))  # over the right one
    box.get_by_role("button", name="Move both pictures together").click()
    alone = page.evaluate(PIXELS, 0)
    page.mouse.move(right["x"] + 100, 300)
    changed(page, 1, lambda: page.mouse.wheel(0, -300))
    assert page.evaluate(PIXELS, 0) == alone

    box.get_by_role("button", name="Curtain").click()
    lightbox(page)
    slider = box.get_by_role("slider")
    clip = "getComputedStyle(document.querySelectorAll('.ax-pane')[1]).clipPath"
    before = page.evaluate(clip)
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(clip) != before
    expect(box.get_by_role("heading")).to_have_text(titles)
    assert not faults(page)
    box.get_by_role("button", name="One picture").click()
    expect(box.get_by_role("heading")).to_have_text(titles[1])


def test_tiles_come_from_the_museum_when_the_local_picture_is_too_small(
    server: str, page: Page, house: StandIn, ready: Collection
) -> None:
    image = f"{house.url}/iiif/any-painting"

    def with_iiif(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps(answer.json() | {"iiif": image}))

    page.route("**/artextract/work?*", with_iiif)
    page.goto(f"{server}/timeline?collection=small")
    with page.expect_response(f"{image}/info.json"):
        page.locator(".ax-look").first.click()
    lightbox(page)
    loaded = "image => performance.getEntriesByType('resource').some(one => one.name.startsWith(image + '/full/'))"
    page.wait_for_function(loaded, arg=image)


def test_a_phone_steps_by_a_swipe_and_shows_pictures_one_below_the_other(
    server: str, page: Page, ready: Collection
) -> None:
    works = ready.works()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/explore?collection=small&work={works['id'][3]}")
    map_ready(page)
    page.locator(".st-key-neighbours .ax-card").first.wait_for()
    page.locator(".st-key-open_work .ax-look").first.click()
    box = lightbox(page)
    touch = page.context.new_cdp_session(page)

    def swipe(start: int, end: int) -> None:
        points = [{"x": x, "y": 300} for x in range(start, end, 20 if end > start else -20)]
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for at in points[1:]:
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    swipe(300, 100)
    expect(box).to_contain_text("2 of 11")
    lightbox(page)
    swipe(100, 300)
    expect(box).to_contain_text("1 of 11")
    box.get_by_role("button", name="Side by side").click()
    lightbox(page)
    first, second = (pane.bounding_box() for pane in box.locator(".ax-pane").all())
    assert first["y"] + first["height"] < second["y"]
    assert page.evaluate("document.querySelector('dialog').scrollWidth") <= 390
