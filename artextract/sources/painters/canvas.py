"""What every manner starts from and ends with: a size, colours, noise, light, and a surface.

Pictures are RGB arrays (height, width, 3) of uint8. Planes are (height, width) float32 arrays:
masks run 0..1, noise runs about -1..1, shades are factors around 1.
"""

import colorsys
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb: TypeAlias = NDArray[np.uint8]
Plane: TypeAlias = NDArray[np.float32]
Colour: TypeAlias = tuple[int, int, int]
Rng: TypeAlias = np.random.Generator

T = TypeVar("T")
Raster = TypeVar("Raster", Rgb, Plane)

LONGEST = 720
SHORTEST_LONG_SIDE = 480
# A share that moves no 8-bit colour by one step.
_UNSEEN = 1 / 512


@dataclass(frozen=True)
class Painted:
    """What a painter hands back: the picture, and words that are true of it."""

    picture: Rgb
    title: str
    medium: str


def picture_size(rng: Rng, narrowest: float, widest: float) -> tuple[int, int]:
    """Height and width: the long side 480..720 px, width / height within the two bounds.

    One picture in eight is exactly square where the bounds allow it.
    """
    long_side = int(rng.integers(SHORTEST_LONG_SIDE, LONGEST + 1))
    aspect = math.exp(rng.uniform(math.log(narrowest), math.log(widest)))
    if narrowest <= 1 <= widest and rng.random() < 0.125:
        aspect = 1.0
    if aspect >= 1:
        return round(long_side / aspect), long_side
    return long_side, round(long_side * aspect)


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """A colour from hue (turns, wraps), saturation and value (0..1, clipped)."""
    red, green, blue = colorsys.hsv_to_rgb(
        hue % 1.0, min(max(saturation, 0.0), 1.0), min(max(value, 0.0), 1.0)
    )
    return round(red * 255), round(green * 255), round(blue * 255)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour at `share` (0..1) of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def vary(rng: Rng, colour: Colour, amount: float) -> Colour:
    """A neighbour of the colour: hue moves by about amount / 4, saturation and value by amount."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in colour))
    shift = rng.normal(0, 1, 3) * amount
    return hsv(hue + shift[0] / 4, saturation + shift[1], value + shift[2])


def pick(rng: Rng, choices: Sequence[T]) -> T:
    """One of the choices, each as likely as the others."""
    return choices[int(rng.integers(len(choices)))]


def colour_word(colour: Colour) -> str:
    """The everyday name of a colour, for titles: "ochre", "deep blue", "grey" ..."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in colour))
    if value < 0.2:
        return "black"
    if saturation < 0.15:
        return "white" if value > 0.88 else "grey"
    if saturation < 0.35 and value > 0.8:
        return "cream" if hue < 0.2 else "pale grey"
    name = next(name for limit, name in _HUE_WORDS if hue * 360 < limit)
    if value < 0.5:
        return _DARK_WORDS.get(name, f"dark {name}")
    return name


_HUE_WORDS = (
    (14, "red"),
    (40, "orange"),
    (52, "ochre"),
    (66, "yellow"),
    (160, "green"),
    (195, "turquoise"),
    (255, "blue"),
    (290, "violet"),
    (335, "rose"),
    (361, "red"),
)
_DARK_WORDS = {"red": "maroon", "orange": "brown", "ochre": "umber", "yellow": "olive"}


def filled(height: int, width: int, colour: Colour) -> Rgb:
    """A picture of one colour."""
    channels = [np.full((height, width), channel, np.uint8) for channel in colour]
    return np.asarray(cv2.merge(channels), np.uint8)


def ramp(height: int, width: int, stops: Sequence[tuple[float, Colour]]) -> Rgb:
    """A picture that runs through colours from top (0) to bottom (1)."""
    places = [place for place, _ in stops]
    rows = np.linspace(0, 1, height)
    column = np.stack(
        [np.interp(rows, places, [colour[channel] for _, colour in stops]) for channel in range(3)],
        axis=1,
    )
    return np.repeat(column.round().astype(np.uint8)[:, None, :], width, axis=1)


def grid(height: int, width: int) -> tuple[Plane, Plane]:
    """The y and x of every pixel, in pixels; shapes (height, 1) and (1, width), to broadcast."""
    return (
        np.arange(height, dtype=np.float32)[:, None],
        np.arange(width, dtype=np.float32)[None, :],
    )


