"""Feature sequences of the training images, computed once and kept."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from artextract.attributes.reader import open_to_read
from artextract.errors import BadImageError
from artextract.files import sweep_temporary, write_atomic
from artextract.settings import cache_dir
from artextract.vision.device import Device
from artextract.vision.feature_extractor import FeatureMapper
from artextract.vision.gabor import GaborBank
from artextract.vision.preprocessing import prepare_whole

PART = 256
"""Pictures a file: what a killed run loses at the most."""
BATCH = 8


def feature_maps(paths: list[Path], mapper: FeatureMapper, mirrored: bool) -> list[np.ndarray]:
    """The backbone's feature map of each picture, as files of `PART` pictures.

    Returns:
        Arrays mapped from disk, float16 [≤ PART, cells, dimension], in the order of the paths.
    """

    def of(pixels: np.ndarray) -> np.ndarray:
        return np.concatenate([mapper.maps(pixels[i : i + BATCH]) for i in range(0, len(pixels), BATCH)])

    return _cached(paths, str(mapper.key), mapper.size, mirrored, of)


def gabor_cells(paths: list[Path], bank: GaborBank, grid: int, mirrored: bool, device: Device) -> list[np.ndarray]:
    """The Gabor statistics of each picture's cells: as `feature_maps`, float16 [.., cells, 2f]."""
    waves = "-".join(f"{wave:g}" for wave in bank.wavelengths)
    key = f"gabor-{waves}-{bank.directions}-{bank.aspect:g}-grid{grid}"

    def of(pixels: np.ndarray) -> np.ndarray:
        return bank.describe(pixels, grid, device.torch)

    plain = _cached(paths, key, bank.SIDE, False, of)
    return [bank.mirror(part) for part in plain] if mirrored else plain


def _cached(
    paths: list[Path],
    key: str,
    size: int,
    mirrored: bool,
    of: Callable[[np.ndarray], np.ndarray],
) -> list[np.ndarray]:
    folder = cache_dir() / "training" / "features" / (key + ("-mirrored" if mirrored else ""))
    folder.mkdir(parents=True, exist_ok=True)
    sweep_temporary(folder)
    arrays = []
    with ThreadPoolExecutor(2) as pool:
        for start in tqdm(range(0, len(paths), PART), f"{folder.name}", mininterval=5):
            part = paths[start : start + PART]
            file = folder / f"{_fingerprint(part)}.npy"
            if not file.exists():
                pixels = np.stack(list(pool.map(lambda path: _seen(path, size, mirrored), part)))
                with write_atomic(file) as temporary:
                    np.save(temporary, of(pixels).astype(np.float16))
            arrays.append(np.load(file, mmap_mode="r"))
    return arrays


def _seen(path: Path, size: int, mirrored: bool) -> np.ndarray:
    """As `artextract.attributes.reader.Reader.prepare` has it."""
    small = Image.fromarray(prepare_whole(open_to_read(path), GaborBank.SIDE))
    pixels = prepare_whole(small, size)
    return pixels[:, ::-1] if mirrored else pixels


def _fingerprint(paths: list[Path]) -> str:
    """Changes with the files: their names, sizes and times."""
    try:
        stats = [(str(path), (s := path.stat()).st_size, s.st_mtime_ns) for path in paths]
    except OSError as error:  # a link to nothing is listed among the pictures, too
        raise BadImageError(f"{error.filename} can't be read ({error.strerror}): get the file again.") from error
    return hashlib.sha256(repr(stats).encode()).hexdigest()[:16]
