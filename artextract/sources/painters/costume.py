"""What sitters wear: cloth and collars, hats and caps, pearls."""

import math

import numpy as np

from artextract.sources.painters.brush import (
    disc,
    ellipse_points,
    polygon,
    polyline,
    shape_mask,
    smooth_curve,
)
from artextract.sources.painters.canvas import (
    Colour,
    Rgb,
    Rng,
    clouds,
    grid,
    mix,
    pick,
    vary,
    wash,
)
from artextract.sources.painters.faces import Face

CLOTHS: tuple[tuple[str, Colour], ...] = (
    ("black", (30, 28, 30)),
    ("crimson", (130, 26, 30)),
    ("blue", (38, 60, 110)),
    ("green", (36, 74, 54)),
    ("ochre", (176, 124, 46)),
    ("white", (214, 206, 190)),
    ("violet", (84, 50, 92)),
    ("rose", (196, 120, 120)),
    ("brown", (88, 58, 38)),
)
COLLARS = ("ruff", "kerchief", "lace collar", "pearls", "cravat", "plain dress")


def clothes(rng: Rng, picture: Rgb, face: Face, cloth: Colour, collar: str) -> None:
    """Shoulders with folds, lit from the light's side, and the collar."""
    height, width = picture.shape[:2]
    open_neck = collar in ("pearls", "plain dress", "kerchief")
    neckline = 1.72 if open_neck else 1.26
    half = [
        (0.35, neckline),
        (0.8, neckline - 0.14 if open_neck else 1.32),
        (1.5, 1.55),
        (2.15, 1.95),
        (2.5, 2.8),
        (2.7, 4.5),
    ]
    left = [(-u, v) for u, v in reversed(half)]
    shape = smooth_curve(face.many([*left, *half], 0.1), 80)
    bottom = [(width * 1.2, height + 9.0), (-width * 0.2, height + 9.0)]
    body = np.concatenate([shape, bottom])
    inside = shape_mask(height, width, body)
    wash(picture, cloth, inside)
    rows, columns = grid(height, width)
    side = (columns - face.x) / (face.half_width * 2.4) * face.light
    drop = (rows - face.y) / (height - face.y)
    folds = clouds(rng, height, width, face.half_width * 0.8, 3, stretch=0.4)
    wash(
        picture,
        mix(cloth, (8, 6, 8), 0.75),
        inside * np.clip(0.25 - 0.5 * side + 0.35 * drop - 0.3 * folds, 0, 0.92),
    )
    wash(
        picture,
        mix(cloth, (255, 236, 200), 0.4),
        inside * np.clip(0.4 * side + 0.45 * folds - 0.12, 0, 0.65),
    )
    painters = {
        "ruff": _ruff,
        "kerchief": _kerchief,
        "lace collar": _lace,
        "pearls": _pearls,
        "cravat": _cravat,
    }
    if collar in painters:
        painters[collar](rng, picture, face)


def _ruff(rng: Rng, picture: Rgb, face: Face) -> None:
    """A pleated wheel of linen about the neck."""
    x, y = face.at(0, 1.22, 0.2)
    a, b = face.half_width * rng.uniform(1.15, 1.45), face.half_height * 0.36
    polygon(picture, ellipse_points(x, y + b * 0.2, a * 1.04, b * 1.05), (60, 54, 50))
    polygon(picture, ellipse_points(x, y, a, b), (206, 200, 188))
    for number, turn in enumerate(np.linspace(0, 2 * math.pi, 56, endpoint=False)):
        edge = (x + a * math.cos(turn), y + b * math.sin(turn))
        root = (x + a * 0.4 * math.cos(turn), y + b * 0.3 * math.sin(turn))
        lit = 0.5 + 0.5 * face.light * math.cos(turn)
        tone = mix(
            (120, 112, 104), (250, 246, 236), (0.35 + 0.65 * lit) if number % 2 else 0.3 * lit
        )
        polyline(picture, [root, edge], tone, face.half_width * 0.06)
        if number % 2:
            disc(picture, edge[0], edge[1], face.half_width * 0.06, tone)


def _kerchief(rng: Rng, picture: Rgb, face: Face) -> None:
    """A white kerchief crossed over the breast."""
    for side in (-face.light, face.light):
        points = face.many([(side * 0.5, 1.16), (side * 1.05, 1.4),
            (side * 1.2, 1.75), (-side * 0.18, 2.5), (-side * 0.1, 2.2),
            (side * 0.34, 1.6)], 0.2)  # fmt: skip
        tone = mix((226, 220, 208), (120, 110, 100), 0.0 if side == face.light else 0.4)
        polygon(picture, smooth_curve(points, 50, closed=True), tone)
        for share in rng.uniform(0.1, 0.9, 7):
            start = points[0] * (1 - share) + points[2] * share
            end = points[4] * (1 - share) + points[3] * share
            polyline(
                picture,
                [start, (start + end) / 2 + (side * 4, 4), end],
                mix(tone, (90, 84, 80), 0.35),
                2,
            )


def _lace(rng: Rng, picture: Rgb, face: Face) -> None:
    """A flat collar with a scalloped edge."""
    for side in (-1, 1):
        edge = smooth_curve(face.many([(side * 0.05, 1.45), (side * 0.55, 1.95),
            (side * 1.25, 1.9), (side * 1.45, 1.55)], 0.2), 16)  # fmt: skip
        inner = face.many([(side * 0.62, 1.2), (side * 0.1, 1.3)], 0.2)
        tone = mix((236, 230, 218), (130, 120, 110), 0.08 if side == face.light else 0.4)
        polygon(picture, np.concatenate([edge, inner]), tone)
        for x, y in edge:
            disc(picture, x, y, face.half_width * 0.08, tone)
            disc(picture, x, y, face.half_width * 0.035, mix(tone, (70, 60, 60), 0.55))
        seam = edge * 0.75 + inner.mean(0) * 0.25 + rng.normal(0, 0.5, 2)
        polyline(picture, seam, mix(tone, (90, 80, 76), 0.4), 1.5)


