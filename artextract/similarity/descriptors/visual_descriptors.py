"""A work in little: a small picture, its palette, its texture; kept in a collection.

    looks/part-<random>.safetensors

A part (`artextract.features.shards`) holds `image_sha256` uint8 [n, 32], `small` uint8 [n, 32, 32, 3],
`palette` float16 [n, 5, 4] and `texture` float16 [n, 48].
"""

from contextlib import closing
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

from artextract.collection import Collection
from artextract.errors import BadImageError
from artextract.features.decoding_ahead import batches_ahead
from artextract.features.parts import Parts, as_digests, as_hashes
from artextract.progress import Report, Stage, silent
from artextract.vision.gabor import GaborBank
from artextract.vision.images import open_picture

SIDE = 32
"""Of the small picture, pixels; the painting's proportions are given up, as for SSIM and RMSE."""
COLOURS = 5
"""Of a palette."""
BANK = GaborBank()
BATCH = 8
PART = 512
"""Works between two writes: what a killed run loses at the most, a few seconds' work."""


@dataclass(frozen=True)
class Look:
    """One picture in little."""

    small: np.ndarray
    """uint8 [SIDE, SIDE, 3], RGB."""
    palette: np.ndarray
    """float32 [COLOURS, 4]: its dominant colours, the commonest first: L*, a*, b* (CIELAB, D65) and
    the share of the picture that is nearest to it; the shares' sum is 1."""
    texture: np.ndarray
    """float32 [2 · BANK.count]: mean and deviation of each Gabor filter's magnitude over the whole
    picture, logarithms of 1 + grey levels, means first."""


def look_at(image: Image.Image) -> Look:
    """An upright RGB picture in little."""
    small = image.resize((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    square = image.resize((BANK.SIDE, BANK.SIDE), Image.Resampling.BICUBIC, reducing_gap=3.0)
    texture = BANK.describe(np.array(square)[None], 1)[0, 0]
    return Look(np.asarray(small), palette_of(np.asarray(small)), _as_stored(texture))


def palette_of(small: np.ndarray) -> np.ndarray:
    """The dominant colours of a small picture, uint8 [side, side, 3]: k-means in CIELAB, as
    `Look.palette` has them. The same picture always gets the same."""
    import cv2
    from skimage.color import rgb2lab

    pixels = rgb2lab(small).reshape(-1, 3).astype(np.float32)
    # Begun from the colours at even ranks of lightness: no chance in it.
    order = np.argsort(pixels[:, 0], kind="stable")
    first = np.empty((len(pixels), 1), np.int32)
    first[order, 0] = np.arange(len(pixels)) * COLOURS // len(pixels)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.2)
    _, nearest, centres = cv2.kmeans(pixels, COLOURS, first, stop, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    shares = np.bincount(nearest[:, 0], minlength=COLOURS) / len(pixels)
    commonest = np.argsort(-shares, kind="stable")
    return _as_stored(np.column_stack([centres, shares])[commonest])


def _as_stored(values: np.ndarray) -> np.ndarray:
    """A picture that isn't in the collection is rounded as those that are."""
    return values.astype(np.float16).astype(np.float32)


def stored_looks(collection: Collection) -> dict[str, Look]:
    """What is stored, by the SHA-256 of the picture; a damaged part counts as if not there."""
    found: dict[str, Look] = {}
    for part in _parts(collection).read_parts():
        found |= part
    return found


def looks_version(collection: Collection) -> tuple[str, ...]:
    """Changes whenever looks are added: the key of what screens remember."""
    return _parts(collection).version()


def look_at_works(collection: Collection, report: Report = silent) -> dict[str, Look]:
    """The looks of all works of a collection, by the SHA-256 of the picture: computes what is
    missing. A picture that can't be read has none.

    It can be stopped by raising `Stopped` in `report`, or killed: finished parts stay.

    Raises:
        ArtExtractError: the collection has no works, or the disk is full.
    """
    works, parts = collection.works().drop_duplicates("image_sha256"), _parts(collection)
    with parts.writing():
        parts.sweep()
        found = stored_looks(collection)
        missing = works[~works["image_sha256"].isin(list(found))]
        stage = Stage("Looking at colours and textures", len(missing), report)
        rows = list(zip(missing["image_sha256"], missing["image"], strict=True))
        new: dict[str, Look] = {}
        with closing(batches_ahead(partial(_see, collection), rows, BATCH)) as batches:
            for batch in batches:
                new |= {sha256: look for sha256, look in batch if look is not None}
                if len(new) >= PART:
                    _append(parts, new)
                    found |= new
                    new = {}
                stage.advance(len(batch))
        if new:
            _append(parts, new)
    return found | new


def _see(collection: Collection, row: tuple[str, str]) -> tuple[str, Look | None]:
    sha256, image = row
    try:
        path = collection.image_path(image)
        return sha256, look_at(open_picture(path, at_least=2 * BANK.SIDE).image)
    except BadImageError:
        return sha256, None


def _append(parts: Parts[dict[str, Look]], looks: dict[str, Look]) -> None:
    parts.write_part({
        "image_sha256": as_digests(list(looks)),
        "small": np.stack([look.small for look in looks.values()]),
        "palette": np.stack([look.palette for look in looks.values()]).astype(np.float16),
        "texture": np.stack([look.texture for look in looks.values()]).astype(np.float16),
    })


def _parts(collection: Collection) -> Parts[dict[str, Look]]:
    return Parts(collection.root / "looks", f"looks of {collection.name}", _understood)


def _understood(tensors: dict[str, np.ndarray]) -> dict[str, Look] | None:
    hashes, small = as_hashes(tensors["image_sha256"]), tensors["small"]
    palette, texture = (tensors[name].astype(np.float32) for name in ("palette", "texture"))
    expected = ((SIDE, SIDE, 3), (COLOURS, 4), (2 * BANK.count,))
    of = (small, palette, texture)
    if any(one.shape != (len(hashes), *s) for one, s in zip(of, expected, strict=True)):
        return None
    return {sha256: Look(*one) for sha256, *one in zip(hashes, *of, strict=True)}
