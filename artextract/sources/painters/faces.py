"""A face, seen from the front or a little turned, lit from one side.

Places are in shares of the face: u runs -1..1 from cheek to cheek, v -1..1 from hairline to chin.
"""

from dataclasses import dataclass

import numpy as np

from artextract.sources.painters.brush import (
    Points,
    disc,
    ellipse_points,
    polygon,
    polyline,
    ribbon,
    shape_mask,
    smooth_curve,
)
from artextract.sources.painters.canvas import (
    Colour,
    Plane,
    Rgb,
    Rng,
    blurred,
    grid,
    mix,
    pick,
    vary,
    wash,
)

SKINS: tuple[Colour, ...] = (
    (240, 206, 178),
    (232, 190, 156),
    (216, 168, 130),
    (190, 138, 100),
    (150, 102, 72),
    (112, 74, 54),
)
EYES: tuple[tuple[str, Colour], ...] = (
    ("brown", (92, 58, 34)),
    ("blue", (84, 116, 150)),
    ("green", (92, 112, 76)),
    ("grey", (112, 116, 120)),
    ("dark", (46, 32, 26)),
)


@dataclass(frozen=True)
class Face:
    """Where a face is and what it is like: centre and half-sizes in px, light from -1 or 1."""

    x: float
    y: float
    half_width: float
    half_height: float
    turn: float
    light: int
    skin: Colour
    eye_word: str
    eye: Colour
    hair: Colour
    lips: Colour
    jaw: float
    smile: float

    def at(self, u: float, v: float, depth: float = 1.0) -> tuple[float, float]:
        """The pixel of a place on the face; what stands forward moves more with the turn."""
        return (
            self.x + (u * (1 - 0.12 * abs(self.turn)) + 0.22 * self.turn * depth) * self.half_width,
            self.y + v * self.half_height,
        )

    def many(self, places: list[tuple[float, float]], depth: float = 1.0) -> Points:
        """The pixels of several places."""
        return np.array([self.at(u, v, depth) for u, v in places])


def draw_face(rng: Rng, x: float, y: float, half_width: float, hair: Colour, skins: int) -> Face:
    """A face at random: one of the first `skins` complexions, eyes, lips, jaw, turn and light."""
    skin = vary(rng, pick(rng, SKINS[:skins]), 0.02)
    eye_word, eye = pick(rng, EYES) if sum(skin) > 480 else pick(rng, (EYES[0], EYES[4]))
    return Face(
        x=x,
        y=y,
        half_width=half_width,
        half_height=half_width * rng.uniform(1.26, 1.4),
        turn=rng.uniform(-0.5, 0.5),
        light=-1 if rng.random() < 0.5 else 1,
        skin=skin,
        eye_word=eye_word,
        eye=eye,
        hair=hair,
        lips=vary(rng, mix(skin, (176, 50, 56), rng.uniform(0.35, 0.65)), 0.02),
        jaw=rng.uniform(0.62, 0.78),
        smile=rng.uniform(-0.01, 0.05),
    )


def outline(face: Face) -> Points:
    """The contour of the head without its hair."""
    jaw = face.jaw
    half = [(0.5, -1.0), (0.86, -0.62), (0.96, -0.1), (0.92, 0.3), (jaw, 0.7), (jaw * 0.5, 0.96)]
    left = [(-u, v) for u, v in reversed(half)]
    return smooth_curve(face.many([(0, -1.1), *half, (0, 1.04), *left], 0.25), 120, closed=True)


def paint_face(rng: Rng, picture: Rgb, face: Face) -> None:
    """Paint the head without hair: shaded skin, eyes, brows, nose, mouth."""
    height, width = picture.shape[:2]
    contour = outline(face)
    mask = blurred(shape_mask(height, width, contour), 1.0)
    tone = _relief(face, height, width)
    shadow = mix(mix(face.skin, (60, 20, 10), 0.55), (20, 10, 8), 0.3)
    bright = mix(face.skin, (255, 244, 224), 0.35)
    skin = np.zeros_like(picture)
    skin[:] = shadow
    wash(skin, face.skin, np.clip(tone * 1.5, 0, 1))
    wash(skin, bright, np.clip((tone - 0.72) * 1.9, 0, 0.85))
    for side in (-1, 1):
        wash(
            skin,
            mix(face.skin, (206, 80, 70), 0.6),
            0.42 * _spot(face, skin, side * 0.54, 0.24, 0.2, 0.17),
        )
    wash(skin, mix(face.skin, (196, 84, 70), 0.5), 0.3 * _spot(face, skin, 0, 0.32, 0.13, 0.1, 1.5))
    wash(picture, skin, mask)
    for side in (-1, 1):
        _eye(rng, picture, face, side)
        _brow(rng, picture, face, side)
    _nose(picture, face)
    _mouth(picture, face)


