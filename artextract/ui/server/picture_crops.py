"""Parts of pictures, drawn on request: a face, a face beside its picture, a pose.

The address contains the place in the picture, so nothing has to be looked up.
"""

import re
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from artextract.detection.face_crops import cut_out
from artextract.detection.faces import Face
from artextract.detection.poses import Pose
from artextract.files import stamp
from artextract.ui.server import public_limits
from artextract.vision.images import open_picture, thumbnail

UNIT = 10_000  # Addresses give places in ten-thousandths of the picture's sides
SIDE = 320  # Side of a face, or of a picture with a pose, in pixels
KEPT_SIDE = 2400  # Long side of the kept picture from which parts are cut, in pixels
_TRUNK = ((11, 12), (23, 24), (11, 23), (12, 24))
_ARMS = ((11, 13), (13, 15), (12, 14), (14, 16))
_LEGS = ((23, 25), (25, 27), (24, 26), (26, 28))
LINES = (*_TRUNK, *_ARMS, *_LEGS)  # The lines of a drawn pose, by BlazePose's points
POSE_POINTS = (0, *sorted({point for line in LINES for point in line}))
"""The points in an address: the nose, and the ends of `LINES`."""
_VISIBLE = 0.5
_NUMBER = re.compile(r"-?[0-9]{1,6}", re.ASCII)
_BACK = (38, 36, 34)
_MARK = (255, 214, 10)


def box_text(face: Face) -> str:
    """A face's box as text in an address."""
    return "_".join(str(round(v * UNIT)) for v in (face.x, face.y, face.width, face.height))


def points_text(pose: Pose) -> str:
    """A pose's points as text in an address; points that are not visible are empty."""
    places = [
        f"{round(float(x) * UNIT)}.{round(float(y) * UNIT)}" if visibility >= _VISIBLE else ""
        for x, y, visibility in pose.points[list(POSE_POINTS)]
    ]
    return "_".join(places)


def draw(kind: str, file: Path, place: str) -> Image.Image:
    """Draw a "face", a face "beside" its picture (`place` is a `box_text`), or a "pose" (a `points_text`).

    Raises:
        BadImageError: the file cannot be read.
        ValueError: unknown kind, or invalid place.
    """
    if kind == "pose":
        return draw_pose(thumbnail(_kept(str(file), stamp(file)), 2 * SIDE), place)
    if kind not in ("face", "beside"):
        raise ValueError(kind)
    face = _face(place)
    picture = _kept(str(file), stamp(file))
    crop = show_face(picture, face)
    if kind == "face":
        return crop
    whole = thumbnail(picture, SIDE)
    corners = np.array([face.x, face.y, face.x + face.width, face.y + face.height])
    ImageDraw.Draw(whole).rectangle(tuple(corners * (*whole.size, *whole.size)), outline=_MARK, width=2)
    pair = Image.new("RGB", (2 * SIDE, SIDE), _BACK)
    pair.paste(crop, (0, 0))
    pair.paste(_centred(whole), (SIDE, 0))
    return pair


@st.cache_resource(show_spinner=False, max_entries=public_limits.Limits.kept_pictures)
def _kept(file: str, version: str) -> Image.Image:
    """A picture of at most `KEPT_SIDE`: decoded once for all its parts. Do not modify it.

    `version` is in the key because the file may be replaced.
    """
    return thumbnail(open_picture(Path(file), at_least=KEPT_SIDE).image, KEPT_SIDE)


def show_face(picture: Image.Image, face: Face) -> Image.Image:
    """A face cut out of its picture: RGB, `SIDE` × `SIDE`."""
    crop = cut_out(picture, face)
    scale = SIDE / max(crop.size)
    size = (max(1, round(crop.width * scale)), max(1, round(crop.height * scale)))
    return _centred(crop.resize(size, Image.Resampling.BICUBIC))


def draw_pose(image: Image.Image, points: str) -> Image.Image:
    """An RGB picture with the lines of a pose, which `points_text` gives."""
    drawn = image.copy()
    pen = ImageDraw.Draw(drawn)
    width = max(2, max(image.size) // 120)
    ends = {
        name: (point[0] * image.width, point[1] * image.height)
        for name, point in zip(POSE_POINTS, _points(points), strict=True)
        if point is not None
    }
    for thickness, colour in ((width + 3, _BACK), (width, _MARK)):
        for start, end in LINES:
            if start in ends and end in ends:
                pen.line((*ends[start], *ends[end]), fill=colour, width=thickness)
    for x, y in ends.values():
        pen.ellipse((x - width, y - width, x + width, y + width), fill=_MARK, outline=_BACK)
    return drawn


def _centred(image: Image.Image) -> Image.Image:
    square = Image.new("RGB", (SIDE, SIDE), _BACK)
    square.paste(image, ((SIDE - image.width) // 2, (SIDE - image.height) // 2))
    return square


def _face(text: str) -> Face:
    x, y, width, height = map(_fraction, text.split("_"))
    if not (0 < width <= 2 and 0 < height <= 2 and -1 <= x <= 1 and -1 <= y <= 1):
        raise ValueError(text)
    return Face(1.0, x, y, width, height, np.zeros((5, 2), np.float32))


def _points(text: str) -> list[tuple[float, float] | None]:
    points: list[tuple[float, float] | None] = []
    for point in text.split("_"):
        x, _, y = point.partition(".")
        points.append((_fraction(x), _fraction(y)) if point else None)
    if len(points) != len(POSE_POINTS) or any(max(map(abs, point)) > 9 for point in points if point is not None):
        raise ValueError(text)
    return points


def _fraction(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text) / UNIT
