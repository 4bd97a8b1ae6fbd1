"""Still lifes: fruit out of the dark in baroque light."""

import math
from dataclasses import dataclass

import numpy as np

from artextract.sources.painters.brush import (
    ellipse_points,
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
    grid,
    mix,
    pick,
    picture_size,
    soft_step,
    varnish,
    vary,
    wash,
)
from artextract.sources.painters.scenery import NUMBER_WORDS
from artextract.sources.painters.vessels import VESSELS, thrown_shadow


@dataclass(frozen=True)
class Fruit:
    """A kind of fruit: its colours from the lit side to the turned one, shape, size and bloom."""

    name: str
    plural: str
    skin: Colour
    blush: Colour
    size: float
    stretch: float
    gloss: float


FRUITS: tuple[Fruit, ...] = (
    Fruit("apple", "apples", (176, 40, 30), (206, 170, 60), 1.0, 0.92, 0.8),
    Fruit("green apple", "green apples", (140, 156, 50), (190, 90, 50), 1.0, 0.92, 0.7),
    Fruit("orange", "oranges", (226, 124, 24), (230, 150, 40), 1.05, 1.0, 0.45),
    Fruit("lemon", "lemons", (236, 200, 54), (220, 180, 50), 0.8, 0.78, 0.5),
    Fruit("peach", "peaches", (232, 160, 90), (200, 70, 60), 1.0, 0.95, 0.1),
    Fruit("plum", "plums", (70, 36, 84), (110, 50, 70), 0.7, 0.9, 0.35),
    Fruit("pomegranate", "pomegranates", (150, 34, 40), (190, 110, 60), 1.2, 0.98, 0.5),
    Fruit("fig", "figs", (60, 48, 60), (90, 80, 50), 0.66, 1.15, 0.2),
)
CLOTHS: tuple[tuple[str, Colour], ...] = (
    ("white", (226, 218, 200)),
    ("red", (120, 26, 26)),
    ("green", (40, 62, 44)),
    ("blue", (44, 58, 96)),
    ("brown", (96, 66, 40)),
)
GRAPES: tuple[tuple[str, Colour], ...] = (
    ("green", (150, 166, 74)),
    ("black", (44, 32, 62)),
    ("red", (120, 40, 58)),
)


def fruit_piece(rng: Rng) -> Painted:
    """Fruit, grapes and a vessel on a draped table, lit from one side before a dark wall."""
    height, width = picture_size(rng, 0.8, 1.6)
    light = -1 if rng.random() < 0.5 else 1
    wall = vary(
        rng, pick(rng, ((46, 36, 28), (34, 34, 32), (58, 44, 30), (30, 26, 28), (62, 54, 44))), 0.03
    )
    picture = filled(height, width, wall)
    wash(picture, (6, 5, 5), soft_step(clouds(rng, height, width, 180, 4) + 0.2, 2.2))
    y, x = grid(height, width)
    beam = np.exp(
        -(((x - width * (0.5 + 0.25 * light)) / width + light * (y / height - 0.4) * 0.9) ** 2) * 14
    )
    wash(picture, mix(wall, (210, 170, 110), 0.5), np.asarray(0.5 * beam, np.float32))
    table = height * rng.uniform(0.6, 0.7)
    cloth_word, cloth = pick(rng, CLOTHS)
    _table(rng, picture, table, vary(rng, cloth, 0.03), light)
    unit = min(width * 0.085, height * 0.1) * rng.uniform(1.1, 1.45)
    vessel_word, vessel = pick(rng, VESSELS)
    vessel_x = width * (0.5 - light * rng.uniform(0.02, 0.2))
    vessel(rng, picture, vessel_x, table + unit * 0.5, unit, light)
    bunch_word = ""
    if rng.random() < 0.6:
        bunch_word, colour = pick(rng, GRAPES)
        at = (width * rng.uniform(0.2, 0.8), table + unit * rng.uniform(0.3, 0.7))
        _grapes(rng, picture, at, unit * 0.36, colour, light)
    kinds = [FRUITS[index] for index in rng.permutation(len(FRUITS))[: int(rng.integers(1, 4))]]
    counts = [int(rng.integers(1, 5)) for _ in kinds]
    _heap(rng, picture, kinds, counts, table, unit, light)
    angle = np.asarray(0.6 + clouds(rng, height, width, 130, 2), np.float32)
    painted = in_strokes(rng, picture, angle, 9, 2.4)
    wash(painted, picture, np.full((height, width), 0.72, np.float32))
    names = [
        f"{NUMBER_WORDS[count].lower()} {kind.name if count == 1 else kind.plural}"
        for kind, count in zip(kinds, counts, strict=True)
    ]
    if bunch_word:
        names.append(f"{bunch_word} grapes")
    title = f"{', '.join(names).capitalize()} with {vessel_word} on a {cloth_word} cloth"
    medium = "Generated image: shaded solids, fine strokes and varnish"
    return Painted(varnish(rng, painted, rng.uniform(0.2, 0.65)), title, medium)


