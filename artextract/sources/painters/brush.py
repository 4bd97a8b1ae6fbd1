"""Tools that make marks: antialiased shapes, and brush strokes that follow a field of directions.

Points are (n, 2) float arrays of x, y in pixels; shapes are drawn in place, to 1/16 pixel.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from artextract.sources.painters.canvas import (
    Colour,
    Plane,
    Rgb,
    Rng,
    blurred,
    emboss,
    resized,
    shaded,
)

Points: TypeAlias = NDArray[np.float64]

_SHIFT = 4
_FINE = 1 << _SHIFT


def _fixed(points: ArrayLike) -> NDArray[np.int32]:
    return np.round(np.asarray(points, np.float64) * _FINE).astype(np.int32)


def polygon(picture: Rgb, points: ArrayLike, colour: Colour) -> None:
    """Fill a polygon."""
    cv2.fillPoly(picture, [_fixed(points)], colour, cv2.LINE_AA, _SHIFT)


def shape_mask(height: int, width: int, points: ArrayLike) -> Plane:
    """Mask of a polygon: 1 inside, 0 outside, antialiased."""
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [_fixed(points)], 255, cv2.LINE_AA, _SHIFT)
    return mask.astype(np.float32) / np.float32(255)


def polyline(
    picture: Rgb, points: ArrayLike, colour: Colour, thickness: float = 1, closed: bool = False
) -> None:
    """Draw a line through the points; thickness in pixels, at least 1."""
    cv2.polylines(
        picture, [_fixed(points)], closed, colour, max(1, round(thickness)), cv2.LINE_AA, _SHIFT
    )


def polylines(
    picture: Rgb, lines: Sequence[ArrayLike], colour: Colour, thickness: float = 1
) -> None:
    """Draw many lines of one colour."""
    cv2.polylines(
        picture,
        [_fixed(line) for line in lines],
        False,
        colour,
        max(1, round(thickness)),
        cv2.LINE_AA,
        _SHIFT,
    )


def disc(picture: Rgb, x: float, y: float, radius: float, colour: Colour) -> None:
    """Fill a circle."""
    centre = (round(x * _FINE), round(y * _FINE))
    cv2.circle(picture, centre, max(0, round(radius * _FINE)), colour, -1, cv2.LINE_AA, _SHIFT)


def ring(picture: Rgb, x: float, y: float, radius: float, colour: Colour, width: float) -> None:
    """Draw the outline of a circle, `width` pixels wide."""
    centre = (round(x * _FINE), round(y * _FINE))
    thickness = max(1, round(width))
    cv2.circle(picture, centre, round(radius * _FINE), colour, thickness, cv2.LINE_AA, _SHIFT)


def ellipse_points(
    x: float, y: float, a: float, b: float, tilt: float = 0.0, start: float = 0.0, end: float = 1.0
) -> Points:
    """Points along an ellipse with half-axes a, b; tilt in radians, start and end in turns."""
    turn = np.linspace(start, end, 49) * 2 * math.pi
    across, down = a * np.cos(turn), b * np.sin(turn)
    cosine, sine = math.cos(tilt), math.sin(tilt)
    return np.stack([x + across * cosine - down * sine, y + across * sine + down * cosine], axis=1)


def smooth_curve(points: ArrayLike, count: int = 40, closed: bool = False) -> Points:
    """A Catmull-Rom curve through the points, `count` points to each piece's share."""
    knots = np.asarray(points, np.float64)
    if closed:
        knots = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        knots = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    pieces = len(knots) - 3
    position = np.linspace(0, pieces, max(count, pieces + 1))
    index = np.minimum(position.astype(int), pieces - 1)
    t = (position - index)[:, None]
    a, b, c, d = (knots[index + step] for step in range(4))
    return np.asarray(
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
    )


