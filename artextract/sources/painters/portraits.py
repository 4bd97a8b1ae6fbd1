"""Oval portraits: a sitter before a dark ground, with or without a hat or pearls."""

import numpy as np

from artextract.sources.painters import brush, canvas
from artextract.sources.painters.canvas import Colour, Rgb, Rng, mix, pick, vary, wash
from artextract.sources.painters.faces import DARK, Sitter, both_sides, paint_face

SKINS = ((240, 206, 178), (226, 180, 144), (190, 138, 100), (150, 102, 72), (112, 74, 54))
# The word, the colour, and the number of skins (fairest first) that occur with the hair.
HAIRS = (
    ("black", (30, 24, 24), 5),
    ("brown", (72, 44, 28), 5),
    ("chestnut", (110, 58, 32), 2),
    ("fair", (190, 146, 84), 2),
    ("white", (214, 208, 196), 5),
)
GROUNDS = ((58, 44, 32), (38, 44, 38), (66, 62, 56), (36, 46, 62), (92, 88, 72))
EYES = ((92, 58, 34), (46, 32, 26), (84, 116, 150), (92, 112, 76))
CLOTHS = ("black", "crimson", "blue", "green", "ochre", "white", "violet", "rose", "brown")


def portrait(rng: Rng) -> tuple[Rgb, str]:
    """A bust in a painted oval: face, hair, clothes, a dark ground, old varnish."""
    height, width = canvas.picture_size(rng, 0.68, 0.95)
    ground = vary(rng, pick(rng, GROUNDS), 0.03)
    picture = canvas.filled(height, width, ground)
    wash(picture, mix(ground, DARK, 0.6), 0.5 + 0.4 * canvas.clouds(rng, height, width, 200))
    (hair, colour, skins), cloth = pick(rng, HAIRS), pick(rng, CLOTHS)
    hat, pearls = rng.random(2) < 0.4
    sitter = _sitter(rng, height, width, vary(rng, colour, 0.02), skins)
    y, x = canvas.grid(height, width)
    away = ((x - sitter.x + sitter.light * width * 0.2) ** 2 + (y - sitter.y) ** 2) / (width * 0.28) ** 2
    wash(picture, mix(ground, (210, 180, 130), 0.5), 0.6 / (1 + away))
    crown = sitter.x, sitter.y - sitter.b * 0.28, sitter.a * 1.18, sitter.b * 1.02
    brush.oval(picture, *crown, mix(sitter.hair, DARK, 0.4))
    _clothes(rng, picture, sitter, canvas.tint(rng, cloth))
    if pearls:
        for u, v in sitter.curve([(-0.56, 1.2), (-0.3, 1.4), (0.3, 1.4), (0.56, 1.2)], 0.2)[::2]:
            brush.disc(picture, u, v, sitter.a * 0.055, (206, 196, 184))
            brush.disc(picture, u, v - sitter.a * 0.02, sitter.a * 0.022, (254, 252, 246))
    paint_face(picture, sitter)
    _hair(rng, picture, sitter)
    if hat:
        _hat(rng, picture, sitter)
    brushed = brush.impasto(rng, picture, canvas.clouds(rng, height, width, 120, 2), 0.07)
    _oval_frame(brushed, mix(ground, (40, 30, 20), 0.4))
    worn = f"{' with a hat' if hat else ''}{' and pearls' if hat and pearls else ' with pearls' if pearls else ''}"
    return canvas.varnish(rng, brushed, rng.uniform(0.25, 0.7)), f"Sitter with {hair} hair, in {cloth}{worn}"


def _sitter(rng: Rng, height: int, width: int, hair: Colour, skins: int) -> Sitter:
    x, y = width * rng.uniform(0.47, 0.53), height * rng.uniform(0.41, 0.44)
    a, skin = min(height * 0.82, width) * rng.uniform(0.165, 0.2), pick(rng, SKINS[:skins])
    eye, lips = pick(rng, EYES if sum(skin) > 480 else EYES[:2]), mix(skin, (176, 50, 56), 0.5)
    b, turn, light = a * rng.uniform(1.26, 1.4), rng.uniform(-0.5, 0.5), pick(rng, (-1, 1))
    return Sitter(x, y, a, b, turn, light, vary(rng, skin, 0.02), eye, hair, lips)


