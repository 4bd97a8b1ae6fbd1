"""Night scenes: turning skies over lit villages, harbours with lamps, the moon on a lake."""

import math

import numpy as np

from artextract.sources.painters import scenery
from artextract.sources.painters.brush import (
    disc,
    ellipse_points,
    impasto,
    in_strokes,
    polygon,
    polyline,
    smooth_curve,
)
from artextract.sources.painters.canvas import (
    Colour,
    Painted,
    Plane,
    Rgb,
    Rng,
    clouds,
    grid,
    mix,
    pick,
    picture_size,
    ramp,
    vary,
    wash,
)
from artextract.sources.painters.scenery import NUMBER_WORDS

# Zenith, horizon, what glows in the sky, what is nearly black.
NIGHTS: tuple[tuple[str, Colour, Colour, Colour, Colour], ...] = (
    ("blue night", (16, 26, 78), (70, 112, 170), (252, 226, 120), (14, 18, 34)),
    ("green night", (10, 38, 48), (70, 130, 116), (246, 236, 170), (8, 20, 24)),
    ("violet night", (34, 20, 70), (130, 90, 150), (252, 214, 150), (18, 12, 30)),
    ("black night", (8, 10, 22), (42, 52, 78), (250, 240, 206), (6, 6, 12)),
    ("last light", (20, 30, 70), (190, 110, 80), (255, 236, 170), (20, 14, 26)),
    ("grey night", (34, 44, 56), (104, 118, 122), (240, 226, 180), (18, 22, 28)),
)
LAMP: Colour = (255, 196, 84)


def nocturne(rng: Rng) -> Painted:
    """A night with moon and stars over a village, a harbour, or a lake that mirrors them."""
    height, width = picture_size(rng, 0.75, 2.2)
    name, zenith, low, light, dark = pick(rng, NIGHTS)
    zenith, low = vary(rng, zenith, 0.03), vary(rng, low, 0.04)
    place = pick(rng, ("village", "harbour", "lake"))
    horizon = height * (rng.uniform(0.62, 0.78) if place == "village" else rng.uniform(0.42, 0.58))
    scene = ramp(height, width, ((0, zenith), (horizon / height, low), (1, dark)))
    angle, turning = _flow(rng, height, width, horizon)
    bands = np.sin(turning * 26 + 2 * clouds(rng, height, width, 120, 2))
    wash(scene, mix(low, light, 0.3), np.clip(bands, 0, 1) * 0.4)
    wash(scene, mix(zenith, dark, 0.4), np.clip(-bands, 0, 1) * 0.5)
    moon = (width * rng.uniform(0.12, 0.88), horizon * rng.uniform(0.15, 0.5))
    scenery.glow(scene, *moon, min(height, width) * 0.09, light, 0.7)
    for number in range(int(rng.integers(1, 3))):
        level = horizon - height * 0.06 * (1 - number)
        hill = scenery.ridge(rng, width, level, height * 0.035, int(rng.integers(3, 7)))
        polygon(scene, scenery.below(hill, height), mix(low, dark, 0.55 + 0.3 * number))
    if place != "village":
        scenery.still_water(rng, scene, horizon, zenith, 0.35)
    land = 1 - scenery.sky_mask(height, width, horizon)
    angle = np.asarray(np.where(land > 0.5, 0.0, angle), np.float32)
    picture = in_strokes(rng, scene, angle, 18, 4.5)
    stars = int(rng.integers(6, 30))
    _stars(rng, picture, horizon, stars, light)
    _moon(rng, picture, moon, light, crescent=rng.random() < 0.5, behind=mix(zenith, low, 0.4))
    windows = 0
    if place == "lake":
        _path_of_light(rng, picture, moon[0], horizon, light, height - horizon)
        _shore_trees(rng, picture, dark)
    else:
        windows = _town(rng, picture, horizon, dark, low, mirrored=place == "harbour")
    if place == "village" and rng.random() < 0.7:
        _cypress(rng, picture, mix(dark, (20, 60, 40), 0.4))
    medium = f"Generated image: strokes along a turning sky, {stars} stars"
    title = _title(place, name, stars, windows)
    return Painted(impasto(rng, picture, angle, 0.14), title, medium)


def _title(place: str, name: str, stars: int, windows: int) -> str:
    """What the night shows, in a few words."""
    if place == "lake":
        return f"Moon on a lake, {name}"
    count = NUMBER_WORDS[windows].lower() if windows < len(NUMBER_WORDS) else str(windows)
    lit = f"{count} lit window{'' if windows == 1 else 's'}"
    if place == "harbour":
        return f"Harbour at night, {lit}"
    return f"{'Starry' if stars > 14 else 'Quiet'} {name} over a village, {lit}"


