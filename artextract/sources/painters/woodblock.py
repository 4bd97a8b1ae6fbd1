"""Woodblock prints: a claw of a wave, swells, a snow mountain, flat colours on paper."""

import math
from dataclasses import dataclass

import numpy as np

from artextract.sources.painters.brush import (
    Points,
    bristles,
    disc,
    polygon,
    polyline,
    ribbon,
    smooth_curve,
)
from artextract.sources.painters.canvas import (
    Colour,
    Painted,
    Rgb,
    Rng,
    laid_paper,
    mix,
    pick,
    picture_size,
    ramp,
    shaded,
    vary,
)
from artextract.sources.painters.scenery import NUMBER_WORDS, below, ridge
from artextract.sources.painters.seals import cartouche


@dataclass(frozen=True)
class Inks:
    """The blocks of one edition."""

    hour: str
    top: Colour
    sky: Colour
    low: Colour
    deep: Colour
    middle: Colour
    pale: Colour
    foam: Colour
    mountain: Colour


EDITIONS: tuple[Inks, ...] = (
    Inks(
        "clear morning", (60, 96, 140), (226, 216, 186), (240, 222, 184),
        (24, 52, 104), (70, 120, 166), (150, 186, 204), (246, 240, 222), (70, 96, 130),
    ),
    Inks(
        "grey weather", (120, 116, 112), (206, 194, 168), (226, 210, 176),
        (30, 56, 90), (84, 124, 150), (160, 186, 190), (242, 234, 212), (88, 92, 100),
    ),
    Inks(
        "red dawn", (150, 60, 50), (236, 170, 120), (248, 220, 160),
        (30, 44, 86), (66, 100, 140), (170, 180, 190), (250, 238, 214), (130, 60, 50),
    ),
    Inks(
        "evening", (40, 48, 80), (140, 120, 130), (236, 186, 140),
        (20, 34, 66), (60, 84, 120), (130, 146, 160), (236, 226, 206), (60, 56, 84),
    ),
    Inks(
        "spring haze", (150, 176, 160), (228, 222, 190), (244, 216, 196),
        (28, 84, 92), (86, 150, 146), (170, 204, 190), (248, 242, 226), (110, 140, 120),
    ),
    Inks(
        "winter", (96, 110, 130), (190, 196, 200), (222, 222, 214),
        (40, 50, 74), (100, 116, 136), (176, 188, 196), (248, 248, 244), (120, 128, 140),
    ),
)  # fmt: skip

# The great wave in shares of the picture: its back from the foot to the tip of the claw,
# and its hollow from that tip down into the trough.
BACK = (
    (-0.2, 0.98),
    (0.0, 0.8),
    (0.11, 0.56),
    (0.22, 0.33),
    (0.38, 0.18),
    (0.54, 0.19),
    (0.63, 0.33),
)
HOLLOW = ((0.63, 0.33), (0.55, 0.29), (0.46, 0.32), (0.4, 0.43), (0.4, 0.58),
    (0.48, 0.72), (0.66, 0.82), (0.88, 0.83), (1.2, 0.74))  # fmt: skip


def woodblock(rng: Rng) -> Painted:
    """A great wave about to break before a mountain, with boats, in the colours of an edition."""
    height, width = picture_size(rng, 0.75, 1.7)
    inks = pick(rng, EDITIONS)
    fade = rng.uniform(0.15, 0.4)
    picture = ramp(
        height,
        width,
        ((0, vary(rng, inks.top, 0.03)), (fade, inks.sky), (0.75, inks.low), (1, inks.low)),
    )
    horizon = height * rng.uniform(0.66, 0.76)
    disc_shown = rng.random() < 0.45
    if disc_shown:
        red = (206, 62, 46) if inks.hour != "evening" else (244, 226, 180)
        place = width * rng.uniform(0.72, 0.92), height * rng.uniform(0.12, 0.3)
        disc(picture, *place, min(height, width) * rng.uniform(0.05, 0.08), red)
    _mountain(rng, picture, inks, horizon)
    _swell(rng, picture, inks, horizon, 0.02)
    great = rng.random() < 0.8
    if great:
        _great_wave(rng, picture, inks)
    else:
        for level in (0.05, 0.1):
            _swell(rng, picture, inks, horizon + height * level, 0.06)
    boats = int(rng.integers(0, 4))
    for number in range(boats):
        x = width * (0.62 + 0.14 * number + rng.uniform(-0.03, 0.03))
        _boat(rng, picture, inks, x, horizon + height * rng.uniform(0.02, 0.11))
    _swell(rng, picture, inks, height * rng.uniform(0.88, 0.93), 0.03)
    if rng.random() < 0.5:
        picture = np.ascontiguousarray(picture[:, ::-1])
    cartouche(rng, picture)
    polyline(picture, _frame(height, width), (40, 40, 50), 3, closed=True)
    grain = 1 + 0.035 * bristles(rng, height, width, pick(rng, (0.0, 0.02, 1.57)), 25)
    subject = "Great wave" if great else "Rolling sea"
    manned = f", {NUMBER_WORDS[boats].lower()} boat{'s' if boats > 1 else ''}" if boats else ""
    sun = " under a round sun" if disc_shown and inks.hour != "evening" else ""
    title = f"{subject} before the mountain{sun}{manned}, {inks.hour}"
    medium = "Generated image: flat colours and outlines on a paper texture"
    return Painted(shaded(picture, grain * laid_paper(rng, height, width)), title, medium)