def _spot(
    face: Face, picture: Rgb, u: float, v: float, wide: float, high: float, depth: float = 1.0
) -> Plane:
    """A soft spot (0..1) on the face, its size in half-widths of the face."""
    rows, columns = grid(*picture.shape[:2])
    x, y = face.at(u, v, depth)
    across = ((columns - x) / (wide * face.half_width)) ** 2
    down = ((rows - y) / (high * face.half_height)) ** 2
    return np.asarray(np.exp(-across / 2) * np.exp(-down / 2), np.float32)


def _relief(face: Face, height: int, width: int) -> Plane:
    """How light falls on the face, 0 dark .. about 1: an egg, then sockets, nose, lips, chin."""
    rows, columns = grid(height, width)
    u = (columns - face.x) / (face.half_width * 1.06)
    v = (rows - face.y) / (face.half_height * 1.14)
    forward = np.sqrt(np.clip(1 - u**2 - (0.8 * v) ** 2, 0.02, 1))
    tone = 0.24 + 0.62 * np.clip(0.5 * face.light * u - 0.34 * v + 0.8 * forward, 0, 1.2)
    canvas = np.zeros((height, width, 3), np.uint8)
    light = face.light
    spots = (
        (-0.38, -0.13, 0.17, 0.1, 1.0, -0.15),
        (0.38, -0.13, 0.17, 0.1, 1.0, -0.15),
        (0.03 * light, 0.06, 0.055, 0.2, 1.4, 0.13),
        (-0.15 * light, 0.14, 0.06, 0.17, 1.3, -0.14),
        (0.02 * light, 0.3, 0.075, 0.055, 1.7, 0.16),
        (0, 0.44, 0.13, 0.035, 1.2, -0.16),
        (0, 0.74, 0.14, 0.04, 1.0, -0.13),
        (0.02, 0.88, 0.15, 0.08, 0.9, 0.09),
        (0.42 * light, 0.12, 0.2, 0.12, 0.9, 0.08),
        (0.15 * light, -0.58, 0.35, 0.2, 0.8, 0.09),
        (-0.75 * light, 0.45, 0.2, 0.3, 0.4, -0.1),
    )
    for across, down, wide, high, depth, amount in spots:
        tone = tone + amount * _spot(face, canvas, across, down, wide, high, depth)
    return np.asarray(tone, np.float32)


def _eye(rng: Rng, picture: Rgb, face: Face, side: int) -> None:
    """White, iris, pupil, a catch-light, lids and lashes."""
    height, width = picture.shape[:2]
    x, y = face.at(side * 0.39, -0.1)
    long, tall = face.half_width * 0.2, face.half_width * 0.088
    inner, outer = (x - side * long, y + tall * 0.25), (x + side * long, y - tall * 0.05)
    upper = smooth_curve(
        [
            inner,
            (x - side * long * 0.25, y - tall),
            (x + side * long * 0.45, y - tall * 0.8),
            outer,
        ],
        18,
    )
    lower = smooth_curve(
        [
            inner,
            (x - side * long * 0.1, y + tall * 0.85),
            (x + side * long * 0.6, y + tall * 0.6),
            outer,
        ],
        18,
    )
    opening = shape_mask(height, width, np.concatenate([upper, lower[::-1]]))
    ball = picture.copy()
    polygon(
        ball, ellipse_points(x, y, long * 1.2, tall * 1.5), mix((234, 226, 216), face.skin, 0.3)
    )
    gaze = x + face.turn * long * 0.3
    radius = face.half_width * 0.098
    disc(ball, gaze, y - tall * 0.1, radius, mix(face.eye, (16, 12, 12), 0.6))
    disc(ball, gaze, y - tall * 0.1, radius * 0.84, face.eye)
    disc(ball, gaze, y + tall * 0.2, radius * 0.5, mix(face.eye, (230, 210, 170), 0.3))
    disc(ball, gaze, y - tall * 0.1, radius * 0.46, (12, 10, 12))
    polyline(ball, upper + (0, 1.2), (60, 40, 34), face.half_width * 0.035)
    wash(picture, ball, opening)
    shadow = mix(face.skin, (52, 24, 18), 0.75)
    polyline(picture, lower, mix(face.skin, shadow, 0.45), 1)
    lash = mix(face.hair, (20, 12, 10), 0.7)
    swell = np.interp(np.linspace(0, 1, 18), (0, 0.5, 1), (0.012, 0.05, 0.03)) * face.half_width
    polygon(picture, ribbon(upper, swell), lash)
    polyline(picture, upper - (0, tall * rng.uniform(0.5, 0.8)), mix(face.skin, shadow, 0.55), 1.2)
    glint = gaze + face.light * radius * 0.35
    disc(picture, glint, y - tall * 0.4, max(1.2, radius * 0.22), (252, 250, 246))


