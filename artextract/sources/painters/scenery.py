"""What landscapes are composed of: skies by the hour, hills, trees, water, boats.

Everything here is laid flat and plain; the manners that use it break it into dots or strokes.
"""

import math
from dataclasses import dataclass

import numpy as np

from artextract.sources.painters.brush import Points, ellipse_points, polygon, smooth_curve
from artextract.sources.painters.canvas import (
    Colour,
    Plane,
    Rgb,
    Rng,
    clouds,
    grid,
    mix,
    soft_step,
    vary,
    wash,
)

NUMBER_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


@dataclass(frozen=True)
class Hour:
    """The light of a time of day: sky from the top to the horizon, leaves, ground, sun."""

    name: str
    zenith: Colour
    middle: Colour
    horizon: Colour
    leaf: Colour
    ground: Colour
    light: Colour
    cloud: Colour


HOURS: tuple[Hour, ...] = (
    Hour(
        "early morning", (126, 160, 200), (190, 200, 214), (250, 216, 180),
        (84, 128, 84), (160, 172, 96), (255, 232, 180), (250, 226, 214),
    ),
    Hour(
        "noon", (70, 130, 200), (130, 184, 226), (206, 228, 232),
        (46, 116, 54), (164, 184, 70), (255, 250, 214), (250, 250, 246),
    ),
    Hour(
        "late afternoon", (92, 140, 190), (190, 200, 190), (250, 220, 140),
        (92, 116, 40), (208, 172, 72), (255, 226, 130), (252, 230, 190),
    ),
    Hour(
        "sunset", (84, 76, 140), (220, 120, 110), (252, 180, 84),
        (70, 70, 62), (140, 100, 72), (255, 210, 100), (240, 140, 110),
    ),
    Hour(
        "dusk", (44, 48, 100), (104, 90, 150), (206, 140, 150),
        (34, 58, 66), (74, 82, 96), (250, 200, 170), (150, 120, 170),
    ),
    Hour(
        "autumn light", (120, 150, 180), (190, 200, 200), (236, 220, 190),
        (196, 98, 36), (190, 140, 60), (255, 240, 200), (240, 236, 226),
    ),
    Hour(
        "mist", (160, 172, 184), (190, 196, 200), (216, 212, 202),
        (110, 128, 120), (150, 156, 140), (250, 236, 206), (210, 212, 214),
    ),
    Hour(
        "snow light", (150, 166, 196), (196, 204, 220), (236, 222, 216),
        (70, 84, 96), (226, 230, 240), (255, 240, 220), (236, 236, 242),
    ),
)  # fmt: skip


def paint_sky(rng: Rng, picture: Rgb, hour: Hour, horizon: float) -> None:
    """Fill the picture with the hour's sky down to `horizon` px, with drifting clouds."""
    height, width = picture.shape[:2]
    places = np.array([0, 0.55, 1.0]) * horizon
    rows = np.arange(height)
    stops = np.array([hour.zenith, hour.middle, hour.horizon], np.float64)
    column = np.stack([np.interp(rows, places, stops[:, channel]) for channel in range(3)], axis=1)
    picture[:] = column.astype(np.uint8)[:, None, :]
    cover = rng.uniform(-0.4, 0.5)
    drift = soft_step(clouds(rng, height, width, 160, 4, stretch=2.4) + cover - 0.5, 0.9)
    wash(picture, hour.cloud, 0.85 * drift)


