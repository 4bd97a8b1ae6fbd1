"""Seascapes in short level strokes, with what sails and shines on the water."""

import numpy as np

from artextract.sources.painters import brush, canvas, scenery
from artextract.sources.painters.canvas import Colour, Rgb, Rng, mix, pick, vary, wash
from artextract.sources.painters.scenery import HOURS, Hour


def sea(rng: Rng) -> canvas.Painting:
    """Boats on open water in short level strokes, at times with a low sun and its broken path."""
    height, width = canvas.picture_size(rng, 1.0, 2.2)
    hour, horizon = pick(rng, (*HOURS[:5], HOURS[6])), height * rng.uniform(0.3, 0.55)
    scene, sun = scenery.sky(rng, height, width, hour, horizon)
    deep = vary(rng, mix(hour.zenith, (30, 90, 110), 0.5), 0.05)
    scenery.still_water(rng, scene, horizon, deep, 0.55)
    rows, _ = canvas.grid(height, width)
    swell = canvas.clouds(rng, height, width, 60, stretch=5) * (rows > horizon)
    wash(scene, mix(hour.zenith, (16, 40, 70), 0.5), swell * 0.6)
    wash(scene, mix(hour.horizon, (255, 255, 255), 0.3), -swell * 0.5)
    drift = 0.5 * canvas.clouds(rng, height, width, 180, 2) - 0.3
    angle = np.where(rows > horizon, 0.0, drift)
    picture = brush.in_strokes(rng, scene, angle, 19, 5)
    title = f"{fleet(rng, picture, hour, horizon).capitalize()} on the water, {hour.name}"
    if hour.name in scenery.LOW_SUN:
        warm = mix(hour.light, (250, 110, 40), 0.35)
        light_path(rng, picture, sun, horizon, min(height, width) * 0.035, warm)
    return brush.impasto(rng, picture, angle), title


def fleet(rng: Rng, picture: Rgb, hour: Hour, horizon: float) -> str:
    """One to six boats, the far ones first, each over its broken reflection; says how many."""
    height, width = picture.shape[:2]
    nears = np.sort(rng.uniform(0.05, 0.6, int(rng.integers(1, 7))))
    for x, near in zip(canvas.spread(rng, len(nears)), nears, strict=True):
        foot, tall = horizon + (height - horizon) * near, height * (0.09 + 0.3 * near)
        sail = pick(rng, (mix(hour.light, (255, 255, 255), 0.4), (60, 50, 70), (170, 80, 50)))
        for drop in rng.uniform(0, 0.9, int(10 + 20 * near)):
            half, y = tall * 0.2 * (1 - drop) * rng.uniform(0.3, 1.2), foot + drop * tall * 0.8
            dim = vary(rng, mix(sail, hour.zenith, 0.45), 0.03)
            brush.polyline(picture, [(x * width - half, y), (x * width + half, y)], dim, 3)
        _sailboat(rng, picture, x * width, foot, tall, vary(rng, sail, 0.03))
    return canvas.counted(len(nears), "boat")


def _sailboat(rng: Rng, picture: Rgb, x: float, y: float, tall: float, sail: Colour) -> None:
    """A small boat with two sails, its keel line at y."""
    lean, side = rng.normal(0, 0.06), rng.choice([-1, 1])
    hull = [(-0.36, -0.1), (0.36, -0.1), (0.22, 0), (-0.22, 0)]
    main = [(lean, -1), (0.36 * side, -0.16), (0, -0.14)]
    jib = [(lean, -1), (-0.26 * side, -0.18), (0, -0.16)]
    for shape, tone in ((hull, 0.85), (main, 0.0), (jib, 0.3)):
        brush.polygon(picture, brush.placed(shape, x, y, tall), mix(sail, (40, 30, 50), tone))


def light_path(rng: Rng, picture: Rgb, x: float, horizon: float, size: float, colour: Colour) -> None:
    """The light of a sun or moon down the water: level dashes that widen towards the viewer."""
    for near in rng.uniform(0.01, 1, 90) ** 1.2:
        y = horizon + (len(picture) - horizon) * near
        middle = x + rng.normal(0, size * (0.5 + 1.5 * near))
        half = size * rng.uniform(0.3, 1.1) * (0.5 + near)
        tone = vary(rng, mix(colour, (255, 240, 190), rng.uniform(0, 0.7)), 0.04)
        brush.polyline(picture, [(middle - half, y), (middle + half, y)], tone, 2 + 3 * near)
