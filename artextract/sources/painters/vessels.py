"""Jugs, vases, flagons and candles for still lifes, and the shadows that things throw."""

from collections.abc import Callable

import numpy as np

from artextract.sources.painters.brush import (
    disc,
    ellipse_points,
    polygon,
    polyline,
    shape_mask,
    smooth_curve,
)
from artextract.sources.painters.canvas import (
    Colour,
    Rgb,
    Rng,
    blurred,
    grid,
    mix,
    pick,
    vary,
    wash,
)
from artextract.sources.painters.scenery import glow


def thrown_shadow(picture: Rgb, x: float, y: float, wide: float, high: float, light: int) -> None:
    """The soft shadow a thing throws on the table, away from the light."""
    height, width = picture.shape[:2]
    pool = ellipse_points(x - light * wide * 0.7, y, wide * 1.35, high)
    wash(
        picture, (8, 5, 4), blurred(shape_mask(height, width, pool), wide * 0.16) * np.float32(0.75)
    )


def _jug(
    rng: Rng,
    picture: Rgb,
    x: float,
    foot: float,
    unit: float,
    light: int,
    clay: Colour,
    gloss: float,
) -> None:
    """A turned vessel: profile filled, shaded round, rim, handle and highlight."""
    height, width = picture.shape[:2]
    thrown_shadow(picture, x, foot, unit * 1.1, unit * 0.35, light)
    belly, neck = rng.uniform(0.95, 1.3), rng.uniform(0.38, 0.6)
    tall = unit * rng.uniform(2.9, 4.1)
    profile = [(0.55, 0.0), (belly, -0.3), (belly * 0.85, -0.58), (neck, -0.8), (neck * 1.2, -1.0)]
    half = smooth_curve([(u * unit, foot + v * tall) for u, v in profile], 40)
    outline = np.concatenate([half + (x, 0), (half * (-1, 1))[::-1] + (x, 0)])
    side = light if rng.random() < 0.5 else -light
    handle = smooth_curve([(x + side * neck * unit, foot - tall * 0.9),
        (x + side * unit * 1.35, foot - tall * 0.75),
        (x + side * unit * belly * 0.9, foot - tall * 0.45)], 24)  # fmt: skip
    polyline(picture, handle, mix(clay, (12, 8, 6), 0.45), unit * 0.22)
    polyline(picture, handle + (light, -1), mix(clay, (255, 240, 210), 0.2), unit * 0.06)
    mask = shape_mask(height, width, outline)
    _, columns = grid(height, width)
    across = (columns - x) / (unit * belly) * light
    wash(picture, mix(clay, (8, 6, 6), 0.72), mask)
    wash(
        picture,
        clay,
        mask * np.clip(0.62 + 0.85 * across - 0.75 * np.maximum(across, 0) ** 2, 0, 1),
    )
    glint = blurred(shape_mask(height, width,
        ellipse_points(x + light * unit * belly * 0.45, foot - tall * 0.42,
        unit * 0.1, tall * 0.11)), unit * 0.06)  # fmt: skip
    wash(picture, (255, 248, 230), glint * np.float32(gloss))
    rim = ellipse_points(x, foot - tall, neck * unit * 1.2, unit * 0.14)
    polygon(picture, rim, mix(clay, (6, 4, 4), 0.75))
    polyline(picture, rim, mix(clay, (255, 240, 210), 0.35), 2)


def _earthen_jug(rng: Rng, picture: Rgb, x: float, foot: float, unit: float, light: int) -> None:
    """A jug of brown or grey stoneware."""
    clay = vary(rng, pick(rng, ((150, 90, 52), (130, 120, 104), (90, 70, 50))), 0.03)
    _jug(rng, picture, x, foot, unit, light, clay, 0.55)


def _blue_vase(rng: Rng, picture: Rgb, x: float, foot: float, unit: float, light: int) -> None:
    """A vase of glazed blue."""
    _jug(rng, picture, x, foot, unit, light, vary(rng, (62, 96, 150), 0.04), 0.95)


def _pewter(rng: Rng, picture: Rgb, x: float, foot: float, unit: float, light: int) -> None:
    """A pewter flagon."""
    _jug(rng, picture, x, foot, unit, light, vary(rng, (140, 140, 136), 0.02), 0.9)


def _candle(rng: Rng, picture: Rgb, x: float, foot: float, unit: float, light: int) -> None:
    """A burning candle on a brass stick."""
    tall = unit * rng.uniform(1.6, 2.8)
    base = foot - unit * 1.0
    thrown_shadow(picture, x, foot, unit * 0.7, unit * 0.25, light)
    polygon(picture, ellipse_points(x, foot - unit * 0.1, unit * 0.8, unit * 0.22), (104, 78, 36))
    polyline(picture, [(x, foot - unit * 0.15), (x, base)], (134, 100, 46), unit * 0.25)
    polygon(picture, ellipse_points(x, base, unit * 0.42, unit * 0.12), (160, 124, 60))
    wax = [
        (x - unit * 0.2, base),
        (x - unit * 0.2, base - tall),
        (x + unit * 0.2, base - tall),
        (x + unit * 0.2, base),
    ]
    polygon(picture, wax, (214, 196, 150))
    shade = [(x - light * unit * 0.2, base), (x - light * unit * 0.2, base - tall),
        (x - light * unit * 0.04, base - tall), (x - light * unit * 0.04, base)]  # fmt: skip
    polygon(picture, shade, (150, 126, 84))
    tip = base - tall
    glow(picture, x, tip - unit * 0.4, unit * 1.1, (255, 190, 90), 0.75)
    flame = [(0, 0.05), (0.15, -0.25), (0.05, -0.65), (0, -0.9), (-0.08, -0.6), (-0.15, -0.25)]
    polygon(
        picture, smooth_curve(np.array(flame) * unit + (x, tip), 40, closed=True), (255, 226, 140)
    )
    disc(picture, x, tip - unit * 0.24, unit * 0.08, (255, 250, 226))


Vessel = Callable[[Rng, Rgb, float, float, float, int], None]
VESSELS: tuple[tuple[str, Vessel], ...] = (
    ("an earthen jug", _earthen_jug),
    ("a blue vase", _blue_vase),
    ("a pewter flagon", _pewter),
    ("a candle", _candle),
)
