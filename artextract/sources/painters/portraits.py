"""Oval portraits: a sitter before a dark ground, in clothes of several ages."""

import numpy as np

from artextract.sources.painters.brush import (
    Points,
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
from artextract.sources.painters.costume import CLOTHS, COLLARS, cap, clothes, earrings, hat
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
    glow(
        picture,
        x + face.light * -unit * 0.2,
        y,
        unit * 0.28,
        mix(ground, (210, 180, 130), 0.5),
        0.6,
    )
    style, collar = pick(rng, HAIR_STYLES), pick(rng, COLLARS)
    _hair_behind(rng, picture, face, style)
    _neck(picture, face)
    clothes(rng, picture, face, cloth, collar)
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
    rng: Rng,
    picture: Rgb,
    guides: tuple[Points, Points],
    colour: Colour,
    count: int,
    thickness: float,
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
            arc = ellipse_points(
                face.x,
                top,
                a * rng.uniform(0.1, 0.5),
                b * rng.uniform(0.08, 0.3),
                0,
                turn,
                turn + 0.4,
            )
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
        polygon(
            picture, ellipse_points(x, y, size * 1.15, size * 0.8), mix(face.hair, (10, 8, 8), 0.3)
        )
        for share in (0.95, 0.72, 0.5, 0.28):
            tone = mix(face.hair, (250, 236, 210), 0.3 * (1 - share))
            polyline(
                picture,
                ellipse_points(x, y, size * share * 1.1, size * share * 0.76),
                tone,
                size * 0.12,
            )


def _neck(picture: Rgb, face: Face) -> None:
    """A neck in half shadow, darkest under the chin."""
    height, width = picture.shape[:2]
    skin = mix(face.skin, (90, 44, 28), 0.36)
    sides = [
        (-0.5, 0.4),
        (-0.5, 1.1),
        (-0.62, 1.42),
        (-1.1, 1.75),
        (1.1, 1.75),
        (0.62, 1.42),
        (0.5, 1.1),
        (0.5, 0.4),
    ]
    polygon(picture, face.many(sides, 0.2), skin)
    lit = [
        (face.light * u, v)
        for u, v in ((0.1, 0.9), (0.42, 0.9), (0.46, 1.2), (0.7, 1.75), (0.1, 1.75))
    ]
    soft = blurred(shape_mask(height, width, face.many(lit, 0.2)), face.half_width * 0.12)
    neck = shape_mask(height, width, face.many(sides, 0.2))
    wash(picture, face.skin, soft * neck * np.float32(0.85))
    middle = face.at(-0.1 * face.light, 1.0, 0.3)
    chin = ellipse_points(*middle, face.half_width * 0.6, face.half_height * 0.2)
    thrown = blurred(shape_mask(height, width, chin), face.half_width * 0.09)
    wash(picture, mix(face.skin, (46, 18, 12), 0.72), thrown * neck * np.float32(0.85))


def _hair_front(rng: Rng, picture: Rgb, face: Face, style: str) -> None:
    """Hair over the brow: from a parting, or swept back, down both temples."""
    part = pick(rng, (0.0, 0.3, -0.3)) if style != "wig curls" else 0.0
    reach = 0.15 if style in ("long", "short") else -0.1
    for side in (-1, 1):
        low = rng.uniform(-0.66, -0.56)
        hairline = [
            (part, low - 0.12),
            ((part + side * 0.9) / 2, low),
            (side * 0.86, -0.36),
            (side * 0.93, reach),
        ]
        crown = [
            (part, -1.26),
            (part / 2 + side * 0.62, -1.17),
            (side * 1.1, -0.7),
            (side * 1.1, reach),
        ]
        inner = smooth_curve(face.many(hairline, 0.3), 40)
        outer = smooth_curve(face.many(crown, 0.2), 40)
        lit = 0.0 if side == face.light else 0.3
        base = mix(face.hair, (12, 8, 8), 0.2 + lit)
        polygon(picture, np.concatenate([inner, outer[::-1]]), base)
        _strands(
            rng,
            picture,
            (inner, outer),
            mix(face.hair, (12, 8, 8), lit),
            26,
            face.half_width * 0.018,
        )


def _extras(rng: Rng, picture: Rgb, face: Face, style: str, collar: str) -> str:
    """A hat, a cap, a beard or earrings, where they go with the rest; returns which, or ""."""
    if collar in ("pearls", "plain dress"):
        earrings(picture, face)
        return ""
    choice = pick(rng, ("a hat", "a cap", "a beard", "", ""))
    if choice == "a beard" and style == "short":
        _beard(rng, picture, face)
        return choice
    if choice == "a hat" and style != "gathered":
        hat(rng, picture, face)
        return choice
    if choice == "a cap" and style != "wig curls":
        cap(rng, picture, face)
        return choice
    return ""


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


def _finish(rng: Rng, picture: Rgb, face: Face) -> Rgb:
    """Brushwork over all but the features, where it would blur the likeness."""
    height, width = picture.shape[:2]
    rows, columns = grid(height, width)
    off_face = ((columns - face.x) / face.half_width) ** 2 + (
        (rows - face.y) / face.half_height
    ) ** 2
    mask = soft_step(np.asarray(off_face, np.float32) - np.float32(1.15), 0.6)
    angle = np.asarray(0.9 + 0.9 * clouds(rng, height, width, 120, 2), np.float32)
    painted = picture.copy()
    strokes(rng, painted, blurred(picture, 1.5), angle, height * width // 95, 8, 2.4, mask, 6, 3)
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
