"""Tools that make marks: antialiased shapes, and brush strokes that follow a field of directions.

Points are (n, 2) float arrays of x, y in pixels. Shapes are drawn in place, to 1/16 pixel.
"""

import math
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from artextract.sources.painters.canvas import Colour, Plane, Rgb, Rng, blurred, shaded

Points: TypeAlias = NDArray[np.float64]

_SHIFT = 4


def _fixed(points: ArrayLike) -> NDArray[np.int32]:
    return np.round(np.asarray(points, np.float64) * (1 << _SHIFT)).astype(np.int32)


def polygon(picture: Rgb, points: ArrayLike, colour: Colour) -> None:
    """Fill a polygon."""
    cv2.fillPoly(picture, [_fixed(points)], colour, cv2.LINE_AA, _SHIFT)


def shape_mask(picture: Rgb, points: ArrayLike, softness: float = 1.0) -> Plane:
    """Mask of a polygon on the picture: 1 inside, 0 outside, blurred by `softness` pixels."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [_fixed(points)], 255, cv2.LINE_AA, _SHIFT)
    return blurred(mask.astype(np.float32) / np.float32(255), softness)


def polyline(picture: Rgb, points: ArrayLike, colour: Colour, thickness: float = 1) -> None:
    """Draw a line through the points; thickness in pixels, at least 1."""
    cv2.polylines(picture, [_fixed(points)], False, colour, max(1, round(thickness)), cv2.LINE_AA, _SHIFT)


def oval(picture: Rgb, x: float, y: float, a: float, b: float, colour: Colour, tilt: float = 0.0) -> None:
    """Fill an ellipse with half-axes a and b, tilted by radians."""
    polygon(picture, ellipse(x, y, a, b, tilt), colour)


def disc(picture: Rgb, x: float, y: float, radius: float, colour: Colour) -> None:
    """Fill a circle."""
    oval(picture, x, y, radius, radius, colour)


def placed(points: ArrayLike, x: float, y: float, scale: float | tuple[float, float], turn: float = 0.0) -> Points:
    """Points about the origin, scaled (x and y, or both), turned by radians, and moved."""
    cosine, sine = math.cos(turn), math.sin(turn)
    turned = np.asarray(points, np.float64) * scale @ np.array([(cosine, sine), (-sine, cosine)])
    return np.asarray(turned + (x, y))


def ellipse(x: float, y: float, a: float, b: float, tilt: float = 0.0, start: float = 0.0, end: float = 1.0) -> Points:
    """Points along an ellipse with half-axes a and b; tilt in radians, start and end in turns."""
    turn = np.linspace(start, end, 41) * 2 * math.pi
    return placed(np.stack([np.cos(turn), np.sin(turn)], axis=1), x, y, (a, b), tilt)


def smooth_curve(points: ArrayLike, count: int = 40) -> Points:
    """A Catmull-Rom curve of `count` points through the points."""
    knots = np.asarray(points, np.float64)
    knots = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    pieces = len(knots) - 3
    position = np.linspace(0, pieces, count)
    index = np.minimum(position.astype(int), pieces - 1)
    t = (position - index)[:, None]
    a, b, c, d = (knots[index + step] for step in range(4))
    cubic = (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    return np.asarray(0.5 * (2 * b + (c - a) * t + cubic))


def ribbon(points: Points, widths: ArrayLike) -> Points:
    """The outline of a line that is as wide at each point as `widths` says, in pixels."""
    along = np.gradient(points, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    half = across * np.broadcast_to(widths, (len(points),))[:, None] / 2
    return np.concatenate([points + half, (points - half)[::-1]])


def in_strokes(rng: Rng, scene: Rgb, angle: Plane, length: float, thickness: float) -> Rgb:
    """The scene in two layers of strokes, broad, then fine; angles in radians, 0 is level."""
    height, width = scene.shape[:2]
    picture = blurred(scene, 4)
    for spacing, size in ((190, 1.7), (125, 0.85)):
        count = height * width // spacing
        middle = rng.uniform(0, (width, height), (count, 2))
        column, row = middle.astype(int).T
        turn = angle[row, column] + rng.normal(0, 0.12, count)
        reach = length * size * rng.uniform(0.3, 0.65, count)
        along = np.stack([np.cos(turn) * reach, np.sin(turn) * reach], axis=1)
        shift = rng.normal(0, 13, (count, 1)) + rng.normal(0, 8, (count, 3))
        colours = np.clip(scene[row, column] + shift, 0, 255).astype(int).tolist()
        widths = thickness * size * rng.uniform(0.5, 1.1, count)
        for start, end, colour, wide in zip(middle - along, middle + along, colours, widths, strict=True):
            polyline(picture, (start, end), colour, wide + 0.5)
    return picture


def bristles(rng: Rng, height: int, width: int, angle: Plane | float, length: int = 9) -> Plane:
    """Noise smeared along a field of directions, about -1..1: the furrows of a brush.

    Line integral convolution (Cabral and Leedom, 1993), at half size for speed.
    """
    noise = rng.standard_normal((height // 2 + 1, width // 2 + 1), np.float32)
    y, x = np.indices(noise.shape, np.float32)
    turn = cv2.resize(np.broadcast_to(angle, (height, width)).astype(np.float32), noise.shape[::-1])
    total = np.zeros_like(noise)
    for step in range(-(length // 2), length // 2 + 1):
        total += cv2.remap(noise, x + step * np.cos(turn), y + step * np.sin(turn), cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(total / np.float32(math.sqrt(length)), (width, height)))


def impasto(rng: Rng, picture: Rgb, angle: Plane | float, strength: float = 0.12) -> Rgb:
    """The picture as thick paint lit from the upper left: furrows, and edges of the strokes."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255)
    height, width = grey.shape
    relief = strength * (bristles(rng, height, width, angle) + 4 * blurred(grey, 0.8))
    slope = np.zeros_like(relief)
    slope[1:, 1:] = relief[1:, 1:] - relief[:-1, :-1]
    return shaded(picture, np.clip(1 + slope, 0.6, 1.4))