def glow(picture: Rgb, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
    """Light about a sun, a moon or a lamp, falling off from `strength` (0..1), in place."""
    height, width = picture.shape[:2]
    rows, columns = grid(height, width)
    distance = (columns - x) ** 2 + (rows - y) ** 2
    wash(picture, colour, np.asarray(strength / (1 + distance / radius**2), np.float32))


def ridge(rng: Rng, width: int, level: float, relief: float, bumps: int) -> Points:
    """A skyline from the left edge to the right: about `level` px down, `relief` px either way."""
    x = np.linspace(-10, width + 10, bumps + 2)
    y = level + rng.normal(0, relief, bumps + 2)
    return smooth_curve(np.stack([x, y], axis=1), bumps * 12)


def below(line: Points, bottom: float) -> Points:
    """The polygon between a skyline and the bottom."""
    return np.concatenate([line, [(line[-1, 0], bottom), (line[0, 0], bottom)]])


def hills(rng: Rng, picture: Rgb, hour: Hour, horizon: float, count: int) -> None:
    """Ranges of hills one before another, bluer and paler the farther."""
    height, width = picture.shape[:2]
    for number in range(count):
        near = (number + 1) / count
        level = horizon - height * 0.13 * (1 - near) * rng.uniform(0.6, 1.4)
        colour = mix(mix(hour.middle, hour.zenith, 0.6), hour.leaf, 0.25 + 0.5 * near)
        relief = height * rng.uniform(0.012, 0.045)
        line = ridge(rng, width, level, relief, int(rng.integers(3, 8)))
        polygon(picture, below(line, height), vary(rng, colour, 0.03))


def meadow(rng: Rng, picture: Rgb, hour: Hour, horizon: float) -> None:
    """Ground from the horizon down, in light and dark bands, warmer to the front."""
    height, width = picture.shape[:2]
    line = ridge(rng, width, horizon, height * 0.006, 5)
    polygon(picture, below(line, height), vary(rng, hour.ground, 0.03))
    y, _ = grid(height, width)
    lower = soft_step(y - np.float32(horizon), 4)
    bands = soft_step(clouds(rng, height, width, 150, 3, stretch=3) - 0.1, 0.7)
    wash(picture, mix(hour.ground, hour.leaf, 0.7), lower * bands * 0.75)


def river(rng: Rng, picture: Rgb, hour: Hour, horizon: float) -> None:
    """A river that winds from the horizon to the lower edge and holds the sky."""
    height, width = picture.shape[:2]
    steps = np.linspace(0, 1, 24)
    sway = np.sin(steps * rng.uniform(3, 7) + rng.uniform(0, 6)) * width * 0.16 * (0.3 + steps)
    middle = width * rng.uniform(0.35, 0.65) + sway
    breadth = width * (0.02 + rng.uniform(0.25, 0.5) * steps**1.8)
    y = horizon + (height * 1.05 - horizon) * steps**1.3
    left = np.stack([middle - breadth / 2, y], axis=1)
    right = np.stack([middle + breadth / 2, y], axis=1)
    polygon(picture, np.concatenate([left, right[::-1]]), mix(hour.middle, hour.zenith, 0.35))
    inner = (left * 0.75 + right * 0.25)[4:], (left * 0.3 + right * 0.7)[4:]
    polygon(
        picture, np.concatenate([inner[0], inner[1][::-1]]), mix(hour.horizon, hour.middle, 0.4)
    )


def still_water(rng: Rng, picture: Rgb, horizon: float, tone: Colour, depth: float) -> None:
    """Turn all below the horizon into water: the scene above mirrored, darkened by `depth` 0..1."""
    height, width = picture.shape[:2]
    top = int(horizon)
    rows = np.clip(2 * top - np.arange(top, height), 0, top - 1)
    sway = (clouds(rng, height - top, width, 26, 2, stretch=4) * 4).astype(np.int64)
    mirrored = picture[np.clip(rows[:, None] + sway, 0, top - 1), np.arange(width)[None, :]]
    picture[top:] = mirrored
    y, _ = grid(height, width)
    wash(picture, tone, soft_step(y - np.float32(horizon), 3) * np.float32(depth))


def poplar(rng: Rng, picture: Rgb, x: float, foot: float, tall: float, leaf: Colour) -> None:
    """A tall narrow tree standing on `foot`, lit from one side."""
    turn = rng.normal(0, 0.03)
    slim = tall * rng.uniform(0.1, 0.15)
    polygon(
        picture,
        ellipse_points(x, foot - tall / 2, slim, tall / 2, turn),
        mix(leaf, (10, 20, 40), 0.35),
    )
    shift = slim * 0.3
    lit = ellipse_points(x - shift, foot - tall / 2, slim * 0.5, tall * 0.42, turn)
    polygon(picture, lit, vary(rng, mix(leaf, (250, 236, 120), 0.25), 0.03))


def round_tree(rng: Rng, picture: Rgb, x: float, foot: float, tall: float, leaf: Colour) -> None:
    """A spreading tree: trunk, dark mass, lit clumps."""
    trunk = tall * 0.05
    bark = mix(leaf, (60, 34, 30), 0.75)
    polygon(
        picture,
        [
            (x - trunk, foot),
            (x - trunk / 2, foot - tall / 2),
            (x + trunk / 2, foot - tall / 2),
            (x + trunk, foot),
        ],
        bark,
    )
    for size, tone in ((0.34, 0.4), (0.24, 0.15), (0.15, -0.2)):
        for _ in range(6):
            turn = rng.uniform(0, 2 * math.pi)
            reach = tall * 0.24 * rng.uniform(0, 1)
            centre_x = x + math.cos(turn) * reach - (0.4 - tone) * tall * 0.1
            centre_y = foot - tall * 0.66 + math.sin(turn) * reach * 0.8 - (0.4 - tone) * tall * 0.1
            target = (10, 20, 50) if tone > 0 else (252, 240, 130)
            clump = ellipse_points(
                centre_x, centre_y, tall * size * 0.55, tall * size * 0.45, rng.normal(0, 0.4)
            )
            polygon(picture, clump, vary(rng, mix(leaf, target, abs(tone)), 0.025))


def sailboat(rng: Rng, picture: Rgb, x: float, y: float, tall: float, sail: Colour) -> None:
    """A small boat with one or two sails, its keel line at y."""
    lean = rng.normal(0, 0.06) * tall
    side = -1 if rng.random() < 0.5 else 1
    hull = mix(sail, (40, 30, 40), 0.85)
    keel = tall * 0.36
    polygon(
        picture,
        [
            (x - keel, y - tall * 0.1),
            (x + keel, y - tall * 0.1),
            (x + keel * 0.6, y),
            (x - keel * 0.6, y),
        ],
        hull,
    )
    top = (x + lean, y - tall)
    polygon(picture, [top, (x + side * tall * 0.36, y - tall * 0.16), (x, y - tall * 0.14)], sail)
    if rng.random() < 0.7:
        dim = mix(sail, (120, 110, 130), 0.35)
        polygon(
            picture, [top, (x - side * tall * 0.26, y - tall * 0.18), (x, y - tall * 0.16)], dim
        )


def sky_mask(height: int, width: int, horizon: float) -> Plane:
    """1 above the horizon, 0 below."""
    y, _ = grid(height, width)
    return np.repeat(soft_step(np.float32(horizon) - y, 2), width, axis=1)