def _brow(rng: Rng, picture: Rgb, face: Face, side: int) -> None:
    """An eyebrow: a tapering band with single hairs."""
    arch = [(0.16, -0.285), (0.36, -0.345), (0.62, -0.27)]
    line = smooth_curve(face.many([(side * u, v) for u, v in arch]), 20)
    colour = mix(mix(face.hair, (40, 26, 20), 0.45), face.skin, 0.15)
    width = np.interp(np.linspace(0, 1, 20), (0, 0.3, 1), (0.05, 0.075, 0.015)) * face.half_width
    polygon(picture, ribbon(line, width), mix(colour, face.skin, 0.35))
    for place in rng.integers(0, 17, 26):
        x, y = line[place] + rng.normal(0, 0.015, 2) * face.half_width
        reach = face.half_width * 0.07
        polyline(picture, [(x, y + reach * 0.3), (x + side * reach, y - reach * 0.25)], colour)


def _nose(picture: Rgb, face: Face) -> None:
    """Nostrils, wings, and the edge of the shadow side."""
    shadow = mix(face.skin, (70, 22, 14), 0.72)
    soft = mix(face.skin, shadow, 0.6)
    unit = face.half_width
    for side in (-1, 1):
        x, y = face.at(side * 0.095, 0.385, 1.45)
        polygon(picture, ellipse_points(x, y, unit * 0.045, unit * 0.022, -side * 0.35), shadow)
        wing = [(side * 0.15, 0.28), (side * 0.195, 0.34), (side * 0.16, 0.395)]
        polyline(picture, smooth_curve(face.many(wing, 1.35), 10), soft, unit * 0.016)
    dark = -face.light
    edge = [(dark * 0.13, -0.14), (dark * 0.085, 0.04), (dark * 0.13, 0.24)]
    polyline(
        picture, smooth_curve(face.many(edge, 1.3), 12), mix(face.skin, shadow, 0.38), unit * 0.02
    )


def _mouth(picture: Rgb, face: Face) -> None:
    """Two lips, the line between them, and light on the lower one."""
    lift = face.smile
    corner = 0.29
    line = [(-corner, 0.595 - lift), (-0.12, 0.6), (0, 0.61), (0.12, 0.6), (corner, 0.595 - lift)]
    upper = [(-corner, 0.595 - lift), (-0.13, 0.555), (-0.045, 0.535), (0, 0.55),
        (0.045, 0.535), (0.13, 0.555), (corner, 0.595 - lift)]  # fmt: skip
    lower = [
        (corner, 0.595 - lift),
        (0.15, 0.665),
        (0, 0.69),
        (-0.15, 0.665),
        (-corner, 0.595 - lift),
    ]
    middle = smooth_curve(face.many(line), 24)
    top = smooth_curve(face.many(upper), 30)
    bottom = smooth_curve(face.many(lower), 24)
    polygon(picture, np.concatenate([middle, bottom]), face.lips)
    polygon(picture, np.concatenate([top, middle[::-1]]), mix(face.lips, (60, 16, 20), 0.38))
    x, y = face.at(0.05 * face.light, 0.645)
    shine = mix(face.lips, (255, 220, 210), 0.4)
    polygon(picture, ellipse_points(x, y, face.half_width * 0.08, face.half_height * 0.014), shine)
    polyline(picture, middle, mix(face.lips, (40, 8, 10), 0.75), face.half_width * 0.02)
