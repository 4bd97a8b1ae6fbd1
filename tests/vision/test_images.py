"""The one safe way to open a picture."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from artextract.errors import BadImageError
from artextract.sources.picture_kinds import HEIC_IS_READ, kind_of
from artextract.vision import images
from artextract.vision.images import open_picture
from tests.support.made import jpeg, made_picture
from tests.support.tiffs import tiff_bytes


def saved(image: Image.Image, format_name: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_name, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nothing."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + body
        + struct.pack(">I", zlib.crc32(body))
        + struct.pack(">I", 0)
        + b"IDAT"
        + struct.pack(">I", zlib.crc32(b"IDAT"))
    )


@pytest.mark.parametrize(
    ("mode", "format_name"),
    [
        ("RGB", "JPEG"),
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("P", "PNG"),
        ("1", "PNG"),
        ("RGB", "WEBP"),
        ("RGB", "TIFF"),
        ("LA", "PNG"),
        ("RGBA", "PNG"),
        ("P", "GIF"),
        ("L", "PPM"),
        ("RGB", "BMP"),
    ],
)
def test_every_colour_mode_becomes_rgb(mode: str, format_name: str) -> None:
    picture = open_picture(saved(made_picture(1).convert(mode), format_name))
    assert picture.image.mode == "RGB"
    assert (picture.width, picture.height) == picture.image.size == (96, 72)


def test_cmyk_keeps_its_colours() -> None:
    red = Image.new("RGB", (32, 32), (200, 30, 40)).convert("CMYK")
    pixel = np.asarray(open_picture(saved(red, "JPEG")).image)[16, 16]
    assert abs(int(pixel[0]) - 200) < 12
    assert pixel[1] < 60


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    grey = np.asarray(open_picture(saved(Image.fromarray(ramp), "PNG")).image)[..., 0]
    assert np.abs(grey.astype(int) - np.round(ramp / 257)).max() <= 1


def test_transparency_is_laid_on_white() -> None:
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert open_picture(saved(clear, "PNG")).image.getpixel((4, 4)) == (255, 255, 255)


def test_the_first_frame_of_an_animation_comes() -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("blue", "red")]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert open_picture(content).image.getpixel((8, 8)) == (0, 0, 255)


@pytest.mark.parametrize("at_least", [None, 40])
def test_exif_orientation_is_applied_and_the_size_is_upright(at_least: int | None) -> None:
    sideways = Image.new("RGB", (400, 200))
    sideways.paste("white", (0, 0, 40, 200))  # a white left edge …
    exif = Image.Exif()
    exif[0x0112] = 6  # … that belongs on top
    picture = open_picture(jpeg(sideways, exif=exif), at_least=at_least)
    assert (picture.width, picture.height) == (200, 400)
    assert picture.image.height > picture.image.width
    assert picture.image.getpixel((picture.image.width // 2, 2))[0] > 200  # type: ignore[index]


def test_a_large_jpeg_is_decoded_small_where_that_is_enough() -> None:
    picture = open_picture(jpeg(made_picture(3, 2000, 1600)), at_least=256)
    assert (picture.width, picture.height) == (2000, 1600)
    assert 256 <= min(picture.image.size) < 1600


def test_an_embedded_profile_is_converted() -> None:
    from PIL import ImageCms

    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = jpeg(made_picture(2), icc_profile=lab.replace(b"sRGB", b"xRGB"))
    plain = np.asarray(open_picture(jpeg(made_picture(2))).image).astype(int)
    assert np.abs(np.asarray(open_picture(content).image) - plain).max() <= 3


def test_a_wrong_profile_is_no_reason_to_refuse() -> None:
    assert open_picture(jpeg(made_picture(2), icc_profile=b"nonsense")).image.size == (96, 72)


def test_a_text_file_named_jpg_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("this is no picture")
    with pytest.raises(BadImageError, match=r"notes\.jpg is not a picture in a supported format"):
        open_picture(tmp_path / "notes.jpg")


def test_a_truncated_jpeg_is_refused_in_a_sentence() -> None:
    content = jpeg(made_picture(1, 600, 400))
    with pytest.raises(BadImageError, match=r"cut\.jpg is damaged or truncated"):
        open_picture(content[: len(content) // 2], name="cut.jpg")


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    with pytest.raises(BadImageError, match="more than 150 million pixels"):
        open_picture(png_header(60_000, 60_000), name="bomb.png")
    with pytest.raises(BadImageError, match="more than 150 million pixels"):
        open_picture(png_header(13_000, 12_000), name="bomb.png")


def test_a_jpeg_of_too_many_pixels_is_decoded_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    content = jpeg(made_picture(1, 640, 480))
    monkeypatch.setattr(images, "MAX_PIXELS", 640 * 480 // 10)
    for at_least in (None, 100, 10_000):
        picture = open_picture(content, at_least=at_least)
        assert (picture.width, picture.height) == (640, 480)
        assert picture.image.size == (160, 120)
    assert open_picture(jpeg(made_picture(1, 640, 480), progressive=True)).image.size == (160, 120)
    monkeypatch.setattr(images, "MAX_PIXELS", 640 * 480 // 100)
    with pytest.raises(BadImageError, match=r"big\.jpg has more than .* magick mogrify"):
        open_picture(content, "big.jpg")


def test_a_jpeg_beyond_the_limit_of_pillow_is_decoded_smaller() -> None:
    content = jpeg(Image.new("L", (16_000, 12_000)))
    picture = open_picture(content, at_least=600)
    assert (picture.width, picture.height, picture.image.size) == (16_000, 12_000, (2000, 1500))


def test_too_little_memory_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Image.Image:
        raise MemoryError

    monkeypatch.setattr(images, "to_rgb", full)
    with pytest.raises(BadImageError, match=r"There is not enough memory to open p\.jpg"):
        open_picture(jpeg(made_picture(1)), "p.jpg")


def test_tiles_that_are_much_larger_than_the_picture_are_refused() -> None:
    tags = {256: [64], 257: [64], 258: [1], 262: [1], 277: [1], 322: [131_008], 323: [131_008], 324: [8], 325: [9]}
    with pytest.raises(BadImageError, match=r"not read \(tiles of 131008 × 131008 pixels\)"):
        open_picture(tiff_bytes(tags | {259: [5]}, [bytes(9)]))


@pytest.mark.skipif(not HEIC_IS_READ, reason="pillow-heif is not installed")
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_heic_is_read(mode: str) -> None:
    content = saved(made_picture(1).convert(mode), "HEIF")
    picture = open_picture(content)
    assert (picture.image.mode, picture.image.size, picture.format) == ("RGB", (96, 72), "HEIF")
    assert kind_of(content) == "HEIC"
    with pytest.raises(BadImageError, match=r"is damaged|is not a picture"):
        open_picture(content[: len(content) // 2])


@pytest.mark.parametrize(("head", "kind"), [(b"8BPS\0\1", "PSD"), (b"%PDF-1.7", "PDF"), (b"\xff\x0a", "JPEG XL")])
def test_a_kind_that_is_not_read_is_named(head: bytes, kind: str) -> None:
    with pytest.raises(BadImageError, match=rf"x\.jpg is of a kind that is not read \({kind}\)"):
        open_picture(head, "x.jpg")


def test_an_empty_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    with pytest.raises(BadImageError, match=r"empty\.png is empty \(0 bytes\)"):
        open_picture(tmp_path / "empty.png")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadImageError, match=r"There is no file .*gone\.jpg"):
        open_picture(tmp_path / "gone.jpg")


def test_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(images, "MAX_BYTES", 100)
    (tmp_path / "big.jpg").write_bytes(jpeg(made_picture(1)))
    for source in (tmp_path / "big.jpg", jpeg(made_picture(1))):
        with pytest.raises(BadImageError, match="save a smaller copy"):
            open_picture(source)


MAGIC = [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\x00", b"BM"]


@given(st.binary(max_size=300), st.sampled_from(MAGIC))
def test_no_bytes_whatever_raise_anything_but_a_sentence(tail: bytes, magic: bytes) -> None:
    try:
        open_picture(magic + tail)
    except BadImageError as error:
        assert str(error).endswith(".")