def _flow(rng: Rng, height: int, width: int, horizon: float) -> tuple[Plane, Plane]:
    """Directions (radians) of a sky with a few whirls, and a plane whose contours follow them."""
    y, x = grid(height, width)
    stream = np.asarray(y / height * 1.2 + 0 * x, np.float32)
    stream += 0.1 * clouds(rng, height, width, 260, 2)
    for _ in range(int(rng.integers(1, 6))):
        centre_x, centre_y = width * rng.uniform(0.05, 0.95), horizon * rng.uniform(0.15, 0.8)
        radius = min(height, width) * rng.uniform(0.08, 0.22)
        squared = ((x - centre_x) ** 2 + 1.6 * (y - centre_y) ** 2) / np.float32(radius**2)
        stream += np.float32(rng.choice([-1, 1]) * rng.uniform(0.2, 0.5)) * np.exp(-squared / 2)
    down, across = np.gradient(stream)
    return np.asarray(np.arctan2(-across, down), np.float32), stream


def _stars(rng: Rng, picture: Rgb, horizon: float, count: int, light: Colour) -> None:
    """Stars as small discs inside rings of short dashes."""
    height, width = picture.shape[:2]
    for _ in range(count):
        x, y = width * rng.uniform(0.02, 0.98), horizon * rng.uniform(0.03, 0.85)
        size = min(height, width) * rng.lognormal(-5, 0.45)
        for ring_number in (3, 2, 1):
            radius = size * (0.9 + 0.9 * ring_number)
            tone = mix(light, picture[int(y), int(x)].tolist(), 0.22 * ring_number)
            for turn in np.arange(0, 1, 0.36 / ring_number) + rng.uniform():
                arc = ellipse_points(x, y, radius, radius, 0, turn, turn + 0.2 / ring_number)
                polyline(picture, arc[::12], vary(rng, tone, 0.03), size * 0.6)
        disc(picture, x, y, size, mix(light, (255, 255, 255), 0.5))


def _moon(
    rng: Rng,
    picture: Rgb,
    place: tuple[float, float],
    light: Colour,
    crescent: bool,
    behind: Colour,
) -> None:
    """A full or a crescent moon with rings of light about it."""
    size = min(picture.shape[:2]) * rng.uniform(0.03, 0.06)
    x, y = place
    for ring_number in range(5, 0, -1):
        radius = size * (1 + 0.38 * ring_number)
        for turn in np.arange(0, 1, 0.09) + rng.uniform():
            arc = ellipse_points(x, y, radius, radius, 0, turn, turn + 0.06)
            tone = vary(rng, mix(light, behind, 0.14 * ring_number), 0.02)
            polyline(picture, arc[::8], tone, size * 0.17)
    disc(picture, x, y, size, vary(rng, light, 0.02))
    if crescent:
        side = rng.choice([-1, 1])
        disc(picture, x + side * size * 0.42, y - size * 0.12, size * 0.8, mix(light, behind, 0.7))
    else:
        disc(
            picture, x - size * 0.15, y - size * 0.15, size * 0.7, mix(light, (255, 255, 255), 0.5)
        )


def _path_of_light(
    rng: Rng, picture: Rgb, x: float, top: float, light: Colour, reach: float, spread: float = 1.0
) -> None:
    """A light's reflection: level dashes that widen and thin out towards the viewer."""
    unit = min(picture.shape[:2]) * 0.02
    for place in rng.uniform(0.02, 1, int(40 + 40 * spread)):
        middle = x + rng.normal(0, unit * spread * (0.4 + place))
        half = unit * spread * rng.uniform(0.4, 1.3)
        y = top + reach * place
        colour = vary(
            rng, mix(light, picture[min(int(y), len(picture) - 1), 0].tolist(), place * 0.6), 0.03
        )
        polyline(picture, [(middle - half, y), (middle + half, y)], colour, 2 + 2 * place)


