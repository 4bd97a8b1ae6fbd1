"""Lily ponds in visible strokes."""

import numpy as np

from artextract.sources.painters import brush, canvas
from artextract.sources.painters.canvas import Colour, Rgb, Rng, mix, pick, vary, wash

# The water, then what it mirrors: the leaves of the bank, the sky, a second tone of the sky.
PONDS: tuple[tuple[Colour, ...], ...] = (
    ((60, 84, 120), (52, 104, 70), (126, 150, 190), (150, 120, 180)),
    ((150, 120, 140), (70, 90, 80), (240, 190, 150), (200, 130, 150)),
    ((40, 66, 74), (40, 92, 52), (90, 140, 120), (190, 200, 120)),
    ((120, 150, 180), (90, 140, 100), (210, 220, 230), (170, 160, 200)),
    ((90, 60, 50), (120, 80, 30), (200, 130, 50), (230, 180, 90)),
)


def pond(rng: Rng) -> tuple[Rgb, str]:
    """A pond that mirrors willows and sky, with groups of lily pads, in dabs and short strokes."""
    height, width = canvas.picture_size(rng, 0.75, 2.0)
    water, *mirrored = pick(rng, PONDS)
    scene = canvas.filled(height, width, water)
    for colour in mirrored:
        columns = canvas.clouds(rng, height, width, 70, stretch=0.35)
        wash(scene, vary(rng, colour, 0.03), np.clip(columns * 1.1 + 0.1, 0, 0.9))
    y, _ = canvas.grid(height, width)
    bank = np.clip(1.2 - y / (height * rng.uniform(0.12, 0.4)), 0, 1)
    leaves = canvas.clouds(rng, height, width, 50, stretch=0.5)
    wash(scene, mix(mirrored[0], (14, 40, 24), 0.5), bank * (1 + 0.3 * leaves))
    angle = np.where(bank > 0.3, 1.4 + 0.3 * leaves, 0.2 * leaves)
    picture = brush.in_strokes(rng, scene, angle, 20, 5)
    blossom = pick(rng, ("white", "rose", "red", "yellow", "violet"))
    for near in np.sort(rng.uniform(0.3, 1, int(rng.integers(5, 11)))):
        middle, size = (width * rng.uniform(0, 1), height * near), width * (0.012 + 0.035 * near)
        for x, y in rng.normal(middle, (size * 4, size * 0.9), (int(rng.integers(8, 22)), 2)):
            pad = mix(mirrored[0], (190, 220, 160), rng.uniform(0.2, 0.7))
            brush.oval(picture, x, y + 2, size, size * 0.36, mix(pad, water, 0.7))
            brush.oval(picture, x, y, size, size * 0.3, vary(rng, pad, 0.05))
            if rng.random() < 0.3:
                for u, v in rng.normal((x, y - size * 0.3), size * 0.2, (7, 2)):
                    brush.disc(picture, u, v, size * 0.17, canvas.tint(rng, blossom))
    return brush.impasto(rng, picture, angle), f"Lily pond with {blossom} blossoms"
