"""Landscapes and seas broken into dots or strokes: pointillist, impressionist, nocturne."""

import math

import numpy as np

from artextract.sources.painters import scenery
from artextract.sources.painters.brush import (
    disc,
    dots,
    ellipse_points,
    impasto,
    jittered,
    polygon,
    polyline,
    smooth_curve,
    strokes,
)
from artextract.sources.painters.canvas import (
    Colour,
    Painted,
    Rgb,
    Rng,
    blurred,
    clouds,
    filled,
    grid,
    hsv,
    mix,
    pick,
    picture_size,
    shaded,
    vary,
    wash,
    weave,
)

NUMBER_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def pointillist(rng: Rng) -> Painted:
    """A landscape by the hour, put together from thousands of dots of unmixed colour."""
    height, width = picture_size(rng, 0.8, 2.2)
    hour = pick(rng, scenery.HOURS)
    horizon = height * rng.uniform(0.38, 0.62)
    scene = filled(height, width, hour.middle)
    scenery.paint_sky(rng, scene, hour, horizon)
    if hour.name in ("sunset", "early morning", "dusk", "mist"):
        sun_x, sun_y = width * rng.uniform(0.15, 0.85), horizon * rng.uniform(0.45, 0.9)
        scenery.glow(scene, sun_x, sun_y, width * 0.1, hour.light, 0.8)
        disc(scene, sun_x, sun_y, width * 0.03, hour.light)
    scenery.hills(rng, scene, hour, horizon, int(rng.integers(1, 4)))
    subject = _land(rng, scene, hour, horizon)
    picture, count = _in_dots(rng, scene)
    medium = f"Generated image: {count:,} dots of pure colour"
    texture = weave(rng, height, width, 0.03)
    return Painted(shaded(picture, texture), f"{subject}, {hour.name}", medium)


def _land(rng: Rng, scene: Rgb, hour: scenery.Hour, horizon: float) -> str:
    """Paint the ground with trees, or a river, or a bay with sails; returns what is there."""
    height, width = scene.shape[:2]
    setting = pick(rng, ("meadow", "river", "bay"))
    count = int(rng.integers(1, 8))
    kind = pick(rng, ("poplar", "tree"))
    tall = height * rng.uniform(0.3, 0.6)
    if setting == "bay":
        _plant(rng, scene, hour, kind, horizon, tall * 0.5, 2)
        scenery.still_water(rng, scene, horizon, mix(hour.zenith, hour.middle, 0.4), 0.45)
        for _ in range(count):
            y = horizon + (height - horizon) * rng.uniform(0.03, 0.5)
            tall_sail = height * 0.06 + (y - horizon) * 0.6
            sail = mix(hour.light, (255, 255, 250), 0.5)
            scenery.sailboat(rng, scene, width * rng.uniform(0.06, 0.94), y, tall_sail, sail)
        return f"{NUMBER_WORDS[count]} sail{'s' if count > 1 else ''} in the bay"
    scenery.meadow(rng, scene, hour, horizon)
    if setting == "river":
        scenery.river(rng, scene, hour, horizon)
    _plant(rng, scene, hour, kind, horizon + height * 0.1, tall, count)
    where = "by a river" if setting == "river" else "in a meadow"
    return f"{NUMBER_WORDS[count]} {kind}{'s' if count > 1 else ''} {where}"


def _plant(
    rng: Rng, scene: Rgb, hour: scenery.Hour, kind: str, foot: float, tall: float, count: int
) -> None:
    """Trees of one kind, the far ones first, each with the shadow it throws."""
    height, width = scene.shape[:2]
    draw = scenery.poplar if kind == "poplar" else scenery.round_tree
    for base in sorted(foot + height * rng.uniform(-0.06, 0.1, count)):
        x = width * (rng.beta(0.7, 0.7) * 0.9 + 0.05)
        size = tall * (1 + (base - foot) / height * 4) * rng.uniform(0.8, 1.1)
        shadow = mix(mix(hour.ground, hour.leaf, 0.5), (50, 50, 110), 0.45)
        polygon(scene, ellipse_points(x + size * 0.2, base, size * 0.32, size * 0.035), shadow)
        draw(rng, scene, x, base, size, vary(rng, hour.leaf, 0.04))