def resized(plane: Plane, height: int, width: int) -> Plane:
    """The plane brought to another size by cubic interpolation."""
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def blurred(image: Raster, sigma: float) -> Raster:
    """The picture or plane under a Gaussian blur of `sigma` pixels; wide ones at reduced size."""
    height, width = image.shape[:2]
    step = max(1, int(sigma / 1.5))
    size = (max(1, width // step), max(1, height // step))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if step > 1 else image
    soft = cv2.GaussianBlur(small, (0, 0), sigma / step)
    full = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR) if step > 1 else soft
    result: Raster = np.asarray(full, image.dtype)
    return result


def clouds(
    rng: Rng, height: int, width: int, cell: float, octaves: int = 3, stretch: float = 1.0
) -> Plane:
    """Smooth noise, about -1..1, with lumps of `cell` pixels; `stretch` > 1 lays them flat."""
    total = np.zeros((2, 2), np.float32)
    for octave in range(octaves):
        rows, columns = max(2, round(height / cell * stretch)), max(2, round(width / cell))
        lumps = rng.standard_normal((rows, columns), np.float32)
        total = resized(total, rows, columns) + np.float32(0.6 / 2**octave) * lumps
        cell /= 2
        if cell < 2:
            break
    return resized(total, height, width)


def soft_step(plane: Plane, width: float) -> Plane:
    """0 below -width / 2, 1 above width / 2, a straight slope between."""
    return np.asarray(np.clip(plane / np.float32(width) + np.float32(0.5), 0, 1), np.float32)


def wash(picture: Rgb, colour: Colour | Rgb, mask: Plane) -> None:
    """Lay a colour, or another picture, over the picture where the mask (0..1) says, in place.

    The mask may be a single column or row; it is clipped.
    """
    share = np.clip(np.broadcast_to(mask, picture.shape[:2]), 0, 1, dtype=np.float32)
    touched = share > _UNSEEN
    rows, columns = np.flatnonzero(touched.any(axis=1)), np.flatnonzero(touched.any(axis=0))
    if not len(rows):
        return
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    share = np.ascontiguousarray(share[part])
    above = (
        filled(share.shape[0], share.shape[1], colour)
        if isinstance(colour, tuple)
        else colour[part]
    )
    picture[part] = cv2.blendLinear(above, picture[part], share, 1 - share)


def shaded(picture: Rgb, shade: Plane) -> Rgb:
    """The picture with every pixel multiplied by its shade."""
    factor = cv2.merge([np.asarray(shade, np.float32)] * 3)
    return np.asarray(cv2.multiply(picture, factor, dtype=cv2.CV_8U), np.uint8)


def emboss(height_map: Plane, strength: float) -> Plane:
    """Shade of a relief lit from the upper left: 1 where flat, within 0.6..1.4."""
    slope = np.zeros_like(height_map)
    slope[1:, 1:] = height_map[1:, 1:] - height_map[:-1, :-1]
    return np.asarray(np.clip(1 + np.float32(strength) * slope, 0.6, 1.4), np.float32)


def weave(rng: Rng, height: int, width: int, strength: float = 0.05) -> Plane:
    """Shade of a woven canvas: threads two to three pixels apart, uneven as linen is."""
    pitch = 2 * math.pi / rng.uniform(2.6, 3.4)
    warp = np.sin(np.arange(width) * pitch + rng.normal(0, 0.12, width).cumsum())
    weft = np.sin(np.arange(height) * pitch + rng.normal(0, 0.12, height).cumsum())
    threads = np.outer(weft.astype(np.float32), warp.astype(np.float32))
    grain = rng.standard_normal((height, width), np.float32)
    return np.asarray(1 + np.float32(strength) * (threads + np.float32(0.35) * grain), np.float32)


def laid_paper(rng: Rng, height: int, width: int, strength: float = 0.03) -> Plane:
    """Shade of handmade paper: fibres lying across, blotches, and grain."""
    fibres = cv2.blur(rng.standard_normal((height, width), np.float32), (15, 1))
    blotches = clouds(rng, height, width, 90, 3)
    grain = rng.standard_normal((height, width), np.float32)
    return np.asarray(1 + strength * (1.6 * fibres + 0.8 * blotches + 0.4 * grain), np.float32)


def vignette(height: int, width: int, strength: float) -> Plane:
    """Shade that falls from 1 in the middle to 1 - strength in the corners."""
    y, x = grid(height, width)
    radius = (y / height - 0.5) ** 2 + (x / width - 0.5) ** 2
    return np.asarray(1 - strength * 2 * radius, np.float32)


def varnish(rng: Rng, picture: Rgb, age: float) -> Rgb:
    """The picture under old varnish: yellowed, darker at the edges, finely cracked; age 0..1."""
    height, width = picture.shape[:2]
    aged = picture.copy()
    wash(aged, (122, 88, 34), np.full((height, width), 0.16 * age, np.float32))
    noise = clouds(rng, height, width, 22, 3)
    cracks = np.clip(1 - np.abs(noise) * 26, 0, 1) * np.clip(
        clouds(rng, height, width, 120, 2), 0, 1
    )
    shade = vignette(height, width, 0.5 * age) * (1 - np.float32(0.28 * age) * cracks)
    return shaded(aged, shade * weave(rng, height, width, 0.025))
