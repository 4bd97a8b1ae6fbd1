"""What landscapes are composed of: skies by the hour, hills, meadows, rivers, trees, boats.

Everything here is laid flat and plain; the manners that use it break it into dots or strokes.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from artextract.sources.painters import brush, canvas
from artextract.sources.painters.canvas import Colour, Rgb, Rng, mix, vary, wash


@dataclass(frozen=True)
class Hour:
    """The light of a time of day: sky from the top to the horizon, leaves, ground."""

    name: str
    zenith: Colour
    middle: Colour
    horizon: Colour
    leaf: Colour
    ground: Colour

    @property
    def light(self) -> Colour:
        """The colour of the sun and of what it falls on."""
        return mix(self.horizon, (255, 240, 190), 0.6)


HOURS: tuple[Hour, ...] = (
    Hour("dawn", (126, 160, 200), (190, 200, 214), (250, 216, 180), (84, 128, 84), (160, 172, 96)),
    Hour("noon", (70, 130, 200), (130, 184, 226), (206, 228, 232), (46, 116, 54), (164, 184, 70)),
    Hour("evening", (92, 140, 190), (190, 200, 190), (250, 220, 140), (92, 116, 40), (208, 172, 72)),
    Hour("sunset", (84, 76, 140), (220, 120, 110), (252, 180, 84), (70, 70, 62), (140, 100, 72)),
    Hour("dusk", (44, 48, 100), (104, 90, 150), (206, 140, 150), (34, 58, 66), (74, 82, 96)),
    Hour("autumn", (99, 140, 180), (190, 200, 200), (236, 220, 190), (196, 98, 36), (190, 140, 60)),
    Hour("fog", (160, 172, 184), (190, 196, 200), (216, 212, 202), (99, 124, 114), (150, 156, 140)),
    Hour("snow", (150, 166, 196), (196, 204, 220), (236, 222, 216), (70, 84, 96), (226, 230, 240)),
)
LOW_SUN = ("dawn", "sunset", "dusk", "fog")


def sky(rng: Rng, height: int, width: int, hour: Hour, horizon: float) -> tuple[Rgb, float]:
    """A picture full of the hour's sky with clouds and, if low, its sun; and the x of the sun."""
    share = horizon / height
    stops = ((0.0, hour.zenith), (share * 0.55, hour.middle), (share, hour.horizon))
    picture = canvas.ramp(height, width, stops)
    drift = canvas.clouds(rng, height, width, 160, 4, stretch=2.4) + rng.uniform(-0.9, 0.0)
    wash(picture, mix(hour.horizon, (255, 246, 240), 0.45), 0.85 * canvas.soft_step(drift, 0.9))
    x, y = width * rng.uniform(0.15, 0.85), horizon * rng.uniform(0.45, 0.85)
    if hour.name in LOW_SUN:
        canvas.glow(picture, x, y, width * 0.1, hour.light, 0.8)
        brush.disc(picture, x, y, width * 0.03, mix(hour.light, (250, 110, 40), 0.3))
    return picture, x


def land(rng: Rng, picture: Rgb, level: float, relief: float, bumps: int, colour: Colour) -> brush.Points:
    """Fill all below a skyline about `level` px down, `relief` px either way; returns the line."""
    height, width = picture.shape[:2]
    knots = np.linspace(-10, width + 10, bumps + 2), level + rng.normal(0, relief, bumps + 2)
    line = brush.smooth_curve(np.stack(knots, axis=1), bumps * 12)
    brush.polygon(picture, [*line, (width + 10, height + 9), (-10, height + 9)], colour)
    return line


def hills(rng: Rng, picture: Rgb, hour: Hour, horizon: float, count: int) -> None:
    """Ranges of hills one before another, bluer and paler the farther."""
    height = len(picture)
    for near in np.arange(1, count + 1) / count:
        level = horizon - height * 0.13 * (1 - near) * rng.uniform(0.6, 1.4)
        colour = mix(mix(hour.middle, hour.zenith, 0.6), hour.leaf, 0.25 + 0.5 * near)
        relief, bumps = height * rng.uniform(0.012, 0.045), int(rng.integers(3, 8))
        land(rng, picture, level, relief, bumps, vary(rng, colour, 0.03))


def meadow(rng: Rng, picture: Rgb, hour: Hour, horizon: float) -> None:
    """Ground from the horizon down, in light and dark bands."""
    height, width = picture.shape[:2]
    land(rng, picture, horizon, height * 0.006, 5, vary(rng, hour.ground, 0.03))
    y, _ = canvas.grid(height, width)
    bands = canvas.clouds(rng, height, width, 150, stretch=3) + 0.3
    wash(picture, mix(hour.ground, hour.leaf, 0.7), bands * canvas.soft_step(y - horizon, 4))


def still_water(rng: Rng, picture: Rgb, horizon: float, tone: Colour, depth: float) -> None:
    """Turn all below the horizon into water: the scene above mirrored, toned by `depth` (0..1)."""
    height, width = picture.shape[:2]
    y, x = canvas.grid(height, width)
    sway = canvas.clouds(rng, height, width, 26, 2, stretch=4) * 4
    rows = np.clip(np.where(y > horizon, 2 * horizon - y + sway, y), 0, height).astype(np.float32)
    columns = np.repeat(x, height, axis=0).astype(np.float32)
    picture[:] = cv2.remap(picture, columns, rows, cv2.INTER_LINEAR)
    wash(picture, tone, canvas.soft_step(y - horizon, 3) * depth)


def tree(rng: Rng, picture: Rgb, x: float, foot: float, tall: float, leaf: Colour) -> None:
    """A spreading tree: trunk, dark mass, lit clumps."""
    trunk = [(-0.05, 0), (-0.025, -0.5), (0.025, -0.5), (0.05, 0)]
    brush.polygon(picture, brush.placed(trunk, x, foot, tall), mix(leaf, (60, 34, 30), 0.75))
    dark, lit = mix(leaf, (10, 20, 50), 0.4), mix(leaf, (252, 240, 130), 0.2)
    for light in np.linspace(0, 1, 18):
        size, (u, v) = 0.19 - 0.11 * light, rng.normal(0, 0.12, 2)
        across, down = x + (u - 0.09 * light) * tall, foot + (v * 0.8 - 0.66 - 0.1 * light) * tall
        colour = vary(rng, mix(dark, lit, light), 0.025)
        brush.oval(picture, across, down, tall * size, tall * size * 0.8, colour)
