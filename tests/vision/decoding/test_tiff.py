"""TIFFs of rare layouts, and pyramids."""

import io
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from artextract.errors import BadImageError
from artextract.vision import images
from artextract.vision.decoding.rare_tiff import open_rare_tiff
from artextract.vision.images import check_pixels, open_picture
from tests.support.tiffs import pyramid, tiff_bytes, tiff_of

SIZE = 16


def pixels(*values: float, kind: str = "u1") -> bytes:
    return np.tile(np.array(values, kind), (SIZE * SIZE, 1)).tobytes()


RED_CMYK = (0, 255, 255, 0)
KINDS = {
    "CMYK with alpha": tiff_of(SIZE, SIZE, [8] * 5, 5, pixels(*RED_CMYK, 9), t338=[2]),
    "CMYK of 16 bits with spots": tiff_of(SIZE, SIZE, [16] * 6, 5, pixels(0, 65535, 65535, 0, 1, 2, kind="<u2")),
    "RGB floats": tiff_of(SIZE, SIZE, [32] * 3, 2, pixels(1, 0, 0, kind=">f4"), ">", t339=[3] * 3),
    "RGB half floats": tiff_of(SIZE, SIZE, [16] * 3, 2, pixels(1, 0, 0, kind="<f2"), t339=[3] * 3),
    "RGB doubles": tiff_of(SIZE, SIZE, [64] * 3, 2, pixels(1, 0, 0, kind="<f8"), t339=[3] * 3),
    "RGB with five more": tiff_of(SIZE, SIZE, [8] * 8, 2, pixels(255, 0, 0, 1, 2, 3, 4, 5), t338=[0] * 5),
    "RGB of 32 bits": tiff_of(SIZE, SIZE, [32] * 3, 2, pixels(2**32 - 1, 0, 0, kind="<u4")),
}


@pytest.mark.parametrize("content", KINDS.values(), ids=KINDS)
def test_rare_kinds_are_read_without_their_extra_channels(content: bytes) -> None:
    picture = open_picture(content)
    assert (picture.width, picture.height, picture.format) == (SIZE, SIZE, "TIFF")
    red, green, blue = picture.image.getpixel((3, 3))
    assert red > 230
    assert max(green, blue) < 40


@pytest.mark.parametrize("order", ["<", ">"])
def test_grey_of_16_bits_with_alpha_is_read(order: str) -> None:
    data = pixels(32768, 65535, kind=order + "u2")
    content = tiff_of(SIZE, SIZE, [16, 16], 1, data, order, t338=[2], t274=[6])
    assert open_picture(content).image.getpixel((3, 3)) == (128, 128, 128)


def test_a_picture_of_many_bands_is_refused_in_a_sentence() -> None:
    with pytest.raises(
        BadImageError, match=r"bands\.tif is a TIFF of a kind that is not read \(8 channels of 8 bits\): "
    ):
        open_picture(tiff_of(SIZE, SIZE, [8] * 8, 1, pixels(*range(8))), "bands.tif")


def gradient() -> np.ndarray:
    """float32 [SIZE, SIZE, 4]: RGB and one more channel, 0 to 1."""
    ramp = np.linspace(0, 1, SIZE * SIZE, dtype=np.float32).reshape(SIZE, SIZE)
    return np.stack([ramp, 1 - ramp, ramp.T, ramp], axis=2)


def layout(compression: int, **more: list[int]) -> dict[int, list[int]]:
    tags = {256: [SIZE], 257: [SIZE], 258: [32] * 4, 259: [compression], 262: [2], 277: [4], 278: [4], 339: [3] * 4}
    return tags | {int(name[1:]): numbers for name, numbers in more.items()}


def check_gradient(content: bytes) -> None:
    picture = np.asarray(open_picture(content).image)
    assert np.abs(picture - gradient()[..., :3] * 255).max() <= 0.51


def test_planes_of_packed_strips_are_read() -> None:
    planes = np.moveaxis(gradient(), 2, 0).astype("<f4")
    rows = [strip.tobytes() for plane in planes for strip in plane.reshape(4, 4, SIZE)]
    packed = [b"".join(b"\x3f" + strip[at : at + 64] for at in range(0, len(strip), 64)) for strip in rows]
    check_gradient(tiff_bytes(layout(32773, t284=[2]), packed))


def test_differences_of_floats_are_added_up() -> None:
    values = gradient().astype(">f4")
    apart = values.view(np.uint8).reshape(SIZE, SIZE * 4, 4).swapaxes(1, 2).reshape(SIZE, -1)
    differences = apart.copy()
    differences[:, 4:] -= apart[:, :-4]
    strips = [zlib.compress(strip.tobytes()) for strip in differences.reshape(4, 4, -1)]
    check_gradient(tiff_bytes(layout(8, t317=[3]), strips))


def test_differences_of_integers_in_tiles_are_added_up() -> None:
    values = np.round(gradient() * 65535).astype("<u2")
    tiles = values.reshape(1, 16, 1, 16, 4).transpose(0, 2, 1, 3, 4).reshape(1, 16, 16, 4)
    differences = tiles.copy()
    differences[:, :, 1:] -= tiles[:, :, :-1]
    tags = layout(8, t258=[16] * 4, t317=[2], t322=[16], t323=[16], t338=[0], t339=[1] * 4)
    packed = zlib.compress(differences.tobytes())
    content = tiff_bytes(tags | {324: [8], 325: [len(packed)]}, [packed])
    assert np.abs(np.asarray(open_rare_tiff(content)) - gradient()[..., :3] * 255).max() <= 0.51


@pytest.mark.parametrize("sub", [False, True])
def test_a_level_of_a_large_pyramid_is_decoded(sub: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    content = pyramid(sub)
    assert open_picture(content).image.getpixel((5, 5)) == (255, 0, 0)
    monkeypatch.setattr(images, "MAX_PIXELS", 1000)
    picture = open_picture(content)
    assert (picture.width, picture.height) == (80, 40)
    assert picture.image.size == (40, 20)
    assert picture.image.getpixel((5, 5)) == (0, 0, 255)


def test_other_pages_are_no_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = io.BytesIO()
    Image.new("RGB", (40, 80)).save(pages, "TIFF", save_all=True, append_images=[Image.new("RGB", (20, 40))])
    monkeypatch.setattr(images, "MAX_PIXELS", 1000)
    with pytest.raises(BadImageError, match=r"two\.tif has more than .* million pixels: save a smaller copy"):
        open_picture(pages.getvalue(), "two.tif")


def test_the_pixels_of_a_rare_kind_are_counted_by_its_header() -> None:
    content = KINDS["RGB floats"]
    check_pixels(content, "a.tif", SIZE * SIZE)
    with pytest.raises(BadImageError, match="million pixels"):
        check_pixels(content, "a.tif", SIZE * SIZE - 1)
    huge = tiff_of(10**6, 10**6, [32] * 3, 2, b"", t339=[3] * 3)
    with pytest.raises(BadImageError):
        open_picture(huge)


@given(st.sampled_from([*KINDS.values(), pyramid(True)]), st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
def test_damaged_tiffs_raise_nothing_but_a_sentence(content: bytes, place: int, change: bytes) -> None:
    place = max(len(content) - 250, 0) + place % 250 if place % 5 else place % len(content)
    try:
        open_picture(content[:place] + change + content[place + len(change) :])
    except BadImageError as error:
        assert str(error).endswith(".")
