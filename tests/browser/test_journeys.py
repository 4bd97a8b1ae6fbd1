"""The journeys of a person through the other screens, in a real browser on a real server."""

import json
import re
import urllib.request
from pathlib import Path

from iiif_prezi3 import Manifest
from playwright.sync_api import Page, expect

from artextract.collection import Collection
from artextract.sources.fetching.hosts import CONNECTIONS_PER_HOST
from tests.support.browser import IN_A_BROWSER, PASTE, address, lasso, map_ready, points_alone, settled
from tests.support.gallery_server import StandIn
from tests.support.made import jpeg, made_picture

pytestmark = IN_A_BROWSER


def test_a_picture_of_ones_own_is_placed_and_leads_to_its_like(server: str, page: Page, ready: Collection) -> None:
    page.goto(f"{server}/similar?collection=small")
    page.locator('input[type="file"]').set_input_files({
        "name": "mine.jpg",
        "mimeType": "image/jpeg",
        "buffer": jpeg(made_picture(4, 300, 200)),
    })
    cards = page.locator(".st-key-strip_embedding .ax-card")
    expect(cards).to_have_count(10)
    page.get_by_text("On the map").click()
    map_ready(page)
    expect(page.locator(".ax-marks .ax-yours")).to_have_text("your picture")
    work = cards.first.get_attribute("data-id")
    cards.first.locator("button.ax-open").click()
    page.wait_for_url("**/explore?**")
    map_ready(page)
    assert address(page)["work"] == [work]


def test_words_find_works_and_say_why(server: str, page: Page, ready: Collection) -> None:
    page.goto(f"{server}/similar?collection=small")
    field = page.get_by_role("textbox", name="Search")
    field.fill("a rococo portrait")
    field.press("Enter")
    cards = page.locator(".ax-card")
    expect(cards.first).to_be_visible(timeout=60_000)  # the texts are read by a job first
    expect(cards.first).to_contain_text("rococo, portrait (terms)")
    expect(cards.first).to_contain_text("Meaning")
    assert address(page)["words"] == ["a rococo portrait"]
    title = cards.first.locator(".ax-title").inner_text()
    expect(cards.first.locator("img")).to_have_attribute("alt", re.compile(re.escape(title)))
    cards.first.locator(".ax-open").click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()


def test_a_face_leads_to_those_like_it_and_a_pose_to_its_work(server: str, page: Page) -> None:
    page.goto(f"{server}/faces?collection=people&work=one.jpg")
    expect(page.get_by_role("heading", name="Similar faces", exact=True)).to_be_visible()
    expect(page.get_by_text("1 face found.")).to_be_visible()
    near = page.locator(".ax-card", has_text="Distance")
    expect(near).to_have_count(2)
    pictures = ".ax-card img"
    page.wait_for_function(
        "pictures => [...document.querySelectorAll(pictures)].every(i => i.naturalWidth > 100)", arg=pictures
    )

    # All faces: one of them becomes the query, and stands in the address.
    page.get_by_role("radio", name="All faces").or_(page.get_by_role("button", name="All faces")).first.click()
    expect(page.get_by_text("3 faces in 3 works")).to_be_visible()
    page.locator(".ax-card", has_text="Two of them").last.locator("button.ax-open").click()
    expect(page.get_by_text(re.compile(r"Using face \d of 2"))).to_be_visible()
    assert address(page)["work"] == ["two.jpg"]

    # The same pose: a press opens its work in Explore.
    page.goto(f"{server}/faces?collection=people&view=poses&work=one.jpg")
    expect(page.get_by_role("heading", name="Similar poses", exact=True)).to_be_visible()
    page.locator(".ax-card", has_text="Similarity").first.locator("button.ax-open").click()
    expect(page).to_have_url(re.compile(r"/explore\?.*work=two\.jpg"))


def test_two_sides_are_chosen_compared_and_lead_to_a_work(server: str, page: Page) -> None:
    page.goto(f"{server}/compare?view=differences&collection=places&b_artist=Painter 1")
    page.get_by_role("button", name="Filter the first side").click()
    page.locator(".st-key-_a_artist input").click()
    page.get_by_role("option", name="Painter 0").click()
    page.keyboard.press("Escape")
    map_ready(page)
    legend = page.get_by_test_id("map-legend")
    expect(legend).to_contain_text("Painter 030")  # and how many they are
    expect(legend).to_contain_text("Painter 130")
    assert address(page)["a_artist"] == ["Painter 0"]
    said = page.get_by_role("listitem").filter(has_text="portraits")
    expect(said).to_contain_text("30 of 30, none elsewhere")
    card = page.locator(".st-key-typical_1 .ax-card").first
    work = card.get_attribute("data-id")
    card.locator("button.ax-open").click()
    page.wait_for_url("**/explore?**")
    assert (address(page)["work"], address(page)["collection"]) == ([work], ["places"])


