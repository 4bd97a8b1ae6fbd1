"""Do two pictures show the same painting: whole, in part, mirrored?

Points that look alike in both (SIFT: Lowe, "Distinctive Image Features from Scale-Invariant
Keypoints", IJCV 60, 2004; compared as Arandjelović and Zisserman's RootSIFT, CVPR 2012) propose how
one lies on the other; laid so, the fine light and dark of both must agree. The whole on the whole
is proposed anyway: plain pictures have no points. There each part must agree, or a mount, a frame
or a head before the dark would do. Colour and broad light aren't looked at: copies differ in them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

SIDE = 256
"""Longer side at which pictures are compared, pixels."""
POINTS = 300
"""Of a picture at the most."""
WHOLE = 96
"""Side of the square that whole pictures are compared at, pixels."""
PARTS = 6
"""Into which it is cut, each way; those at the edge may be mount or frame and don't count."""
RATIO = 0.85
"""A point's best match must be this much nearer than its second (Lowe's ratio test)."""
LEAST_POINTS = 8
"""That must agree on how one picture lies on the other."""
PLAIN = float(WHOLE // PARTS)
"""Length of a part whose light varies by one grey level: it is plain, and says nothing."""
LEAST_PARTS = 4
"""That say something."""
REACH = 4.0
"""Pixels by which such a point may be off."""
LEAST_AGREEMENT = 0.5
"""Of the fine light and dark where both lie, where points say how one lies on the other."""
LEAST_OF_WHOLES = 0.55
"""The same of the whole on the whole, which nothing else proposes. Both were set on training
paintings, made copies of them and their nearest neighbours."""
NEARLY_ALL = 0.8
"""Share of a picture that counts as all of it: copies are trimmed differently."""
LEAST_SHARE = 0.05
"""Of the other picture that a detail must cover."""


@dataclass(frozen=True)
class Seen:
    """What is compared of a picture."""

    fine: np.ndarray
    """float16 [height, width]: luma less its blur, the longer side `SIDE`."""
    whole: np.ndarray
    """float32 [WHOLE, WHOLE]: the same of the squeezed picture."""
    points: np.ndarray
    """float32 [n, 2]: x and y."""
    descriptors: np.ndarray
    """float32 [n, 128], at unit length."""


@dataclass(frozen=True)
class Match:
    """How one picture lies on another that shows the same."""

    mirrored: bool
    agreement: float
    """Correlation of the fine light and dark where both lie: 0 none, 1 the same."""
    of_one: float
    """Share of the first picture that the other covers, 0…1."""
    of_other: float
    """Share of the other that the first covers."""

    @property
    def kind(self) -> str:
        """ "same"; "detail": the first shows a part of the other; "whole": the other way round;
        "overlap": each shows what the other doesn't."""
        if min(self.of_one, self.of_other) >= NEARLY_ALL:
            return "same"
        if max(self.of_one, self.of_other) < NEARLY_ALL:
            return "overlap"
        return "detail" if self.of_one > self.of_other else "whole"


def see(image: Image.Image) -> Seen:
    """What is compared of an upright RGB picture."""
    import cv2

    scale = SIDE / max(image.size)
    size = (max(16, round(image.width * scale)), max(16, round(image.height * scale)))
    grey = np.asarray(image.convert("L").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))
    squeezed = cv2.resize(grey, (WHOLE, WHOLE), interpolation=cv2.INTER_AREA)
    finder: Any = cv2.SIFT_create(POINTS, contrastThreshold=0.02)  # type: ignore[attr-defined]
    found, descriptors = finder.detectAndCompute(grey, None)
    points = np.array([point.pt for point in found], np.float32).reshape(-1, 2)
    described = np.zeros((0, 128), np.float32) if descriptors is None else descriptors
    sums = np.maximum(described.sum(axis=1, keepdims=True), 1e-6)
    return Seen(
        _fine(grey).astype(np.float16),
        _fine(squeezed),
        points,
        np.sqrt(described / sums).astype(np.float32),
    )


def match(one: Seen, other: Seen) -> Match | None:
    """How `one` lies on `other`; None if they don't show the same painting."""
    found = []
    for mirrored in (False, True):
        wholes = _as_wholes(one, other, mirrored)
        if wholes.agreement >= LEAST_OF_WHOLES:
            found.append(wholes)
        placed = _by_points(one, other, mirrored)
        if placed is not None and placed.agreement >= LEAST_AGREEMENT:
            found.append(placed)
    return max(found, key=lambda made: made.agreement, default=None)