def _town(rng: Rng, picture: Rgb, horizon: float, dark: Colour, low: Colour, mirrored: bool) -> int:
    """Houses along the horizon and a tower, some windows lit; returns how many are."""
    height, width = picture.shape[:2]
    unit = min(height, width)
    x, lit = -unit * 0.05, 0
    tower = rng.uniform(0.2, 0.8) * width
    while x < width:
        wide = unit * rng.uniform(0.07, 0.16)
        tall = unit * rng.uniform(0.06, 0.15)
        is_tower = x <= tower < x + wide
        foot = horizon + unit * (0.01 if mirrored else rng.uniform(0.01, 0.2))
        wall = vary(rng, mix(dark, low, rng.uniform(0.1, 0.5)), 0.03)
        roof = vary(rng, mix(wall, pick(rng, ((120, 50, 40), (20, 20, 40))), 0.4), 0.03)
        if is_tower:
            wide, tall = wide * 0.55, tall * 1.8
        body = [(x, foot), (x, foot - tall), (x + wide, foot - tall), (x + wide, foot)]
        polygon(picture, body, wall)
        peak = tall * (1.1 if is_tower else rng.uniform(0.25, 0.6))
        eaves = unit * 0.01
        gable = [
            (x - eaves, foot - tall),
            (x + wide / 2, foot - tall - peak),
            (x + wide + eaves, foot - tall),
        ]
        polygon(picture, gable, roof)
        polyline(picture, gable, mix(roof, low, 0.4), 2)
        lit += _windows(rng, picture, (x, foot - tall, wide, tall), horizon, mirrored)
        x += wide * rng.uniform(0.8, 1.5)
    return lit


def _windows(
    rng: Rng, picture: Rgb, house: tuple[float, float, float, float], horizon: float, mirrored: bool
) -> int:
    """Up to two lit windows on a house (left, top, width, height); returns how many."""
    left, top, wide, tall = house
    lit = 0
    for place in (0.28, 0.68):
        if rng.random() < 0.55:
            x, y = left + wide * place, top + tall * rng.uniform(0.3, 0.55)
            size = wide * 0.09
            colour = vary(rng, LAMP, 0.04)
            pane = [
                (x - size, y - size),
                (x + size, y - size),
                (x + size, y + size * 1.6),
                (x - size, y + size * 1.6),
            ]
            polygon(picture, pane, colour)
            polyline(picture, [(x, y - size), (x, y + size * 1.6)], mix(colour, (60, 30, 20), 0.6))
            if mirrored:
                reach = (len(picture) - horizon) * rng.uniform(0.25, 0.8)
                _path_of_light(rng, picture, x, horizon + 6, colour, reach, 0.35)
            lit += 1
    return lit


def _cypress(rng: Rng, picture: Rgb, colour: Colour) -> None:
    """A dark flame of a tree in front, taller than the village."""
    height, width = picture.shape[:2]
    x, tall = width * pick(rng, (0.12, 0.2, 0.84)), height * rng.uniform(0.5, 0.8)
    slim = tall * 0.1
    for tone in (0.0, 0.15, 0.3):
        for _ in range(30):
            start = rng.uniform(0, 1)
            off = rng.normal(0, 0.4) * slim * (1.1 - start) * (1 - tone)
            low_y = height - tall * start * 0.85
            line = smooth_curve(
                [
                    (x + off, low_y + tall * 0.1),
                    (x + off * 1.4 + rng.normal(0, 3), low_y),
                    (x + off * 0.5, low_y - tall * 0.15),
                ],
                12,
            )
            shade = vary(rng, mix(colour, (90, 120, 70), tone), 0.02)
            polyline(picture, line, shade, slim * 0.35 * (1.1 - start))


def _shore_trees(rng: Rng, picture: Rgb, dark: Colour) -> None:
    """Bare or leafy trees that frame the lake from one side, nearly black."""
    height, width = picture.shape[:2]
    side = rng.choice([-1, 1])
    for _ in range(int(rng.integers(1, 4))):
        x = width / 2 + side * width * rng.uniform(0.3, 0.48)
        _branch(rng, picture, (x, height), -math.pi / 2 + rng.normal(0, 0.1), height * 0.3, dark, 5)


def _branch(
    rng: Rng,
    picture: Rgb,
    start: tuple[float, float],
    turn: float,
    length: float,
    colour: Colour,
    depth: int,
) -> None:
    """A limb that forks until its twigs are a few pixels long."""
    end = (start[0] + math.cos(turn) * length, start[1] + math.sin(turn) * length)
    polyline(picture, [start, end], colour, max(1.0, length * 0.07))
    if depth == 0:
        return
    for _ in range(2 if depth > 3 else 3):
        shorter = length * rng.uniform(0.55, 0.75)
        _branch(rng, picture, end, turn + rng.normal(0, 0.45), shorter, colour, depth - 1)
