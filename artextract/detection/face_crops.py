"""Crops of faces: upright and of one size for comparison, or square for display."""

import numpy as np
from PIL import Image

from artextract.detection.faces import Face

CROP = 150  # Side of an aligned face, pixels: the input of `face_detector.FaceEmbedder`
PLACES = np.array([(0.317, 0.303), (0.683, 0.303), (0.5, 0.507), (0.348, 0.673), (0.652, 0.673)], np.float32)
"""Positions of the landmarks of an aligned face that looks straight ahead, as fractions of the side:
the median of 55 painted faces that dlib aligned."""
MARGIN = 0.3  # Margin around a displayed face, as a fraction of the box's longer side


def align(image: Image.Image, face: Face) -> np.ndarray:
    """The face, rotated, scaled and shifted so that its landmarks are closest to `PLACES`: uint8 [CROP, CROP, 3]."""
    import cv2

    matrix = _similarity_transform(image, face)
    if (scale := float(np.hypot(*matrix[:, 0]))) < 0.5:
        # Reduced first: a warp only reads four pixels for each new pixel, and would skip most of a large face.
        image = image.reduce(int(0.5 / scale) + 1)
        matrix = _similarity_transform(image, face)
    size = (CROP, CROP)
    return cv2.warpAffine(np.asarray(image), matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def cut_out(image: Image.Image, face: Face) -> Image.Image:
    """The square around a face, with a margin; cut off at the picture's edge."""
    width, height = image.size
    x, y = (face.x + face.width / 2) * width, (face.y + face.height / 2) * height
    half = max(face.width * width, face.height * height) * (0.5 + MARGIN)
    left, top = max(0, round(x - half)), max(0, round(y - half))
    right, bottom = min(width, round(x + half)), min(height, round(y + half))
    return image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def _similarity_transform(image: Image.Image, face: Face) -> np.ndarray:
    """The rotation, scale and shift, float64 [2, 3], by least squares (Umeyama 1991)."""
    landmarks = face.landmarks.astype(np.float64) * image.size
    targets = PLACES.astype(np.float64) * CROP
    middle, target_middle = landmarks.mean(axis=0), targets.mean(axis=0)
    # In the complex plane, a rotation with a scale is one factor.
    before, after = (landmarks - middle) @ (1, 1j), (targets - target_middle) @ (1, 1j)
    factor = (np.conj(before) @ after) / max(float(np.vdot(before, before).real), 1e-12)
    rotation = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.column_stack([rotation, target_middle - rotation @ middle])