def _fine(grey: np.ndarray) -> np.ndarray:
    """Luma less its blur over an eighth of the shorter side, less the finest grain, float32."""
    import cv2

    light = grey.astype(np.float32)
    return cv2.GaussianBlur(light, (0, 0), 0.8) - cv2.GaussianBlur(light, (0, 0), min(grey.shape) / 16)


def _as_wholes(one: Seen, other: Seen, mirrored: bool) -> Match:
    """The whole on the whole: what three in four of its inner parts agree by."""
    whole = one.whole[:, ::-1] if mirrored else one.whole
    a, b = _parts(whole), _parts(other.whole)
    lengths = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
    drawn = np.maximum(*lengths) > PLAIN
    if drawn.sum() < LEAST_PARTS:
        return Match(mirrored, 0.0, 1.0, 1.0)
    agreements = (a * b).sum(axis=1) / np.maximum(lengths[0] * lengths[1], PLAIN**2)
    return Match(mirrored, float(np.quantile(agreements[drawn], 0.25)), 1.0, 1.0)


def _parts(whole: np.ndarray) -> np.ndarray:
    """The parts that don't touch the edge, float32 [(PARTS - 2)², pixels], each less its mean."""
    side = WHOLE // PARTS
    inner = whole[side:-side, side:-side]
    cut = inner.reshape(PARTS - 2, side, PARTS - 2, side).swapaxes(1, 2)
    flat = cut.reshape(-1, side**2)
    return flat - flat.mean(axis=1, keepdims=True)


def _by_points(one: Seen, other: Seen, mirrored: bool) -> Match | None:
    """As the points that look alike have it; None if too few agree."""
    import cv2

    if min(len(one.points), len(other.points)) < LEAST_POINTS:
        return None
    height, width = one.fine.shape
    points, descriptors = one.points, one.descriptors
    if mirrored:
        points = np.stack([width - 1 - points[:, 0], points[:, 1]], axis=1)
        descriptors = _mirrored(descriptors)
    near = descriptors @ other.descriptors.T
    first, second = np.partition(near, near.shape[1] - 2, axis=1)[:, [-1, -2]].T
    # Distances of unit vectors, squared: 2 - 2 cos.
    clear = np.flatnonzero(1 - first < RATIO**2 * (1 - second))
    if len(clear) < LEAST_POINTS:
        return None
    there = other.points[near[clear].argmax(axis=1)]
    lies, agree = cv2.estimateAffine2D(points[clear], there, ransacReprojThreshold=REACH)
    if lies is None or int(agree.sum()) < LEAST_POINTS or not _plausible(lies[:, :2]):
        return None
    # Kept in half precision; to convert is slow, so only those few that come this far are.
    fine = (one.fine[:, ::-1] if mirrored else one.fine).astype(np.float32)
    size = other.fine.shape[::-1]
    laid = cv2.warpAffine(np.ascontiguousarray(fine), lies, size)
    covered = cv2.warpAffine(np.ones_like(fine), lies, size) > 0.99
    of_other = float(covered.mean())
    if of_other < LEAST_SHARE:
        return None
    scale = abs(float(np.linalg.det(lies[:, :2])))
    of_one = min(1.0, float(covered.sum()) / max(scale * height * width, 1.0))
    if of_one < LEAST_SHARE:
        return None
    return Match(
        mirrored,
        _correlation(laid[covered], other.fine[covered].astype(np.float32)),
        of_one,
        of_other,
    )


def _plausible(turn: np.ndarray) -> bool:
    """Whether an affine map [2, 2] is a scan's: enlarged alike both ways, within a third, neither
    turned inside out nor by more than a quarter."""
    large, small = np.linalg.svd(turn, compute_uv=False)
    return bool(np.linalg.det(turn) > 0 and large < 1.35 * small and turn[0, 0] > 0)


def _mirrored(descriptors: np.ndarray) -> np.ndarray:
    """What the descriptors of the mirrored picture are: across a point's own direction rows change
    places and angles their sign (SIFT's cells are 4 rows by 4 columns of 8 angles)."""
    cells = descriptors.reshape(-1, 4, 4, 8)[:, ::-1]
    return cells[..., -np.arange(8) % 8].reshape(-1, 128)


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a - a.mean(), b - b.mean()
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / lengths if lengths > 0 else 0.0
