"""Hard edges: geometric abstraction in three schools, and pop prints in halftone."""

import math

import numpy as np

from artextract.sources.painters.brush import (
    bristles,
    disc,
    ellipse_points,
    polygon,
    polyline,
    ring,
)
from artextract.sources.painters.canvas import (
    Colour,
    Painted,
    Rgb,
    Rng,
    clouds,
    filled,
    hsv,
    mix,
    pick,
    picture_size,
    shaded,
    vary,
    wash,
    weave,
)

PRIMARIES: tuple[Colour, ...] = ((200, 36, 30), (32, 62, 140), (236, 196, 40))
WARM_AND_COOL: tuple[Colour, ...] = (
    *PRIMARIES,
    (28, 28, 32),
    (220, 110, 40),
    (70, 130, 120),
    (120, 70, 120),
    (90, 150, 190),
    (230, 160, 150),
)


def geometric(rng: Rng) -> Painted:
    """One of four schools: a grid of primaries, planes adrift, a concert of circles, sun discs."""
    height, width = picture_size(rng, 0.66, 1.5)
    school = pick(rng, (_neoplastic, _suprematist, _concert, _discs))
    picture, title, medium = school(rng, height, width)
    texture = weave(rng, height, width, 0.03) + 0.02 * bristles(rng, height, width, 0.7)
    return Painted(shaded(picture, texture), title, f"Generated image: {medium}")


def _neoplastic(rng: Rng, height: int, width: int) -> tuple[Rgb, str, str]:
    """Black bars on white, a few cells in primary colours."""
    picture = filled(height, width, vary(rng, (236, 232, 220), 0.015))
    columns = np.concatenate([[0], _spaced(rng, int(rng.integers(2, 6)), 0.12), [1]]) * width
    rows = np.concatenate([[0], _spaced(rng, int(rng.integers(2, 6)), 0.12), [1]]) * height
    count = int(rng.integers(2, 6))
    cells = [(i, j) for i in range(len(columns) - 1) for j in range(len(rows) - 1)]
    colours = [*PRIMARIES, pick(rng, (*PRIMARIES, (30, 30, 34), (196, 196, 192)))]
    for number, cell in enumerate(rng.permutation(len(cells))[:count]):
        i, j = cells[cell]
        box = _box(columns[i], rows[j], columns[i + 1], rows[j + 1])
        polygon(picture, box, vary(rng, colours[number % len(colours)], 0.025))
    bar = max(height, width) * rng.uniform(0.008, 0.022)
    for x in columns[1:-1]:
        first, last = _span(rng, rows)
        polygon(picture, _box(x - bar / 2, first, x + bar / 2, last), (20, 20, 24))
    for y in rows[1:-1]:
        polygon(picture, _box(0, y - bar / 2, width, y + bar / 2), (20, 20, 24))
    noun = pick(rng, ("Composition", "Tableau", "Grid", "Rhythm"))
    title = f"{noun} with {len(columns) + len(rows) - 4} black lines and {count} colour planes"
    return picture, title, f"{count} planes and {len(columns) + len(rows) - 4} bars"


