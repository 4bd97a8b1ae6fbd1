"""Seascapes in short level strokes, after the impressionists."""

import numpy as np

from artextract.sources.painters import scenery
from artextract.sources.painters.brush import (
    disc,
    impasto,
    in_strokes,
    polygon,
    polyline,
    smooth_curve,
)
from artextract.sources.painters.canvas import (
    Colour,
    Painted,
    Rgb,
    Rng,
    clouds,
    filled,
    mix,
    pick,
    picture_size,
    vary,
    wash,
)
from artextract.sources.painters.scenery import NUMBER_WORDS


def sea(rng: Rng) -> Painted:
    """A harbour or open sea in short level strokes, with a low sun and its broken path."""
    height, width = picture_size(rng, 1.0, 2.2)
    hour = pick(rng, scenery.HOURS[:5] + scenery.HOURS[6:7])
    horizon = height * rng.uniform(0.3, 0.55)
    scene = filled(height, width, hour.middle)
    scenery.paint_sky(rng, scene, hour, horizon)
    low_sun = hour.name != "noon"
    sun_x, sun_y = width * rng.uniform(0.15, 0.85), horizon * rng.uniform(0.4, 0.8)
    if low_sun:
        scenery.glow(scene, sun_x, sun_y, width * 0.09, hour.light, 0.75)
    cliff = rng.random() < 0.45
    if cliff:
        _cliff(rng, scene, hour, horizon)
    scenery.still_water(
        rng, scene, horizon, vary(rng, mix(hour.zenith, (30, 90, 110), 0.5), 0.05), 0.55
    )
    swell = clouds(rng, height, width, 60, 3, stretch=5)
    water = scenery.sky_mask(height, width, horizon)
    wash(scene, mix(hour.zenith, (16, 40, 70), 0.5), (1 - water) * np.clip(swell, 0, 1) * 0.6)
    wash(scene, mix(hour.horizon, (255, 255, 255), 0.3), (1 - water) * np.clip(-swell, 0, 1) * 0.5)
    angle = np.asarray(
        np.where(water > 0.5, 0.5 * clouds(rng, height, width, 180, 2) - 0.3, 0.0), np.float32
    )
    picture = in_strokes(rng, scene, angle, 19, 5)
    boats = _fleet(rng, picture, hour, horizon)
    if low_sun:
        _sun_path(rng, picture, (sun_x, sun_y), horizon, hour.light)
    place = "off the cliffs" if cliff else "on the water"
    title = f"{NUMBER_WORDS[boats]} boat{'s' if boats > 1 else ''} {place}, {hour.name}"
    return Painted(
        impasto(rng, picture, angle), title, "Generated image: short level brush strokes"
    )


def _fleet(rng: Rng, picture: Rgb, hour: scenery.Hour, horizon: float) -> int:
    """One to six boats, the far ones first, each over its broken reflection; returns how many."""
    height, width = picture.shape[:2]
    boats = int(rng.integers(1, 7))
    for place in sorted(rng.uniform(0.02, 0.6, boats)):
        x, foot = width * rng.uniform(0.05, 0.95), horizon + (height - horizon) * place
        sail = pick(rng, (mix(hour.light, (255, 255, 255), 0.4), (60, 50, 70), (170, 80, 50)))
        tall = height * (0.07 + 0.3 * place)
        dim = mix(sail, hour.zenith, 0.45)
        for step in rng.uniform(0, 0.9, int(10 + 20 * place)):
            y = foot + step * tall * 0.8
            reach = tall * 0.2 * (1 - step) * rng.uniform(0.3, 1.2)
            middle = x + rng.normal(0, tall * 0.03)
            polyline(picture, [(middle - reach, y), (middle + reach, y)], vary(rng, dim, 0.03), 3)
        scenery.sailboat(rng, picture, x, foot, tall, vary(rng, sail, 0.03))
    return boats


def _cliff(rng: Rng, scene: Rgb, hour: scenery.Hour, horizon: float) -> None:
    """A chalk headland that stands into the sea from the left or the right."""
    height, width = scene.shape[:2]
    reach, tall = width * rng.uniform(0.25, 0.6), horizon * rng.uniform(0.35, 0.7)
    steps = np.linspace(0, 1, 7)
    x = reach * steps
    y = horizon - tall * (1 - steps**3) * rng.uniform(0.85, 1.08, 7)
    if rng.random() < 0.5:
        x = width - x
    edge = np.concatenate([np.stack([x, y], axis=1), [(x[-1], horizon), (x[0], horizon)]])
    chalk = mix(hour.horizon, (214, 196, 170), 0.6)
    polygon(scene, edge, chalk)
    for _ in range(24):
        place = rng.integers(1, 6)
        top = y[place] + (horizon - y[place]) * rng.uniform(0.1, 0.5)
        side = x[place] + rng.normal(0, reach * 0.1)
        if abs(side - x[0]) < reach * 0.9:
            line = [(side, top), (side + rng.normal(0, 6), min(horizon, top + tall * 0.3))]
            polyline(scene, line, mix(chalk, hour.zenith, 0.5), rng.uniform(2, 6))
    grass = smooth_curve(np.stack([x, y], axis=1), 30)
    polyline(scene, grass, hour.leaf, height * 0.012)


def _sun_path(
    rng: Rng, picture: Rgb, sun: tuple[float, float], horizon: float, light: Colour
) -> None:
    """The sun itself, thickly painted, and its light in broken dashes down the water."""
    height, width = picture.shape[:2]
    size = min(height, width) * 0.035
    warm = mix(light, (250, 110, 40), 0.35)
    disc(picture, sun[0], sun[1], size, warm)
    disc(picture, sun[0] - size * 0.2, sun[1] - size * 0.2, size * 0.65, mix(warm, light, 0.6))
    for place in rng.uniform(0.01, 1, 90) ** 1.2:
        y = horizon + (height - horizon) * place
        x = sun[0] + rng.normal(0, size * (0.5 + 1.5 * place))
        length = size * rng.uniform(0.3, 1.1) * (0.5 + place)
        colour = vary(rng, mix(warm, light, rng.uniform(0, 1)), 0.04)
        polyline(
            picture, [(x - length, y), (x + length, y + rng.normal(0, 1))], colour, 2 + 3 * place
        )
