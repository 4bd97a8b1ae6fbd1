"""Parts of pictures, drawn as they are asked for: a face, a face beside its picture, a pose.

The address itself says where in the picture they are, so nothing has to be looked up.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from artextract.detection.face_crops import cut_out
from artextract.detection.faces import Face
from artextract.detection.poses import Pose
from artextract.vision.images import open_picture, thumbnail

UNIT = 10_000
"""Places are given in ten-thousandths of the picture's sides."""
SIDE = 320
"""Of a face or a picture with a pose, pixels."""
LINES = (
    (11, 12),
    (23, 24),
    (11, 23),
    (12, 24),
    (11, 13),
    (13, 15),
    (12, 14),
    (14, 16),
    (23, 25),
    (25, 27),
    (24, 26),
    (26, 28),
)
"""What of a pose is drawn, by BlazePose's points: trunk, arms, legs."""
DRAWN = (0, *sorted({point for line in LINES for point in line}))
"""The points that an address holds: the nose, and the ends of `LINES`."""
_SEEN = 0.5
_BACK = (38, 36, 34)
_MARK = (255, 214, 10)


def box_text(face: Face) -> str:
    """A face's box as it stands in an address."""
    return "_".join(str(round(v * UNIT)) for v in (face.x, face.y, face.width, face.height))


def points_text(pose: Pose) -> str:
    """A pose's points as they stand in an address; those that can't be seen are left out."""
    places = [
        f"{round(float(x) * UNIT)}.{round(float(y) * UNIT)}" if seen >= _SEEN else ""
        for x, y, seen in pose.points[list(DRAWN)]
    ]
    return "_".join(places)


def draw(kind: str, file: Path, what: str) -> Image.Image:
    """The picture that an address names.

    Args:
        kind: "face", "beside" or "pose".
        file: the work's picture.
        what: `box_text` or `points_text`.

    Raises:
        BadImageError: the file can't be read.
        ValueError: there is no such kind, or `what` isn't what it should be.
    """
    if kind == "pose":
        image = thumbnail(open_picture(file, at_least=2 * SIDE).image, 2 * SIDE)
        return draw_pose(image, _points(what))
    if kind not in ("face", "beside"):
        raise ValueError(kind)
    face = _face(what)
    picture = open_picture(file).image
    part = show_face(picture, face)
    return part if kind == "face" else _beside(part, picture, face)


def show_face(picture: Image.Image, face: Face) -> Image.Image:
    """A face cut out of its picture: RGB, `SIDE` × `SIDE`."""
    part = cut_out(picture, face)
    scale = SIDE / max(part.size)
    size = (max(1, round(part.width * scale)), max(1, round(part.height * scale)))
    return _centred(part.resize(size, Image.Resampling.BICUBIC))


def draw_pose(image: Image.Image, points: Sequence[tuple[float, float] | None]) -> Image.Image:
    """A picture with a pose's lines over it.

    Args:
        image: RGB.
        points: of `DRAWN`, fractions of the picture's sides; None is not seen.
    """
    drawn = image.copy()
    pen = ImageDraw.Draw(drawn)
    wide = max(2, max(image.size) // 120)
    at = {
        name: (place[0] * image.width, place[1] * image.height)
        for name, place in zip(DRAWN, points, strict=True)
        if place is not None
    }
    for thickness, colour in ((wide + 3, _BACK), (wide, _MARK)):
        for one, other in LINES:
            if one in at and other in at:
                pen.line((*at[one], *at[other]), fill=colour, width=thickness)
    for x, y in at.values():
        pen.ellipse((x - wide, y - wide, x + wide, y + wide), fill=_MARK, outline=_BACK)
    return drawn


def places_of(pose: Pose) -> list[tuple[float, float] | None]:
    """A pose's points as `draw_pose` takes them."""
    return _points(points_text(pose))


def _beside(part: Image.Image, picture: Image.Image, face: Face) -> Image.Image:
    whole = thumbnail(picture, SIDE)
    pen = ImageDraw.Draw(whole)
    corners = np.array([face.x, face.y, face.x + face.width, face.y + face.height])
    pen.rectangle(tuple(corners * (*whole.size, *whole.size)), outline=_MARK, width=2)
    both = Image.new("RGB", (2 * SIDE, SIDE), _BACK)
    both.paste(part, (0, 0))
    both.paste(_centred(whole), (SIDE, 0))
    return both


def _centred(image: Image.Image) -> Image.Image:
    square = Image.new("RGB", (SIDE, SIDE), _BACK)
    square.paste(image, ((SIDE - image.width) // 2, (SIDE - image.height) // 2))
    return square


def _face(what: str) -> Face:
    x, y, width, height = (int(number) / UNIT for number in what.split("_"))
    if not (0 < width <= 2 and 0 < height <= 2 and -1 <= x <= 1 and -1 <= y <= 1):
        raise ValueError(what)
    return Face(1.0, x, y, width, height, np.zeros((5, 2), np.float32))


def _points(what: str) -> list[tuple[float, float] | None]:
    places: list[tuple[float, float] | None] = []
    for text in what.split("_"):
        x, _, y = text.partition(".")
        places.append((int(x) / UNIT, int(y) / UNIT) if text else None)
    if len(places) != len(DRAWN) or any(max(map(abs, p)) > 9 for p in places if p is not None):
        raise ValueError(what)
    return places