def _frame(height: int, width: int) -> list[tuple[float, float]]:
    edge = 1.0
    return [(edge, edge), (width - 2, edge), (width - 2, height - 2), (edge, height - 2)]


def _mountain(rng: Rng, picture: Rgb, inks: Inks, horizon: float) -> None:
    """A concave cone with a toothed cap of snow, far off on the right."""
    height, width = picture.shape[:2]
    middle = width * rng.uniform(0.68, 0.84)
    tall, spread = height * rng.uniform(0.16, 0.4), width * rng.uniform(0.13, 0.3)
    x = np.linspace(-3.2, 3.2, 81)
    rise = np.clip((np.exp(-np.abs(x)) - 0.04) / 0.86, 0, 1)
    line = np.stack([middle + x * spread, horizon + 4 - tall * np.minimum(rise, 1)], axis=1)
    polygon(picture, below(line, horizon + 6), vary(rng, inks.mountain, 0.04))
    snow = rng.uniform(0.3, 0.62)
    cap = line[(horizon + 4 - line[:, 1]) > tall * snow]
    teeth = np.linspace(cap[-1], cap[0], 15)
    teeth[1:-1:2, 1] += tall * rng.uniform(0.03, 0.16, 7)
    teeth[2:-1:2, 1] -= tall * rng.uniform(0.0, 0.06, 6)
    polygon(picture, np.concatenate([cap, teeth]), inks.foam)
    polyline(picture, line, mix(inks.deep, (20, 20, 30), 0.3), 1.5)


