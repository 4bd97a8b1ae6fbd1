"""Still lifes: fruit on a table before a dark wall, in baroque light."""

from typing import NamedTuple

import numpy as np

from artextract.sources.painters import brush, canvas
from artextract.sources.painters.canvas import Colour, Rgb, Rng, mix, pick, wash


class Fruit(NamedTuple):
    """A kind of fruit: colour, colour of its patches, size, height / width, and gloss (0..1)."""

    name: str
    skin: Colour
    blush: Colour
    size: float
    stretch: float
    gloss: float


FRUITS = (
    Fruit("red apple", (176, 40, 30), (206, 170, 60), 1.0, 0.92, 0.8),
    Fruit("green apple", (140, 156, 50), (190, 90, 50), 1.0, 0.92, 0.7),
    Fruit("orange", (226, 124, 24), (230, 150, 40), 1.05, 1.0, 0.45),
    Fruit("lemon", (236, 200, 54), (220, 180, 50), 0.8, 0.82, 0.5),
    Fruit("plum", (70, 36, 84), (110, 50, 70), 0.7, 0.9, 0.35),
)
SHADE: Colour = (8, 6, 5)


def fruit_piece(rng: Rng) -> tuple[Rgb, str]:
    """One to three kinds of fruit on a cloth, lit from one side."""
    height, width = canvas.picture_size(rng, 0.8, 1.6)
    light, cloth = pick(rng, (-1, 1)), pick(rng, ("white", "crimson", "green", "blue", "brown"))
    wall = pick(rng, ((46, 36, 28), (34, 34, 32), (58, 44, 30), (62, 54, 44)))
    picture = canvas.filled(height, width, wall)
    wash(picture, SHADE, 0.6 + 0.4 * canvas.clouds(rng, height, width, 180))
    y, x = canvas.grid(height, width)
    beam = x / width - 0.5 - 0.25 * light + light * (y / height - 0.4) * 0.9
    wash(picture, mix(wall, (210, 170, 110), 0.5), 0.5 * np.exp(-14 * beam**2))
    table = height * rng.uniform(0.5, 0.6)
    creases = canvas.clouds(rng, height, width, 80, stretch=2.5)
    drop = (y - table) / (height - table)
    lit = 0.7 + 0.6 * light * (x / width - 0.5) - 0.6 * drop + 0.25 * creases
    wash(picture, SHADE, y - table)
    wash(picture, canvas.tint(rng, cloth), np.clip(y - table, 0, 1) * np.clip(lit, 0.1, 0.95))
    kinds = [FRUITS[index] for index in rng.permutation(len(FRUITS))[: int(rng.integers(1, 4))]]
    counts = rng.integers(1, 5, len(kinds)).tolist()
    _heap(rng, picture, [kind for kind, n in zip(kinds, counts, strict=True) for _ in range(n)], table, light)
    brushed = brush.in_strokes(rng, picture, canvas.clouds(rng, height, width, 130, 2), 9, 2.4)
    wash(brushed, picture, 0.72)
    names = ", ".join(canvas.counted(n, kind.name) for kind, n in zip(kinds, counts, strict=True))
    return canvas.varnish(rng, brushed, rng.uniform(0.2, 0.6)), f"{names.capitalize()} on a {cloth} cloth"


def _heap(rng: Rng, picture: Rgb, pieces: list[Fruit], table: float, light: int) -> None:
    """The fruit in a loose row, the far ones first, each with its shadow."""
    height, width = picture.shape[:2]
    unit = min(width * 0.13, height * 0.17, 0.68 * width / len(pieces))
    row = (rng.permutation(len(pieces)) + 0.5 - len(pieces) / 2) * unit * 1.25 + width / 2
    depths = np.sort(rng.uniform(0.25, 0.75, len(pieces)))
    for x, depth, kind in zip(row, depths, pieces, strict=True):
        radius, foot = unit * kind.size * rng.uniform(0.9, 1.05), table + (height - table) * depth
        pool = brush.ellipse(x - light * radius * 0.7, foot, radius * 1.3, radius * 0.3)
        wash(picture, SHADE, 0.75 * brush.shape_mask(picture, pool, radius * 0.16))
        _fruit(rng, picture, x, foot - radius * kind.stretch * 0.9, radius, kind, light)


def _fruit(rng: Rng, picture: Rgb, x: float, y: float, radius: float, kind: Fruit, light: int) -> None:
    """A shaded fruit: patches, dark side, reflected light, a highlight, the stalk of an apple."""
    top, left, reach = max(0, int(y - radius * 1.3)), max(0, int(x - radius * 1.3)), int(radius * 2.6)
    part = picture[top : top + reach, left : left + reach]
    height, width = part.shape[:2]
    rows, columns = canvas.grid(height, width)
    across, down = (columns + left - x) / radius, (rows + top - y) / (radius * kind.stretch)
    squared = across**2 + down**2
    facing = 0.58 * light * across - 0.52 * down + 0.62 * np.sqrt(np.clip(1 - squared, 0, 1))
    body = canvas.filled(height, width, kind.skin)
    wash(body, kind.blush, 0.4 + 0.7 * canvas.clouds(rng, height, width, radius * 0.9, 4) + 0.3 * down)
    reflected = 0.14 * np.clip(-light * across + 0.5 * down, 0, 1)
    shine = kind.gloss * 190 * np.exp(-((across - 0.34 * light) ** 2 + (down + 0.4) ** 2) / 0.022)
    tones = body * (0.1 + 1.08 * np.clip(facing, 0, 1) + reflected)[..., None] + shine[..., None]
    wash(part, np.clip(tones, 0, 255).astype(np.uint8), (1 - np.sqrt(squared)) * radius)
    if "apple" in kind.name:
        stalk = [(0, -0.62), (0.06, -0.9), (0.2, -1.05)]
        brush.polyline(picture, brush.placed(stalk, x, y, radius), (50, 34, 20), radius * 0.07)
