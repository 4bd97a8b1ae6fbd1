"""Depths, scales and profiles of pictures become 8-bit sRGB."""

import io
import tracemalloc

import numpy as np
import pytest
from PIL import Image, ImageCms

from artextract.vision.images import open_picture
from tests.support.tiffs import tiff_of


def saved(image: Image.Image, format_name: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_name, **options)
    return buffer.getvalue()


def grey(content: bytes) -> np.ndarray:
    return np.asarray(open_picture(content).image)[..., 0].astype(int)


def ramp(highest: int) -> np.ndarray:
    return np.linspace(0, highest, 64 * 64).reshape(64, 64).astype(np.uint16)


@pytest.mark.parametrize("bits", [10, 12, 14])
@pytest.mark.parametrize("format_name", ["PNG", "TIFF"])
def test_a_scan_of_few_bits_in_a_16_bit_file_is_stretched(bits: int, format_name: str) -> None:
    values = grey(saved(Image.fromarray(ramp(2**bits - 1)), format_name))
    assert np.abs(values - np.linspace(0, 255, 64 * 64).reshape(64, 64)).max() <= 1


def test_a_scan_is_stretched_by_the_depth_that_its_file_names() -> None:
    data = ramp(2000).astype("<u2").tobytes()
    assert grey(tiff_of(64, 64, [16], 1, data, t281=[4095])).max() == round(2000 / 4095 * 255)
    assert grey(tiff_of(64, 64, [16], 1, data)).max() == 255


def test_a_nearly_black_picture_is_not_made_of_its_noise() -> None:
    assert grey(saved(Image.fromarray(ramp(3)), "PNG")).max() == 3


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("highest", [4095, 65535])
def test_white_is_zero_in_16_bits_is_not_negative(order: str, highest: int) -> None:
    values = grey(tiff_of(64, 64, [16], 0, ramp(highest).astype(order + "u2").tobytes(), order))
    assert values[0, 0] == 255
    assert values[-1, -1] == 0


@pytest.mark.parametrize("photometric", [0, 1])
@pytest.mark.parametrize("order", ["<", ">"])
def test_packed_12_bits_are_read(order: str, photometric: int) -> None:
    pairs = ramp(4095).reshape(-1, 2).astype(np.uint32)
    packed = (pairs[:, :1] << 12 | pairs[:, 1:]).astype(">u4").view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()
    values = grey(tiff_of(64, 64, [12], photometric, packed, order))
    expected = np.linspace(0, 255, 64 * 64).reshape(64, 64)
    assert np.abs(values - (expected if photometric else 255 - expected)).max() <= 1


def test_a_12_bit_colour_scan_in_16_bits_is_stretched() -> None:
    colour = np.empty((8, 8, 3), "<u2")
    colour[:] = (4095, 2048, 0)
    content = tiff_of(8, 8, [16, 16, 16], 2, colour.tobytes(), t274=[6])
    assert open_picture(content).image.getpixel((2, 2)) == (255, 128, 0)
    full = tiff_of(8, 8, [16, 16, 16], 2, (colour * 16).tobytes())
    assert open_picture(full).image.getpixel((2, 2)) == (4095 * 16 >> 8, 128, 0)


def test_floats_from_0_to_1_keep_their_scale_and_others_their_extremes() -> None:
    half = np.full((4, 4), 0.5, np.float32)
    assert grey(saved(Image.fromarray(half), "TIFF"))[0, 0] == 128
    half[0, 0], half[3, 3] = -1, 3
    assert grey(saved(Image.fromarray(half), "TIFF"))[[0, 1, 3], [0, 1, 3]].tolist() == [0, 96, 255]
    half[0, 0], half[3, 3] = np.nan, np.inf
    assert grey(saved(Image.fromarray(half), "TIFF"))[1, 1] == 128


def test_deep_grey_is_scaled_with_little_memory() -> None:
    content = saved(Image.fromarray(np.zeros((4000, 4000), np.uint16)), "PNG")
    tracemalloc.start()
    open_picture(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4000 * 4000 * 6  # bytes, all that NumPy and Python hold


def red_and_green_exchanged() -> bytes:
    """A profile that is wrong in a way that is plain to see; its text says sRGB."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = profile.replace(b"rXYZ", b"xXYZ").replace(b"gXYZ", b"rXYZ").replace(b"xXYZ", b"gXYZ")
    return exchanged + b"derived from sRGB"


@pytest.mark.parametrize(
    ("mode", "format_name"),
    [("RGB", "JPEG"), ("RGB", "PNG"), ("RGB", "TIFF"), ("RGBA", "PNG"), ("P", "PNG"), ("RGBA", "WEBP")],
)
def test_a_profile_counts_whatever_the_mode(mode: str, format_name: str) -> None:
    square = Image.new("RGB", (16, 16), "red").convert(mode)
    picture = open_picture(saved(square, format_name, icc_profile=red_and_green_exchanged()))
    red, green, _ = picture.image.getpixel((8, 8))
    assert red < 10
    assert green > 245


def test_a_transparent_picture_with_a_profile_is_on_white() -> None:
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    picture = open_picture(saved(clear, "PNG", icc_profile=red_and_green_exchanged()))
    assert picture.image.getpixel((4, 4)) == (255, 255, 255)


def test_a_true_srgb_profile_changes_no_pixel() -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = open_picture(saved(noise, "PNG", icc_profile=profile))
    assert np.array_equal(np.asarray(picture.image), np.asarray(noise))
