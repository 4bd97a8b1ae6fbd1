"""Do two pictures show the same painting: whole, in part, or mirrored?

Matching keypoints (SIFT: Lowe, IJCV 60, 2004; compared as RootSIFT: Arandjelović and Zisserman, CVPR 2012) propose an
alignment, and the fine detail of the aligned pictures must agree. Aligning the whole pictures is always tried, because
plain pictures have no keypoints; there, each part must agree, or a shared mount, frame or dark background would be
enough. Colour and large-scale brightness are ignored: copies differ in them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

SIDE = 256  # Longer side at which pictures are compared, pixels
POINTS = 300  # Most keypoints of a picture
WHOLE = 96  # Side of the square at which whole pictures are compared, pixels
PARTS = 6  # Parts per side of that square; those at the edge may be mount or frame and are ignored
RATIO = 0.85  # The best match of a point must be closer than the second best by this factor (Lowe's ratio test)
MIN_POINTS = 8  # Points that must agree on an alignment
MAX_OFFSET = 4.0  # Pixels by which a point may miss the alignment
MIN_NORM = float(WHOLE // PARTS)  # Norm of a part whose luma varies by one grey level: a plainer part tells nothing
MIN_PARTS = 4  # Parts that must not be plain
MIN_AGREEMENT = 0.5  # Correlation of fine detail above which an alignment by keypoints counts
MIN_WHOLE_AGREEMENT = 0.55
"""The same for whole pictures. Both were tuned on training paintings, copies made of them, and their
nearest neighbours."""
NEARLY_ALL = 0.8  # Share of a picture that counts as all of it: copies are cropped differently
MIN_SHARE = 0.05  # Share of each picture that must be covered


@dataclass(frozen=True)
class AlignmentFeatures:
    """The features of a picture that the comparison needs."""

    grey: np.ndarray  # uint8 [height, width]: luma; the longer side is `SIDE`
    parts: np.ndarray  # float32 [2, (PARTS - 2)², pixels]: of the whole picture as it is, and mirrored (`_parts`)
    points: np.ndarray  # float32 [n, 2]: x and y
    sift: np.ndarray  # uint8 [n, 128]


@dataclass(frozen=True)
class Alignment:
    """How two pictures of the same painting fit together."""

    mirrored: bool
    agreement: float  # Correlation of fine detail where the pictures overlap: 0 none, 1 identical
    left_share: float  # Share of the left picture that the right one covers, 0…1
    right_share: float  # Share of the right picture that the left one covers, 0…1

    @property
    def kind(self) -> str:
        """One of "same"; "detail" (the left picture shows a part of the right one); "whole" (the
        reverse); "overlap" (each shows something that the other does not)."""
        if min(self.left_share, self.right_share) >= NEARLY_ALL:
            return "same"
        if max(self.left_share, self.right_share) < NEARLY_ALL:
            return "overlap"
        return "detail" if self.left_share > self.right_share else "whole"


def alignment_features(image: Image.Image) -> AlignmentFeatures:
    """The features of an upright RGB picture that the comparison needs."""
    import cv2

    scale = SIDE / max(image.size)
    size = (max(16, round(image.width * scale)), max(16, round(image.height * scale)))
    grey = np.asarray(image.convert("L").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))
    squeezed = cv2.resize(grey, (WHOLE, WHOLE), interpolation=cv2.INTER_AREA)
    sift: Any = cv2.SIFT_create(POINTS, contrastThreshold=0.02)  # type: ignore[attr-defined]
    keypoints, descriptors = sift.detectAndCompute(grey, None)
    points = np.array([keypoint.pt for keypoint in keypoints], np.float32).reshape(-1, 2)
    described = np.zeros((0, 128)) if descriptors is None else descriptors  # whole numbers up to 255
    whole = _fine(squeezed)
    parts = np.stack([_parts(whole), _parts(whole[:, ::-1])])
    return AlignmentFeatures(grey, parts, points, described.astype(np.uint8))


def align(left: AlignmentFeatures, right: AlignmentFeatures) -> Alignment | None:
    """The best alignment of two pictures; None if they do not show the same painting."""
    alignments = []
    rooted = _rooted(left.sift), _rooted(right.sift)
    for mirrored in (False, True):
        whole = _align_wholes(left, right, mirrored)
        if whole.agreement >= MIN_WHOLE_AGREEMENT:
            alignments.append(whole)
        by_points = _align_points(left, right, rooted, mirrored)
        if by_points is not None and by_points.agreement >= MIN_AGREEMENT:
            alignments.append(by_points)
    return max(alignments, key=lambda alignment: alignment.agreement, default=None)


def _fine(grey: np.ndarray) -> np.ndarray:
    """Luma minus its blur over an eighth of the shorter side, without the finest grain, float32."""
    import cv2

    light = grey.astype(np.float32)
    return cv2.GaussianBlur(light, (0, 0), 0.8) - cv2.GaussianBlur(light, (0, 0), min(grey.shape) / 16)


def _align_wholes(left: AlignmentFeatures, right: AlignmentFeatures, mirrored: bool) -> Alignment:
    """Align the whole pictures; the agreement is what three in four of the inner parts reach."""
    a, b = left.parts[int(mirrored)], right.parts[0]
    norms = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
    drawn = np.maximum(*norms) > MIN_NORM
    if drawn.sum() < MIN_PARTS:
        return Alignment(mirrored, 0.0, 1.0, 1.0)
    agreements = (a * b).sum(axis=1) / np.maximum(norms[0] * norms[1], MIN_NORM**2)
    return Alignment(mirrored, float(np.quantile(agreements[drawn], 0.25)), 1.0, 1.0)


def _parts(whole: np.ndarray) -> np.ndarray:
    """The parts away from the edge, float32 [(PARTS - 2)², pixels], each minus its mean."""
    side = WHOLE // PARTS
    inner = whole[side:-side, side:-side].reshape(PARTS - 2, side, PARTS - 2, side)
    flat = inner.swapaxes(1, 2).reshape(-1, side**2)
    return flat - flat.mean(axis=1, keepdims=True)


def _align_points(
    left: AlignmentFeatures, right: AlignmentFeatures, rooted: tuple[np.ndarray, np.ndarray], mirrored: bool
) -> Alignment | None:
    """The alignment that the matching points propose; None if too few agree."""
    import cv2

    if (affine := _affine_map(left, right, rooted, mirrored)) is None:
        return None
    height, width = left.grey.shape
    # The fine detail is computed only here: few pairs get here, and the luma takes less memory.
    fine = _fine(np.ascontiguousarray(left.grey[:, ::-1]) if mirrored else left.grey)
    size = right.grey.shape[::-1]
    aligned = cv2.warpAffine(fine, affine, size)
    covered = cv2.warpAffine(np.ones_like(fine), affine, size) > 0.99
    right_share = float(covered.mean())
    scale = abs(float(np.linalg.det(affine[:, :2])))
    left_share = min(1.0, float(covered.sum()) / max(scale * height * width, 1.0))
    if min(left_share, right_share) < MIN_SHARE:
        return None
    a, b = aligned[covered], _fine(right.grey)[covered]
    a, b = a - a.mean(), b - b.mean()
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    return Alignment(mirrored, float(a @ b) / norms if norms > 0 else 0.0, left_share, right_share)


def _affine_map(
    left: AlignmentFeatures, right: AlignmentFeatures, rooted: tuple[np.ndarray, np.ndarray], mirrored: bool
) -> np.ndarray | None:
    """The affine map, float64 [2, 3], from the left picture to the right one by matching points.

    Two scans differ by a map that scales equally in both directions within a third, does not mirror, and turns by less
    than 90 degrees.
    """
    import cv2

    if min(len(left.points), len(right.points)) < MIN_POINTS:
        return None
    points, descriptors = left.points, rooted[0]
    if mirrored:
        points = np.stack([left.grey.shape[1] - 1 - points[:, 0], points[:, 1]], axis=1)
        # SIFT's cells, 4 rows by 4 columns of 8 angles, swap rows, and the angles change their sign.
        cells = descriptors.reshape(-1, 4, 4, 8)[:, ::-1]
        descriptors = cells[..., -np.arange(8) % 8].reshape(-1, 128)
    cosines = descriptors @ rooted[1].T
    rows, nearest = np.arange(len(cosines)), cosines.argmax(axis=1)
    best = cosines[rows, nearest]
    cosines[rows, nearest] = -1
    second = cosines.max(axis=1)
    # The squared distance of unit vectors is 2 - 2 cos.
    clear = np.flatnonzero(1 - best < RATIO**2 * (1 - second))
    if len(clear) < MIN_POINTS:
        return None
    targets = right.points[nearest[clear]]
    affine, agreeing = cv2.estimateAffine2D(points[clear], targets, ransacReprojThreshold=MAX_OFFSET)
    if affine is None or int(agreeing.sum()) < MIN_POINTS:
        return None
    linear = affine[:, :2]
    large, small = np.linalg.svd(linear, compute_uv=False)
    return affine if np.linalg.det(linear) > 0 and large < 1.35 * small and linear[0, 0] > 0 else None


def _rooted(sift: np.ndarray) -> np.ndarray:
    """RootSIFT: float32 [n, 128], at unit length."""
    counts = sift.astype(np.float32)
    return np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-6))
