"""Oval portraits: a sitter before a dark ground, in the clothes of several ages."""

import numpy as np

from artextract.sources.painters import brush, canvas
from artextract.sources.painters.canvas import Colour, Rgb, Rng, mix, pick, vary, wash
from artextract.sources.painters.faces import Face, both_sides, paint_face

SKINS = ((240, 206, 178), (226, 180, 144), (190, 138, 100), (150, 102, 72), (112, 74, 54))
# Word, colour, and how many of the skins (fairest first) it is drawn with.
HAIRS = (
    ("black", (30, 24, 24), 5),
    ("brown", (72, 44, 28), 5),
    ("chestnut", (110, 58, 32), 2),
    ("red", (150, 72, 34), 2),
    ("fair", (190, 146, 84), 2),
    ("grey", (140, 134, 128), 5),
    ("white", (214, 208, 196), 5),
)
GROUNDS = ((58, 44, 32), (38, 44, 38), (66, 62, 56), (36, 46, 62), (92, 88, 72))
EYES = ((92, 58, 34), (46, 32, 26), (84, 116, 150), (92, 112, 76))
CLOTHS = ("black", "crimson", "blue", "green", "ochre", "white", "violet", "rose", "brown")
LINEN: Colour = (240, 234, 222)
DARK: Colour = (12, 8, 8)


def portrait(rng: Rng) -> canvas.Painting:
    """A bust in a painted oval: face, hair, clothes, a dark ground, old varnish."""
    height, width = canvas.picture_size(rng, 0.68, 0.95)
    ground = vary(rng, pick(rng, GROUNDS), 0.03)
    picture = canvas.filled(height, width, ground)
    wash(picture, mix(ground, DARK, 0.6), 0.5 + 0.4 * canvas.clouds(rng, height, width, 200))
    hair_word, hair, skins = pick(rng, HAIRS)
    top, collar = pick(rng, ("a knot", "a hat", "")), pick(rng, ("a ruff", "pearls", ""))
    face = _sitter(rng, height, width, vary(rng, hair, 0.02), skins)
    lit = mix(ground, (210, 180, 130), 0.5)
    canvas.glow(picture, face.x - face.light * width * 0.2, face.y, width * 0.28, lit, 0.6)
    _hair_behind(rng, picture, face, top)
    cloth = pick(rng, CLOTHS)
    _clothes(rng, picture, face, canvas.tint(rng, cloth))
    _collar(picture, face, collar)
    paint_face(picture, face)
    _hair_front(rng, picture, face)
    if top == "a hat":
        _hat(rng, picture, face)
    brushed = brush.impasto(rng, picture, canvas.clouds(rng, height, width, 120, 2), 0.07)
    _oval(brushed, mix(ground, (40, 30, 20), 0.4))
    worn = " and ".join(word for word in (top, collar) if word and word != "a knot")
    title = f"Sitter with {hair_word} hair{' in a knot' if top == 'a knot' else ''}, in {cloth}"
    title += f" with {worn}" if worn else ""
    return canvas.varnish(rng, brushed, rng.uniform(0.25, 0.7)), title


def _sitter(rng: Rng, height: int, width: int, hair: Colour, skins: int) -> Face:
    """A face at random, in the upper middle of the picture."""
    x, y = width * rng.uniform(0.47, 0.53), height * rng.uniform(0.41, 0.44)
    a, skin = min(height * 0.82, width) * rng.uniform(0.165, 0.2), pick(rng, SKINS[:skins])
    eye, lips = pick(rng, EYES if sum(skin) > 480 else EYES[:2]), mix(skin, (176, 50, 56), 0.5)
    b, turn, light = a * rng.uniform(1.26, 1.4), rng.uniform(-0.5, 0.5), pick(rng, (-1, 1))
    return Face(x, y, a, b, turn, light, vary(rng, skin, 0.02), eye, hair, lips)


def _strands(rng: Rng, picture: Rgb, inner: brush.Points, outer: brush.Points, colour: Colour) -> None:
    """Hair between two guiding curves: its mass, then single hairs from deep to sheen."""
    brush.polygon(picture, np.concatenate([inner, outer[::-1]]), mix(colour, DARK, 0.3))
    for share in rng.uniform(0, 1, 90):
        tone = mix(colour, pick(rng, (DARK, (250, 226, 190))), rng.uniform(0, 0.3))
        line = inner * (1 - share) + outer * share + rng.normal(0, 1)
        brush.polyline(picture, line[int(rng.integers(0, 6)) :], tone)


def _hair_behind(rng: Rng, picture: Rgb, face: Face, top: str) -> None:
    """The mass of hair behind the head, and at times a knot above it."""
    dark = mix(face.hair, DARK, 0.4)
    brush.oval(picture, face.x, face.y - face.b * 0.28, face.a * 1.18, face.b * 1.02, dark)
    if top == "a knot":
        middle = face.x, face.y - face.b * 1.16
        knot = brush.ellipse(*middle, face.a * 0.5, face.b * 0.36, 0, 0.5, 1.0)
        _strands(rng, picture, knot * 0.1 + np.array(middle) * 0.9, knot, face.hair)


