"""Pixels of any mode as 8-bit RGB in sRGB, a band of rows at a time, so that the working memory stays small."""

import io
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, ImageCms

_BAND = 1_000_000  # Pixels of a band: about 40 MB of working memory
_DARK = 2**14  # A 16-bit picture whose values all are below holds a scan of 14 bits or fewer
_SAME = 3  # Levels (of 255) by which a profile may differ from sRGB and still be sRGB
_PROBE = Image.fromarray(
    np.array([[(v, v, v), (v, 40, 40), (40, v, 40), (40, 40, v), (v, v, 200)] for v in range(0, 256, 15)], np.uint8)
)


def to_rgb(image: Image.Image, depth: int | None = None, white_is_zero: bool = False, factor: int = 1) -> Image.Image:
    """A decoded picture of any mode of Pillow as 8-bit RGB in sRGB, on white; `image` itself if it is that already.

    `depth` is the highest value of a deep grey picture and `white_is_zero` whether 0 is white in it, where the file
    says so. Each pixel of the result is the mean of `factor` × `factor` pixels.
    """
    if image.mode.startswith(("I", "F")):
        return _deep_grey(image, depth, white_is_zero, factor)
    profile = image.info.get("icc_profile") or b""
    if image.mode == "RGB" and (not profile or _is_srgb(profile)) and not image.has_transparency_data:
        return image if factor == 1 else Image.Image.reduce(image, factor)  # a JPEG 2000 file has another `reduce`
    convert = _on_white if image.has_transparency_data else _opaque
    return by_bands(image.size, lambda box: convert(image.crop(box), profile), factor)


def by_bands(
    size: tuple[int, int], rgb: Callable[[tuple[int, int, int, int]], Image.Image], factor: int = 1
) -> Image.Image:
    """A picture of `size`, reduced by `factor`, from what `rgb` gives for each box (left, top, right, bottom)."""
    whole = Image.new("RGB", (-(-size[0] // factor), -(-size[1] // factor)))
    for box in bands(size, factor):
        whole.paste(rgb(box).reduce(factor), (0, box[1] // factor))
    return whole


def bands(size: tuple[int, int], factor: int = 1) -> Iterator[tuple[int, int, int, int]]:
    """Boxes (left, top, right, bottom) that cover a picture. Their heights are multiples of `factor`, but the last."""
    width, height = size
    rows = max(1, _BAND // (width * factor)) * factor
    for top in range(0, height, rows):
        yield 0, top, width, min(top + rows, height)


def levels(low: float, high: float, depth: int | None = None, *, real: bool = False) -> tuple[float, float]:
    """The values that become 0 and 255 in a picture whose values are between `low` and `high`.

    Floats from 0 to 1, and integers of 16 bits, keep their scale. Scans of 10 to 14 bits in 16-bit files are scaled by
    `depth`, the highest value that the file allows, or by their own highest value. Wider ranges are scaled to their
    extremes.
    """
    if real:
        return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)
    if low < 0 or high > 65535:
        return low, high
    if depth is not None and high <= depth < 65535:
        return 0.0, float(depth)
    return 0.0, max(high, 255.0) if high < _DARK else 65535.0


def to_bytes(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values as uint8: `low` becomes 0, `high` 255."""
    shares = (values.astype(np.float64) - low) / max(high - low, 1e-12)
    return np.round(shares * 255.0).clip(0, 255).astype(np.uint8)


def extremes(parts: Iterator[np.ndarray]) -> tuple[float, float]:
    """The lowest and the highest value of arrays."""
    found = [(float(values.min()), float(values.max())) for values in parts]
    return min(low for low, _ in found), max(high for _, high in found)


def finite(values: np.ndarray) -> np.ndarray:
    """The values with 0 for those that are not numbers or are infinite."""
    return np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0) if values.dtype.kind == "f" else values


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert a picture in RGB, L or CMYK to sRGB from its colour profile; without a right one, to RGB."""
    known = profile and not (image.mode == "RGB" and _is_srgb(profile))
    return (known and _converted(image, profile)) or image.convert("RGB")


def _converted(image: Image.Image, profile: bytes) -> Image.Image | None:
    """None if the profile is wrong, which is common."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _is_srgb(profile: bytes) -> bool:
    """Whether a profile leaves colours as they are. Its name proves nothing: many profiles are derived from sRGB."""
    converted = _converted(_PROBE, profile) or _PROBE
    return bool(np.abs(np.asarray(converted).astype(int) - np.asarray(_PROBE)).max() <= _SAME)


def _opaque(image: Image.Image, profile: bytes) -> Image.Image:
    return to_srgb(image if image.mode in {"RGB", "CMYK", "L"} else image.convert("RGB"), profile)


def _on_white(image: Image.Image, profile: bytes) -> Image.Image:
    layer = image.convert("RGBA")
    if profile:
        colours = to_srgb(image.convert("L" if image.mode == "LA" else "RGB"), profile)
        colours.putalpha(layer.getchannel("A"))
        layer = colours
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _deep_grey(image: Image.Image, depth: int | None, white_is_zero: bool, factor: int) -> Image.Image:
    """A grey picture of 16 or 32 bits."""

    def values(box: tuple[int, int, int, int]) -> np.ndarray:
        return finite(np.asarray(image.crop(box)))

    found = extremes(values(box) for box in bands(image.size))
    low, high = levels(*found, depth, real=image.mode.startswith("F"))

    def grey(box: tuple[int, int, int, int]) -> Image.Image:
        shades = to_bytes(values(box), low, high)
        return Image.fromarray(255 - shades if white_is_zero else shades).convert("RGB")

    return by_bands(image.size, grey, factor)