def _pearls(rng: Rng, picture: Rgb, face: Face) -> None:
    """A string of pearls on the bare neck."""
    sag = rng.uniform(1.42, 1.56)
    chain = smooth_curve(face.many([(-0.56, 1.26), (-0.3, sag - 0.03), (0, sag),
        (0.3, sag - 0.03), (0.56, 1.26)], 0.2), 22)  # fmt: skip
    size = face.half_width * 0.055
    for x, y in chain:
        disc(picture, x + 1, y + size * 0.5, size, mix(face.skin, (50, 24, 16), 0.6))
        disc(picture, x, y, size, (206, 196, 184))
        disc(picture, x + face.light * size * 0.3, y - size * 0.3, size * 0.4, (254, 252, 246))


def _cravat(rng: Rng, picture: Rgb, face: Face) -> None:
    """Folds of white linen at the throat, falling in a jabot."""
    band = face.many([(-0.56, 1.12), (0.56, 1.12), (0.6, 1.42), (-0.6, 1.42)], 0.2)
    polygon(picture, band, (214, 208, 198))
    for v in (1.18, 1.25, 1.33):
        fold = smooth_curve(face.many([(-0.56, v), (0, v + 0.07), (0.56, v - 0.02)], 0.2), 14)
        polyline(picture, fold, (150, 142, 136), 2)
    for number in range(6):
        v = 1.4 + number * 0.13
        wide = 0.2 + 0.035 * number
        puff = face.many(
            [(-wide, v), (0, v - 0.05), (wide, v), (wide * 0.7, v + 0.17), (-wide * 0.7, v + 0.17)],
            0.2,
        )
        polygon(
            picture,
            smooth_curve(puff, 30, closed=True),
            mix((240, 236, 226), (150, 140, 132), rng.uniform(0, 0.3)),
        )
        polyline(picture, smooth_curve(puff[2:], 14), (130, 122, 116), 1.5)


def hat(rng: Rng, picture: Rgb, face: Face) -> None:
    """A broad-brimmed hat, tilted, with a band."""
    felt = vary(rng, pick(rng, ((26, 22, 24), (70, 48, 34), (60, 20, 26), (30, 40, 60))), 0.02)
    tilt, (x, y) = rng.uniform(-0.14, 0.14), face.at(0, -0.9, 0.2)
    a, b = face.half_width, face.half_height
    crown = [(-0.78, -0.86), (-0.74, -1.5), (0, -1.66), (0.74, -1.5), (0.78, -0.86)]
    polygon(picture, smooth_curve(face.many(crown, 0.2), 40), felt)
    lit = face.many([(face.light * 0.35, -1.5), (face.light * 0.55, -1.1)], 0.2)
    polyline(picture, lit, mix(felt, (200, 180, 150), 0.22), a * 0.18)
    band = face.many([(-0.78, -1.0), (0, -0.93), (0.78, -1.0)], 0.2)
    polyline(picture, smooth_curve(band, 20), vary(rng, (150, 110, 60), 0.1), a * 0.1)
    polygon(
        picture,
        ellipse_points(x, y + b * 0.03, a * 1.62, b * 0.19, tilt),
        mix(felt, (0, 0, 0), 0.5),
    )
    polygon(picture, ellipse_points(x, y - b * 0.02, a * 1.62, b * 0.17, tilt), felt)
    rim = ellipse_points(x, y - b * 0.02, a * 1.6, b * 0.165, tilt, 0.55, 0.95)
    polyline(picture, rim, mix(felt, (210, 190, 160), 0.3), 2)


def cap(rng: Rng, picture: Rgb, face: Face) -> None:
    """A linen cap or a soft coloured one, gathered over the crown."""
    stuff = vary(
        rng, pick(rng, ((226, 220, 206), (120, 30, 34), (40, 50, 80), (150, 120, 70))), 0.02
    )
    edge = [(-1.14, -0.42), (-0.7, -0.74), (0, -0.86), (0.7, -0.74), (1.14, -0.42)]
    top = [(1.24, -0.9), (0.8, -1.4), (0, -1.56), (-0.8, -1.4), (-1.24, -0.9)]
    shape = smooth_curve(face.many([*edge, *top], 0.2), 80, closed=True)
    polygon(picture, shape, stuff)
    root = face.many([(0, -1.3)], 0.2)[0]
    for u in np.linspace(-1.05, 1.05, 26):
        side = 0.5 + 0.5 * face.light * u
        end = face.many([(u, -0.82 + 0.32 * u * u)], 0.2)[0]
        start = root * 0.7 + end * 0.3
        tone = mix(stuff, (20, 14, 14), rng.uniform(0.1, 0.3) + 0.3 * (1 - side))
        polyline(picture, [start, end], tone, face.half_width * rng.uniform(0.02, 0.07))
    hem = smooth_curve(face.many(edge, 0.2), 40)
    polyline(picture, hem, mix(stuff, (250, 240, 220), 0.3), face.half_width * 0.06)


def earrings(picture: Rgb, face: Face) -> None:
    """A drop of pearl below the ear on the lit side."""
    x, y = face.at(face.light * 0.97, 0.46, 0.2)
    size = face.half_width * 0.075
    polygon(picture, ellipse_points(x, y, size, size * 1.35), (196, 188, 180))
    disc(picture, x + face.light * size * 0.25, y - size * 0.5, size * 0.35, (255, 253, 248))
