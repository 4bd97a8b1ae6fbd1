"""Visual descriptors of pictures: a small picture, its palette and its texture.

    descriptors/shard-<random>.safetensors

A shard (`artextract.features.shards`) holds `small` uint8 [n, 32, 32, 3], `palette` float16 [n, 5, 4] and
`texture` float16 [n, 48].
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from artextract.collection import Collection
from artextract.features.compute_missing import compute_missing
from artextract.features.ray_engine import RayEngine
from artextract.features.shards import ShardStore
from artextract.features.workers import JobResult, Worker
from artextract.progress import Report, silent
from artextract.vision.gabor import GaborBank, squares
from artextract.vision.images import open_picture

SIDE = 32  # Side of the small picture, pixels. Pictures are squeezed to a square, as for SSIM and RMSE.
COLOURS = 5  # Colours of a palette
BANK = GaborBank()
_SHAPES = {"small": (SIDE, SIDE, 3), "palette": (COLOURS, 4), "texture": (2 * BANK.count,)}


@dataclass(frozen=True)
class VisualDescriptor:
    """The features of one picture that the similarity criteria compare."""

    small: np.ndarray  # uint8 [SIDE, SIDE, 3], RGB
    palette: np.ndarray
    """float32 [COLOURS, 4]: the dominant colours, the most common first: L*, a*, b* (CIELAB, D65) and
    the share of the picture that is nearest to the colour; the shares sum to 1."""
    texture: np.ndarray
    """float32 [2 · BANK.count]: mean and standard deviation of each Gabor filter's magnitude over the
    picture in its proportions, as logarithms of 1 + grey levels, means first."""


def describe(image: Image.Image) -> VisualDescriptor:
    """The descriptor of an upright RGB picture."""
    small = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0))
    texture = BANK.describe(squares(image, BANK.SIDE), 1)[:, 0].mean(axis=0)
    # Rounded as in the store, so that uploaded and stored pictures compare equally.
    palette, texture = (values.astype(np.float16).astype(np.float32) for values in (palette_of(small), texture))
    return VisualDescriptor(small, palette, texture)


def describe_file(content: bytes, name: str) -> VisualDescriptor:
    """The descriptor of a picture file; raises like `open_picture`."""
    return describe(open_picture(content, name, at_least=2 * BANK.SIDE).image)


def palette_of(small: np.ndarray) -> np.ndarray:
    """`VisualDescriptor.palette` of a picture uint8 [side, side, 3], by k-means in CIELAB, without randomness."""
    import cv2
    from skimage.color import rgb2lab

    pixels = rgb2lab(small).reshape(-1, 3).astype(np.float32)
    # The first clusters are equal ranges of lightness.
    order = np.argsort(pixels[:, 0], kind="stable")
    first = np.empty((len(pixels), 1), np.int32)
    first[order, 0] = np.arange(len(pixels)) * COLOURS // len(pixels)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.2)
    _, nearest, centres = cv2.kmeans(pixels, COLOURS, first, stop, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    shares = np.bincount(nearest[:, 0], minlength=COLOURS) / len(pixels)
    return np.column_stack([centres, shares])[np.argsort(-shares, kind="stable")]


def descriptor_store(collection: Collection) -> ShardStore:
    """The descriptors of a collection's pictures."""
    return ShardStore(collection.root / "descriptors", f"visual descriptors of {collection.name}", _SHAPES)


def stored_descriptors(collection: Collection) -> dict[str, VisualDescriptor]:
    """The stored descriptors by the SHA-256 of the picture."""
    descriptors: dict[str, VisualDescriptor] = {}
    for shard in descriptor_store(collection).shards():
        small, palette, texture = (shard.arrays[name] for name in _SHAPES)
        rows = zip(small, palette.astype(np.float32), texture.astype(np.float32), strict=True)
        descriptors |= {sha256: VisualDescriptor(*row) for sha256, row in zip(shard.hashes, rows, strict=True)}
    return descriptors


def compute_descriptors(collection: Collection, report: Report = silent, engine: RayEngine | None = None) -> JobResult:
    """Compute the visual descriptors that the collection lacks. Works and raises like `compute_missing`."""
    return compute_missing(collection, descriptor_store(collection), DescriptorWorker(), report, engine)


class DescriptorWorker(Worker[VisualDescriptor]):
    """Computes visual descriptors, in the threads that decode."""

    title = "Computing colours and textures"
    key = "visual descriptors"
    batch = 8
    shard = 512

    def __init__(self) -> None:
        self.factory = DescriptorWorker

    def prepare(self, content: bytes, name: str) -> VisualDescriptor:
        """The descriptor of a picture."""
        return describe_file(content, name)

    def compute(self, pictures: Sequence[VisualDescriptor]) -> dict[str, np.ndarray]:
        """The arrays of `stored_descriptors`."""
        kinds = {"small": np.uint8, "palette": np.float16, "texture": np.float16}
        return {
            name: np.stack([getattr(picture, name) for picture in pictures]).astype(kind)
            for name, kind in kinds.items()
        }
