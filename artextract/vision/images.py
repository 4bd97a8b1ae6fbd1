"""Opens pictures safely."""

import errno
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps

from artextract.errors import BadImageError
from artextract.files import LARGEST, read_regular

MAX_BYTES = LARGEST
MAX_PIXELS = 150_000_000  # About 12,200 × 12,200: larger than any museum's download, 450 MB when decoded
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "PPM", "JPEG2000", "AVIF")
"""Names in Pillow. No format whose reader runs another program."""
LUMA = (0.299, 0.587, 0.114)  # Weights of red, green and blue in luma (ITU-R BT.601), as in Pillow and OpenCV


@dataclass(frozen=True)
class Picture:
    """A decoded picture: 8-bit RGB, upright, on white where the file is transparent."""

    image: Image.Image
    width: int
    height: int  # Size of the upright picture in the file, pixels. `image` may be smaller.
    format: str  # The file's format in Pillow, such as "JPEG"


def open_picture(source: Path | bytes, name: str = "", at_least: int | None = None) -> Picture:
    """Decode a picture, whatever its colour mode, orientation or depth.

    EXIF orientation is applied; CMYK, palette, greyscale and 16-bit pictures become 8-bit RGB; an
    embedded colour profile is converted to sRGB; transparent areas become white; an animation gives
    its first frame.

    Args:
        source: a file's path or its bytes.
        name: the picture's name in an error; by default the file's name.
        at_least: the side that the caller needs, pixels: a JPEG may be decoded at 1/2, 1/4 or 1/8
            of its size, which is much faster. None decodes the full size.

    Raises:
        BadImageError: the picture can't be read, is truncated, is empty, or has more than
            `MAX_BYTES` bytes or `MAX_PIXELS` pixels.
    """
    name = name or (source.name if isinstance(source, Path) else "the picture")
    content = source if isinstance(source, bytes) else read_picture(source, name)
    opened = _header(content, name, MAX_PIXELS)
    width, height = opened.size
    format_name = opened.format or ""
    try:
        if at_least is not None and opened.format in ("JPEG", "MPO"):
            opened.draft(opened.mode, (at_least, at_least))
        opened.load()
        if opened.getexif().get(ExifTags.Base.Orientation, 1) >= 5:  # rotated by 90°
            width, height = height, width
        image = _to_rgb(ImageOps.exif_transpose(opened))
    except Exception as error:
        raise BadImageError(f"{name} is damaged or truncated and can't be decoded: download the file again.") from error
    return Picture(image, width, height, format_name)


def check_pixels(content: bytes, name: str, most: int) -> None:
    """Check by its header that a picture has at most `most` pixels, without decoding.

    Raises:
        BadImageError: the picture has more pixels, or the file is not a picture.
    """
    _header(content, name, most)


def read_picture(path: Path, name: str = "") -> bytes:
    """The bytes of a picture file; an error calls it `name`, by default the file's name.

    Raises:
        BadImageError: the file can't be read, is not a regular file, or has more than `MAX_BYTES` bytes.
    """
    name = name or path.name
    try:
        return read_regular(path, MAX_BYTES)
    except FileNotFoundError as error:
        raise BadImageError(f"There is no file {path}: check the path.") from error
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise BadImageError(f"{name} is larger than {MAX_BYTES // 2**20} MB: save a smaller copy.") from error
        raise BadImageError(f"{name} can't be read ({error.strerror}): check the file.") from error


def thumbnail(image: Image.Image, side: int) -> Image.Image:
    """A copy whose longer side is at most `side` pixels; never enlarged."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return small


def encode_jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """`image` as the bytes of a JPEG file."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def _header(content: bytes, name: str, most: int) -> Image.Image:
    """Open a picture without decoding it."""
    if not content:
        raise BadImageError(f"{name} is empty (0 bytes): download the file again.")
    if len(content) > MAX_BYTES:
        raise BadImageError(
            f"{name} has {len(content) // 2**20} MB; the limit is {MAX_BYTES // 2**20} MB: save a smaller copy."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns below our own limit
            opened = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large(name, most) from error
    except Exception as error:  # a damaged header can raise any exception in a decoder
        raise BadImageError(
            f"{name} is not a picture in a supported format (JPEG, PNG, WebP, TIFF, GIF, BMP, JPEG 2000 or AVIF): "
            "check the file."
        ) from error
    if opened.width * opened.height > most:
        raise _too_large(name, most)
    return opened


def _too_large(name: str, most: int) -> BadImageError:
    return BadImageError(f"{name} has more than {most // 1_000_000} million pixels: save a smaller copy.")


def _to_rgb(image: Image.Image) -> Image.Image:
    """`image` as 8-bit RGB in sRGB, on white."""
    if image.mode == "RGB":
        return _to_srgb(image)
    if image.mode.startswith(("I", "F")):
        return _deep_grey_to_rgb(image)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return _to_srgb(image) if image.mode in ("CMYK", "L") else image.convert("RGB")


def _deep_grey_to_rgb(image: Image.Image) -> Image.Image:
    """A 16- or 32-bit greyscale picture: 0…65535 becomes 0…255; a wider range is scaled to its extremes."""
    values = np.asarray(image, dtype=np.float64)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = 0.0, 65535.0
    if image.mode.startswith("F") or values.min() < low or values.max() > high:
        low, high = float(values.min()), float(values.max())
    grey = (values - low) / max(high - low, 1e-12) * 255.0
    return Image.fromarray(np.round(grey).astype(np.uint8)).convert("RGB")


def _to_srgb(image: Image.Image) -> Image.Image:
    """Convert to sRGB from the embedded colour profile; without one, to RGB."""
    profile = image.info.get("icc_profile")
    if not profile or b"sRGB" in profile:
        return image.convert("RGB")
    try:
        converted = ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert("RGB")  # wrong profiles are common
    return converted if converted is not None else image.convert("RGB")
