"""Pictures that show why two works are near: their colours, their light and dark, their strokes."""

import numpy as np
from PIL import Image, ImageDraw

from artextract.similarity.descriptors.criteria import colour_differences, lightness
from artextract.similarity.descriptors.visual_descriptors import BANK, Look

WIDTH, HEIGHT = 240, 96
"""Of each picture, pixels."""
GAP = 8
_PAPER, _INK = (250, 248, 244), (60, 54, 48)
_QUERY, _FOUND = (150, 144, 136), (180, 85, 45)

ALT = {
    "palette": "The dominant colours of the chosen work above, of this one below; lines lead to the nearest colour",
    "composition": "Light and dark of the chosen work on the left, of this one on the right",
    "texture": "Strength of the strokes by direction, wide strokes on the right: grey the chosen work, red this one",
}
"""By way: what the picture shows, in words."""


def why(way: str, query: Look, found: Look) -> Image.Image:
    """The picture for a way of `ways.WAYS`, RGB [HEIGHT, WIDTH]."""
    draw = {"palette": _palettes, "composition": _compositions, "texture": _textures}[way]
    return draw(query, found)


def _palettes(query: Look, found: Look) -> Image.Image:
    """A bar of colours above the other, each linked with its nearest."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(picture)
    bar = HEIGHT // 3
    above, below = _places(query.palette), _places(found.palette)
    nearest = colour_differences(query.palette, found.palette[None])[0].argmin(axis=1)
    for palette, places, top in ((query.palette, above, 0), (found.palette, below, HEIGHT - bar)):
        for (left, right), colour in zip(places, _rgb(palette), strict=True):
            pen.rectangle((left, top, max(right - 1, left), top + bar - 1), fill=colour)
    for (left, right), other, share in zip(above, nearest, query.palette[:, 3], strict=True):
        if share > 0:
            ends = ((left + right) / 2, sum(below[other]) / 2)
            pen.line((ends[0], bar, ends[1], HEIGHT - bar), fill=_INK, width=1 + round(4 * share))
    return picture


def _places(palette: np.ndarray) -> list[tuple[int, int]]:
    edges = np.round(np.concatenate([[0], np.cumsum(palette[:, 3])]) * WIDTH).astype(int)
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def _rgb(palette: np.ndarray) -> list[tuple[int, int, int]]:
    from skimage.color import lab2rgb

    values = np.round(255 * lab2rgb(palette[None, :, :3].astype(np.float64)))[0].astype(int)
    return [(int(red), int(green), int(blue)) for red, green, blue in values.tolist()]


def _compositions(query: Look, found: Look) -> Image.Image:
    """Light and dark of the two, side by side."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    width = (WIDTH - GAP) // 2
    for look, left in ((query, 0), (found, width + GAP)):
        cells = lightness(look)
        low, high = float(cells.min()), float(cells.max())
        stretched = np.round(255 * (cells - low) / max(high - low, 1.0)).astype(np.uint8)
        small = Image.fromarray(stretched).resize((width, HEIGHT), Image.Resampling.NEAREST)
        picture.paste(small.convert("RGB"), (left, 0))
    return picture


def _textures(query: Look, found: Look) -> Image.Image:
    """A rose a width of stroke, fine to wide: how strong the strokes are in each direction."""
    drawn = 2  # twice as large, then halved: lines without steps
    picture = Image.new("RGB", (WIDTH * drawn, HEIGHT * drawn), _PAPER)
    pen = ImageDraw.Draw(picture)
    roses = [np.expm1(look.texture[: BANK.count]).reshape(-1, BANK.directions) for look in (query, found)]
    across = WIDTH * drawn / len(BANK.wavelengths)
    radius = min(across, HEIGHT * drawn) / 2 - 3 * drawn
    # A wave that runs along x makes upright stripes: shown as the stripes lie.
    angles = np.pi / 2 - np.pi * np.arange(2 * BANK.directions) / BANK.directions
    for number in range(len(BANK.wavelengths)):
        strongest = max(float(rose[number].max()) for rose in roses)
        middle = np.array([across * (number + 0.5), HEIGHT * drawn / 2])
        for rose, colour in zip(roses, (_QUERY, _FOUND), strict=True):
            lengths = radius * np.tile(rose[number], 2) / max(strongest, 1e-6)
            ends = middle + lengths[:, None] * np.stack([np.cos(angles), -np.sin(angles)], axis=1)
            corners = [(float(x), float(y)) for x, y in ends]
            fill = colour if colour is _QUERY else None
            pen.polygon(corners, fill=fill, outline=colour, width=2 * drawn)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
