"""Feature sequences of the training images, computed once and stored."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from artextract.attributes.heads import Shape
from artextract.attributes.model_bundle import CONTENT
from artextract.attributes.reader import open_to_read
from artextract.errors import BadImageError, WeightsError
from artextract.files import sweep_temporary, write_atomic
from artextract.settings import cache_dir
from artextract.vision.backbones import find_backbone
from artextract.vision.device import Device
from artextract.vision.feature_extractor import FeatureMapper
from artextract.vision.gabor import GaborBank
from artextract.vision.preprocessing import prepare_whole
from train.config import AttributeSettings
from train.data.paintings import Paintings
from train.heads import tuned_heads

PART = 256  # Pictures in a file: a stopped run loses at most this many
BATCH = 8


@dataclass(frozen=True)
class Sequences:
    """Paintings with their feature sequences."""

    paintings: Paintings
    views: list[tuple[np.ndarray | None, np.ndarray | None]]
    """For the plain and the mirrored pictures: feature maps float16 [n, cells, features] and Gabor
    cells float16 [n, cells, gabor]; None if the model does not see them. Empty without a sequence model."""
    pooled: list[np.ndarray]  # Pooled outputs of the backbone and of the untuned network, float32 [n, width] each

    def shape(self, hidden: int) -> Shape:
        """The shape of a model for these sequences."""
        if not hidden:
            return Shape(self.pooled[0].shape[1], 0, self.paintings.sizes, 0)
        features, gabor = (0 if part is None else part.shape[-1] for part in self.views[0])
        return Shape(features, gabor, self.paintings.sizes, hidden)


def read_sequences(settings: AttributeSettings, device: Device) -> Sequences:
    """Read the paintings, and compute (on `device`) or load their feature sequences.

    Raises ArtExtractError if the images, the lists or the weights are missing or wrong.
    """
    classes = tuned_heads(settings.heads)[0] if settings.heads and not settings.hidden else None
    paintings = Paintings.read(settings.data, classes)
    paths = list(paintings.table["path"])
    mappers = networks(settings, device)
    pooled = pooled_outputs(paths, mappers)
    grid = settings.size // 32  # the grid of a convolutional backbone
    views: list[tuple[np.ndarray | None, np.ndarray | None]] = []
    for mirrored in (False, True) if settings.hidden else ():
        maps = cells = None
        if settings.features:
            key, size = str(mappers[0].key), settings.size
            maps = _cached(paths, key, size, mirrored, partial(feature_maps, mappers[0]))
            grid = int(np.sqrt(maps.shape[1]))
            if grid**2 != maps.shape[1]:
                raise WeightsError(f"{settings.backbone} has no square feature map. Name another backbone.")
        if settings.gabor:
            cells = gabor_cells(paths, GaborBank(), grid, mirrored, device)
        views.append((maps, cells))
    return Sequences(paintings, views, pooled)


def networks(settings: AttributeSettings, device: Device) -> list[FeatureMapper]:
    """The tuned and the untuned network, whose pooled outputs a model sees side by side, as `Reader` runs them."""
    return [
        FeatureMapper(find_backbone(settings.backbone), settings.size, settings.weights, device, mirrored=True),
        FeatureMapper(find_backbone(CONTENT), GaborBank.SIDE, None, device),
    ]


def pooled_outputs(paths: list[Path], mappers: Sequence[FeatureMapper]) -> list[np.ndarray]:
    """The pooled output of each network for each picture, float32 [n, dimension] each."""

    def pooled(mapper: FeatureMapper) -> np.ndarray:
        compute = partial(feature_maps, mapper, pooled=True)
        return _cached(paths, f"{mapper.key}-pooled", mapper.size, False, compute).astype(np.float32)

    return [pooled(mapper) for mapper in mappers]


def feature_maps(mapper: FeatureMapper, pixels: np.ndarray, *, pooled: bool = False) -> np.ndarray:
    """Of pictures uint8 [n, size, size, 3]: float32 [n, cells, dimension], or their mean [n, dimension] if `pooled`."""
    batches = (mapper.maps(pixels[i : i + BATCH]) for i in range(0, len(pixels), BATCH))
    return np.concatenate([maps.mean(axis=1) if pooled else maps for maps in batches])


def gabor_cells(paths: list[Path], bank: GaborBank, grid: int, mirrored: bool, device: Device) -> np.ndarray:
    """The Gabor statistics of each picture's cells, float16 [n, cells, 2 filters]."""
    waves = "-".join(f"{wave:g}" for wave in bank.wavelengths)
    key = f"gabor-{waves}-{bank.directions}-{bank.aspect:g}-grid{grid}"
    plain = _cached(paths, key, bank.SIDE, False, lambda pixels: bank.describe(pixels, grid, device.torch))
    return bank.mirror(plain) if mirrored else plain


def _cached(
    paths: list[Path], key: str, size: int, mirrored: bool, compute: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """What `compute` gives for each picture, float16 [n, …]; new results are stored in files of `PART` pictures."""
    folder = cache_dir() / "training" / "features" / (key + ("-mirrored" if mirrored else ""))
    folder.mkdir(parents=True, exist_ok=True)
    sweep_temporary(folder)

    def pixels_of(path: Path) -> np.ndarray:
        pixels = prepare_whole(open_to_read(path), size)  # as `artextract.attributes.reader.Reader.prepare`
        return pixels[:, ::-1] if mirrored else pixels

    arrays = []
    with ThreadPoolExecutor(2) as pool:
        for start in tqdm(range(0, len(paths), PART), folder.name, mininterval=5):
            part = paths[start : start + PART]
            file = folder / f"{_fingerprint(part)}.npy"
            if not file.exists():
                pixels = np.stack(list(pool.map(pixels_of, part)))
                with write_atomic(file) as temporary:
                    np.save(temporary, compute(pixels).astype(np.float16))
            arrays.append(np.load(file, mmap_mode="r"))
    return np.concatenate(arrays)


def _fingerprint(paths: list[Path]) -> str:
    """A hash of the files' names, sizes and times."""
    try:
        stats = [(str(path), (s := path.stat()).st_size, s.st_mtime_ns) for path in paths]
    except OSError as error:  # such as a broken link
        raise BadImageError(f"{error.filename} can't be read ({error.strerror}). Get the file again.") from error
    return hashlib.sha256(repr(stats).encode()).hexdigest()[:16]
