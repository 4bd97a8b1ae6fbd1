"""A face, seen from the front or turned a little, lit from one side.

Places are in shares of the face: u is -1..1 from cheek to cheek, v is -1..1 from hairline to chin.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from artextract.sources.painters import brush, canvas
from artextract.sources.painters.canvas import Colour, Rgb, mix, wash

Places: TypeAlias = Sequence[tuple[float, float]]

DARK: Colour = (12, 8, 8)
DEEP: Colour = (52, 18, 12)
# Where the light differs from the light on an egg: u (towards the light), v, width, height, how
# far the part stands forward, and how much lighter it is: eye sockets, bridge and side of the
# nose, its tip, the hollows under nose and lip, the cheekbone, the brow.
RELIEF = (
    (-0.38, -0.13, 0.17, 0.1, 1.0, -0.15),
    (0.38, -0.13, 0.17, 0.1, 1.0, -0.15),
    (0.03, 0.06, 0.055, 0.2, 1.4, 0.13),
    (-0.15, 0.14, 0.06, 0.17, 1.3, -0.14),
    (0.02, 0.3, 0.075, 0.055, 1.7, 0.16),
    (0.0, 0.44, 0.13, 0.035, 1.2, -0.16),
    (0.0, 0.74, 0.14, 0.04, 1.0, -0.13),
    (0.42, 0.12, 0.2, 0.12, 0.9, 0.08),
    (0.15, -0.58, 0.35, 0.2, 0.8, 0.09),
)


class Sitter(NamedTuple):
    """Where a face is and what it looks like: centre and half-axes in px, light from -1 or 1."""

    x: float
    y: float
    a: float
    b: float
    turn: float
    light: int
    skin: Colour
    eye: Colour
    hair: Colour
    lips: Colour

    def at(self, u: float, v: float, depth: float = 1.0) -> tuple[float, float]:
        """The pixel of a place on the face. Parts that stand forward move more with the turn."""
        across = u * (1 - 0.12 * abs(self.turn)) + 0.22 * self.turn * depth
        return self.x + across * self.a, self.y + v * self.b

    def many(self, places: Places, depth: float = 1.0) -> brush.Points:
        """The pixels of several places."""
        return np.array([self.at(u, v, depth) for u, v in places])

    def curve(self, places: Places, depth: float = 1.0) -> brush.Points:
        """A smooth line through several places."""
        return brush.smooth_curve(self.many(places, depth))


def both_sides(half: Places) -> list[tuple[float, float]]:
    """A symmetrical outline from its right half."""
    return [*half, *((-u, v) for u, v in reversed(half))]


def paint_face(picture: Rgb, sitter: Sitter) -> None:
    """Paint the head without its hair, in place: shaded skin, brows, eyes, nose, mouth."""
    _skin(picture, sitter)
    for side in (-1, 1):
        _eye(picture, sitter, side)
        x, y = sitter.at(side * 0.095, 0.385, 1.45)
        nostril = mix(sitter.skin, DEEP, 0.72)
        brush.oval(picture, x, y, sitter.a * 0.045, sitter.a * 0.022, nostril, -side * 0.35)
    edge = [(-0.13 * sitter.light, -0.14), (-0.085 * sitter.light, 0.04), (-0.13 * sitter.light, 0.24)]
    brush.polyline(picture, sitter.curve(edge, 1.3), mix(sitter.skin, DEEP, 0.28), sitter.a * 0.02)
    left, right = (-0.29, 0.575), (0.29, 0.575)
    middle = sitter.curve([left, (-0.12, 0.6), (0, 0.61), (0.12, 0.6), right])
    bow = [(-0.13, 0.555), (-0.045, 0.535), (0, 0.55), (0.045, 0.535), (0.13, 0.555)]
    upper_lip = sitter.curve([left, *bow, right])
    lower_lip = sitter.curve([right, (0.15, 0.665), (0, 0.69), (-0.15, 0.665), left])
    brush.polygon(picture, np.concatenate([middle, lower_lip]), sitter.lips)
    brush.polygon(picture, np.concatenate([upper_lip, middle[::-1]]), mix(sitter.lips, DEEP, 0.38))
    brush.polyline(picture, middle, mix(sitter.lips, DARK, 0.75), sitter.a * 0.02)


def _skin(picture: Rgb, sitter: Sitter) -> None:
    """An egg lit from one side and from above, with the relief of the features, and a blush."""
    rows, columns = canvas.grid(*picture.shape[:2])

    def spot(u: float, v: float, wide: float, high: float, depth: float) -> canvas.Plane:
        x, y = sitter.at(u, v, depth)
        across, down = (columns - x) / (wide * sitter.a), (rows - y) / (high * sitter.b)
        return np.exp(-(across**2) / 2) * np.exp(-(down**2) / 2)

    u, v = (columns - sitter.x) / (sitter.a * 1.06), (rows - sitter.y) / (sitter.b * 1.14)
    forward = np.sqrt(np.clip(1 - u**2 - (0.8 * v) ** 2, 0.02, 1))
    tone = 0.24 + 0.62 * np.clip(0.5 * sitter.light * u - 0.34 * v + 0.8 * forward, 0, 1.2)
    for across, down, wide, high, depth, amount in RELIEF:
        tone = tone + amount * spot(across * sitter.light, down, wide, high, depth)
    skin = np.full_like(picture, mix(sitter.skin, (38, 14, 8), 0.62))
    wash(skin, sitter.skin, tone * 1.5)
    wash(skin, mix(sitter.skin, (255, 244, 224), 0.35), np.clip((tone - 0.72) * 1.9, 0, 0.85))
    cheeks = spot(-0.54, 0.24, 0.2, 0.17, 1.0) + spot(0.54, 0.24, 0.2, 0.17, 1.0)
    wash(skin, mix(sitter.skin, (204, 78, 68), 0.6), 0.4 * cheeks)
    half = [(0.3, -1.08), (0.5, -1.0), (0.86, -0.62), (0.96, -0.1), (0.92, 0.3), (0.7, 0.7), (0.35, 0.96), (0, 1.04)]
    wash(picture, skin, brush.shape_mask(picture, brush.smooth_curve(sitter.many(both_sides(half), 0.25), 120)))


def _eye(picture: Rgb, sitter: Sitter, side: int) -> None:
    """White, iris, pupil, a highlight, lids and lashes, and the brow above."""
    inner, outer = (side * 0.19, -0.084), (side * 0.59, -0.103)
    upper = sitter.curve([inner, (side * 0.34, -0.166), (side * 0.48, -0.153), outer])
    lower = sitter.curve([inner, (side * 0.37, -0.044), (side * 0.51, -0.06), outer])
    ball = np.full_like(picture, mix((234, 226, 216), sitter.skin, 0.3))
    x, y = sitter.at(side * 0.39 + sitter.turn * 0.06, -0.107)
    for size, colour in ((0.098, mix(sitter.eye, DARK, 0.6)), (0.082, sitter.eye), (0.045, DARK)):
        brush.disc(ball, x, y, sitter.a * size, colour)
    brush.polyline(ball, upper + (0, 1.2), (60, 40, 34), sitter.a * 0.035)
    wash(picture, ball, brush.shape_mask(picture, np.concatenate([upper, lower[::-1]]), 0.4))
    brush.disc(picture, x + sitter.light * 0.03 * sitter.a, y - 0.03 * sitter.a, 1.4, (252, 250, 246))
    brush.polyline(picture, lower, mix(sitter.skin, DEEP, 0.35))
    brush.polyline(picture, upper - (0, sitter.a * 0.06), mix(sitter.skin, DEEP, 0.42))
    along, brown = np.linspace(0, 1, len(upper)), mix(sitter.hair, (30, 18, 14), 0.55)
    lashes = np.interp(along, (0, 0.5, 1), (0.012, 0.05, 0.03)) * sitter.a
    brush.polygon(picture, brush.ribbon(upper, lashes), mix(brown, DEEP, 0.5))
    brow = sitter.curve([(side * 0.16, -0.285), (side * 0.36, -0.345), (side * 0.62, -0.27)])
    hairs = np.interp(along, (0, 0.3, 1), (0.05, 0.08, 0.015)) * sitter.a
    brush.polygon(picture, brush.ribbon(brow, hairs), mix(brown, sitter.skin, 0.3))
