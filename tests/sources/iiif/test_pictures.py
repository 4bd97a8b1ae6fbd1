"""Asking IIIF servers of all levels for a picture of a size."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

from artextract.errors import SourceError
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.fetching.polite_client import PoliteClient
from artextract.sources.iiif.canvases import CanvasImage
from artextract.sources.iiif.pictures import IiifPictures, picture_at
from artextract.sources.iiif.reader import Manifest, read_document
from tests.support.iiif_documents import as_json, body, canvas, manifest, service
from tests.support.image_services import ImageService
from tests.support.made import jpeg, made_picture
from tests.support.world import Answer, World

BASE = "https://img.example/iiif/a"
SIZES = [{"width": 200, "height": 150}, {"width": 800, "height": 600}]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with World() as made:
        made.enter(monkeypatch)
        yield made


@pytest.fixture
def pictures() -> Iterator[Callable[[int], IiifPictures]]:
    client = PoliteClient(any_public=True)
    yield lambda size: IiifPictures(KeptPictures(client), size)
    client.close()


def image_of(services: list[dict[str, Any]], size: tuple[int, int] = (2000, 1500), **more: Any) -> CanvasImage:
    """The image of a canvas with these services; `shown` is the picture's own address and `thumbnail` the canvas's."""
    thumbnail = {"thumbnail": more.pop("thumbnail")} if "thumbnail" in more else {}
    shown = body(more.pop("shown", f"{BASE}/full/full/0/default.jpg"), *services, **more)
    read = read_document(as_json(manifest("https://m.example/m", canvas("c", shown, size=size, **thumbnail))), "")
    assert isinstance(read, Manifest) and read.canvases[0].image is not None
    return read.canvases[0].image


def size_of(content: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(content)).size


@pytest.mark.parametrize(
    ("version", "level", "request_"),
    [
        (1, 1, "full/640,/0/native.jpg"),
        (1, 2, "full/!640,640/0/native.jpg"),
        (2, 1, "full/640,/0/default.jpg"),
        (2, 2, "full/!640,640/0/default.jpg"),
        (3, 1, "full/640,/0/default.jpg"),
        (3, 2, "full/!640,640/0/default.jpg"),
    ],
)
def test_each_level_is_asked_in_its_own_way_and_once(
    world: World, pictures: Callable[[int], IiifPictures], version: int, level: int, request_: str
) -> None:
    world.on("img.example/iiif/a/*", ImageService(version, level, 2000, 1500))
    shown = f"{BASE}/full/full/0/{'native' if version == 1 else 'default'}.jpg"
    content = pictures(640).get(image_of([service(BASE, version, level)], shown=shown))
    assert size_of(content) == (640, 480)
    asked = [address for address in world.asked if not address.endswith("robots.txt")]
    assert asked == [f"img.example/iiif/a/{request_}"]


@pytest.mark.parametrize("version", [2, 3])
def test_a_ready_size_that_is_large_enough_is_the_cheapest(
    world: World, pictures: Callable[[int], IiifPictures], version: int
) -> None:
    world.on("img.example/iiif/a/*", ImageService(version, 0, 2000, 1500, ((200, 150), (800, 600))))
    image = image_of([service(BASE, version, 0, width=2000, height=1500, sizes=SIZES)])
    assert size_of(pictures(640).get(image)) == (800, 600)
    assert sum(world.asked.values()) == 2  # and robots.txt


def test_ready_sizes_of_a_thumbnail_are_used(world: World, pictures: Callable[[int], IiifPictures]) -> None:
    world.on("thumbs.example/a/*", ImageService(2, 0, 800, 600, ((200, 150),)))
    thumbnail = {"id": "t", "service": service("https://thumbs.example/a", 2, 0, width=800, height=600, sizes=SIZES)}
    assert size_of(pictures(640).get(image_of([service(BASE, 2, 1)], thumbnail=thumbnail))) == (800, 600)
    assert not [address for address in world.asked if address.startswith("img.example")]


def test_a_ready_size_that_is_stored_in_the_other_form_is_found(
    world: World, pictures: Callable[[int], IiifPictures]
) -> None:
    world.on("img.example/iiif/a/*", ImageService(3, 0, 2000, 1500, ((800, 600),)))
    image = image_of([service(BASE, 2, 0, width=2000, height=1500, sizes=SIZES)])  # says version 2, is stored as 3
    assert size_of(pictures(640).get(image)) == (800, 600)


def test_level_0_without_sizes_gives_the_picture_as_it_stands(
    world: World, pictures: Callable[[int], IiifPictures]
) -> None:
    shown = f"{BASE}/full/400,300/0/default.jpg"
    world.on("img.example/iiif/a/full/400,300/*", Answer(200, jpeg(made_picture(1, 400, 300)), "image/jpeg"))
    assert size_of(pictures(640).get(image_of([service(BASE, 2, 0)], shown=shown))) == (400, 300)
    assert sum(world.asked.values()) == 2


def test_a_picture_without_a_service_comes_as_it_stands(world: World, pictures: Callable[[int], IiifPictures]) -> None:
    world.on("img.example/a.jpg", Answer(200, jpeg(made_picture(1, 300, 200)), "image/jpeg"))
    assert size_of(pictures(640).get(image_of([], shown="https://img.example/a.jpg"))) == (300, 200)


def test_an_image_is_never_enlarged(world: World, pictures: Callable[[int], IiifPictures]) -> None:
    world.on("img.example/iiif/a/*", ImageService(3, 1, 400, 300))
    image = image_of([service(BASE, 3, 1)], size=(400, 300))
    assert size_of(pictures(640).get(image)) == (400, 300)


def test_the_canvas_may_be_smaller_than_the_image(world: World, pictures: Callable[[int], IiifPictures]) -> None:
    world.on("img.example/iiif/a/*", ImageService(2, 1, 2000, 1500))
    assert size_of(pictures(640).get(image_of([service(BASE, 2, 1)], size=(200, 150)))) == (640, 480)


def test_a_size_above_the_servers_limit_is_not_asked(world: World, pictures: Callable[[int], IiifPictures]) -> None:
    world.on("img.example/iiif/a/*", ImageService(3, 1, 2000, 1500, largest=500))
    assert size_of(pictures(640).get(image_of([service(BASE, 3, 1)]))) == (500, 375)


def test_an_image_of_another_shape_than_its_canvas_is_believed_if_its_info_agrees(
    world: World, pictures: Callable[[int], IiifPictures]
) -> None:
    world.on("img.example/iiif/a/*", ImageService(2, 2, 2000, 1000))
    assert size_of(pictures(640).get(image_of([service(BASE)]))) == (640, 320)


def test_a_placeholder_is_no_picture_of_the_work(world: World, pictures: Callable[[int], IiifPictures]) -> None:
    world.on("img.example/iiif/a/*", Answer(200, jpeg(made_picture(1, 200, 200)), "image/jpeg"))
    with pytest.raises(SourceError, match="200 × 200 px") as caught:
        pictures(640).get(image_of([service(BASE)]))
    assert (caught.value.cause, caught.value.host) == (Cause.NOT_A_PICTURE, "img.example")


def test_of_a_small_answer_and_a_larger_picture_the_larger_is_taken(
    world: World, pictures: Callable[[int], IiifPictures]
) -> None:
    small = Answer(200, jpeg(made_picture(1, 90, 68)), "image/jpeg")
    world.on("img.example/iiif/a/full/*", small)
    world.on("img.example/iiif/a/info.json", "gone")
    world.on("img.example/a.jpg", Answer(200, jpeg(made_picture(1, 800, 600)), "image/jpeg"))
    image = image_of([service(BASE)], shown="https://img.example/a.jpg", width=800, height=600)
    assert size_of(pictures(640).get(image)) == (800, 600)


@pytest.mark.parametrize("refusal", ["wrong size", "empty", "page"])
def test_a_refused_size_is_asked_in_another_way(
    world: World, pictures: Callable[[int], IiifPictures], refusal: str
) -> None:
    world.on("img.example/iiif/a/*", ImageService(2, 2, 2000, 1500))
    world.on("img.example/iiif/a/full/640,/*", refusal)
    assert size_of(pictures(640).get(image_of([service(BASE, 2, 1)]))) == (640, 480)


def test_nothing_is_asked_twice(world: World, pictures: Callable[[int], IiifPictures]) -> None:
    world.on("img.example/iiif/a/*", ImageService(2, 2, 2000, 1500))
    world.on("img.example/iiif/a/full/640,/*", "wrong size")
    image = image_of([service(BASE, 2, 1)])
    first = pictures(640).get(image)
    before = world.asked.copy()
    assert pictures(640).get(image) == first
    assert world.asked == before


@pytest.mark.parametrize("rule", ["forbidden", "browser check", "login"])
def test_a_refusal_of_the_host_is_not_tried_in_other_ways(
    world: World, pictures: Callable[[int], IiifPictures], rule: str
) -> None:
    world.on("img.example", rule)
    world.on("img.example/robots.txt", Answer(200, b"", "text/plain"))
    with pytest.raises(SourceError) as caught:
        pictures(640).get(image_of([service(BASE)]))
    assert caught.value.cause in {Cause.REFUSED, Cause.BROWSER_CHECK, Cause.LOGIN}
    assert sum(count for address, count in world.asked.items() if "/iiif/" in address) == 1


@pytest.mark.parametrize("address", [BASE, f"{BASE}/info.json", f"{BASE}/full/full/0/default.jpg"])
@pytest.mark.parametrize("level", [1, 2])
def test_an_address_alone_is_asked_by_its_info(
    world: World, pictures: Callable[[int], IiifPictures], address: str, level: int
) -> None:
    world.on("img.example/iiif/a/*", ImageService(2, level, 2000, 1500))
    image = picture_at(address, is_base=True)
    assert image is not None
    assert size_of(pictures(640).get(image)) == (640, 480)


def test_an_address_alone_without_info_is_asked_as_it_stands(
    world: World, pictures: Callable[[int], IiifPictures]
) -> None:
    world.on("img.example/iiif/a/info.json", "gone")
    world.on("img.example/iiif/a/full/843,/0/default.jpg", Answer(200, jpeg(made_picture(1, 843, 565)), "image/jpeg"))
    image = picture_at(f"{BASE}/full/843,/0/default.jpg")
    assert image is not None
    assert size_of(pictures(640).get(image)) == (843, 565)


@pytest.mark.parametrize("size", [63, 4097])
def test_the_size_has_bounds(size: int) -> None:
    with pytest.raises(SourceError, match="64 to 4096 px"):
        IiifPictures(KeptPictures(PoliteClient()), size)


def test_an_info_that_was_refused_is_not_asked_for_again(world: World, pictures: Callable[[int], IiifPictures]) -> None:
    world.on("img.example/iiif/a/info.json", "wrong size")
    world.on("img.example/iiif/a/full/843,/0/default.jpg", Answer(200, jpeg(made_picture(1, 843, 565)), "image/jpeg"))
    image = picture_at(f"{BASE}/full/843,/0/default.jpg")
    assert image is not None
    first = pictures(640).get(image)
    before = world.asked.copy()
    assert pictures(640).get(image) == first
    assert world.asked == before
