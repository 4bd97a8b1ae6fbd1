"""Views broken into dots or dabs: pointillist landscapes, lily ponds."""

import numpy as np

from artextract.sources.painters import brush, canvas, scenery
from artextract.sources.painters.canvas import Colour, Rgb, Rng, mix, pick, vary, wash
from artextract.sources.painters.scenery import HOURS, Hour
from artextract.sources.painters.seascapes import fleet


def pointillist(rng: Rng) -> canvas.Painting:
    """A landscape by the hour, put together from thousands of dots of unmixed colour."""
    height, width = canvas.picture_size(rng, 0.8, 2.0)
    hour, horizon = pick(rng, HOURS), height * rng.uniform(0.38, 0.62)
    scene, _ = scenery.sky(rng, height, width, hour, horizon)
    scenery.hills(rng, scene, hour, horizon, int(rng.integers(1, 4)))
    place = pick(rng, ("in a meadow", "in the bay"))
    if place == "in the bay":
        scenery.still_water(rng, scene, horizon, mix(hour.zenith, hour.middle, 0.4), 0.45)
        subject = fleet(rng, scene, hour, horizon)
    else:
        scenery.meadow(rng, scene, hour, horizon)
        subject = _trees(rng, scene, hour, horizon + height * 0.1)
    picture = canvas.shaded(_in_dots(rng, scene), canvas.weave(rng, height, width))
    return picture, f"{subject.capitalize()} {place}, {hour.name}"


def _trees(rng: Rng, scene: Rgb, hour: Hour, foot: float) -> str:
    """Spreading trees about the line `foot`, far ones first; says how many."""
    height, width = scene.shape[:2]
    count, tall = int(rng.integers(1, 8)), height * rng.uniform(0.35, 0.6)
    bases = np.sort(rng.uniform(-0.06, 0.1, count))
    for x, base in zip(canvas.spread(rng, count), bases, strict=True):
        size, y = tall * (1 + 3 * base) * rng.uniform(0.8, 1.1), foot + base * height
        shadow = mix(mix(hour.ground, hour.leaf, 0.5), (50, 50, 110), 0.45)
        brush.oval(scene, x * width + size * 0.2, y, size * 0.32, size * 0.035, shadow)
        scenery.tree(rng, scene, x * width, y, size, vary(rng, hour.leaf, 0.04))
    return canvas.counted(count, "tree")


def _in_dots(rng: Rng, scene: Rgb) -> Rgb:
    """The scene in two layers of dots: purer than life, scattered, some of the complement."""
    height, width = scene.shape[:2]
    picture = canvas.blurred(scene, 6)
    wash(picture, (236, 226, 200), 0.35)
    for pitch, radius in ((9.2, 4.8), (7.2, 3.1)):
        y, x = np.mgrid[0:height:pitch, 0:width:pitch].reshape(2, -1)
        centres = rng.permutation(np.stack([x, y], axis=1))
        centres += rng.uniform(-pitch / 2, pitch / 2, centres.shape)
        column, row = np.clip(centres, 0, (width - 1, height - 1)).astype(int).T
        colours = scene[row, column].astype(np.float64)
        grey = colours.mean(axis=1, keepdims=True)
        purer = np.where(rng.random(grey.shape) < 0.08, -0.9, 1.3)
        pure = np.clip(grey + (colours - grey) * purer, 0, 255).astype(np.uint8)
        colours = brush.jittered(rng, pure, 4, 16).tolist()
        for (x, y), colour in zip(centres.tolist(), colours, strict=True):
            brush.disc(picture, x, y, radius, colour)
    return picture


# The water, then what it holds: the bank's leaves, the sky, a second tone of sky.
PONDS: tuple[tuple[Colour, ...], ...] = (
    ((60, 84, 120), (52, 104, 70), (126, 150, 190), (150, 120, 180)),
    ((150, 120, 140), (70, 90, 80), (240, 190, 150), (200, 130, 150)),
    ((40, 66, 74), (40, 92, 52), (90, 140, 120), (190, 200, 120)),
    ((120, 150, 180), (90, 140, 100), (210, 220, 230), (170, 160, 200)),
    ((90, 60, 50), (120, 80, 30), (200, 130, 50), (230, 180, 90)),
)


def garden(rng: Rng) -> canvas.Painting:
    """A pond that holds willows and sky, with lily pads in drifts, in dabs and short strokes."""
    height, width = canvas.picture_size(rng, 0.75, 2.0)
    water, *held = pick(rng, PONDS)
    scene = canvas.filled(height, width, water)
    for colour in held:
        columns = canvas.clouds(rng, height, width, 70, stretch=0.35)
        wash(scene, vary(rng, colour, 0.03), np.clip(columns * 1.1 + 0.1, 0, 0.9))
    y, _ = canvas.grid(height, width)
    bank = np.clip(1.2 - y / (height * rng.uniform(0.12, 0.4)), 0, 1)
    leaves = canvas.clouds(rng, height, width, 50, stretch=0.5)
    wash(scene, mix(held[0], (14, 40, 24), 0.5), bank * (1 + 0.3 * leaves))
    angle = np.where(bank > 0.3, 1.4 + 0.3 * leaves, 0.2 * leaves)
    picture = brush.in_strokes(rng, scene, angle, 20, 5)
    blossom = pick(rng, ("white", "rose", "red", "yellow", "violet"))
    for near in np.sort(rng.uniform(0.3, 1, int(rng.integers(5, 11)))):
        middle, size = (width * rng.uniform(0, 1), height * near), width * (0.012 + 0.035 * near)
        for x, y in rng.normal(middle, (size * 4, size * 0.9), (int(rng.integers(8, 22)), 2)):
            pad = mix(held[0], (190, 220, 160), rng.uniform(0.2, 0.7))
            brush.oval(picture, x, y + 2, size, size * 0.36, mix(pad, water, 0.7))
            brush.oval(picture, x, y, size, size * 0.3, vary(rng, pad, 0.05))
            if rng.random() < 0.3:
                for u, v in rng.normal((x, y - size * 0.3), size * 0.2, (7, 2)):
                    brush.disc(picture, u, v, size * 0.17, canvas.tint(rng, blossom))
    picture = brush.impasto(rng, picture, angle)
    return picture, f"Lily pond with {blossom} blossoms"
