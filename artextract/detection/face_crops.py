"""A face cut out of its picture: upright and of one size to be compared, or as it is to be seen."""

import numpy as np
from PIL import Image

from artextract.detection.faces import Face

CHIP = 150
"""Side of an aligned face, pixels: what the network of `artextract.vision.face_likeness` sees."""
PLACES = np.array([(0.317, 0.303), (0.683, 0.303), (0.5, 0.507), (0.348, 0.673), (0.652, 0.673)], np.float32)
"""Where the landmarks of a face that looks straight ahead come to lie, fractions of the side: where
they are in dlib's own aligned faces, the median of 55 painted ones."""
MARGIN = 0.3
"""Of the box's longer side, that a face is shown with on each side."""


def align(image: Image.Image, face: Face) -> np.ndarray:
    """The face turned upright and to one size by its landmarks: uint8 [CHIP, CHIP, 3].

    Turned, scaled and shifted alone, never sheared or mirrored, so that the eyes, nose and mouth
    come as near to `PLACES` as they can (least squares: Umeyama 1991).
    """
    import cv2

    matrix = _to_places(image, face)
    if (scale := float(np.hypot(*matrix[:, 0]))) < 0.5:
        # A warp reads four pixels for each that it makes, and would pass the others over.
        image = image.reduce(int(0.5 / scale) + 1)
        matrix = _to_places(image, face)
    return cv2.warpAffine(
        np.asarray(image),
        matrix,
        (CHIP, CHIP),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def cut_out(image: Image.Image, face: Face) -> Image.Image:
    """The face as a square part of the picture, with a margin; less than square at an edge."""
    width, height = image.size
    middle = ((face.x + face.width / 2) * width, (face.y + face.height / 2) * height)
    half = max(face.width * width, face.height * height) * (0.5 + MARGIN)
    left, top = max(0, round(middle[0] - half)), max(0, round(middle[1] - half))
    right, bottom = min(width, round(middle[0] + half)), min(height, round(middle[1] + half))
    return image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def _to_places(image: Image.Image, face: Face) -> np.ndarray:
    """The turn, scale and shift that brings its landmarks nearest to `PLACES`: float64 [2, 3]."""
    here = face.landmarks.astype(np.float64) * image.size
    there = PLACES.astype(np.float64) * CHIP
    middle, aim = here.mean(axis=0), there.mean(axis=0)
    one = (here - middle) @ (1, 1j)
    other = (there - aim) @ (1, 1j)
    # In the complex plane a turn with a scale is one factor.
    factor = (np.conj(one) @ other) / max(float(np.vdot(one, one).real), 1e-12)
    turn = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.column_stack([turn, aim - turn @ middle])