def _spaced(rng: Rng, count: int, gap: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Places between 0 and 1, in order, none within about `gap` / 2 of the next."""
    shares = rng.uniform(gap, 0.5, count + 1)
    return np.asarray(np.cumsum(shares / shares.sum())[:-1])


def _span(rng: Rng, rows: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float]:
    """Where an upright bar begins and ends: mostly from edge to edge, at times at a level bar."""
    if len(rows) < 4 or rng.random() < 0.6:
        return 0.0, float(rows[-1])
    return (0.0, float(rows[-2])) if rng.random() < 0.5 else (float(rows[1]), float(rows[-1]))


def _box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _turned_box(
    x: float, y: float, length: float, breadth: float, turn: float
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Corners of a rectangle about (x, y), turned by radians."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (length / 2, breadth / 2)
    cosine, sine = math.cos(turn), math.sin(turn)
    return np.asarray(corners @ np.array([(cosine, sine), (-sine, cosine)]) + (x, y))


def _suprematist(rng: Rng, height: int, width: int) -> tuple[Rgb, str, str]:
    """Planes and bars adrift along one slant on a pale ground."""
    picture = filled(height, width, vary(rng, (232, 226, 208), 0.02))
    wash(picture, (206, 196, 172), np.clip(0.3 * clouds(rng, height, width, 120), 0, 1))
    slant = rng.uniform(-1.1, 1.1)
    reach = min(height, width)
    count = int(rng.integers(7, 18))
    sizes = np.sort(rng.lognormal(-1.7, 0.6, count))[::-1].clip(0.04, 0.55) * reach
    along = rng.uniform(-0.5, 0.5, count)
    for number, (size, place) in enumerate(zip(sizes, along, strict=True)):
        off = rng.normal(0, 0.13)
        x = width / 2 + (place * math.cos(slant) - off * math.sin(slant)) * width * 0.85
        y = height / 2 + (place * math.sin(slant) + off * math.cos(slant)) * height * 0.85
        turn = slant + pick(rng, (0.0, math.pi / 2)) + rng.normal(0, 0.06)
        colour = (26, 24, 26) if number == 0 else vary(rng, pick(rng, WARM_AND_COOL), 0.03)
        if rng.random() < 0.15:
            disc(picture, x, y, size * 0.4, colour)
        else:
            breadth = size * (rng.uniform(0.5, 1) if number < 3 else rng.uniform(0.08, 0.5))
            polygon(picture, _turned_box(x, y, size, breadth, turn), colour)
    lean = "Ascending" if slant < 0 else "Descending"
    return picture, f"{lean} planes, {count} forms", f"{count} flat forms along one slant"


def _concert(rng: Rng, height: int, width: int) -> tuple[Rgb, str, str]:
    """Circles with haloes, triangles, chequers, combs of lines and arcs, as if in music."""
    ground = vary(rng, pick(rng, ((226, 214, 180), (206, 214, 206), (40, 46, 66))), 0.02)
    picture = filled(height, width, ground)
    for _ in range(4):
        tint = vary(rng, mix(ground, pick(rng, WARM_AND_COOL), 0.4), 0.03)
        wash(picture, tint, np.clip(0.55 * clouds(rng, height, width, 220, 2) - 0.1, 0, 1))
    reach = min(height, width)
    circles = int(rng.integers(5, 11))
    for _ in range(int(rng.integers(2, 5))):
        spot = rng.uniform(0.1, 0.9, (3, 2)) * (width, height)
        polygon(picture, spot, vary(rng, mix(pick(rng, WARM_AND_COOL), ground, 0.3), 0.04))
    for _ in range(circles):
        x, y = rng.uniform(0.1, 0.9, 2) * (width, height)
        radius = reach * rng.lognormal(-2.7, 0.6)
        for share in (1.35, 1.0, 0.55):
            disc(picture, x, y, radius * share, vary(rng, pick(rng, WARM_AND_COOL), 0.05))
        if rng.random() < 0.5:
            ring(picture, x, y, radius * 1.6, (24, 22, 26), 2)
    lines = int(rng.integers(8, 18))
    ink = (24, 22, 26) if sum(ground) > 300 else (230, 222, 200)
    _combs_and_arcs(rng, picture, ink, lines)
    return picture, f"Concert for {circles} circles", f"{circles} circles and {lines} lines"


def _combs_and_arcs(rng: Rng, picture: Rgb, ink: Colour, lines: int) -> None:
    """Long straight lines, arcs, a comb of parallels and a chequered patch."""
    height, width = picture.shape[:2]
    for _ in range(lines):
        start = rng.uniform(0, 1, 2) * (width, height)
        turn, length = rng.uniform(0, math.pi), rng.uniform(0.2, 0.8) * width
        end = start + (math.cos(turn) * length, math.sin(turn) * length)
        polyline(picture, [start, end], ink, rng.uniform(1, 3.4))
    for _ in range(int(rng.integers(2, 6))):
        x, y = rng.uniform(0.1, 0.9, 2) * (width, height)
        radius, start_turn = rng.uniform(0.06, 0.3) * width, rng.uniform(0, 1)
        arc = ellipse_points(x, y, radius, radius, 0, start_turn, start_turn + 0.4)
        polyline(picture, arc, ink, rng.uniform(1.5, 5))
    x, y = rng.uniform(0.15, 0.75, 2) * (width, height)
    cell, turn = width * rng.uniform(0.02, 0.04), rng.uniform(-0.6, 0.6)
    for row in range(4):
        for column in range(5):
            colour = ink if (row + column) % 2 else vary(rng, pick(rng, WARM_AND_COOL), 0.03)
            across = (column * math.cos(turn) - row * math.sin(turn)) * cell
            down = (column * math.sin(turn) + row * math.cos(turn)) * cell
            polygon(picture, _turned_box(x + across, y + down, cell, cell, turn), colour)


def _discs(rng: Rng, height: int, width: int) -> tuple[Rgb, str, str]:
    """Overlapping targets cut into quarters, each ring of a quarter in its own colour."""
    picture = filled(height, width, vary(rng, pick(rng, WARM_AND_COOL), 0.05))
    reach = min(height, width)
    count = int(rng.integers(4, 11))
    base = rng.uniform()
    for _ in range(count):
        x, y = rng.uniform(0.15, 0.85, 2) * (width, height)
        radius, turn = reach * rng.uniform(0.12, 0.42), rng.uniform(0, 0.25)
        rings = int(rng.integers(4, 7))
        for step in range(rings, 0, -1):
            for quarter in range(4):
                hue = base + pick(rng, (0, 0.08, 0.5, 0.58, 0.15)) + rng.normal(0, 0.02)
                colour = hsv(hue, rng.uniform(0.2, 0.75), rng.uniform(0.4, 0.92))
                start = turn + quarter / 4
                size = radius * step / rings
                arc = ellipse_points(x, y, size, size, 0, start, start + 0.25)
                polygon(picture, np.concatenate([arc, [(x, y)]]), colour)
    return picture, f"Simultaneous discs, {count} suns", f"{count} targets of concentric colour"
