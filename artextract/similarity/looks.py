"""What a work looks like, in little: a small picture and its texture, kept in a collection.

    looks/part-<random>.safetensors

A part holds `image_sha256` uint8 [n, 32], `small` uint8 [n, 32, 32, 3] and `texture` float16
[n, 48]. Each is written whole or not at all, and never changed.
"""

import uuid
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from artextract.collection import Collection
from artextract.decoding_ahead import batches_ahead
from artextract.errors import BadImageError
from artextract.files import only_writer, sweep_temporary, write_atomic
from artextract.progress import Report, Stage, silent
from artextract.vision.gabor import GaborBank
from artextract.vision.images import open_picture

SIDE = 32
"""Of the small picture, pixels; the painting's proportions are given up, as for SSIM and RMSE."""
BANK = GaborBank()
BATCH = 8
PART = 512
"""Works between two writes: what a killed run loses at the most, a few seconds' work."""


@dataclass(frozen=True)
class Look:
    """One picture in little."""

    small: np.ndarray
    """uint8 [SIDE, SIDE, 3], RGB."""
    texture: np.ndarray
    """float32 [2 · BANK.count]: mean and deviation of each Gabor filter's magnitude over the whole
    picture, logarithms of 1 + grey levels, means first."""


def look_at(image: Image.Image) -> Look:
    """An upright RGB picture in little."""
    small = image.resize((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    square = image.resize((BANK.SIDE, BANK.SIDE), Image.Resampling.BICUBIC, reducing_gap=3.0)
    texture = BANK.describe(np.array(square)[None], 1)[0, 0]
    return Look(np.asarray(small), texture.astype(np.float16).astype(np.float32))


def stored_looks(collection: Collection) -> dict[str, Look]:
    """What is stored, by the SHA-256 of the picture; a damaged part counts as if not there."""
    found: dict[str, Look] = {}
    for file in sorted(_folder(collection).glob("part-*.safetensors")):
        found |= _read_part(file)
    return found


def looks_version(collection: Collection) -> tuple[str, ...]:
    """Changes whenever looks are added: the key of what screens remember."""
    return tuple(sorted(file.name for file in _folder(collection).glob("part-*.safetensors")))


def look_at_works(collection: Collection, report: Report = silent) -> dict[str, Look]:
    """The looks of all works of a collection, by the SHA-256 of the picture: computes what is
    missing. A picture that can't be read has none.

    It can be stopped by raising `Stopped` in `report`, or killed: finished parts stay.

    Raises:
        ArtExtractError: the collection has no works, or the disk is full.
    """
    works = collection.works().drop_duplicates("image_sha256")
    with only_writer(_folder(collection), f"looks of {collection.name}"):
        sweep_temporary(_folder(collection))
        found = stored_looks(collection)
        missing = works[~works["image_sha256"].isin(list(found))]
        stage = Stage("Looking at colours and textures", len(missing), report)
        rows = list(zip(missing["image_sha256"], missing["image"], strict=True))
        new: dict[str, Look] = {}
        with closing(batches_ahead(partial(_see, collection), rows, BATCH)) as batches:
            for batch in batches:
                new |= {sha256: look for sha256, look in batch if look is not None}
                if len(new) >= PART:
                    _append(collection, new)
                    found |= new
                    new = {}
                stage.advance(len(batch))
        if new:
            _append(collection, new)
    return found | new


def _see(collection: Collection, row: tuple[str, str]) -> tuple[str, Look | None]:
    sha256, image = row
    try:
        path = collection.image_path(image)
        return sha256, look_at(open_picture(path, at_least=2 * BANK.SIDE).image)
    except BadImageError:
        return sha256, None


def _append(collection: Collection, looks: dict[str, Look]) -> None:
    tensors: dict[str, np.ndarray] = {
        "image_sha256": np.frombuffer(bytes.fromhex("".join(looks)), np.uint8).reshape(-1, 32),
        "small": np.stack([look.small for look in looks.values()]),
        "texture": np.stack([look.texture for look in looks.values()]).astype(np.float16),
    }
    with write_atomic(_folder(collection) / f"part-{uuid.uuid4().hex}.safetensors") as temporary:
        save_file(tensors, temporary)


def _read_part(path: Path) -> dict[str, Look]:
    try:
        tensors = load_file(path)
        hashes, small, texture = (
            tensors["image_sha256"], tensors["small"], tensors["texture"].astype(np.float32),
        )  # fmt: skip
    except (SafetensorError, OSError, KeyError, ValueError):
        return {}
    count = len(hashes)
    shapes = (hashes.shape, small.shape, texture.shape)
    if shapes != ((count, 32), (count, SIDE, SIDE, 3), (count, 2 * BANK.count)):
        return {}
    return {
        bytes(digest).hex(): Look(one, strokes)
        for digest, one, strokes in zip(hashes, small, texture, strict=True)
    }


def _folder(collection: Collection) -> Path:
    return collection.root / "looks"
