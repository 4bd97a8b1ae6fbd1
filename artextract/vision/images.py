"""Opens pictures safely."""

import errno
import io
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags, Image, ImageOps
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from artextract.errors import BadImageError
from artextract.files import LARGEST, read_regular
from artextract.sources.picture_kinds import HEAD, HEIC_IS_READ, HOW_TO_READ_HEIC, READ, kind_of
from artextract.vision.decoding import tiff
from artextract.vision.decoding.colours import to_rgb
from artextract.vision.decoding.cut_jpeg import MOST_MISSING, end_cut_jpeg
from artextract.vision.decoding.memory import MEMORY
from artextract.vision.decoding.rare_tiff import bytes_to_open, open_rare_tiff
from artextract.vision.decoding.smaller import draft_jpeg, draft_jpeg_2000, factor_for, factor_that_fits
from artextract.vision.decoding.structure import SlowFileError, check_scans, check_structure

MAX_BYTES = LARGEST
MAX_PIXELS = 150_000_000  # About 12,200 × 12,200: larger than any museum's download, 600 MB when decoded
FORMATS = ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "PPM", "JPEG2000", "AVIF"]
"""Names in Pillow. No format whose reader runs another program."""
LUMA = (0.299, 0.587, 0.114)  # Weights of red, green and blue in luma (ITU-R BT.601), as in Pillow and OpenCV
_LARGE = {"JPEG": JpegImageFile, "TIFF": TiffImageFile}  # Kinds that can be decoded in part
_STRICT = {"PPM": "Netpbm", "BMP": "BMP"}  # Formats that Pillow recognises by two bytes
_HOW_TO_SHRINK = " (for a folder: `mkdir smaller; magick mogrify -path smaller -resize '8000x8000>' *`)"
_DARK = 64  # A 16-bit RGB picture whose upper bytes all are below holds a scan of 14 bits or fewer

# Pillow warns about files that it reads anyway, and below our own limit of pixels.
warnings.filterwarnings("ignore", module=r"PIL\.")
if HEIC_IS_READ:
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    FORMATS.append("HEIF")


@dataclass(frozen=True)
class Picture:
    """A decoded picture: 8-bit RGB, upright, on white where the file is transparent."""

    image: Image.Image
    width: int
    height: int  # Size of the upright picture in the file, pixels. `image` may be smaller.
    format: str  # The file's format in Pillow, such as "JPEG"
    remark: str = ""  # A sentence for the user if something is wrong with a file that can still be shown


def open_picture(source: Path | bytes, name: str = "", at_least: int | None = None) -> Picture:
    """Decode a picture file or its bytes, whatever its colour mode, orientation or depth.

    EXIF orientation is applied; CMYK, palette, greyscale and 16-bit pictures become 8-bit RGB; an embedded colour
    profile is converted to sRGB; transparent areas become white; an animation gives its first frame. Scans of 10 to 14
    bits in 16-bit files are brightened to the full range. A JPEG that misses up to 5% of the picture at its end is
    shown, with a remark. A JPEG or a pyramid TIFF of more than `MAX_PIXELS` pixels, and a picture that needs more
    memory than `MEMORY` has, is decoded smaller. All threads share `MEMORY`: a call waits until there is enough of it.

    `name` is the picture's name in an error, by default the file's. `at_least` is the side that the caller needs,
    pixels: a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, which is much faster, and other large pictures are
    reduced. Of a long strip, the shorter side may be less. None decodes the full size. BadImageError if the picture
    can't be read, is truncated, is empty, has more than `MAX_BYTES` bytes or `MAX_PIXELS` pixels, or takes too much
    memory or time.
    """
    name = name or (source.name if isinstance(source, Path) else "the picture")
    content = source if isinstance(source, bytes) else read_picture(source, name)
    with _errors_as_sentences(name):
        picture = _by_pillow(content, name, at_least)
        if picture is None:
            size = tiff.first_size(content)
            with _room(bytes_to_open(content), name):
                picture = _upright(open_rare_tiff(content, factor_for(size, at_least)), size, "TIFF")
        return picture


def check_pixels(content: bytes, name: str, most: int) -> None:
    """BadImageError if a picture has more than `most` pixels by its header, or is no picture. Does not decode it."""
    with _errors_as_sentences(name):
        opened = _header(content, name)
        width, height = opened.size if opened is not None else tiff.first_size(content)
    if width * height > most:
        raise BadImageError(f"{name} has more than {most // 1_000_000} million pixels: save a smaller copy.")


def read_picture(path: Path, name: str = "") -> bytes:
    """The bytes of a picture file. BadImageError, with `name`, if it can't be read or is larger than `MAX_BYTES`."""
    try:
        return read_regular(path, MAX_BYTES)
    except FileNotFoundError as error:
        raise BadImageError(f"There is no file {path}: check the path.") from error
    except OSError as error:
        why = f"{name or path.name} can't be read ({error.strerror}): check the file."
        raise BadImageError(too_many_bytes(name or path.name) if error.errno == errno.EFBIG else why) from error


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


def too_many_bytes(name: str) -> str:
    """The sentence on a file of more than `MAX_BYTES` bytes."""
    return f"{name} is larger than {MAX_BYTES // 2**20} MB: save a smaller copy{_HOW_TO_SHRINK}."


@contextmanager
def _errors_as_sentences(name: str) -> Iterator[None]:
    try:
        yield
    except BadImageError:
        raise
    except MemoryError as error:
        how = "close other programs, or save a smaller copy."
        raise BadImageError(f"There is not enough memory to open {name}: {how}") from error
    except tiff.RareTiffError as error:
        raise BadImageError(f"{name} is a TIFF of a kind that is not read ({error}): save it as RGB.") from error
    except SlowFileError as error:
        raise BadImageError(f"{name} takes too long to decode ({error}): save it as JPEG or PNG.") from error
    except Exception as error:  # a damaged file can raise any exception in a decoder
        raise BadImageError(f"{name} is damaged or truncated and can't be decoded: download the file again.") from error


