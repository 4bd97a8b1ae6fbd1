"""A face, seen from the front or a little turned, lit from one side.

Places are in shares of the face: u runs -1..1 from cheek to cheek, v -1..1 from hairline to chin.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from artextract.sources.painters import brush, canvas
from artextract.sources.painters.canvas import Colour, Rgb, mix, wash

DEEP: Colour = (52, 18, 12)
Places = Sequence[tuple[float, float]]

# Where the light falls otherwise than on an egg: u (towards the light), v, width, height, how far
# it stands forward, and how much lighter. Sockets, bridge and sides of the nose, its tip, the
# hollows under nose and lip, the cheekbone, the brow.
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


@dataclass(frozen=True)
class Face:
    """Where a face is and what it is like: centre and half-axes in px, light from -1 or 1."""

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
        """The pixel of a place on the face; what stands forward moves more with the turn."""
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


def paint_face(picture: Rgb, face: Face) -> None:
    """Paint the head without its hair, in place: shaded skin, brows, eyes, nose, mouth."""
    left, top = int(face.x - 1.5 * face.a), int(face.y - 1.25 * face.b)
    reach = np.s_[top : top + int(2.5 * face.b), left : left + int(3 * face.a)]
    part, near = picture[reach], replace(face, x=face.x - left, y=face.y - top)
    _skin(part, near)
    for side in (-1, 1):
        _eye(part, near, side)
    _nose(part, near)
    _mouth(part, near)


def _skin(picture: Rgb, face: Face) -> None:
    """An egg lit from one side and from above, with the relief of the features, and a blush."""
    rows, columns = canvas.grid(*picture.shape[:2])

    def spot(u: float, v: float, wide: float, high: float, depth: float) -> canvas.Plane:
        x, y = face.at(u, v, depth)
        across = (columns - x) / (wide * face.a)
        down = (rows - y) / (high * face.b)
        return np.exp(-(across**2) / 2) * np.exp(-(down**2) / 2)

    u = (columns - face.x) / (face.a * 1.06)
    v = (rows - face.y) / (face.b * 1.14)
    forward = np.sqrt(np.clip(1 - u**2 - (0.8 * v) ** 2, 0.02, 1))
    tone = 0.24 + 0.62 * np.clip(0.5 * face.light * u - 0.34 * v + 0.8 * forward, 0, 1.2)
    for across, down, wide, high, depth, amount in RELIEF:
        tone = tone + amount * spot(across * face.light, down, wide, high, depth)
    skin = np.full_like(picture, mix(face.skin, (38, 14, 8), 0.62))
    wash(skin, face.skin, tone * 1.5)
    wash(skin, mix(face.skin, (255, 244, 224), 0.35), np.clip((tone - 0.72) * 1.9, 0, 0.85))
    cheeks = spot(-0.54, 0.24, 0.2, 0.17, 1.0) + spot(0.54, 0.24, 0.2, 0.17, 1.0)
    wash(skin, mix(face.skin, (204, 78, 68), 0.6), 0.4 * cheeks)
    half = [(0.5, -1.0), (0.86, -0.62), (0.96, -0.1), (0.92, 0.3), (0.7, 0.7), (0.35, 0.96)]
    contour = face.many([(0, -1.1), *both_sides([*half, (0, 1.04)])], 0.25)
    inside = brush.shape_mask(picture, brush.smooth_curve(contour, 120, closed=True))
    wash(picture, skin, canvas.blurred(inside, 1.0))


def _eye(picture: Rgb, face: Face, side: int) -> None:
    """White, iris, pupil, a catch-light, lids and lashes, and the brow above."""
    inner, outer = (side * 0.19, -0.084), (side * 0.59, -0.103)
    upper = face.curve([inner, (side * 0.34, -0.166), (side * 0.48, -0.153), outer])
    lower = face.curve([inner, (side * 0.37, -0.044), (side * 0.51, -0.06), outer])
    opening = brush.shape_mask(picture, np.concatenate([upper, lower[::-1]]))
    ball = np.full_like(picture, mix((234, 226, 216), face.skin, 0.3))
    x, y = face.at(side * 0.39 + face.turn * 0.06, -0.107)
    brush.disc(ball, x, y, face.a * 0.098, mix(face.eye, (16, 12, 12), 0.6))
    brush.disc(ball, x, y, face.a * 0.082, face.eye)
    brush.disc(ball, x, y, face.a * 0.045, (12, 10, 12))
    brush.polyline(ball, upper + (0, 1.2), (60, 40, 34), face.a * 0.035)
    wash(picture, ball, opening)
    brush.disc(picture, x + face.light * 0.03 * face.a, y - 0.03 * face.a, 1.4, (252, 250, 246))
    brush.polyline(picture, lower, mix(face.skin, DEEP, 0.35))
    brush.polyline(picture, upper - (0, face.a * 0.06), mix(face.skin, DEEP, 0.42))
    along, brown = np.linspace(0, 1, len(upper)), mix(face.hair, (30, 18, 14), 0.55)
    lashes = np.interp(along, (0, 0.5, 1), (0.012, 0.05, 0.03)) * face.a
    brush.polygon(picture, brush.ribbon(upper, lashes), mix(brown, DEEP, 0.5))
    brow = face.curve([(side * 0.16, -0.285), (side * 0.36, -0.345), (side * 0.62, -0.27)])
    hairs = np.interp(along, (0, 0.3, 1), (0.05, 0.08, 0.015)) * face.a
    brush.polygon(picture, brush.ribbon(brow, hairs), mix(brown, face.skin, 0.3))


def _nose(picture: Rgb, face: Face) -> None:
    """Nostrils and wings, and the edge of the shadow side."""
    for side in (-1, 1):
        wing = face.curve([(side * 0.15, 0.28), (side * 0.195, 0.34), (side * 0.16, 0.395)], 1.35)
        brush.polyline(picture, wing, mix(face.skin, DEEP, 0.42), face.a * 0.016)
        x, y = face.at(side * 0.095, 0.385, 1.45)
        tone = mix(face.skin, DEEP, 0.72)
        brush.oval(picture, x, y, face.a * 0.045, face.a * 0.022, tone, -side * 0.35)
    edge = [(-0.13 * face.light, -0.14), (-0.085 * face.light, 0.04), (-0.13 * face.light, 0.24)]
    brush.polyline(picture, face.curve(edge, 1.3), mix(face.skin, DEEP, 0.28), face.a * 0.02)


def _mouth(picture: Rgb, face: Face) -> None:
    """Two lips, the line between them, and light on the lower one."""
    left, right = (-0.29, 0.575), (0.29, 0.575)
    middle = face.curve([left, (-0.12, 0.6), (0, 0.61), (0.12, 0.6), right])
    bow = [(-0.13, 0.555), (-0.045, 0.535), (0, 0.55), (0.045, 0.535), (0.13, 0.555)]
    top = face.curve([left, *bow, right])
    bottom = face.curve([right, (0.15, 0.665), (0, 0.69), (-0.15, 0.665), left])
    brush.polygon(picture, np.concatenate([middle, bottom]), face.lips)
    brush.polygon(picture, np.concatenate([top, middle[::-1]]), mix(face.lips, DEEP, 0.38))
    shine = mix(face.lips, (255, 220, 210), 0.4)
    brush.oval(picture, *face.at(0.05 * face.light, 0.645), face.a * 0.08, face.b * 0.014, shine)
    brush.polyline(picture, middle, mix(face.lips, (40, 8, 10), 0.75), face.a * 0.02)
