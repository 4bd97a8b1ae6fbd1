"""Pop prints: one motif in thick outline and flat colour, dotted by a halftone, often repeated."""

import math
from collections.abc import Callable

import numpy as np

from artextract.sources.painters.brush import (
    Points,
    disc,
    ellipse_points,
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
    colour_word,
    filled,
    grid,
    laid_paper,
    pick,
    picture_size,
    shaded,
    soft_step,
    vary,
    wash,
)
from artextract.sources.painters.scenery import NUMBER_WORDS

# Ground, motif, second colour, dots.
SCHEMES: tuple[tuple[Colour, Colour, Colour, Colour], ...] = (
    ((250, 214, 40), (226, 40, 50), (250, 246, 236), (40, 90, 200)),
    ((40, 150, 220), (250, 220, 60), (250, 246, 236), (220, 50, 90)),
    ((240, 90, 150), (60, 190, 180), (250, 240, 90), (60, 40, 130)),
    ((250, 246, 236), (220, 40, 50), (250, 210, 50), (220, 60, 70)),
    ((90, 200, 130), (250, 120, 50), (250, 240, 200), (30, 90, 80)),
    ((250, 140, 50), (80, 60, 170), (250, 220, 200), (200, 40, 60)),
    ((170, 120, 220), (250, 230, 60), (240, 100, 150), (60, 30, 110)),
    ((30, 40, 90), (240, 80, 110), (90, 210, 220), (250, 210, 60)),
)
INK: Colour = (18, 18, 24)


def halftone(rng: Rng) -> Painted:
    """A lips, flower, cup, eye, burst, heart or fish: one, or a sheet of 4, 6 or 9."""
    height, width = picture_size(rng, 0.66, 1.6)
    name, plural, motif = pick(rng, _MOTIFS)
    aspect = width / height
    rows, columns = pick(rng, ((1, 1), (1, 1), (2, 2), (3, 3), (2, 3) if aspect > 1 else (3, 2)))
    order = rng.permutation(len(SCHEMES))
    picture = filled(height, width, SCHEMES[order[0]][0])
    for row in range(rows):
        for column in range(columns):
            top, bottom = row * height // rows, (row + 1) * height // rows
            left, right = column * width // columns, (column + 1) * width // columns
            scheme = SCHEMES[order[(row * columns + column) % len(order)]]
            picture[top:bottom, left:right] = _panel(rng, bottom - top, right - left, scheme, motif)
    if rows * columns > 1:
        for row in range(1, rows):
            polyline(
                picture,
                [(0, row * height / rows), (width, row * height / rows)],
                (250, 246, 236),
                6,
            )
        for column in range(1, columns):
            polyline(
                picture,
                [(column * width / columns, 0), (column * width / columns, height)],
                (250, 246, 236),
                6,
            )
    count = rows * columns
    number = NUMBER_WORDS[count]
    ground = colour_word(SCHEMES[order[0]][0])
    title = f"{name} on {ground}" if count == 1 else f"{number} {plural}, screen print"
    worn = 1 - 0.05 * np.clip(clouds(rng, height, width, 40, 4), 0, 1)
    texture = np.asarray(laid_paper(rng, height, width, 0.02) * worn, np.float32)
    medium = (
        f"Generated image: flat colour and halftone dots, {count} panel{'s' if count > 1 else ''}"
    )
    return Painted(shaded(picture, texture), title, medium)


