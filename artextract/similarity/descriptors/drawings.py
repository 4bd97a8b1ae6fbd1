"""Drawings that explain why two works are similar: their colours, light and dark, or strokes."""

import numpy as np
from PIL import Image, ImageDraw

from artextract.similarity.descriptors.criteria import colour_differences, lightness
from artextract.similarity.descriptors.visual_descriptors import BANK, VisualDescriptor

WIDTH, HEIGHT = 240, 96  # Size of each drawing, pixels
GAP = 8
_PAPER, _INK = (250, 248, 244), (60, 54, 48)
_QUERY, _NEIGHBOUR = (150, 144, 136), (180, 85, 45)

ALT = {
    "palette": "Dominant colours of the selected work (top) and of this work (bottom); lines join nearest colours",
    "composition": "Light and dark areas of the selected work (left) and of this work (right)",
    "texture": "Strength of strokes by direction, wide strokes on the right: selected work grey, this work red",
}
"""The alternative text of a drawing, by criterion."""


def explain(criterion: str, query: VisualDescriptor, neighbour: VisualDescriptor) -> Image.Image:
    """The drawing for a criterion of `criteria.CRITERIA`, RGB [HEIGHT, WIDTH]."""
    draw = {"palette": _palettes, "composition": _compositions, "texture": _textures}[criterion]
    return draw(query, neighbour)


def _palettes(query: VisualDescriptor, neighbour: VisualDescriptor) -> Image.Image:
    """Two bars of colours, each colour of the upper joined with its nearest below."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(picture)
    bar = HEIGHT // 3
    above, below = _intervals(query.palette), _intervals(neighbour.palette)
    nearest = colour_differences(query.palette, neighbour.palette[None])[0].argmin(axis=1)
    for palette, intervals, top in ((query.palette, above, 0), (neighbour.palette, below, HEIGHT - bar)):
        for (left, right), colour in zip(intervals, _rgb(palette), strict=True):
            pen.rectangle((left, top, max(right - 1, left), top + bar - 1), fill=colour)
    for (left, right), match, share in zip(above, nearest, query.palette[:, 3], strict=True):
        if share > 0:
            line = ((left + right) / 2, bar, sum(below[match]) / 2, HEIGHT - bar)
            pen.line(line, fill=_INK, width=1 + round(4 * share))
    return picture


def _intervals(palette: np.ndarray) -> list[tuple[int, int]]:
    edges = np.round(np.concatenate([[0], np.cumsum(palette[:, 3])]) * WIDTH).astype(int)
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def _rgb(palette: np.ndarray) -> list[tuple[int, int, int]]:
    from skimage.color import lab2rgb

    values = np.round(255 * lab2rgb(palette[None, :, :3].astype(np.float64)))[0].astype(int)
    return [(int(red), int(green), int(blue)) for red, green, blue in values.tolist()]


def _compositions(query: VisualDescriptor, neighbour: VisualDescriptor) -> Image.Image:
    """Light and dark of the two, side by side."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    width = (WIDTH - GAP) // 2
    for descriptor, left in ((query, 0), (neighbour, width + GAP)):
        cells = lightness(descriptor)
        low, high = float(cells.min()), float(cells.max())
        stretched = np.round(255 * (cells - low) / max(high - low, 1.0)).astype(np.uint8)
        small = Image.fromarray(stretched).resize((width, HEIGHT), Image.Resampling.NEAREST)
        picture.paste(small.convert("RGB"), (left, 0))
    return picture


def _textures(query: VisualDescriptor, neighbour: VisualDescriptor) -> Image.Image:
    """One rose per stroke width, fine to wide: the strength of strokes in each direction."""
    scale = 2  # drawn larger, then reduced, for smooth lines
    picture = Image.new("RGB", (WIDTH * scale, HEIGHT * scale), _PAPER)
    pen = ImageDraw.Draw(picture)
    means = [descriptor.texture[: BANK.count] for descriptor in (query, neighbour)]
    roses = [np.expm1(values).reshape(-1, BANK.directions) for values in means]
    across = WIDTH * scale / len(BANK.wavelengths)
    radius = min(across, HEIGHT * scale) / 2 - 3 * scale
    # A wave along x makes upright stripes; the rose points along the stripes.
    angles = np.pi / 2 - np.pi * np.arange(2 * BANK.directions) / BANK.directions
    for number in range(len(BANK.wavelengths)):
        strongest = max(float(rose[number].max()) for rose in roses)
        middle = np.array([across * (number + 0.5), HEIGHT * scale / 2])
        for rose, colour in zip(roses, (_QUERY, _NEIGHBOUR), strict=True):
            lengths = radius * np.tile(rose[number], 2) / max(strongest, 1e-6)
            ends = middle + lengths[:, None] * np.stack([np.cos(angles), -np.sin(angles)], axis=1)
            corners = [(float(x), float(y)) for x, y in ends]
            fill = colour if colour is _QUERY else None
            pen.polygon(corners, fill=fill, outline=colour, width=2 * scale)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
