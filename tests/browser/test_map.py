"""The journeys of a person over the map, in a real browser on a real server."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from artextract.collection import Collection
from tests.support.browser import IN_A_BROWSER, address, at_rest, choose, lasso, map_ready, point, points_alone, settled
from tests.support.made import PLACES, SMALL_COUNT, WORKS_A_PLACE

pytestmark = IN_A_BROWSER


def test_a_walk_through_the_gallery(server: str, page: Page, ready: Collection, tmp_path: Path) -> None:
    ids = list(ready.works()["id"])
    titles = list(ready.works()["title"])

    # A cold server opened at a deep link shows the whole frame.
    page.goto(f"{server}/explore?collection=small")
    map_ready(page)
    expect(page.get_by_role("link", name="Collections").first).to_be_visible()
    assert page.locator(".ax-map").get_attribute("data-points") == str(SMALL_COUNT)

    page.wait_for_function("document.querySelector('.ax-map').shown().length > 3")
    points_alone(page)

    # A point opens its work and its neighbours with four scores each.
    page.mouse.move(*point(page, 3))
    expect(page.get_by_test_id("map-tooltip")).to_contain_text(titles[3])
    page.mouse.click(*point(page, 3))
    expect(page.get_by_role("heading", name=titles[3], exact=True)).to_be_visible()
    cards = page.locator(".ax-card")
    expect(cards).to_have_count(10)
    scores = cards.first.locator("dd").all_inner_texts()
    assert len(scores) == 4
    assert all(text.rstrip(" ↑↓").replace(".", "").replace("-", "").isdigit() for text in scores)
    assert address(page)["work"] == [ids[3]]

    # A neighbour walks on, Back leads back.
    neighbour = cards.first.get_attribute("data-id")
    assert neighbour is not None
    cards.first.locator("button.ax-open").click()
    title = titles[ids.index(neighbour)]
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    assert address(page)["work"] == [neighbour]
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("heading", name=titles[3], exact=True)).to_be_visible()

    # A lasso gathers works, and they come as CSV.
    page.get_by_test_id("map-home").click()
    count = lasso(page)
    assert count > SMALL_COUNT // 2
    with page.expect_download() as download:
        page.get_by_text("Download CSV").click()
    download.value.save_as(tmp_path / "selection.csv")
    with (tmp_path / "selection.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == count
    assert {row["id"] for row in rows} <= set(ids)

    # A filter greys the rest and keeps the selection and the zoom.
    heading = page.get_by_role("heading", name="works selected")
    whole = str(page.locator(".ax-map").get_attribute("data-view"))
    page.get_by_test_id("map-plus").click()
    expect(page.locator(".ax-map")).not_to_have_attribute("data-view", whole)
    zoomed = page.locator(".ax-map").get_attribute("data-view")
    page.get_by_label("Title or artist").fill("picture 5")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("map-status")).to_have_text("2 of 24 works match")
    expect(heading).to_have_text(f"{count} works selected")
    assert page.locator(".ax-map").get_attribute("data-view") == zoomed

    # The address alone restores it all.
    page.goto(page.url)
    map_ready(page)
    expect(page.get_by_role("heading", name=titles[3], exact=True)).to_be_visible()
    expect(page.get_by_label("Title or artist")).to_have_value("picture 5")
    expect(page.get_by_test_id("map-status")).to_have_text("2 of 24 works match")


def test_the_map_is_a_wall_of_pictures(server: str, page: Page) -> None:
    page.goto(f"{server}/explore?collection=places")
    map_ready(page)
    count = PLACES * WORKS_A_PLACE
    page.wait_for_function("document.querySelector('.ax-map').shown().length > 10")
    at_rest(page)
    frame = page.locator(".ax-plot").bounding_box()
    assert frame

    # The works fill the frame, and no picture covers another.
    places = [point(page, row) for row in range(count)]
    for axis, (begin, size) in enumerate(((frame["x"], frame["width"]), (frame["y"], frame["height"]))):
        assert min(place[axis] for place in places) < begin + 0.15 * size
        assert max(place[axis] for place in places) > begin + 0.85 * size
    shown = pictures(page)
    assert not any(
        one["left"] < other["right"] > other["left"] < one["right"]
        and one["top"] < other["bottom"] > one["top"]
        and other["top"] < one["bottom"]
        for number, one in enumerate(shown)
        for other in shown[number + 1 :]
    )

    # Nearer, a picture stays and grows until it fills the frame; a click on it opens its work.
    middle = min(shown, key=lambda one: abs(one["left"] - frame["x"] - frame["width"] / 2))
    page.mouse.move((middle["left"] + middle["right"]) / 2, (middle["top"] + middle["bottom"]) / 2)
    sizes = []
    for _ in range(40):
        page.mouse.wheel(0, -200)
        found = [one for one in pictures(page) if one["row"] == middle["row"]]
        sizes += [one["bottom"] - one["top"] for one in found]
    assert sizes == sorted(sizes)
    assert len(sizes) == 40
    assert sizes[-1] > 0.5 * frame["height"]
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_role("heading", name=f"Work {middle['row']}", exact=True)).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()

    # The works travel to another layout.
    page.get_by_test_id("map-home").click()
    at_rest(page)
    page.evaluate("""() => {
      window.seen = [];
      const map = document.querySelector(".ax-map");
      map.addEventListener("ax-view", () => seen.push(map.pixelOf(0).x));
    }""")
    page.get_by_text("Grid", exact=True).click()
    page.wait_for_function("new Set(seen).size > 3")
    at_rest(page)


def pictures(page: Page) -> list[dict[str, float]]:
    """The rows of the pictures on the map, and their places on the page."""
    page.wait_for_timeout(50)
    return page.evaluate("document.querySelector('.ax-map').shown()")


def test_a_link_opens_the_same_layout_view_and_selection(server: str, page: Page, browser: Browser) -> None:
    page.goto(f"{server}/explore?collection=places")
    map_ready(page)
    reruns = "document.querySelector('.ax-map').galleryMap.data"
    before = page.evaluate_handle(reruns)
    frame = page.locator(".ax-frame").bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 0.3 * frame["width"], frame["y"] + 0.6 * frame["height"])
    page.mouse.wheel(0, -500)
    expect(page).to_have_url(re.compile("[?&]at="))
    assert page.evaluate(f"before => before === {reruns}", before)  # nothing was asked of the server

    # Another layout begins with all works, under the names of its groups; a click on a name selects them.
    page.get_by_text("By artist", exact=True).click()
    names = page.locator(".ax-name.ax-shown")
    expect(names).to_have_count(PLACES)
    expect(page).not_to_have_url(re.compile("[?&]at="))
    at_rest(page)
    box = names.filter(has_text="Painter 2").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", name=f"Painter 2: {WORKS_A_PLACE} works selected")).to_be_visible()
    page.get_by_test_id("map-plus").click()
    expect(page).to_have_url(re.compile("[?&]at="))
    at_rest(page)
    assert address(page)["map"] == ["artist"]

    other = browser.new_context(viewport=page.viewport_size).new_page()
    other.goto(page.url)
    map_ready(other)
    expect(other.get_by_role("heading", name=f"Painter 2: {WORKS_A_PLACE} works selected")).to_be_visible()
    at_rest(other)
    for row in (0, 50, 100):
        assert max(abs(one - same) for one, same in zip(point(page, row), point(other, row), strict=True)) < 2
    assert address(other) == address(page)
    other.context.close()


def test_the_map_by_keyboard(server: str, page: Page, ready: Collection) -> None:
    page.goto(f"{server}/explore?collection=small&work=a/work-01.jpg")
    map_ready(page)
    frame = page.locator(".ax-frame")
    places = [point(page, row) for row in range(SMALL_COUNT)]
    ids = list(ready.works()["id"])
    x, y = places[ids.index("a/work-01.jpg")]
    key = "ArrowRight" if any(px - x > abs(py - y) for px, py in places) else "ArrowLeft"
    frame.focus()
    page.keyboard.press(key)
    expect(page.get_by_test_id("map-tooltip")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Picture 1", exact=True)).to_be_hidden()
    walked = places[ids.index(address(page)["work"][0])]
    assert (walked[0] > x) == (key == "ArrowRight")

    page.keyboard.press("?")
    expect(page.get_by_test_id("map-keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("map-keys")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Open work")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_label("Search", exact=True)).to_be_focused()
    # A press on a facet's bar is a filter, and again none.
    bar = page.get_by_role("button", name="Rococo: 8 works")
    bar.click()
    expect(page.get_by_test_id("map-status")).to_have_text("8 of 24 works match")
    expect(bar).to_have_attribute("aria-pressed", "true")
    bar.click()
    expect(page.get_by_test_id("map-status")).to_have_text("24 works")


def test_what_is_open_slides_over_the_map_and_both_take_the_whole_screen(
    server: str, page: Page, ready: Collection
) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server}/explore?collection=small")
    map_ready(page)
    points_alone(page)
    settled(page)  # what is above the map may still grow
    frame, panel = page.locator(".ax-frame"), page.get_by_role("region", name="Open work")
    page.evaluate("document.querySelector('.ax-map').since = 'the beginning'")
    screen, place = page.viewport_size, frame.bounding_box()
    assert screen and place
    assert place["width"] * place["height"] > screen["width"] * screen["height"] / 2

    # It leaves the frame as it is; the map moves so that the open work and works like it are beside the panel.
    rows = range(SMALL_COUNT)
    left, right = (most(rows, key=lambda row: point(page, row)[0]) for most in (min, max))
    page.mouse.click(*point(page, left))
    expect(panel.locator(".ax-card")).to_have_count(10)
    expect(panel).to_have_css("animation-name", "none")
    assert frame.bounding_box() == place
    page.get_by_role("button", name="Close", exact=True).click()
    expect(panel).to_be_hidden()
    page.mouse.click(*point(page, right))
    expect(panel).to_be_visible()
    over = panel.bounding_box()
    assert over and over["x"] + over["width"] <= place["x"] + place["width"] + 1
    page.wait_for_function(
        """([row, x]) =>
      document.querySelector(".ax-map").pixelOf(row).x < x""",
        arg=[right, over["x"]],
    )
    cards = panel.locator(".ax-card")
    expect(cards).to_have_count(10)
    ids = list(ready.works()["id"])
    beside = [point(page, ids.index(str(card.get_attribute("data-id"))))[0] < over["x"] for card in cards.all()]
    assert sum(beside) >= 5

    # The keyboard goes into it and comes back.
    frame.focus()
    page.keyboard.press("Enter")
    expect(panel).to_be_focused()
    neighbour = panel.locator(".ax-card .ax-open").first
    title = neighbour.locator(".ax-title").inner_text()
    neighbour.focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name=title, exact=True)).to_be_in_viewport()
    expect(panel).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(frame).to_be_focused()

    # The whole screen: works are opened and closed there as well, and the place is kept.
    page.keyboard.press("f")
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar).to_be_hidden()
    wide = frame.bounding_box()
    assert wide and wide["width"] > screen["width"] - 20
    at_rest(page)
    places = {row: point(page, row) for row in rows}
    inside = [
        row
        for row, (x, y) in places.items()
        if x > wide["x"] + 60 and wide["y"] + 60 < y < wide["y"] + wide["height"] - 60
    ]
    left = min(inside, key=lambda row: places[row][0])
    page.mouse.click(*places[left])
    expect(panel.locator(".ax-card")).to_have_count(10)
    expect(panel.get_by_role("heading", name=str(ready.works()["title"].iloc[left]), exact=True)).to_be_visible()
    at_rest(page)
    view = page.locator(".ax-map").get_attribute("data-view")
    page.keyboard.press("Escape")
    expect(sidebar).to_be_visible()
    expect(panel).to_be_visible()
    page.get_by_test_id("map-full").click()
    expect(sidebar).to_be_hidden()
    page.get_by_test_id("map-full").click()
    expect(sidebar).to_be_visible()
    expect(page.locator(".ax-map")).to_have_attribute("data-view", str(view))
    assert page.evaluate("document.querySelector('.ax-map').since") == "the beginning"


def test_a_neighbour_is_compared_and_found_on_the_map_again(server: str, page: Page, ready: Collection) -> None:
    work = str(ready.works()["id"].iloc[3])
    page.goto(f"{server}/explore?collection=small&work={work}")
    map_ready(page)
    page.locator('.ax-card [data-action="compare"]').first.click()
    expect(page.get_by_role("heading", name="Compare two works")).to_be_visible()
    assert address(page)["work"] == [work]
    expect(page.locator('[data-testid="stMetric"]')).to_have_count(4)
    page.get_by_role("link", name="Show on map").first.click()
    map_ready(page)
    assert address(page)["work"] == [work]


def test_regions_bear_names_that_do_not_overlap_and_select_their_works(server: str, page: Page) -> None:
    page.goto(f"{server}/explore?collection=places")
    map_ready(page)
    page.wait_for_selector('.ax-map[data-names]:not([data-names="0"])')
    names = page.locator(".ax-name.ax-shown")
    expect(names).to_have_count(PLACES)
    assert overlapping(page) == 0

    # None lies under what slides over the map.
    page.goto(f"{server}/explore?collection=places&work=003.jpg")
    map_ready(page)
    panel = page.get_by_role("region", name="Open work").bounding_box()
    page.wait_for_selector(".ax-name.ax-shown")
    boxes = [name.bounding_box() for name in names.all()]
    assert panel and boxes and all(box and box["x"] + box["width"] <= panel["x"] for box in boxes)
    page.get_by_role("button", name="Close", exact=True).click()
    expect(names).to_have_count(PLACES)

    # Hover tells the figures, a click selects the works, and is no click on a point.
    box = names.filter(has_text="Painter 2").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    tip = page.get_by_test_id("map-tooltip")
    expect(tip).to_contain_text(re.compile(r"Painter 2.* of \d+, none elsewhere"))
    inside = int(re.search(r"(\d+) of", tip.inner_text())[1])
    page.mouse.click(*middle)
    heading = page.get_by_role("heading", name="works selected")
    expect(heading).to_be_visible()
    assert inside <= int(re.search(r"(\d+) works selected", heading.inner_text())[1]) <= WORKS_A_PLACE + 2
    assert "work" not in address(page)

    # A drag that begins on a name moves the map and selects nothing more.
    selected = heading.inner_text()
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1] - 40, steps=4)
    page.mouse.up()
    moved = names.filter(has_text="Painter 2").bounding_box()
    assert moved is not None and abs(moved["x"] - box["x"] - 60) < 30
    expect(heading).to_have_text(selected)

    # Nearer, finer names; by the keyboard as well; none when they are taken off.
    for _ in range(4):
        page.get_by_test_id("map-plus").click()
        assert overlapping(page) == 0
    expect(page.locator(".ax-names")).not_to_have_attribute("data-level", "0")
    page.get_by_test_id("map-home").click()
    expect(names).to_have_count(PLACES)
    names.filter(has_text="Painter 1").focus()
    page.keyboard.press("Enter")
    expect(page.locator('.ax-card[data-id="031.jpg"], .ax-card[data-id="045.jpg"]').first).to_be_visible()
    page.get_by_test_id("map-names").click()
    expect(page.locator(".ax-names")).to_be_hidden()


def overlapping(page: Page) -> int:
    """How many pairs of the names that are shown overlap."""
    return page.evaluate("""() => {
      const shown = [...document.querySelectorAll(".ax-name.ax-shown")];
      const boxes = shown.map((name) => name.getBoundingClientRect());
      return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) =>
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
    }""")


def test_a_path_leads_from_the_open_work_to_the_next(server: str, page: Page) -> None:
    page.goto(f"{server}/explore?collection=places&work=003.jpg")
    map_ready(page)
    page.get_by_test_id("map-names").click()
    points_alone(page)
    page.get_by_role("button", name="Find a path").click()
    expect(page.get_by_text("Path from Work 3")).to_be_visible()
    page.mouse.click(*point(page, 100))
    expect(page.get_by_role("heading", name="Path from Work 3 to Work 100")).to_be_visible()
    steps = page.locator(".st-key-path .ax-card")
    expect(steps).to_have_count(7)  # after the job that finds out which works are near which
    expect(page.locator(".ax-stop")).to_have_count(7)
    first = [card.get_attribute("data-id") for card in steps.all()]
    assert (first[0], first[-1]) == ("003.jpg", "100.jpg")

    page.get_by_role("button", name="Another path").click()
    expect(steps.nth(1)).not_to_have_attribute("data-id", str(first[1]))
    settled(page)
    other = [card.get_attribute("data-id") for card in steps.all()]
    assert set(first) & set(other) == {"003.jpg", "100.jpg"}

    # A work of it is opened, the path stays; the link restores both.
    steps.nth(3).locator("button.ax-open").click()
    expect(page).to_have_url(re.compile(f"work={re.escape(str(other[3]))}"))
    page.goto(page.url)
    map_ready(page)
    expect(steps).to_have_count(7)
    assert [card.get_attribute("data-id") for card in steps.all()] == other
    page.locator(".ax-frame").focus()
    page.keyboard.press("Escape")  # closes the work, and then the path
    expect(page.locator(".st-key-open_work")).to_have_count(0)
    expect(steps).to_have_count(7)
    page.keyboard.press("Escape")
    expect(page.locator(".ax-path")).to_have_count(0)
    assert not {"from_work", "to_work", "way"} & set(address(page))


def test_it_works_at_390_pixels(server: str, browser: Browser, ready: Collection) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    work = str(ready.works()["id"].iloc[3])
    for name in ("explore", "similar", "compare", "collections"):
        page.goto(f"{server}/{name}?collection=small&work={work}")
        expect(page.locator("h1")).to_be_visible()
        if name == "explore":
            map_ready(page)
            points_alone(page)
            page.wait_for_function("""() => {
              const { top } = document.querySelector(".ax-frame").getBoundingClientRect();
              const sheet = document.querySelector(".st-key-open_work").getBoundingClientRect();
              const { y } = document.querySelector(".ax-map").pixelOf(3);
              return top < y && y < sheet.top;
            }""")
            at_rest(page)
            sheet, frame = page.locator(".st-key-open_work").bounding_box(), page.locator(".ax-frame").bounding_box()
            assert sheet and frame
            others = {row: point(page, row) for row in range(SMALL_COUNT) if row != 3}
            row = min(others, key=lambda row: abs(others[row][1] - (frame["y"] + sheet["y"]) / 2))
            page.touchscreen.tap(*point(page, row))
            expect(page.get_by_role("heading", name=str(ready.works()["title"].iloc[row]), exact=True)).to_be_visible()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{name} is {width} px wide"
    context.close()


def test_two_people_do_not_see_each_others_choices(server: str, browser: Browser, ready: Collection) -> None:
    works = ready.works()
    people = [browser.new_context(viewport={"width": 1440, "height": 1000}).new_page() for _ in "ab"]
    for row, page in zip((3, 9), people, strict=True):
        page.goto(f"{server}/explore?collection=small")
        map_ready(page)
        points_alone(page)
        page.mouse.move(*point(page, row))
        page.mouse.click(*point(page, row))
    for row, page in zip((3, 9), people, strict=True):
        expect(page.get_by_role("heading", name=str(works["title"].iloc[row]), exact=True)).to_be_visible()
        assert address(page)["work"] == [works["id"].iloc[row]]
    # One of them embeds: both see the same job, and the other's work stays as it was.
    people[0].goto(f"{server}/collections")
    choose(people[0], "_with_small", "efficientnet_lite2")
    expect(people[0].get_by_text("Apache-2.0")).to_be_visible()
    people[0].locator(".st-key-_embed_small").get_by_role("button").click()
    expect(people[0].get_by_text("24 were already")).to_be_visible()
    expect(people[1].get_by_role("heading", name=str(works["title"].iloc[9]), exact=True)).to_be_visible()
    assert address(people[1])["work"] == [works["id"].iloc[9]]
    for page in people:
        page.context.close()
