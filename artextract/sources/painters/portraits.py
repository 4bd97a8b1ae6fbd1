"""Oval portraits: a sitter before a dark ground, in clothes of several ages."""

import math

import numpy as np

from artextract.sources.painters.brush import (
    Points,
    disc,
    ellipse_points,
    polygon,
    polyline,
    polylines,
    shape_mask,
    smooth_curve,
    strokes,
)
from artextract.sources.painters.canvas import (
    Colour,
    Painted,
    Rgb,
    Rng,
    blurred,
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
from artextract.sources.painters.faces import Face, draw_face, paint_face
from artextract.sources.painters.scenery import glow

# Word, colour, and how many of the skins (fairest first) it is drawn with.
HAIRS: tuple[tuple[str, Colour, int], ...] = (
    ("black", (30, 24, 24), 6),
    ("brown", (72, 44, 28), 6),
    ("dark brown", (48, 32, 24), 6),
    ("chestnut", (110, 58, 32), 3),
    ("red", (150, 72, 34), 2),
    ("fair", (190, 146, 84), 3),
    ("grey", (140, 134, 128), 6),
    ("white", (214, 208, 196), 6),
)
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
GROUNDS: tuple[Colour, ...] = (
    (58, 44, 32),
    (34, 38, 34),
    (66, 62, 56),
    (36, 44, 58),
    (78, 40, 32),
    (92, 88, 72),
    (30, 24, 22),
    (128, 132, 122),
    (104, 122, 140),
)
COLLARS = ("ruff", "kerchief", "lace collar", "pearls", "cravat", "plain dress")
HAIR_STYLES = ("long", "gathered", "short", "wig curls")


def portrait(rng: Rng) -> Painted:
    """A bust in a painted oval: face, hair, clothes, a dark ground, old varnish."""
    height, width = picture_size(rng, 0.68, 1.0)
    unit = min(height * 0.82, width)
    ground = vary(rng, pick(rng, GROUNDS), 0.03)
    picture = filled(height, width, ground)
    wash(picture, mix(ground, (0, 0, 0), 0.6), soft_step(clouds(rng, height, width, 200, 4), 2.5))
    hair_word, hair, skins = pick(rng, HAIRS)
    cloth_word, cloth = pick(rng, CLOTHS)
    hair, cloth = vary(rng, hair, 0.02), vary(rng, cloth, 0.03)
    half_width = unit * rng.uniform(0.165, 0.2)
    x, y = width / 2 + unit * rng.uniform(-0.03, 0.03), height * rng.uniform(0.4, 0.44)
    face = draw_face(rng, x, y, half_width, hair, skins)
    glow(picture, x + face.light * -unit * 0.2, y, unit * 0.28, mix(ground, (210, 180, 130), 0.5), 0.6)
    style, collar = pick(rng, HAIR_STYLES), pick(rng, COLLARS)
    _hair_behind(rng, picture, face, style)
    _neck(picture, face)
    _clothes(rng, picture, face, cloth, collar)
    paint_face(rng, picture, face)
    _hair_front(rng, picture, face, style)
    extra = _extras(rng, picture, face, style, collar)
    picture = _finish(rng, picture, face)
    _oval(rng, picture, mix(ground, (40, 30, 20), 0.4))
    title = f"Sitter with {hair_word} hair and {face.eye_word} eyes, in {cloth_word}"
    things = [extra] if extra else []
    if collar != "plain dress":
        things.append(collar if collar == "pearls" else f"a {collar}")
    title += f" with {' and '.join(things)}" if things else ""
    medium = "Generated image: modelled planes, strokes and varnish in a painted oval"
    return Painted(varnish(rng, picture, rng.uniform(0.25, 0.8)), title, medium)


def _strands(
    rng: Rng, picture: Rgb, guides: tuple[Points, Points], colour: Colour, count: int, thickness: float
) -> None:
    """Hairs between two guiding curves, in tones from deep to sheen."""
    first, second = guides
    for shade in (-0.35, -0.15, 0.0, 0.12, 0.26):
        target = (12, 8, 8) if shade < 0 else (250, 226, 190)
        tone = mix(colour, target, abs(shade))
        lines = []
        for share in rng.uniform(0, 1, count):
            start, end = int(rng.integers(0, 8)), int(rng.integers(len(first) - 10, len(first) + 1))
            wave = np.sin(np.linspace(0, rng.uniform(2, 6), len(first)) + rng.uniform(0, 6))
            line = first * (1 - share) + second * share
            lines.append((line + wave[:, None] * thickness * (1.0, 0.4))[start:end])
        polylines(picture, lines, tone, thickness * (1.3 if shade < 0 else 0.7))


def _hair_behind(rng: Rng, picture: Rgb, face: Face, style: str) -> None:
    """The mass of hair behind the head, down to the shoulders where it is long."""
    a, b = face.half_width, face.half_height
    dark = mix(face.hair, (10, 8, 8), 0.45)
    polygon(picture, ellipse_points(face.x, face.y - b * 0.28, a * 1.18, b * 1.02), dark)
    if style == "gathered":
        top = face.y - b * 1.3
        polygon(picture, ellipse_points(face.x, top, a * 0.5, b * 0.3), mix(face.hair, dark, 0.4))
        for _ in range(14):
            turn = rng.uniform(0, 1)
            arc = ellipse_points(face.x, top, a * rng.uniform(0.1, 0.5), b * rng.uniform(0.08, 0.3), 0, turn, turn + 0.4)
            polyline(picture, arc, mix(face.hair, (250, 226, 190), rng.uniform(0, 0.2)), 2)
    if style in ("long", "wig curls"):
        length = rng.uniform(1.1, 1.7) if style == "long" else 1.0
        for side in (-1, 1):
            inner = face.many([(side * 0.7, -0.6), (side * 0.86, 0.2), (side * 0.7, length)], 0.2)
            outer = face.many([(side * 0.9, -0.8), (side * 1.34, 0.2), (side * 1.3, length)], 0.2)
            guides = smooth_curve(inner, 40), smooth_curve(outer, 40)
            polygon(picture, np.concatenate([guides[0], guides[1][::-1]]), dark)
            _strands(rng, picture, guides, face.hair, 22, a * 0.025)
            if style == "wig curls":
                _curls(rng, picture, face, side)


def _curls(rng: Rng, picture: Rgb, face: Face, side: int) -> None:
    """Rolled curls stacked beside the cheek."""
    for v in (-0.25, 0.1, 0.45, 0.8):
        x, y = face.at(side * 1.16, v, 0.2)
        size = face.half_width * rng.uniform(0.2, 0.26)
        polygon(picture, ellipse_points(x, y, size * 1.15, size * 0.8), mix(face.hair, (10, 8, 8), 0.3))
        for share in (0.95, 0.72, 0.5, 0.28):
            tone = mix(face.hair, (250, 236, 210), 0.3 * (1 - share))
            polyline(picture, ellipse_points(x, y, size * share * 1.1, size * share * 0.76), tone, size * 0.12)


def _neck(picture: Rgb, face: Face) -> None:
    """A neck in half shadow, darkest under the chin."""
    height, width = picture.shape[:2]
    skin = mix(face.skin, (90, 44, 28), 0.36)
    sides = [(-0.5, 0.4), (-0.5, 1.1), (-0.62, 1.42), (-1.1, 1.75), (1.1, 1.75), (0.62, 1.42), (0.5, 1.1), (0.5, 0.4)]
    polygon(picture, face.many(sides, 0.2), skin)
    lit = [(face.light * u, v) for u, v in ((0.1, 0.9), (0.42, 0.9), (0.46, 1.2), (0.7, 1.75), (0.1, 1.75))]
    soft = blurred(shape_mask(height, width, face.many(lit, 0.2)), face.half_width * 0.12)
    neck = shape_mask(height, width, face.many(sides, 0.2))
    wash(picture, face.skin, soft * neck * np.float32(0.85))
    middle = face.at(-0.1 * face.light, 1.0, 0.3)
    chin = ellipse_points(*middle, face.half_width * 0.6, face.half_height * 0.2)
    thrown = blurred(shape_mask(height, width, chin), face.half_width * 0.09)
    wash(picture, mix(face.skin, (46, 18, 12), 0.72), thrown * neck * np.float32(0.85))


def _clothes(rng: Rng, picture: Rgb, face: Face, cloth: Colour, collar: str) -> None:
    """Shoulders with folds, lit from the light's side, and the collar."""
    height, width = picture.shape[:2]
    open_neck = collar in ("pearls", "plain dress", "kerchief")
    neckline = 1.72 if open_neck else 1.26
    half = [(0.35, neckline), (0.8, neckline - 0.14 if open_neck else 1.32), (1.5, 1.55), (2.15, 1.95), (2.5, 2.8), (2.7, 4.5)]
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
    wash(picture, mix(cloth, (8, 6, 8), 0.75), inside * np.clip(0.25 - 0.5 * side + 0.35 * drop - 0.3 * folds, 0, 0.92))
    wash(picture, mix(cloth, (255, 236, 200), 0.4), inside * np.clip(0.4 * side + 0.45 * folds - 0.12, 0, 0.65))
    painters = {"ruff": _ruff, "kerchief": _kerchief, "lace collar": _lace, "pearls": _pearls, "cravat": _cravat}
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
        tone = mix((120, 112, 104), (250, 246, 236), (0.35 + 0.65 * lit) if number % 2 else 0.3 * lit)
        polyline(picture, [root, edge], tone, face.half_width * 0.06)
        if number % 2:
            disc(picture, edge[0], edge[1], face.half_width * 0.06, tone)


def _kerchief(rng: Rng, picture: Rgb, face: Face) -> None:
    """A white kerchief crossed over the breast."""
    for side in (-face.light, face.light):
        points = face.many([(side * 0.5, 1.16), (side * 1.05, 1.4), (side * 1.2, 1.75), (-side * 0.18, 2.5), (-side * 0.1, 2.2), (side * 0.34, 1.6)], 0.2)  # fmt: skip
        tone = mix((226, 220, 208), (120, 110, 100), 0.0 if side == face.light else 0.4)
        polygon(picture, smooth_curve(points, 50, closed=True), tone)
        for share in rng.uniform(0.1, 0.9, 7):
            start = points[0] * (1 - share) + points[2] * share
            end = points[4] * (1 - share) + points[3] * share
            polyline(picture, [start, (start + end) / 2 + (side * 4, 4), end], mix(tone, (90, 84, 80), 0.35), 2)


def _lace(rng: Rng, picture: Rgb, face: Face) -> None:
    """A flat collar with a scalloped edge."""
    for side in (-1, 1):
        edge = smooth_curve(face.many([(side * 0.05, 1.45), (side * 0.55, 1.95), (side * 1.25, 1.9), (side * 1.45, 1.55)], 0.2), 16)  # fmt: skip
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
    chain = smooth_curve(face.many([(-0.56, 1.26), (-0.3, sag - 0.03), (0, sag), (0.3, sag - 0.03), (0.56, 1.26)], 0.2), 22)  # fmt: skip
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
        puff = face.many([(-wide, v), (0, v - 0.05), (wide, v), (wide * 0.7, v + 0.17), (-wide * 0.7, v + 0.17)], 0.2)
        polygon(picture, smooth_curve(puff, 30, closed=True), mix((240, 236, 226), (150, 140, 132), rng.uniform(0, 0.3)))
        polyline(picture, smooth_curve(puff[2:], 14), (130, 122, 116), 1.5)


def _hair_front(rng: Rng, picture: Rgb, face: Face, style: str) -> None:
    """Hair over the brow: from a parting, or swept back, down both temples."""
    part = pick(rng, (0.0, 0.3, -0.3)) if style != "wig curls" else 0.0
    reach = 0.15 if style in ("long", "short") else -0.1
    for side in (-1, 1):
        low = rng.uniform(-0.66, -0.56)
        hairline = [(part, low - 0.12), ((part + side * 0.9) / 2, low), (side * 0.86, -0.36), (side * 0.93, reach)]
        crown = [(part, -1.26), (part / 2 + side * 0.62, -1.17), (side * 1.1, -0.7), (side * 1.1, reach)]
        inner = smooth_curve(face.many(hairline, 0.3), 40)
        outer = smooth_curve(face.many(crown, 0.2), 40)
        lit = 0.0 if side == face.light else 0.3
        base = mix(face.hair, (12, 8, 8), 0.2 + lit)
        polygon(picture, np.concatenate([inner, outer[::-1]]), base)
        _strands(rng, picture, (inner, outer), mix(face.hair, (12, 8, 8), lit), 26, face.half_width * 0.018)


def _extras(rng: Rng, picture: Rgb, face: Face, style: str, collar: str) -> str:
    """A hat, a cap, a beard or earrings, where they go with the rest; returns which, or ""."""
    if collar in ("pearls", "plain dress"):
        _earrings(picture, face)
        return ""
    choice = pick(rng, ("a hat", "a cap", "a beard", "", ""))
    if choice == "a beard" and style == "short":
        _beard(rng, picture, face)
        return choice
    if choice == "a hat" and style != "gathered":
        _hat(rng, picture, face)
        return choice
    if choice == "a cap" and style != "wig curls":
        _cap(rng, picture, face)
        return choice
    return ""


def _hat(rng: Rng, picture: Rgb, face: Face) -> None:
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
    polygon(picture, ellipse_points(x, y + b * 0.03, a * 1.62, b * 0.19, tilt), mix(felt, (0, 0, 0), 0.5))
    polygon(picture, ellipse_points(x, y - b * 0.02, a * 1.62, b * 0.17, tilt), felt)
    rim = ellipse_points(x, y - b * 0.02, a * 1.6, b * 0.165, tilt, 0.55, 0.95)
    polyline(picture, rim, mix(felt, (210, 190, 160), 0.3), 2)


def _cap(rng: Rng, picture: Rgb, face: Face) -> None:
    """A linen cap or a soft coloured one, gathered over the crown."""
    stuff = vary(rng, pick(rng, ((226, 220, 206), (120, 30, 34), (40, 50, 80), (150, 120, 70))), 0.02)
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


def _beard(rng: Rng, picture: Rgb, face: Face) -> None:
    """Whiskers from the temples about the chin, and a moustache that leaves the mouth free."""
    long = rng.uniform(1.08, 1.5)
    for side in (-1, 1):
        outer = face.many([(side * 0.94, 0.1), (side * 0.86, 0.7), (-side * 0.06, long)], 0.6)
        inner = face.many([(side * 0.82, 0.12), (side * 0.44, 0.66), (-side * 0.06, 0.78)], 0.9)
        guides = smooth_curve(inner, 40), smooth_curve(outer, 40)
        shade = mix(face.hair, (12, 8, 8), 0.1 if side == face.light else 0.4)
        polygon(picture, np.concatenate([guides[0], guides[1][::-1]]), shade)
        _strands(rng, picture, guides, shade, 22, face.half_width * 0.016)
        lip = face.many([(0, 0.48), (side * 0.2, 0.5), (side * 0.4, 0.66)], 1.0)
        edge = face.many([(0, 0.54), (side * 0.18, 0.56), (side * 0.4, 0.68)], 1.0)
        _strands(rng, picture, (smooth_curve(lip, 20), smooth_curve(edge, 20)), shade, 12, 1.6)


def _earrings(picture: Rgb, face: Face) -> None:
    """A drop of pearl below the ear on the lit side."""
    x, y = face.at(face.light * 0.97, 0.46, 0.2)
    size = face.half_width * 0.075
    polygon(picture, ellipse_points(x, y, size, size * 1.35), (196, 188, 180))
    disc(picture, x + face.light * size * 0.25, y - size * 0.5, size * 0.35, (255, 253, 248))


def _finish(rng: Rng, picture: Rgb, face: Face) -> Rgb:
    """Brushwork over all but the features, where it would blur the likeness."""
    height, width = picture.shape[:2]
    rows, columns = grid(height, width)
    off_face = ((columns - face.x) / face.half_width) ** 2 + ((rows - face.y) / face.half_height) ** 2
    mask = soft_step(np.asarray(off_face, np.float32) - np.float32(1.15), 0.6)
    angle = np.asarray(0.9 + 0.9 * clouds(rng, height, width, 120, 2), np.float32)
    painted = picture.copy()
    strokes(rng, painted, blurred(picture, 1.5), angle, height * width // 70, 8, 2.4, mask, 6, 3)
    wash(painted, picture, np.full((height, width), 0.45, np.float32))
    return painted


def _oval(rng: Rng, picture: Rgb, tone: Colour) -> None:
    """Spandrels about a painted oval, with a moulding that catches the light."""
    height, width = picture.shape[:2]
    a, b = width * rng.uniform(0.455, 0.48), height * rng.uniform(0.455, 0.48)
    rows, columns = grid(height, width)
    radius = ((columns - width / 2) / a) ** 2 + ((rows - height / 2) / b) ** 2
    outside = soft_step(np.asarray(radius, np.float32) - 1, 0.012)
    spandrel = filled(height, width, vary(rng, tone, 0.03))
    wash(spandrel, mix(tone, (0, 0, 0), 0.5), soft_step(clouds(rng, height, width, 60, 4), 2))
    inner_shade = np.clip((radius - 0.7) * 1.6, 0, 0.55) * (1 - outside)
    wash(picture, (8, 6, 6), np.asarray(inner_shade, np.float32))
    wash(picture, spandrel, outside)
    gilt = pick(rng, ((170, 128, 60), (120, 92, 50), (90, 76, 60)))
    for grow, shade in ((1.0, 0.55), (1.008, 0.0), (1.02, 0.3), (1.03, 0.65)):
        ring = ellipse_points(width / 2, height / 2, a * grow, b * grow)
        polyline(picture, smooth_curve(ring, 160), mix(gilt, (16, 12, 8), shade), 3)
