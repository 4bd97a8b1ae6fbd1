"""The budget of bytes for decoding: what a file needs is known from its header, and threads share the budget."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager

import numpy as np
import pytest
from PIL import Image

from artextract.errors import BadImageError
from artextract.vision.decoding import memory
from artextract.vision.decoding.memory import MEMORY, MemoryBudget
from artextract.vision.images import open_picture
from tests.support.made import jpeg, made_picture
from tests.support.odd_pictures import saved
from tests.support.tiffs import tiff_bytes, tiff_of

SIDE = 400


@pytest.fixture
def needs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The bytes of each decoding since the test began."""
    asked: list[int] = []
    room = MEMORY.room

    def noted(need: int) -> AbstractContextManager[None]:
        asked.append(need)
        return room(need)

    monkeypatch.setattr(MEMORY, "room", noted)
    yield asked


def of(side: int = SIDE) -> Image.Image:
    return made_picture(1, side, side)


def grey16(side: int = SIDE) -> Image.Image:
    return Image.fromarray(np.zeros((side, side), np.uint16))


LEAST = {  # Bytes of a pixel that decoding takes at least: the decoder's memory, its image, and the result
    "RGB PNG": (saved(of(), "PNG"), 4),
    "RGBA PNG": (saved(of().convert("RGBA"), "PNG"), 8),
    "16-bit grey PNG": (saved(grey16(), "PNG"), 6),
    "JPEG": (jpeg(of()), 4),
    "progressive JPEG": (jpeg(of(), progressive=True), 10),
    "WebP": (saved(of(), "WEBP"), 16),
    "JPEG 2000": (saved(of(), "JPEG2000"), 20),
    "TIFF of one strip": (saved(of(), "TIFF", compression="tiff_lzw", strip_size=10**9), 7),
    "TIFF of 12 bits": (tiff_of(SIDE, SIDE, [12] * 3, 2, bytes(SIDE * SIDE * 9 // 2)), 3 * 2 + 3 * 20 + 4),
}


@pytest.mark.parametrize(("content", "least"), LEAST.values(), ids=LEAST)
def test_what_a_picture_needs_is_known_from_its_header(content: bytes, least: int, needs: list[int]) -> None:
    open_picture(content)
    assert least <= needs[0] / SIDE**2 <= 5 * least + 40


def test_a_large_tile_counts_also_for_a_small_picture(needs: list[int]) -> None:
    tags = {256: [16], 257: [16], 258: [8] * 3, 262: [2], 277: [3], 322: [4000], 323: [4000], 324: [8], 325: [9]}
    with pytest.raises(BadImageError, match="damaged"):
        open_picture(tiff_bytes(tags | {259: [5]}, [bytes(9)]))
    assert needs[0] >= 4000 * 4000 * 3


def test_a_picture_that_needs_too_much_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MEMORY, "most", 10 * SIDE**2)
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(BadImageError, match=r"p\.webp needs 0\.0 GB of memory to decode, more than the 0\.0 GB that"):
        open_picture(LEAST["WebP"][0], "p.webp")


def test_a_picture_that_does_not_fit_is_decoded_smaller_where_that_helps(
    monkeypatch: pytest.MonkeyPatch, needs: list[int]
) -> None:
    contents = [LEAST[name][0] for name in ("RGBA PNG", "progressive JPEG", "JPEG 2000")]
    monkeypatch.setattr(memory, "_BAND", 0)
    monkeypatch.setattr(MEMORY, "most", 7 * SIDE**2)
    for content in contents:
        picture = open_picture(content)
        assert (picture.width, picture.height) == (SIDE, SIDE)
        assert picture.image.size[0] <= SIDE // 2
    assert max(needs) <= MEMORY.most


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "I;16"])
def test_a_picture_with_more_pixels_than_the_caller_needs_is_reduced(mode: str) -> None:
    image = grey16(3000) if mode == "I;16" else of(3000).convert(mode)
    whole = image.convert("RGB") if mode != "I;16" else Image.new("RGB", image.size)
    picture = open_picture(saved(image, "PNG", compress_level=1), at_least=700)
    assert picture.image.size == (750, 750)
    assert np.abs(np.asarray(picture.image).astype(int) - np.asarray(whole.reduce(4))).max() <= 1


def test_a_reduced_picture_stays_upright_and_keeps_a_strip_in_bounds() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    wide = made_picture(1, 9000, 1000)
    picture = open_picture(saved(wide, "PNG", compress_level=1, exif=exif), at_least=300)
    assert (picture.width, picture.height, *picture.image.size) == (1000, 9000, 334, 3000)
    strip = open_picture(saved(Image.new("L", (60_000, 1000)), "PNG", compress_level=1), at_least=900)
    assert strip.image.width * strip.image.height <= 25_000_000


def test_threads_wait_for_room() -> None:
    budget = MemoryBudget(100)
    entered: list[int] = []
    second = threading.Thread(target=lambda: _enter(budget, 60, entered))
    with budget.room(60):
        second.start()
        second.join(0.05)
        assert not entered
    second.join(10)
    assert entered == [60]


def _enter(budget: MemoryBudget, need: int, entered: list[int]) -> None:
    with budget.room(need):
        entered.append(need)


def test_a_large_picture_is_not_passed_by_small_ones() -> None:
    budget = MemoryBudget(100)
    entered: list[int] = []
    with budget.room(60):
        large = threading.Thread(target=lambda: _enter(budget, 100, entered))
        large.start()
        while not budget._turn.locked():
            large.join(0.001)
        small = threading.Thread(target=lambda: _enter(budget, 10, entered))
        small.start()
        small.join(0.05)
        assert not entered
    for thread in (large, small):
        thread.join(10)
    assert entered == [100, 10]


def test_room_is_given_back_after_an_error() -> None:
    budget = MemoryBudget(100)
    for _ in range(3):
        with pytest.raises(ValueError, match="damaged"), budget.room(100):
            raise ValueError("damaged")