def _in_dots(rng: Rng, scene: Rgb) -> tuple[Rgb, int]:
    """The scene in dots: a coarse layer, then a fine one with flecks of the complement."""
    height, width = scene.shape[:2]
    picture = blurred(scene, 6)
    wash(picture, (236, 226, 200), np.full((height, width), 0.35, np.float32))
    total = 0
    for pitch, radius in ((6.4, 3.4), (5.2, 2.3)):
        y, x = np.mgrid[0:height:pitch, 0:width:pitch]
        centres = np.stack([x.ravel(), y.ravel()], axis=1)
        centres += rng.uniform(-pitch / 2, pitch / 2, centres.shape)
        rng.shuffle(centres)
        column = np.clip(centres[:, 0], 0, width - 1).astype(int)
        row = np.clip(centres[:, 1], 0, height - 1).astype(int)
        colours = _divided(rng, scene[row, column])
        dots(picture, centres, radius * rng.uniform(0.75, 1.2, len(centres)), colours)
        total += len(centres)
    return picture, total


def _divided(rng: Rng, colours: Rgb) -> Rgb:
    """Colours as a divisionist lays them: purer, scattered in hue, some turned to the complement."""
    values = colours.astype(np.float32)
    grey = values.mean(axis=1, keepdims=True)
    pure = grey + (values - grey) * 1.5
    turned = grey + (grey - values) * 0.9 + rng.normal(0, 12, (len(values), 1))
    swap = rng.random((len(values), 1)) < 0.1
    scattered = np.where(swap, turned, pure) + rng.normal(0, 17, values.shape)
    return np.clip(scattered, 0, 255).astype(np.uint8)


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
    scenery.still_water(rng, scene, horizon, vary(rng, mix(hour.zenith, (30, 90, 110), 0.5), 0.05), 0.55)
    y, _ = grid(height, width)
    swell = clouds(rng, height, width, 60, 3, stretch=5)
    water = scenery.sky_mask(height, width, horizon)
    wash(scene, mix(hour.zenith, (16, 40, 70), 0.5), (1 - water) * np.clip(swell, 0, 1) * 0.6)
    wash(scene, mix(hour.horizon, (255, 255, 255), 0.3), (1 - water) * np.clip(-swell, 0, 1) * 0.5)
    boats = int(rng.integers(1, 7))
    for place in sorted(rng.uniform(0.02, 0.6, boats)):
        foot = horizon + (height - horizon) * place
        sail = pick(rng, (mix(hour.light, (255, 255, 255), 0.4), (60, 50, 70), (170, 80, 50)))
        tall = height * (0.07 + 0.3 * place)
        scenery.sailboat(rng, scene, width * rng.uniform(0.05, 0.95), foot, tall, sail)
    angle = np.asarray(
        np.where(water > 0.5, 0.5 * clouds(rng, height, width, 180, 2) - 0.3, 0.0), np.float32
    )
    picture = _brushed(rng, scene, angle, 19, 5)
    if low_sun:
        _sun_path(rng, picture, (sun_x, sun_y), horizon, hour.light)
    place = "off the cliffs" if cliff else "on the water"
    title = f"{NUMBER_WORDS[boats]} boat{'s' if boats > 1 else ''} {place}, {hour.name}"
    return Painted(impasto(rng, picture, angle), title, "Generated image: short level brush strokes")


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
    polyline(scene, grass, hour.leaf, height * 0.025)


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
        polyline(picture, [(x - length, y), (x + length, y + rng.normal(0, 1))], colour, 2 + 3 * place)


def _brushed(rng: Rng, scene: Rgb, angle: np.ndarray[tuple[int, ...], np.dtype[np.float32]], length: float, thickness: float) -> Rgb:
    """The scene in two layers of oriented strokes, broad then fine."""
    picture = blurred(scene, 5)
    area = scene.shape[0] * scene.shape[1]
    strokes(rng, picture, scene, angle, area // 110, length * 1.5, thickness * 1.7)
    strokes(rng, picture, scene, angle, area // 75, length * 0.8, thickness * 0.8, tone=16, tint=9)
    return picture
