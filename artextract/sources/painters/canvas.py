"""What every style starts and ends with: sizes, colours, noise, light and surfaces.

Pictures are uint8 RGB arrays (height, width, 3). Planes are float arrays that broadcast to
(height, width): masks are 0..1, noise is about -1..1, shades are factors around 1.
"""

import colorsys
import math
from collections.abc import Sequence
from typing import Any, TypeAlias, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb: TypeAlias = NDArray[np.uint8]
Plane: TypeAlias = NDArray[np.floating[Any]]
Colour: TypeAlias = tuple[int, int, int]
Rng: TypeAlias = np.random.Generator

T = TypeVar("T")

COLOURS: dict[str, Colour] = {
    "black": (28, 26, 30),
    "white": (238, 232, 218),
    "grey": (150, 146, 140),
    "cream": (240, 220, 168),
    "red": (206, 44, 34),
    "crimson": (136, 24, 34),
    "orange": (232, 116, 36),
    "ochre": (204, 148, 56),
    "yellow": (244, 204, 50),
    "green": (50, 106, 66),
    "turquoise": (54, 150, 146),
    "blue": (38, 74, 156),
    "violet": (100, 56, 128),
    "rose": (222, 118, 134),
    "brown": (98, 64, 40),
}


def picture_size(rng: Rng, narrowest: float, widest: float) -> tuple[int, int]:
    """Height and width: the long side has 480..600 px, width / height is within the bounds."""
    long_side = int(rng.integers(480, 601))
    aspect = math.exp(rng.uniform(math.log(narrowest), math.log(widest)))
    return round(long_side / max(aspect, 1)), round(long_side * min(aspect, 1))


def pick(rng: Rng, choices: Sequence[T]) -> T:
    """A random choice."""
    return choices[int(rng.integers(len(choices)))]


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour at `share` (0..1) of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def vary(rng: Rng, colour: Colour, amount: float) -> Colour:
    """A similar colour: hue moves by about amount / 4, saturation and value by amount."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in colour))
    turn, *shifts = rng.normal(0, amount, 3).tolist()
    saturation, value = min(max(saturation + shifts[0], 0), 1), min(max(value + shifts[1], 0), 1)
    red, green, blue = colorsys.hsv_to_rgb((hue + turn / 4) % 1, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def tint(rng: Rng, word: str) -> Colour:
    """A colour similar to the one of that name."""
    return vary(rng, COLOURS[word], 0.03)


def filled(height: int, width: int, colour: Colour) -> Rgb:
    """A picture of one colour."""
    return np.asarray(cv2.merge([np.full((height, width), tone, np.uint8) for tone in colour]))


def grid(height: int, width: int) -> tuple[Plane, Plane]:
    """The y and x of every pixel, in pixels; shapes (height, 1) and (1, width), to broadcast."""
    y, x = np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32)
    return y[:, None], x[None, :]


def blurred(image: NDArray[Any], sigma: float) -> NDArray[Any]:
    """The picture or plane under a Gaussian blur of `sigma` pixels."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma))


def clouds(rng: Rng, height: int, width: int, cell: float, octaves: int = 3, stretch: float = 1.0) -> Plane:
    """Smooth noise, about -1..1, with lumps of `cell` pixels; `stretch` > 1 flattens them."""
    total: Plane = np.zeros((2, 2), np.float32)
    for octave in range(octaves):
        size = max(2, round(width / cell)), max(2, round(height / cell * stretch))
        lumps = rng.standard_normal(size[::-1], np.float32)
        total = cv2.resize(total, size, interpolation=cv2.INTER_CUBIC) + 0.6 / 2**octave * lumps
        cell /= 2
    return np.asarray(cv2.resize(total, (width, height), interpolation=cv2.INTER_CUBIC))


def wash(picture: Rgb, colour: Colour | Rgb, mask: Plane | float) -> None:
    """Blend a colour, or another picture, over the picture where the mask (0..1) says, in place."""
    height, width = picture.shape[:2]
    share = np.clip(np.broadcast_to(np.float32(mask), (height, width)), 0, 1)
    above = filled(height, width, colour) if isinstance(colour, tuple) else colour
    picture[:] = cv2.blendLinear(above, picture, share, 1 - share)


def shaded(picture: Rgb, shade: Plane) -> Rgb:
    """The picture with every pixel multiplied by its shade."""
    return np.asarray(cv2.multiply(picture, cv2.merge([shade.astype(np.float32)] * 3), dtype=cv2.CV_8U))


def weave(rng: Rng, height: int, width: int, strength: float = 0.03) -> Plane:
    """The shade of a woven canvas: uneven threads about three pixels apart."""
    uneven = [np.arange(n) * 2.1 + rng.normal(0, 0.12, n).cumsum() for n in (height, width)]
    threads = np.outer(*(np.sin(along).astype(np.float32) for along in uneven))
    grain = rng.standard_normal((height, width), np.float32)
    return np.asarray(1 + strength * (threads + 0.35 * grain))


def varnish(rng: Rng, picture: Rgb, age: float) -> Rgb:
    """The picture under old varnish: yellow, and darker at the edges; age 0..1."""
    height, width = picture.shape[:2]
    wash(picture, (122, 88, 34), 0.16 * age)
    y, x = grid(height, width)
    corners = (y / height - 0.5) ** 2 + (x / width - 0.5) ** 2
    return shaded(picture, (1 - age * corners) * weave(rng, height, width))