def _panel(
    rng: Rng,
    height: int,
    width: int,
    scheme: tuple[Colour, Colour, Colour, Colour],
    motif: "_Motif",
) -> Rgb:
    """One motif on its ground, with rays or dots behind it and a dotted shade over it."""
    ground, first, second, dot = (vary(rng, colour, 0.02) for colour in scheme)
    picture = filled(height, width, ground)
    y, x = grid(height, width)
    unit = min(height, width)
    pitch = max(5.0, unit * rng.uniform(0.018, 0.032))
    if rng.random() < 0.4:
        _rays(rng, picture, second)
    turn = rng.uniform(0, 2 * math.pi)
    slope = 0.5 + ((x / width - 0.5) * math.cos(turn) + (y / height - 0.5) * math.sin(turn)) * 0.9
    wash(picture, dot, _screen(np.asarray(slope, np.float32), pitch))
    centre = np.array([width / 2, height / 2]) + rng.normal(0, 0.02, 2) * unit
    before = picture.copy()
    motif(rng, picture, centre, unit * rng.uniform(0.32, 0.4), (first, second, dot))
    changed = np.asarray((picture != before).any(axis=2), np.float32)
    lit = np.asarray(0.15 + 0.75 * (x / width * 0.6 + y / height * 0.9 - 0.5), np.float32)
    ink = (picture.sum(axis=2) > 150).astype(np.float32)
    wash(picture, dot, _screen(lit, pitch * 0.8) * changed * ink * np.float32(0.75))
    return picture


def _screen(darkness: Plane, pitch: float) -> Plane:
    """A halftone at 45 degrees: dots whose area follows the darkness (0..1)."""
    y, x = grid(*darkness.shape)
    a, b = (x + y) / np.float32(pitch * math.sqrt(2)), (x - y) / np.float32(pitch * math.sqrt(2))
    distance = np.hypot(a - np.round(a), b - np.round(b)) * np.float32(pitch)
    radius = np.sqrt(np.clip(darkness, 0, 0.85) / np.float32(math.pi)) * np.float32(pitch)
    return soft_step(radius - distance - np.float32(0.4), 1.2)


def _rays(rng: Rng, picture: Rgb, colour: Colour) -> None:
    """Sunrays from the middle to the edges."""
    height, width = picture.shape[:2]
    count, start = int(rng.integers(8, 17)), rng.uniform(0, 1)
    for number in range(count):
        turns = (start + np.array([number, number + 0.5]) / count) * 2 * math.pi
        edge = np.stack([np.cos(turns), np.sin(turns)], axis=1) * (width + height)
        polygon(picture, np.concatenate([[(0, 0)], edge]) + (width / 2, height / 2), colour)


_Colours = tuple[Colour, Colour, Colour]
_Motif = Callable[[Rng, Rgb, Points, float, _Colours], None]


def _outlined(picture: Rgb, points: Points, colour: Colour, size: float) -> None:
    polygon(picture, points, colour)
    polyline(picture, points, INK, size * 0.045, closed=True)


def _lips(rng: Rng, picture: Rgb, at: Points, size: float, colours: _Colours) -> None:
    """An open mouth with teeth."""
    part = rng.uniform(0.1, 0.32)
    outer = [(-1.25, 0), (-0.6, -0.45), (-0.18, -0.62), (0, -0.5), (0.18, -0.62),
        (0.6, -0.45), (1.25, 0), (0.6, 0.55), (0, 0.72), (-0.6, 0.55)]  # fmt: skip
    inner = [(-1.0, 0), (-0.4, -part), (0, -part * 0.8), (0.4, -part), (1.0, 0),
        (0.4, part), (0, part * 1.2), (-0.4, part)]  # fmt: skip
    _outlined(picture, smooth_curve(np.array(outer) * size + at, 80, closed=True), colours[0], size)
    mouth = smooth_curve(np.array(inner) * size + at, 60, closed=True)
    _outlined(picture, mouth, (60, 16, 24), size)
    teeth = [(-0.6, -part * 0.5), (-0.3, -part * 0.8), (0, -part * 0.66), (0.3,
        -part * 0.8), (0.6, -part * 0.5), (0.3, part * 0.1), (-0.3, part * 0.1)]  # fmt: skip
    _outlined(picture, np.array(teeth) * size + at, (250, 248, 240), size * 0.6)
    shine = ellipse_points(at[0] - size * 0.35, at[1] + size * 0.46, size * 0.2, size * 0.05, 0.25)
    polygon(picture, shine, (255, 250, 246))