def _table(rng: Rng, picture: Rgb, top: float, cloth: Colour, light: int) -> None:
    """A table top and the cloth that hangs over its front edge in folds."""
    height, width = picture.shape[:2]
    edge = top + (height - top) * rng.uniform(0.42, 0.6)
    y, x = grid(height, width)
    below = soft_step(y - np.float32(top), 2)
    wash(picture, mix(cloth, (20, 14, 10), 0.3), np.repeat(below, width, axis=1))
    lit = np.clip(0.55 + 0.7 * light * (x / width - 0.5), 0, 1) * below
    crease = clouds(rng, height, width, 80, 3, stretch=2.5)
    wash(picture, mix(cloth, (255, 240, 210), 0.25), np.clip(lit * (0.45 + 0.35 * crease), 0, 1))
    phase = clouds(rng, height, width, 160, 2, stretch=0.3) * 3 + x / width * rng.uniform(16, 34)
    front = soft_step(y - np.float32(edge), 5)
    wash(
        picture,
        (10, 7, 6),
        front * np.clip(0.45 + 0.4 * np.sin(phase) + 0.3 * (y - edge) / height, 0, 0.9),
    )
    wash(
        picture,
        mix(cloth, (255, 240, 210), 0.2),
        front * np.clip(np.sin(phase + 2.6) - 0.45, 0, 0.5) * lit,
    )
    wash(
        picture,
        (0, 0, 0),
        np.asarray(below * np.clip(0.5 - light * (x / width - 0.3), 0, 1) * 0.45, np.float32),
    )


def _solid(
    rng: Rng,
    picture: Rgb,
    x: float,
    y: float,
    radius: float,
    fruit: Fruit,
    light: int,
    tilt: float = 0.0,
) -> None:
    """One shaded fruit: body colour, blush, dark side, bounced light, a highlight."""
    reach = int(radius * 1.3) + 3
    left, top = int(x) - reach, int(y) - reach
    rows, columns = np.mgrid[top : top + 2 * reach, left : left + 2 * reach].astype(np.float32)
    inside = (rows >= 0) & (rows < picture.shape[0]) & (columns >= 0) & (columns < picture.shape[1])
    dx, dy = columns - x, rows - y
    u = (dx * math.cos(tilt) + dy * math.sin(tilt)) / radius
    v = (-dx * math.sin(tilt) + dy * math.cos(tilt)) / (radius * fruit.stretch)
    squared = u**2 + v**2
    z = np.sqrt(np.clip(1 - squared, 0, 1))
    across = dx / radius
    facing = np.clip(0.58 * light * across - 0.52 * dy / radius + 0.62 * z, 0, 1)
    patches = clouds(rng, 2 * reach, 2 * reach, radius * 0.9, 4)
    blushing = np.clip(0.4 + 0.7 * patches + 0.3 * v, 0, 1)[..., None]
    body = np.array(fruit.skin) * (1 - blushing) + np.array(fruit.blush) * blushing
    bounced = 0.14 * np.clip(-light * across + 0.5 * dy / radius, 0, 1)
    colour = body * (0.07 + 1.02 * facing + bounced)[..., None]
    shine = np.exp(-((across - 0.34 * light) ** 2 + (dy / radius + 0.4) ** 2) / 0.022)
    colour += (fruit.gloss * shine * 190)[..., None]
    cover = np.clip((1 - np.sqrt(squared)) * radius, 0, 1) * inside
    y0, y1 = max(top, 0), min(top + 2 * reach, picture.shape[0])
    x0, x1 = max(left, 0), min(left + 2 * reach, picture.shape[1])
    if y0 >= y1 or x0 >= x1:
        return
    part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    tones = np.clip(colour[part], 0, 255).astype(np.uint8)
    wash(picture[y0:y1, x0:x1], tones, cover[part])