def _hair_front(rng: Rng, picture: Rgb, face: Face) -> None:
    """Hair over the brow from a parting down both temples."""
    part, low = pick(rng, (0.0, 0.3, -0.3)), rng.uniform(-0.66, -0.56)
    for side in (-1, 1):
        end = (side * 0.97, 0.2)
        brow = [(part, low - 0.12), ((part + side * 0.9) / 2, low), (side * 0.86, -0.36), end]
        crown = [(part, -1.26), (part / 2 + side * 0.62, -1.17), (side * 1.1, -0.7), end]
        colour = mix(face.hair, DARK, 0.0 if side == face.light else 0.3)
        _strands(rng, picture, face.curve(brow, 0.25), face.curve(crown, 0.25), colour)


def _clothes(rng: Rng, picture: Rgb, face: Face, cloth: Colour) -> None:
    """A neck in the chin's shadow, and shoulders with folds that catch the light."""
    height, width = picture.shape[:2]
    neck = both_sides([(0.5, 0.4), (0.5, 1.1), (0.6, 1.42), (1.0, 1.75)])
    brush.polygon(picture, face.many(neck, 0.2), mix(face.skin, DARK, 0.25))
    chin = brush.ellipse(*face.at(-0.1 * face.light, 1.0, 0.3), face.a * 0.5, face.b * 0.22)
    brush.soft_polygon(picture, chin, mix(face.skin, DARK, 0.7), face.a * 0.08, 0.7)
    body = [(2.7, 4.5), (2.5, 2.8), (2.15, 1.95), (1.5, 1.62), (0.7, 1.5), (0.3, 1.6)]
    inside = brush.shape_mask(picture, face.curve(both_sides(body), 0.1))
    wash(picture, cloth, inside)
    rows, columns = canvas.grid(height, width)
    side, drop = (columns - face.x) / face.a * face.light, (rows - face.y) / (height - face.y)
    folds = canvas.clouds(rng, height, width, face.a * 0.8, stretch=0.4)
    shade = np.clip(0.25 - 0.2 * side + 0.35 * drop - 0.3 * folds, 0, 0.92)
    wash(picture, mix(cloth, DARK, 0.75), inside * shade)
    gleam = np.clip(0.16 * side + 0.45 * folds - 0.12, 0, 0.65)
    wash(picture, mix(cloth, (255, 236, 200), 0.4), inside * gleam)


def _collar(picture: Rgb, face: Face, collar: str) -> None:
    """A pleated ruff, or a string of pearls."""
    if collar == "a ruff":
        x, y = face.at(0, 1.12, 0.2)
        brush.oval(picture, x, y, face.a * 1.2, face.a * 0.44, (150, 144, 136))
        for number, (u, v) in enumerate(brush.ellipse(0, 0, face.a * 1.3, face.a * 0.48)):
            tone = mix(LINEN, DARK, 0.1 + 0.25 * (number % 2) + 0.1 * (face.light * u < 0))
            pleat = [(x + u * 0.3, y + v * 0.3), (x + u, y + v)]
            brush.polyline(picture, pleat, tone, face.a * 0.12)
    if collar == "pearls":
        for x, y in face.curve([(-0.56, 1.2), (-0.3, 1.4), (0.3, 1.4), (0.56, 1.2)], 0.2)[::2]:
            brush.disc(picture, x, y, face.a * 0.055, (206, 196, 184))
            brush.disc(picture, x, y - face.a * 0.02, face.a * 0.022, (254, 252, 246))


def _hat(rng: Rng, picture: Rgb, face: Face) -> None:
    """A broad-brimmed felt hat with a band."""
    felt = vary(rng, pick(rng, ((26, 22, 24), (70, 48, 34), (60, 20, 26), (30, 40, 60))), 0.02)
    crown = both_sides([(0.0, -1.66), (0.74, -1.5), (0.8, -0.86)])
    brush.polygon(picture, brush.smooth_curve(face.many(crown[1:], 0.2), closed=True), felt)
    band = face.curve([(-0.76, -1.1), (0, -1.04), (0.76, -1.1)], 0.2)
    brush.polyline(picture, band, mix(felt, (220, 170, 100), 0.6), face.a * 0.1)
    (x, y), tilt = face.at(0, -0.9, 0.2), rng.uniform(-0.12, 0.12)
    for drop, tone in ((0.05, mix(felt, DARK, 0.5)), (0.0, felt)):
        brush.oval(picture, x, y + drop * face.b, face.a * 1.62, face.b * 0.17, tone, tilt)


def _oval(picture: Rgb, tone: Colour) -> None:
    """Spandrels about a painted oval, and a gilt moulding that catches the light."""
    height, width = picture.shape[:2]
    a, b = width * 0.465, height * 0.465
    rows, columns = canvas.grid(height, width)
    radius = ((columns - width / 2) / a) ** 2 + ((rows - height / 2) / b) ** 2
    wash(picture, (8, 6, 6), np.clip((radius - 0.7) * 1.6, 0, 0.55))
    wash(picture, tone, canvas.soft_step(radius - 1, 0.012))
    for grow, shade in ((1.0, 0.55), (1.008, 0.0), (1.02, 0.3), (1.03, 0.65)):
        ring = brush.smooth_curve(brush.ellipse(width / 2, height / 2, a * grow, b * grow), 160)
        brush.polyline(picture, ring, mix((160, 120, 60), DARK, shade), 3)