def _swell(rng: Rng, picture: Rgb, inks: Inks, level: float, relief: float) -> None:
    """A row of long waves: flat blue, lighter stripes under the crest, foam along it."""
    height, width = picture.shape[:2]
    line = ridge(rng, width, level, height * relief, int(rng.integers(3, 7)))
    polygon(picture, below(line, height + 9), inks.middle)
    gap = height * 0.022
    for number, colour in enumerate((inks.deep, inks.pale, inks.deep, inks.pale, inks.deep)):
        lowered = line + (0, gap * (number + 1.2))
        thick = gap * (0.55 + 0.3 * np.sin(line[:, 0] / width * 9 + number))
        polygon(picture, ribbon(lowered, thick), colour)
    polygon(picture, below(line + (0, gap * 6.5), height + 9), inks.deep)
    crest = line[:: max(1, len(line) // 40)]
    sizes = height * 0.009 * rng.uniform(0.4, 1.5, len(crest))
    _foam(picture, crest, sizes, inks)


def _foam(
    picture: Rgb,
    places: Points,
    sizes: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    inks: Inks,
) -> None:
    """Round foam in one outlined mass, with a pale inner ring here and there."""
    for (x, y), size in zip(places, sizes, strict=True):
        disc(picture, x, y, size + 1.6, inks.deep)
    for (x, y), size in zip(places, sizes, strict=True):
        disc(picture, x, y, size, inks.foam)
    for (x, y), size in list(zip(places, sizes, strict=True))[::3]:
        disc(picture, x + size * 0.2, y + size * 0.2, size * 0.4, inks.pale)


def _great_wave(rng: Rng, picture: Rgb, inks: Inks) -> None:
    """The wave that curls over: striped body, foam along the crest, claws and spray."""
    height, width = picture.shape[:2]
    scale = np.array([width * rng.uniform(0.85, 1.12), height])
    lift = rng.uniform(-0.05, 0.08)
    back = smooth_curve(np.array(BACK) * scale + (0, lift * height), 90)
    hollow = smooth_curve(np.array(HOLLOW) * scale + (0, lift * height), 90)
    corners = [(width * 1.4, height + 9.0), (-width * 0.3, height + 9.0)]
    polygon(picture, np.concatenate([back, hollow, corners]), inks.deep)
    falling = hollow[::-1]
    stripes = int(rng.integers(4, 8))
    taper = np.interp(np.linspace(0, 1, 90), (0, 0.3, 1), (0, 1, 0.12))
    for number in range(stripes):
        share = (number + 0.8) / (stripes + 0.6)
        line = back * (1 - share) + falling * share
        colour = (inks.pale, inks.middle, inks.foam)[number % 3]
        polygon(picture, ribbon(line, taper * height * 0.26 / stripes), colour)
    polyline(picture, hollow, inks.deep, 2)
    _crest(rng, picture, inks, back, height)


def _crest(rng: Rng, picture: Rgb, inks: Inks, back: Points, height: int) -> None:
    """Foam heaped along the upper back, claws that reach forward from it, and flying drops."""
    upper = back[38:]
    count = 130
    index = rng.integers(0, len(upper), count)
    heap = (index / len(upper)) ** 0.7
    spread = height * 0.03 * heap
    places = upper[index] + rng.normal(0, 1, (count, 2)) * spread[:, None] * (0.8, 0.7)
    places += (0, height * 0.012)
    claws = [
        _claw(
            rng,
            upper[place] + rng.normal(0, height * 0.012, 2),
            height * rng.uniform(0.05, 0.1),
            turn,
        )
        for place in range(14, len(upper), 3)
        for turn in (rng.uniform(0.1, 1.9),)
    ]
    fingers = [finger for claw in claws for finger in claw]
    tapers = np.linspace(1, 0.15, 10) * height * 0.019
    for finger in fingers:
        polygon(picture, ribbon(finger, tapers + 3), inks.deep)
    _foam(picture, places, height * 0.014 * rng.uniform(0.5, 1.4, count) * (0.4 + heap), inks)
    for finger in fingers:
        polygon(picture, ribbon(finger, tapers), inks.foam)
    tip = back[-1]
    for _ in range(int(rng.integers(40, 110))):
        x, y = tip + rng.normal(0, 1, 2) * (height * 0.22, height * 0.13) + (0, -height * 0.05)
        disc(picture, x, y, height * rng.uniform(0.002, 0.006), inks.foam)


def _claw(rng: Rng, root: Points, length: float, turn: float) -> list[Points]:
    """Three hooked fingers from one root; `turn` is the heading in radians, down is positive."""
    fingers = []
    for fork in (-0.5, 0.0, 0.5):
        heading = turn + fork
        reach = length * rng.uniform(0.6, 1.1)
        hook = heading + rng.uniform(0.7, 1.3)
        middle = root + (math.cos(heading) * reach * 0.6, math.sin(heading) * reach * 0.6)
        end = middle + (math.cos(hook) * reach * 0.45, math.sin(hook) * reach * 0.45)
        fingers.append(smooth_curve([root, middle, end], 10))
    return fingers


def _boat(rng: Rng, picture: Rgb, inks: Inks, x: float, y: float) -> None:
    """A long open boat with its rowers bent low."""
    width = picture.shape[1]
    long, tilt = width * rng.uniform(0.13, 0.2), rng.normal(0, 0.12)
    steps = np.linspace(-1, 1, 21)
    sheer = np.stack([steps * long / 2, -(steps**2) * long * 0.12], axis=1)
    keel = np.stack(
        [steps * long / 2, -(steps**2) * long * 0.13 + long * 0.09 * (1 - steps**4)], axis=1
    )
    turn = np.array([(math.cos(tilt), math.sin(tilt)), (-math.sin(tilt), math.cos(tilt))])
    hull = np.concatenate([sheer, keel[::-1]]) @ turn + (x, y)
    for place in np.linspace(-0.55, 0.55, 6):
        head = np.array([place * long / 2, -long * 0.03]) @ turn + (x, y)
        disc(picture, head[0], head[1], long * 0.03, inks.deep)
        disc(picture, head[0] + long * 0.012, head[1] - long * 0.028, long * 0.017, (236, 206, 170))
    polygon(picture, hull, (222, 188, 128))
    polyline(picture, hull, mix(inks.deep, (20, 20, 20), 0.4), 1.5, closed=True)
    polyline(picture, hull[24:38], (150, 104, 64), 2)