def _flower(rng: Rng, picture: Rgb, at: Points, size: float, colours: _Colours) -> None:
    """A flat flower with four to nine petals."""
    petals, turn = int(rng.integers(4, 10)), rng.uniform(0, 6)
    spread = math.pi / petals
    for number in range(petals):
        angle = turn + number * 2 * spread
        x, y = at[0] + math.cos(angle) * size * 0.65, at[1] + math.sin(angle) * size * 0.65
        petal = ellipse_points(x, y, size * 0.5, size * min(0.45, spread * 0.72), angle)
        _outlined(picture, petal, colours[0], size)
    disc(picture, at[0], at[1], size * 0.36, INK)
    disc(picture, at[0], at[1], size * 0.31, colours[1])
    for x, y in rng.normal(0, size * 0.12, (14, 2)):
        disc(picture, at[0] + x, at[1] + y, size * 0.025, INK)


def _cup(rng: Rng, picture: Rgb, at: Points, size: float, colours: _Colours) -> None:
    """A coffee cup on its saucer, with steam."""
    low = at + (0, size * 0.65)
    _outlined(
        picture,
        ellipse_points(low[0], low[1] + size * 0.1, size * 1.25, size * 0.24),
        colours[1],
        size,
    )
    handle = ellipse_points(at[0] + size * 0.85, at[1] + size * 0.1, size * 0.36, size * 0.32)
    polyline(picture, handle, INK, size * 0.22, closed=True)
    polyline(picture, handle, colours[0], size * 0.12, closed=True)
    bowl = [(-0.85, -0.3), (-0.78, 0.2), (-0.42, 0.68), (0.42, 0.68), (0.78, 0.2), (0.85, -0.3)]
    _outlined(picture, smooth_curve(np.array(bowl) * size + at, 50), colours[0], size)
    _outlined(
        picture,
        ellipse_points(at[0], at[1] - size * 0.3, size * 0.85, size * 0.24),
        colours[1],
        size,
    )
    _outlined(
        picture,
        ellipse_points(at[0], at[1] - size * 0.27, size * 0.68, size * 0.15),
        (86, 46, 26),
        size * 0.7,
    )
    for side in (-0.3, 0.05, 0.4):
        sway = rng.uniform(0.08, 0.16)
        steam = [(side, -0.5), (side + sway, -0.75), (side - sway, -1.0), (side + sway, -1.25)]
        polyline(picture, smooth_curve(np.array(steam) * size + at, 24), INK, size * 0.06)


def _eye(rng: Rng, picture: Rgb, at: Points, size: float, colours: _Colours) -> None:
    """A wide eye with lashes and a tear now and then."""
    almond = [(-1.2, 0.05), (-0.5, -0.52), (0.2, -0.58), (1.2, 0.05), (0.3, 0.5), (-0.5, 0.42)]
    shape = smooth_curve(np.array(almond) * size + at, 70, closed=True)
    _outlined(picture, shape, (252, 250, 244), size * 1.6)
    gaze = at[0] + size * rng.uniform(-0.25, 0.25)
    for radius, colour in ((0.48, INK), (0.43, colours[0]), (0.24, INK)):
        disc(picture, gaze, at[1] - size * 0.03, size * radius, colour)
    disc(picture, gaze + size * 0.15, at[1] - size * 0.2, size * 0.1, (255, 255, 255))
    for turn in np.linspace(-2.5, -0.7, 8):
        root = at + (math.cos(turn) * size * 0.95, math.sin(turn) * size * 0.55)
        tip = at + (math.cos(turn) * size * 1.3, math.sin(turn) * size * 0.95)
        polyline(picture, [root, tip], INK, size * 0.07)
    if rng.random() < 0.5:
        drop = [(0.55, 0.45), (0.75, 0.85), (0.55, 1.08), (0.35, 0.85)]
        _outlined(
            picture, smooth_curve(np.array(drop) * size + at, 40, closed=True), colours[1], size
        )