def _hair(rng: Rng, picture: Rgb, sitter: Sitter) -> None:
    """Hair from a parting down both temples: its mass, then single hairs from deep to bright."""
    part, low = pick(rng, (0.0, 0.3, -0.3)), rng.uniform(-0.66, -0.56)
    for side in (-1, 1):
        end = (side * 0.97, 0.2)
        brow = [(part, low - 0.12), ((part + side * 0.9) / 2, low), (side * 0.86, -0.36), end]
        crown = [(part, -1.26), (part / 2 + side * 0.62, -1.17), (side * 1.1, -0.7), end]
        inner, outer = sitter.curve(brow, 0.25), sitter.curve(crown, 0.25)
        colour = mix(sitter.hair, DARK, 0.0 if side == sitter.light else 0.3)
        brush.polygon(picture, np.concatenate([inner, outer[::-1]]), mix(colour, DARK, 0.3))
        for share in rng.uniform(0, 1, 90):
            tone = mix(colour, pick(rng, (DARK, (250, 226, 190))), rng.uniform(0, 0.3))
            line = inner * (1 - share) + outer * share + rng.normal(0, 1)
            brush.polyline(picture, line[int(rng.integers(0, 6)) :], tone)


def _clothes(rng: Rng, picture: Rgb, sitter: Sitter, cloth: Colour) -> None:
    """A neck in the shadow of the chin, and shoulders with folds that catch the light."""
    height, width = picture.shape[:2]
    neck = both_sides([(0.5, 0.4), (0.5, 1.1), (0.6, 1.42), (1.0, 1.75)])
    brush.polygon(picture, sitter.many(neck, 0.2), mix(sitter.skin, DARK, 0.25))
    chin = brush.ellipse(*sitter.at(-0.1 * sitter.light, 1.0, 0.3), sitter.a * 0.5, sitter.b * 0.22)
    wash(picture, mix(sitter.skin, DARK, 0.7), 0.7 * brush.shape_mask(picture, chin, sitter.a * 0.08))
    body = [(2.7, 4.5), (2.5, 2.8), (2.15, 1.95), (1.5, 1.62), (0.7, 1.5), (0.3, 1.6)]
    inside = brush.shape_mask(picture, sitter.curve(both_sides(body), 0.1))
    wash(picture, cloth, inside)
    rows, columns = canvas.grid(height, width)
    side, drop = (columns - sitter.x) / sitter.a * sitter.light, (rows - sitter.y) / (height - sitter.y)
    folds = canvas.clouds(rng, height, width, sitter.a * 0.8, stretch=0.4)
    shade = np.clip(0.25 - 0.2 * side + 0.35 * drop - 0.3 * folds, 0, 0.92)
    wash(picture, mix(cloth, DARK, 0.75), inside * shade)
    wash(picture, mix(cloth, (255, 236, 200), 0.4), inside * np.clip(0.16 * side + 0.45 * folds - 0.12, 0, 0.65))


def _hat(rng: Rng, picture: Rgb, sitter: Sitter) -> None:
    felt = pick(rng, ((26, 22, 24), (70, 48, 34), (60, 20, 26), (30, 40, 60)))
    crown = both_sides([(0.8, -0.86), (0.74, -1.5), (0.3, -1.64)])
    brush.polygon(picture, sitter.curve(crown, 0.2), felt)
    band = sitter.curve([(-0.76, -1.1), (0, -1.04), (0.76, -1.1)], 0.2)
    brush.polyline(picture, band, mix(felt, (220, 170, 100), 0.6), sitter.a * 0.1)
    (x, y), tilt = sitter.at(0, -0.9, 0.2), rng.uniform(-0.12, 0.12)
    for drop, tone in ((0.05, mix(felt, DARK, 0.5)), (0.0, felt)):
        brush.oval(picture, x, y + drop * sitter.b, sitter.a * 1.62, sitter.b * 0.17, tone, tilt)


def _oval_frame(picture: Rgb, tone: Colour) -> None:
    """The corners outside a painted oval, and a gilt moulding that catches the light."""
    height, width = picture.shape[:2]
    rows, columns = canvas.grid(height, width)
    radius = ((columns / width - 0.5) ** 2 + (rows / height - 0.5) ** 2) / 0.465**2
    wash(picture, DARK, np.clip((radius - 0.7) * 1.6, 0, 0.55))
    wash(picture, tone, (radius - 1) / 0.012 + 0.5)
    for grow, shade in ((1.0, 0.55), (1.008, 0.0), (1.02, 0.3), (1.03, 0.65)):
        a, b = width * 0.465 * grow, height * 0.465 * grow
        ring = brush.smooth_curve(brush.ellipse(width / 2, height / 2, a, b), 160)
        brush.polyline(picture, ring, mix((160, 120, 60), DARK, shade), 3)
