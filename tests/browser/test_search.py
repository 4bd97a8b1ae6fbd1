"""The search box and a detail as the query, in a real browser on a real server."""

from playwright.sync_api import Page, expect

from artextract.collection import Collection
from artextract.text.index import index_text
from tests.support.browser import IN_A_BROWSER, PASTE, address, map_ready, settled

pytestmark = IN_A_BROWSER

DROP = """async (address) => {
  const picture = await (await fetch(address)).blob();
  const files = new DataTransfer();
  files.items.add(new File([picture], "dropped.jpg", { type: "image/jpeg" }));
  const event = new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
  document.querySelector(".ax-map").dispatchEvent(event);
  return event.defaultPrevented;
}"""


def test_words_a_dropped_and_a_pasted_picture_are_searched_in_one_place(
    server: str, page: Page, ready: Collection
) -> None:
    index_text(ready)
    page.goto(f"{server}/explore?collection=small")
    map_ready(page)
    box = page.get_by_role("textbox", name="Search")
    box.fill("picture 7")
    box.press("Enter")
    side = page.locator(".st-key-side")
    expect(side.get_by_role("heading", name="1 work with these words")).to_be_visible()
    assert address(page)["words"] == ["picture 7"]
    side.get_by_role("button", name="Picture 7", exact=False).locator(".ax-title").click()
    expect(page.locator(".st-key-open_work")).to_contain_text("Picture 7")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(side.get_by_role("heading", name="1 work with these words")).to_be_visible()
    settled(page)
    side.get_by_role("button", name="Close").click()
    expect(side).to_be_hidden()
    sha256 = str(ready.works()["image_sha256"].iloc[2])
    thumbnail = f"{server}/artextract/thumb/small/{sha256}.jpg"
    assert page.evaluate(DROP, thumbnail)
    expect(side.get_by_role("heading", name="Similar to your picture")).to_be_visible()
    side.get_by_role("button", name="Close").click()
    expect(side).to_be_hidden()
    settled(page)
    page.evaluate(PASTE, thumbnail)
    expect(side.get_by_role("heading", name="Similar to your picture")).to_be_visible()


def test_a_box_on_a_picture_searches_by_the_detail(server: str, page: Page, ready: Collection) -> None:
    work = str(ready.works()["id"].iloc[3])
    page.goto(f"{server}/explore?collection=small&work={work}")
    expect(page.locator(".st-key-neighbours .ax-card")).to_have_count(10)
    settled(page)
    page.locator(".st-key-open_work .ax-look").first.click()
    page.wait_for_function("document.querySelector('.ax-pane canvas') && !document.querySelector('.ax-first')")
    page.keyboard.press("d")
    veil = page.locator(".ax-draw")
    expect(veil).to_be_visible()
    page.keyboard.press("Escape")
    expect(veil).to_have_count(0)
    expect(page.locator("dialog.ax-lightbox")).to_be_visible()
    page.get_by_role("button", name="Search by a detail").click()
    place = veil.bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x - 60, y - 40)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    expect(page.get_by_alt_text("The detail that is searched with")).to_be_visible()
    left, top, width, height = map(float, address(page)["box"][0].split(","))
    assert address(page)["work"] == [work]
    assert abs(left + width / 2 - 0.5) < 0.02
    assert abs(top + height / 2 - 0.5) < 0.02
