"""Woodblock prints: a great wave before a snow mountain, in flat colours on paper."""

import numpy as np

from artextract.sources.painters import brush, canvas
from artextract.sources.painters.canvas import Colour, Rgb, Rng, mix, pick, vary, wash

# The colours of each edition: the top of the sky, the sky, deep, middle and pale water.
EDITIONS: tuple[tuple[str, tuple[Colour, ...]], ...] = (
    ("morning", ((60, 96, 140), (236, 220, 186), (24, 52, 104), (70, 120, 166), (150, 186, 204))),
    ("red dawn", ((150, 60, 50), (246, 200, 140), (30, 44, 86), (66, 100, 140), (170, 180, 190))),
    ("evening", ((40, 48, 80), (220, 166, 140), (20, 34, 66), (60, 84, 120), (130, 146, 160))),
    ("spring", ((150, 176, 160), (240, 220, 194), (28, 84, 92), (86, 150, 146), (170, 204, 190))),
    ("winter", ((96, 110, 130), (216, 216, 210), (40, 50, 74), (100, 116, 136), (176, 188, 196))),
)
FOAM: Colour = (247, 241, 226)
# The great wave in shares of the picture: its back from the foot to the tip, and its hollow from
# the tip down into the trough.
BACK = ((-0.2, 0.98), (0, 0.8), (0.22, 0.33), (0.38, 0.18), (0.54, 0.19), (0.63, 0.33))
HOLLOW = ((0.63, 0.33), (0.46, 0.32), (0.4, 0.58), (0.48, 0.72), (0.66, 0.82), (1.2, 0.74))


def woodblock(rng: Rng) -> tuple[Rgb, str]:
    """A great wave before a mountain, in the colours of an edition, at times under a round sun."""
    height, width = canvas.picture_size(rng, 0.75, 1.7)
    hour, (top, sky, *waters) = pick(rng, EDITIONS)
    picture, horizon = canvas.filled(height, width, sky), height * rng.uniform(0.66, 0.76)
    y, _ = canvas.grid(height, width)
    wash(picture, vary(rng, top, 0.03), 1 - y / height / rng.uniform(0.2, 0.45))
    sun = rng.random() < 0.5
    if sun:
        place = width * rng.uniform(0.72, 0.92), height * rng.uniform(0.12, 0.3)
        brush.disc(picture, *place, min(height, width) * rng.uniform(0.05, 0.08), (206, 62, 46))
    _mountain(rng, picture, mix(top, waters[0], 0.4), horizon)
    _swell(rng, picture, waters, horizon, 0.02)
    _great_wave(rng, picture, waters)
    _swell(rng, picture, waters, height * rng.uniform(0.88, 0.93), 0.03)
    if rng.random() < 0.5:
        picture = np.ascontiguousarray(picture[:, ::-1])
    grain = 1 + 0.035 * brush.bristles(rng, height, width, 0.02, 25)
    title = f"Great wave before the mountain{' under a round sun' if sun else ''}, {hour}"
    return canvas.shaded(picture, grain), title


def _mountain(rng: Rng, picture: Rgb, colour: Colour, horizon: float) -> None:
    """A concave cone with a toothed cap of snow, far off on the right."""
    height, width = picture.shape[:2]
    x = np.linspace(-3.2, 3.2, 81)
    rise = np.clip((np.exp(-np.abs(x)) - 0.04) / 0.86, 0, 1)
    tall, spread = height * rng.uniform(0.2, 0.4), width * rng.uniform(0.13, 0.3)
    cone = np.stack([x, -rise], axis=1)
    line = brush.placed(cone, width * rng.uniform(0.68, 0.84), horizon, (spread, tall))
    brush.polygon(picture, line, colour)
    cap = line[rise > rng.uniform(0.35, 0.62)]
    teeth = np.linspace(cap[-1], cap[0], 15)
    teeth[1:-1, 1] += np.resize((0.1, -0.03), 13) * tall * rng.uniform(0.4, 1.6, 13)
    brush.polygon(picture, np.concatenate([cap, teeth]), FOAM)


def _swell(rng: Rng, picture: Rgb, waters: list[Colour], level: float, relief: float) -> None:
    """A row of long waves: flat blue, stripes under the crest, foam along the crest."""
    deep, middle, pale = waters
    height, width = picture.shape[:2]
    knots = int(rng.integers(5, 9))
    crest = np.linspace(-10, width + 10, knots), level + rng.normal(0, height * relief, knots)
    line = brush.smooth_curve(np.stack(crest, axis=1), 60)
    brush.polygon(picture, [*line, (width + 10, height + 9), (-10, height + 9)], middle)
    for number, colour in enumerate((deep, pale, deep, pale, deep)):
        thick = height * (0.012 + 0.006 * np.sin(line[:, 0] / 60 + number))
        brush.polygon(picture, brush.ribbon(line + (0, height * 0.022 * (number + 1.2)), thick), colour)
    _foam(picture, line[::2], height * 0.009 * rng.uniform(0.4, 1.5, 30), deep)


def _foam(picture: Rgb, places: brush.Points, sizes: brush.Points, outline: Colour) -> None:
    """Round foam in one outlined mass."""
    for grow, colour in ((1.6, outline), (0.0, FOAM)):
        for (x, y), size in zip(places, sizes, strict=True):
            brush.disc(picture, x, y, size + grow, colour)


def _great_wave(rng: Rng, picture: Rgb, waters: list[Colour]) -> None:
    """The wave that curls over: a striped body, foam and claws along the crest, spray."""
    height, width = picture.shape[:2]
    scale, lift = (width * rng.uniform(0.85, 1.12), height), rng.uniform(-0.05, 0.08) * height
    back = brush.smooth_curve(brush.placed(BACK, 0, lift, scale), 90)
    hollow = brush.smooth_curve(brush.placed(HOLLOW, 0, lift, scale), 90)
    brush.polygon(picture, [*back, *hollow, (width * 1.4, height * 1.1), (-width, height * 1.1)], waters[0])
    stripes, taper = int(rng.integers(4, 8)), np.interp(np.arange(90), (0, 27, 89), (0, 1, 0.12))
    for number in range(stripes):
        share = (number + 0.8) / (stripes + 0.6)
        colour = (waters[2], waters[1], FOAM)[number % 3]
        line = back * (1 - share) + hollow[::-1] * share
        brush.polygon(picture, brush.ribbon(line, taper * height * 0.26 / stripes), colour)
    brush.polyline(picture, hollow, waters[0], 2)
    upper, hook = back[38:], brush.smooth_curve([(0, 0), (0.6, 0), (0.85, 0.35)], 10)
    heap = rng.uniform(0, 1, 130) ** 0.7
    places = upper[(heap * len(upper)).astype(int)] + rng.normal(0, 0.022 * height, (130, 2)) * heap[:, None]
    claws = [brush.placed(hook, x, y, height * rng.uniform(0.04, 0.09), rng.uniform(-0.3, 2.2)) for x, y in upper[::2]]
    tapers = np.linspace(1, 0.15, 10) * height * 0.019
    for claw in claws:
        brush.polygon(picture, brush.ribbon(claw, tapers + 3), waters[0])
    _foam(picture, places, height * 0.014 * rng.uniform(0.5, 1.4, 130) * (0.4 + heap), waters[0])
    for claw in claws:
        brush.polygon(picture, brush.ribbon(claw, tapers), FOAM)
    for x, y in rng.normal(back[-1] - (0, height * 0.05), height * 0.15, (70, 2)):
        brush.disc(picture, x, y, height * rng.uniform(0.002, 0.006), FOAM)