def test_pictures_are_served_and_nothing_else(server: str, ready: Collection) -> None:
    def get(path: str) -> int:
        try:
            with urllib.request.urlopen(server + path, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    sha256 = ready.works()["image_sha256"].iloc[0]
    assert get(f"/artextract/thumb/small/{sha256}.jpg") == 200
    assert get(f"/artextract/view/small/{sha256}.jpg") == 200
    texts = "/artextract/texts/small/unknown/efficientnet_lite2"
    assert get(f"{texts}/0,1.json") == 404  # rows of another state of the collection
    assert get(f"{texts}/{','.join(['0'] * 501)}.json") == 404
    assert get(f"/artextract/thumb/small/{'0' * 64}.jpg") == 404
    assert get(f"/artextract/thumb/..%2Fsmall/{sha256}.jpg") in (400, 404)
    assert get("/artextract/view/small/..%2F..%2Fworks.jpg") in (400, 404)


def test_a_painting_is_read_from_the_map_by_upload_and_by_pasting(
    server: str, page: Page, ready: Collection, tmp_path: Path
) -> None:
    page.goto(f"{server}/explore?collection=small&work=a/work-01.jpg")
    page.get_by_role("button", name="Read this painting").click()
    expect(page.get_by_text("From small: Picture 1")).to_be_visible()
    expect(page.get_by_text("Similar works in small")).to_be_visible()
    cards = page.locator(".ax-card")
    expect(cards).to_have_count(10)
    expect(cards.get_by_text("Picture 1", exact=True)).to_have_count(0)  # it isn't like itself

    works = ready.works()
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(
        ready.image_path(str(works["image"].iloc[4]))
    )
    expect(page.get_by_text("From small: Picture 1")).to_be_hidden()
    expect(page.get_by_text(f"This is in the collection: {works['title'].iloc[4]}")).to_be_visible()
    for name in ("Style", "Genre", "Artist", "Date"):
        expect(page.get_by_text(f"{name}: ").first).to_be_visible()
    texture = page.get_by_text("For researchers: texture")
    expect(texture).to_have_count(1)  # not while the old screen still stands beside the new
    texture.click()
    expect(page.get_by_text("Gabor filters: the hue shows the direction")).to_be_visible()
    expect(page.get_by_alt_text("The texture of the picture")).to_be_visible()
    settled(page)
    button = page.get_by_role("button", name="Download report (HTML)")
    expect(button).to_have_count(1)
    with page.expect_download() as report:
        button.click()
    report.value.save_as(tmp_path / "report.html")
    assert "styles" in (tmp_path / "report.html").read_text()

    # A pasted picture joins the upload: a table of both.
    page.evaluate(PASTE, f"{server}/artextract/thumb/small/{works['image_sha256'].iloc[7]}.jpg")
    expect(page.get_by_text("pasted.jpg").first).to_be_visible()
    expect(page.get_by_text("Download CSV")).to_be_visible()


def test_the_national_gallery_from_its_tables_to_the_map_and_through_time(
    server: str, page: Page, house: StandIn, tmp_path: Path
) -> None:
    page.goto(f"{server}/collections")
    page.get_by_text("Other sources").click()
    page.get_by_role("textbox", name="Tables (optional)").fill(f"{house.url}/data")
    page.get_by_text("Include works that are not open access").click()
    settled(page)  # a press while the form is drawn anew is lost
    page.get_by_role("button", name="Add the works").first.click()
    expect(page.get_by_text("nga has 60 works: 60 new")).to_be_visible(timeout=60_000)
    assert house.log.most_at_once <= CONNECTIONS_PER_HOST

    # The map, and a selection as a manifest that is found again at its own address.
    page.goto(f"{server}/explore?collection=nga&colour=school")
    map_ready(page)
    points_alone(page)
    count = lasso(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="IIIF manifest").click()
    download.value.save_as(tmp_path / "manifest.json")
    made = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert len(Manifest(**made).items) == count
    assert made["id"].startswith(f"{server}/artextract/manifest/nga/")
    with urllib.request.urlopen(made["id"], timeout=10) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert json.load(answer) == made
    image = made["items"][0]["items"][0]["items"][0]["body"]["service"][0]["@id"]
    with urllib.request.urlopen(f"{image}/info.json", timeout=10) as answer:
        assert json.load(answer)["width"] == made["items"][0]["width"]

    # A brush drawn on the timeline chooses years, and the works of these alone are shown.
    page.goto(f"{server}/timeline?collection=nga&by=school")
    chart = page.locator(".js-plotly-plot .nsewdrag").first
    expect(chart).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=8)
    page.mouse.up()
    page.wait_for_url("**to=*")
    low, high = (int(address(page)[name][0]) for name in ("from", "to"))
    assert 1380 < low < high < 1953
    expect(page.get_by_role("heading", name=f"works from {low} to {high}")).to_be_visible()
    page.get_by_text("Periods", exact=True).click()
    expect(page.get_by_role("heading", name="Most typical work of each period")).to_be_visible()
    page.get_by_role("radio", name="Works").click()
    expect(page.get_by_role("heading", name="Most typical work of each period")).to_be_hidden()
    expect(page.get_by_role("heading", name=f"works from {low} to {high}")).to_be_visible()
    page.locator(".ax-card button.ax-open").first.click()
    page.wait_for_url("**/explore?**")
    map_ready(page)
