"""Odd addresses get 404, and slow answers do not hold up others."""

import io
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from artextract.collection import Collection
from artextract.trays.store import new_token
from artextract.ui import galleries
from artextract.ui.server import picture_crops, tray_routes
from artextract.ui.server.health import health
from artextract.ui.server.routes import routes
from artextract.ui.server.urls import rows_url
from artextract.ui.server.visitors import COOKIE
from artextract.vision import images
from tests.support.made import jpeg, made_picture

NINES = "9" * 400
ODD = ("..", "**", "t*", "[t]sne", "a**b", "\0", "x" * 300, NINES, "9" * 5000, "-1", "1_1", "٣", "%2e%2e", "a\nb", "\\")
ADDRESSES = (
    "thumb/{}/{}.jpg",
    "view/{}/{}.jpg",
    "large/{}/{}.jpg",
    "work?collection={}&work={}",
    "script/{}/{}",
    "face/{}/{}/{}.jpg",
    "array/{}.bin",
    "manifest/{}/{}.json",
    "regions/{}/{}/{}/{}/{}.json",
    "texts/{}/{}/{}/{}.json",
    "sheets/{}/{}/{}/{}/{}.jpg",
    "tray/{}/{}",
)
"""Addresses of the app, with parts to fill in."""


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A browser; an exception of the server fails the test."""
    with TestClient(Starlette(routes=routes()), client=("127.0.0.1", 50_000)) as client:
        yield client


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    address=st.sampled_from(ADDRESSES),
    parts=st.lists(st.sampled_from(ODD) | st.just("small") | st.text(min_size=1, max_size=20), min_size=5, max_size=5),
)
@example("regions/{}/{}/{}/{}/{}.json", ["small", "efficientnet_lite2", "x", "**", "k"])
@example("regions/{}/{}/{}/{}/{}.json", ["small", "efficientnet_lite2", "x", "t*", "k"])
@example("regions/{}/{}/{}/{}/{}.json", ["small", "efficientnet_lite2", "x", "m" * 300, "k"])
@example("texts/{}/{}/{}/{}.json", ["small", "", "efficientnet_lite2", NINES, ""])
def test_an_odd_address_is_not_found(client: TestClient, ready: Collection, address: str, parts: list[str]) -> None:
    path = "/artextract/" + address.format(*(quote(part.encode("utf-8", "replace"), safe="") for part in parts))
    assert client.get(path).status_code in {400, 404, 405}


@pytest.mark.parametrize("kind", ["face", "beside", "pose", "nose"])
@pytest.mark.parametrize("place", [f"{NINES}_1_1_1", "1_1_1", "0_0_0_0", "a_b_c_d", "9" * 5000, "٣_1_1_1", "1e3_1_1_1"])
def test_an_odd_place_in_a_picture_is_not_found(client: TestClient, ready: Collection, kind: str, place: str) -> None:
    sha256 = ready.works()["image_sha256"].iloc[0]
    assert client.get(f"/artextract/{kind}/small/{sha256}/{quote(place)}.jpg").status_code == 404


def test_a_sheet_has_small_pictures_line_by_line(client: TestClient, ready: Collection) -> None:
    gallery = galleries.open_gallery("small", "efficientnet_lite2")
    url = rows_url("sheets", {"small": gallery.revision}, gallery.backbone)
    sheet = Image.open(io.BytesIO(client.get(f"{url}64/0,1,2,3,4,5,6,7,8.jpg").content))
    assert sheet.size == (8 * 64, 2 * 64)
    for place, row in (((0, 0), 0), ((64, 0), 1), ((0, 64), 8)):
        path = gallery.collection.thumbnail_path(gallery.works["image_sha256"].iloc[row])
        tile = np.asarray(sheet.crop((*place, place[0] + 64, place[1] + 64)), dtype=float)
        assert np.abs(tile - np.asarray(Image.open(path).resize((64, 64)))).mean() < 8
    many = ",".join(["1"] * 65)
    for wrong in ("63/1", "64/99", f"64/{many}", "64/-1", "64/x"):
        assert client.get(f"{url}{wrong}.jpg").status_code == 404


def test_the_parts_of_a_picture_come_from_one_small_copy(
    client: TestClient, few: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = []

    def open_picture(source: Path, at_least: int | None = None) -> images.Picture:
        decoded.append(at_least)
        return images.open_picture(source, at_least=at_least)

    monkeypatch.setattr(picture_crops, "open_picture", open_picture)
    monkeypatch.setattr(picture_crops, "KEPT_SIDE", 40)
    sha256 = few.works()["image_sha256"].iloc[0]
    kinds = ["face", "beside"] * 5
    places = [f"/artextract/{kind}/small/{sha256}/{n}000_1000_2000_2000.jpg" for n, kind in enumerate(kinds, 1)]
    with ThreadPoolExecutor(10) as people:
        answers = list(people.map(client.get, places[:8]))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert decoded == [40]
    points = "_".join(["5000.5000"] * len(picture_crops.POSE_POINTS))
    assert client.get(f"/artextract/pose/small/{sha256}/{points}.jpg").status_code == 200
    assert decoded == [40]
    few.image_path(str(few.works()["image"].iloc[0])).write_bytes(jpeg(made_picture(77)))
    assert client.get(places[0]).content != answers[0].content


def test_waiting_trays_do_not_stop_pictures(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked, started = threading.Event(), threading.Event()

    def wait(_token: str, _change: object) -> dict[str, str]:
        started.set()
        unlocked.wait(60)
        return {}

    monkeypatch.setattr(tray_routes, "_answer", wait)
    client.cookies.set(COOKIE, new_token())
    with ThreadPoolExecutor(60) as visitors:
        waiting = [visitors.submit(client.post, "/artextract/tray", json={"change": None}) for _ in range(60)]
        assert started.wait(30)
        try:
            with ThreadPoolExecutor(1) as other:
                picture = other.submit(client.get, "/artextract/gone.jpg")
                assert picture.result(30).status_code == 200
            assert not any(change.done() for change in waiting)
        finally:
            unlocked.set()
        assert [change.result().status_code for change in waiting] == [200] * 60


def test_a_server_with_a_damaged_collection_is_ready(client: TestClient, ready: Collection) -> None:
    folder = ready.root.parent / "empty"
    folder.mkdir()
    (folder / "collection.json").write_bytes(b"{")
    health.clear()
    try:
        answer = client.get("/artextract/health")
        assert (answer.status_code, answer.json()["damaged"]) == (200, 1)
        assert "artextract_damaged_collections 1.0" in client.get("/artextract/metrics").text
    finally:
        shutil.rmtree(folder)
        health.clear()