def _heap(
    rng: Rng,
    picture: Rgb,
    kinds: list[Fruit],
    counts: list[int],
    table: float,
    unit: float,
    light: int,
) -> None:
    """The fruit in a loose row, the far ones first, each with its shadow and stalk."""
    width = picture.shape[1]
    pieces = [kind for kind, count in zip(kinds, counts, strict=True) for _ in range(count)]
    places = width * (
        0.5 + (np.arange(len(pieces)) + 0.5 - len(pieces) / 2) * min(0.12, 0.8 / len(pieces))
    )
    places += rng.normal(0, unit * 0.25, len(pieces))
    depths = np.sort(rng.uniform(0.1, 1.9, len(pieces)))
    for kind, x, depth in zip(
        rng.permutation(np.array(pieces, object)), rng.permutation(places), depths, strict=True
    ):
        radius = unit * kind.size * rng.uniform(0.9, 1.1)
        foot = table + unit * (0.45 + 0.8 * depth)
        y = foot - radius * kind.stretch * 0.9
        thrown_shadow(picture, x, foot - radius * 0.08, radius * 0.9, radius * 0.28, light)
        tilt = rng.uniform(-0.6, 0.6) if kind.stretch < 0.9 or kind.stretch > 1.1 else 0.0
        _solid(rng, picture, x, y, radius, kind, light, tilt)
        if "apple" in kind.name or kind.name == "peach":
            dimple = ellipse_points(x, y - radius * 0.62, radius * 0.22, radius * 0.07)
            polygon(picture, dimple, mix(kind.skin, (20, 10, 6), 0.6))
            stalk = smooth_curve([(x, y - radius * 0.62), (x + radius * 0.06,
                y - radius * 0.9), (x + radius * 0.2, y - radius * 1.05)], 8)  # fmt: skip
            polyline(picture, stalk, (50, 34, 20), max(1.0, radius * 0.07))
        if kind.name == "pomegranate":
            for lean in (-0.25, 0, 0.25):
                tooth = [(x - radius * 0.14, y - radius * 0.9), (x + radius * lean,
                    y - radius * 1.28), (x + radius * 0.14, y - radius * 0.9)]  # fmt: skip
                polygon(picture, tooth, mix(kind.skin, (190, 110, 60), 0.4))


def _grapes(
    rng: Rng, picture: Rgb, at: tuple[float, float], size: float, colour: Colour, light: int
) -> None:
    """A bunch that tapers, with its stalk and one leaf."""
    kind = Fruit(
        "grape", "grapes", vary(rng, colour, 0.03), mix(colour, (200, 190, 120), 0.2), 1, 1.08, 0.7
    )
    x, y = at
    thrown_shadow(picture, x, y + size * 1.2, size * 5, size * 1.6, light)
    leaf = [
        (0, -2.6),
        (1.4, -4.2),
        (2.8, -3.6),
        (4.2, -4.0),
        (3.6, -2.6),
        (4.0, -1.4),
        (2.2, -1.6),
        (1, -1.4),
    ]
    points = np.array(leaf) * (size * light, size) + (x, y)
    polygon(picture, points, (66, 84, 38))
    polyline(picture, points[[0, 2, 4]], (110, 122, 60), 2)
    places = rng.normal(0, 1, (26, 2)) * (size * 2.1, size * 0.85)
    places[:, 1] -= np.abs(places[:, 0]) * 0.1
    for dx, dy in places[np.argsort(places[:, 1])]:
        _solid(rng, picture, x + dx, y + dy, size * rng.uniform(0.85, 1.05), kind, light)