def normals(points: Points) -> Points:
    """Unit vectors that stand across a line, one to each point."""
    along = np.gradient(points, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    return np.stack([-along[:, 1], along[:, 0]], axis=1)


def ribbon(points: Points, widths: ArrayLike) -> Points:
    """The outline of a line that is as wide at each point as `widths` says, in pixels."""
    half = normals(points) * np.broadcast_to(np.asarray(widths), (len(points),))[:, None] / 2
    return np.concatenate([points + half, (points - half)[::-1]])


def jittered(rng: Rng, colours: Rgb, tone: float, tint: float) -> NDArray[np.uint8]:
    """(n, 3) colours moved in tone (all channels together) and tint (each), in steps of 0..255."""
    moved = colours.astype(np.float32)
    moved += rng.normal(0, tone, (len(colours), 1)) + rng.normal(0, tint, (len(colours), 3))
    return np.clip(moved, 0, 255).astype(np.uint8)


def strokes(
    rng: Rng,
    picture: Rgb,
    source: Rgb,
    angle: Plane | float,
    count: int,
    length: float,
    thickness: float,
    mask: Plane | None = None,
    tone: float = 12,
    tint: float = 7,
) -> None:
    """Paint short strokes in place, each in the source's colour where it begins.

    Angles are radians (0 lies flat). A mask (0..1) is the chance that a stroke is laid there.
    """
    height, width = picture.shape[:2]
    x, y = rng.uniform(0, width, count), rng.uniform(0, height, count)
    row, column = y.astype(int), x.astype(int)
    if mask is not None:
        kept = rng.random(count) < mask[row, column]
        x, y, row, column = x[kept], y[kept], row[kept], column[kept]
    count = len(x)
    turn = angle if isinstance(angle, float) else angle[row, column]
    turn = turn + rng.normal(0, 0.12, count)
    reach = length * rng.uniform(0.6, 1.3, count) / 2
    dx, dy = np.cos(turn) * reach, np.sin(turn) * reach
    starts = _fixed(np.stack([x - dx, y - dy], axis=1)).tolist()
    ends = _fixed(np.stack([x + dx, y + dy], axis=1)).tolist()
    widths = np.maximum(1, np.round(thickness * rng.uniform(0.6, 1.3, count))).astype(int).tolist()
    colours = jittered(rng, source[row, column], tone, tint).tolist()
    for start, end, colour, wide in zip(starts, ends, colours, widths, strict=True):
        cv2.line(picture, start, end, colour, wide, cv2.LINE_AA, _SHIFT)


def dots(picture: Rgb, centres: Points, radii: NDArray[np.float64], colours: Rgb) -> None:
    """Draw discs in place, in the order given; colours are (n, 3)."""
    sizes = np.round(radii * _FINE).astype(int).tolist()
    for centre, size, colour in zip(_fixed(centres).tolist(), sizes, colours.tolist(), strict=True):
        cv2.circle(picture, centre, size, colour, -1, cv2.LINE_AA, _SHIFT)


def bristles(rng: Rng, height: int, width: int, angle: Plane | float, length: int = 9) -> Plane:
    """Noise smeared along the directions of a field: the furrows a brush leaves, about -1..1.

    Line integral convolution (Cabral and Leedom, 1993), at half size for speed.
    """
    rows, columns = height // 2 + 1, width // 2 + 1
    noise = rng.standard_normal((rows, columns), np.float32)
    turn = (
        np.full((rows, columns), angle, np.float32)
        if isinstance(angle, float)
        else resized(angle, rows, columns)
    )
    step_x, step_y = np.cos(turn), np.sin(turn)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    total = noise.copy()
    for step in range(1, length // 2 + 1):
        for side in (-step, step):
            total += cv2.remap(
                noise,
                x + side * step_x,
                y + side * step_y,
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REFLECT,
            )
    return resized(total / np.float32(math.sqrt(length)), height, width)


def impasto(rng: Rng, picture: Rgb, angle: Plane | float, strength: float = 0.12) -> Rgb:
    """The picture as thick paint lit from the upper left: furrows, and edges of the strokes."""
    height, width = picture.shape[:2]
    furrows = bristles(rng, height, width, angle)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255)
    relief = furrows * np.float32(strength) + blurred(grey, 0.8) * np.float32(strength * 4)
    return shaded(picture, emboss(relief, 1.0))


def in_strokes(rng: Rng, scene: Rgb, angle: Plane | float, length: float, thickness: float) -> Rgb:
    """The scene painted over in two layers of strokes along the field: broad, then fine."""
    picture = blurred(scene, 5)
    area = scene.shape[0] * scene.shape[1]
    strokes(rng, picture, scene, angle, area // 140, length * 1.5, thickness * 1.7)
    strokes(rng, picture, scene, angle, area // 100, length * 0.8, thickness * 0.8, tone=16, tint=9)
    return picture
