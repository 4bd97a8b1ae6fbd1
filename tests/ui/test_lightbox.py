"""What the server gives to the lightbox, and which pictures of a screen open in it."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from artextract.collection import Collection
from artextract.ui.server import scripts
from artextract.ui.server.routes import routes
from tests.support.made import collected, jpeg, made_picture
from tests.ui.test_screens import screen


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


@pytest.fixture
def museum(tmp_path: Path) -> Collection:
    """Two works with inventory numbers, one of them large, with an address at a IIIF server."""
    folder = tmp_path / "museum"
    folder.mkdir()
    (folder / "large.jpg").write_bytes(jpeg(made_picture(1, 5000, 2500)))
    (folder / "small.jpg").write_bytes(jpeg(made_picture(2, 90, 60)))
    (folder / "table.csv").write_text(
        "file,Inventory number,Title,Artist,Date,Licence,Frame,Link\n"
        "large.jpg,1903.4,The Bay,Ann Maker,c. 1870,CC0,gilded,https://example.org/4\nsmall.jpg,,,,,,,\n"
    )
    return collected(folder, "museum")


def test_the_server_says_what_the_lightbox_shows(client: TestClient, museum: Collection) -> None:
    works = museum.works()
    works["iiif"] = ["https://iiif.example/4/info.json", None]
    museum.write_works(works)
    shown = client.get("/artextract/work", params={"collection": "museum", "work": works["id"][0]}).json()
    assert (shown["title"], shown["made"]) == ("The Bay", "Ann Maker · c. 1870")
    assert (shown["number"], shown["licence"]) == ("1903.4", "CC0")
    assert ["Frame", "gilded"] in shown["facts"]
    assert shown["iiif"] == "https://iiif.example/4"
    sizes = [(level["width"], level["height"]) for level in shown["levels"]]
    assert sizes == [(320, 160), (1200, 600), (4096, 2048)]
    for level, size in zip(shown["levels"], sizes, strict=True):
        assert Image.open(io.BytesIO(client.get(level["url"]).content)).size == size


def test_a_work_without_an_object_number_has_its_id_as_number(client: TestClient, museum: Collection) -> None:
    work = museum.works()["id"][1]
    shown = client.get("/artextract/work", params={"collection": "museum", "work": work}).json()
    assert (shown["title"], shown["made"], shown["number"], shown["licence"]) == ("Small", "", work, "")
    assert [(level["width"], level["height"]) for level in shown["levels"]] == [(90, 60)]
    assert shown["iiif"] is None


@pytest.mark.parametrize(
    "path",
    [
        "work",
        "work?collection=museum&work=none",
        "work?collection=none&work=x",
        "script/1/routes.py",
        "huge/museum/x.jpg",
    ],
)
def test_nothing_else_is_given(client: TestClient, museum: Collection, path: str) -> None:
    assert client.get(f"/artextract/{path}").status_code == 404


def test_the_scripts_are_kept_by_browsers_at_an_address_of_their_content(client: TestClient) -> None:
    for name, kind in {"lightbox.js": "javascript", "page.css": "css", "gallery_map.js": "javascript"}.items():
        answer = client.get(scripts.url(name))
        assert kind in answer.headers["content-type"]
        assert "immutable" in answer.headers["cache-control"]
        assert answer.content == scripts.content(name)


def test_the_pictures_of_a_comparison_open_together(ready: Collection) -> None:
    first, second = ready.works()["id"][:2]
    app = screen("compare", collection="small", work=first, other=second)
    pictures = [part.proto.body for part in app.get("html") if 'class="ax-look"' in part.proto.body]
    keys = [re.findall(r'data-(\w+)="small&#10;([^"]+)"', picture) for picture in pictures]
    assert keys == [[("key", first)], [("key", second), ("query", first)]]