def _burst(rng: Rng, picture: Rgb, at: Points, size: float, colours: _Colours) -> None:
    """An explosion: star upon star, with a cloud at its heart."""
    for grow, colour in ((1.35, colours[0]), (0.98, colours[1])):
        count = int(rng.integers(9, 15))
        turns = np.linspace(0, 2 * math.pi, 2 * count, endpoint=False) + rng.uniform(0, 1)
        reach = np.where(np.arange(2 * count) % 2, 0.62, rng.uniform(0.85, 1.15, 2 * count)) * grow
        star = np.stack([np.cos(turns), np.sin(turns) * 0.85], axis=1) * (reach * size)[:, None]
        _outlined(picture, star + at, colour, size)
    puffs = [(math.cos(t) * 0.26, math.sin(t) * 0.2) for t in np.linspace(0, 6.28, 8)[:-1]]
    for x, y in puffs:
        disc(picture, at[0] + x * size, at[1] + y * size, size * 0.2, INK)
    for x, y in puffs:
        disc(picture, at[0] + x * size, at[1] + y * size, size * 0.16, (250, 246, 236))
    disc(picture, at[0], at[1], size * 0.2, (250, 246, 236))


def _heart(rng: Rng, picture: Rgb, at: Points, size: float, colours: _Colours) -> None:
    """A heart with a shine, doubled in the second colour."""
    t = np.linspace(0, 2 * math.pi, 80, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    heart = np.stack([x, y], axis=1) / 16 * size
    lean = rng.uniform(-0.2, 0.2)
    heart = heart @ np.array([(math.cos(lean), math.sin(lean)), (-math.sin(lean), math.cos(lean))])
    _outlined(picture, heart * 1.12 + at + size * 0.1, colours[1], size)
    _outlined(picture, heart + at, colours[0], size)
    polygon(
        picture,
        ellipse_points(at[0] - size * 0.5, at[1] - size * 0.42, size * 0.12, size * 0.22, 0.7),
        (255, 252, 246),
    )


def _fish(rng: Rng, picture: Rgb, at: Points, size: float, colours: _Colours) -> None:
    """A striped fish that looks left or right."""
    side = pick(rng, (-1.0, 1.0))
    way = np.array([side, 1.0]) * size
    tail = [(0.7, 0), (1.3, -0.5), (1.12, 0), (1.3, 0.5)]
    _outlined(picture, np.array(tail) * way + at, colours[1], size)
    fin = [(-0.25, -0.45), (0.1, -0.95), (0.55, -0.3)]
    _outlined(picture, np.array(fin) * way + at, colours[1], size)
    body = [(-1.1, 0), (-0.5, -0.5), (0.2, -0.5), (0.85, 0), (0.2, 0.5), (-0.5, 0.5)]
    _outlined(picture, smooth_curve(np.array(body) * way + at, 60, closed=True), colours[0], size)
    for x in (-0.15, 0.15, 0.45):
        high = 0.5 - 0.4 * max(0.0, x) ** 1.2
        stripe = smooth_curve(np.array([(x, -high), (x + 0.12, 0), (x, high)]) * way + at, 16)
        polyline(picture, stripe, INK, size * 0.12)
        polyline(picture, stripe, colours[1], size * 0.06)
    eye = np.array([-0.66, -0.12]) * way + at
    disc(picture, eye[0], eye[1], size * 0.13, INK)
    disc(picture, eye[0], eye[1], size * 0.1, (252, 250, 244))
    disc(picture, eye[0], eye[1], size * 0.05, INK)


_MOTIFS: tuple[tuple[str, str, _Motif], ...] = (
    ("Lips", "pairs of lips", _lips),
    ("Flower", "flowers", _flower),
    ("Coffee", "coffees", _cup),
    ("Eye", "eyes", _eye),
    ("Burst", "bursts", _burst),
    ("Heart", "hearts", _heart),
    ("Fish", "fish", _fish),
)