def _by_pillow(content: bytes, name: str, at_least: int | None) -> Picture | None:
    """A picture decoded by Pillow; None for a TIFF that it can't decode, or only with a loss."""
    opened = _header(content, name)
    if opened is None:
        return None
    (width, height), format_name = opened.size, opened.format or ""
    besides = 0  # Bytes that the decoder needs for any size
    if isinstance(opened, JpegImageFile):
        if (coefficients := draft_jpeg(opened, content, MAX_PIXELS, at_least)) is None:
            raise _too_large(name)
        check_scans(content, width * height)
        besides = coefficients
    elif width * height > MAX_PIXELS:
        opened, besides = _smaller_level(opened, content, name), len(content)
    size = draft_jpeg_2000(opened, content, at_least) if isinstance(opened, Jpeg2KImageFile) else opened.size
    if isinstance(opened, TiffImageFile):
        tiff.check_tiles(opened.tag_v2)
        besides += tiff.strip_bytes(opened.tag_v2)
    factor, need = factor_that_fits(opened, size, factor_for(size, at_least), besides)
    with _room(need, name):
        opened, remark = _loaded(opened, content, name)
        if format_name == "TIFF" and _is_dark(opened):
            return None
        image = to_rgb(opened, *tiff.scale_of(opened), factor)
        image.getexif()[ExifTags.Base.Orientation] = opened.getexif().get(ExifTags.Base.Orientation, 1)
        del opened
        return _upright(image, (width, height), format_name, remark)


def _upright(image: Image.Image, size: tuple[int, int], format_name: str, remark: str = "") -> Picture:
    rotated = image.getexif().get(ExifTags.Base.Orientation, 1) >= 5  # by 90°
    ImageOps.exif_transpose(image, in_place=True)
    return Picture(image, *(size[::-1] if rotated else size), format_name, remark)


def _room(need: int, name: str) -> AbstractContextManager[None]:
    if need > MEMORY.most:
        raise BadImageError(
            f"{name} needs {need / 1e9:.1f} GB of memory to decode, more than the {MEMORY.most / 1e9:.1f} GB that "
            f"are allowed: save a smaller copy{_HOW_TO_SHRINK}."
        )
    return MEMORY.room(need)


def _header(content: bytes, name: str) -> Image.Image | None:
    """Open a picture without decoding it; None for a TIFF of a kind that Pillow does not know."""
    if not content:
        raise BadImageError(f"{name} is empty (0 bytes): download the file again.")
    if len(content) > MAX_BYTES:
        raise BadImageError(too_many_bytes(name))
    kind = kind_of(content[:HEAD])
    check_structure(content, kind)
    formats = [name for name in FORMATS if kind == _STRICT.get(name, kind)]
    try:
        return Image.open(io.BytesIO(content), formats=formats)
    except Image.DecompressionBombError as error:
        if kind in _LARGE:  # may be decoded smaller
            return _LARGE[kind](io.BytesIO(content))
        raise _too_large(name) from error
    except Exception as error:  # a damaged header can raise any exception in a decoder
        if kind == "TIFF":
            return None
        if kind and kind not in READ:
            how = f" {HOW_TO_READ_HEIC}" if kind == "HEIC" else ""
            raise BadImageError(f"{name} is of a kind that is not read ({kind}): save it as JPEG.{how}") from error
        raise BadImageError(
            f"{name} is not a picture in a supported format (JPEG, PNG, WebP, TIFF, GIF, BMP, JPEG 2000 or AVIF): "
            "check the file."
        ) from error


def _loaded(opened: Image.Image, content: bytes, name: str) -> tuple[Image.Image, str]:
    """The decoded picture, and a remark if a JPEG lacks its end."""
    try:
        opened.load()
        return opened, ""
    except OSError:
        if not isinstance(opened, JpegImageFile):
            raise
        whole, missing = end_cut_jpeg(content)
        if missing > MOST_MISSING:
            why = "a part of the picture is missing. Download the file again."
            raise BadImageError(f"{name} is damaged or truncated: {why}") from None
        again = JpegImageFile(io.BytesIO(whole))
        again.draft(again.mode, opened.size)
        again.load()
        return again, f"The last bytes of {name} are missing. It can be shown, but download the file again."


def _smaller_level(opened: Image.Image, content: bytes, name: str) -> Image.Image:
    """The largest level of a pyramid TIFF that has at most MAX_PIXELS pixels."""
    level = tiff.smaller_level(content, MAX_PIXELS) if opened.format == "TIFF" else None
    if level is None:
        raise _too_large(name)
    smaller = TiffImageFile(io.BytesIO(level))
    # A level may lack the profile and orientation of the whole picture.
    smaller.info = {**opened.info, **smaller.info}
    smaller.getexif()[ExifTags.Base.Orientation] = opened.getexif().get(ExifTags.Base.Orientation, 1)
    return smaller


def _is_dark(opened: Image.Image) -> bool:
    """Whether a TIFF holds a colour scan of 14 bits or fewer in 16, of which Pillow keeps the upper 8."""
    if opened.mode not in {"RGB", "RGBA"} or max(tiff.bits_of(opened), default=8) != 16:
        return False
    return not any(any(opened.getchannel(channel).histogram()[_DARK:]) for channel in "RGB")


def _too_large(name: str) -> BadImageError:
    limit = f"{name} has more than {MAX_PIXELS // 1_000_000} million pixels"
    return BadImageError(f"{limit}: save a smaller copy{_HOW_TO_SHRINK}.")
