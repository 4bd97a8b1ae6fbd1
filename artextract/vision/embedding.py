"""The embeddings of a collection: brought up to date, and read."""

import hashlib
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from artextract.collection import Collection
from artextract.errors import BadImageError, NotReadyError, WeightsError
from artextract.features.decoding_ahead import batches_ahead
from artextract.features.ray_engine import RayEngine
from artextract.files import read_regular
from artextract.progress import Report, Stage, silent
from artextract.vision.backbones import (
    BACKBONES,
    DEFAULT_BACKBONE,
    Backbone,
    find_backbone,
    weights_of,
)
from artextract.vision.device import ARITHMETICS, Device, find_device
from artextract.vision.feature_extractor import Embedder
from artextract.vision.feature_key import FeatureKey, embedding_key
from artextract.vision.feature_store import FeatureStore, stored_keys
from artextract.vision.images import open_picture
from artextract.vision.mapped_features import gather
from artextract.vision.picture_files import BATCH
from artextract.vision.preprocessing import Preprocessing, prepare

PART = 32 * BATCH
"""Pictures a part: what a killed run can lose at most, a few seconds' work."""


@dataclass(frozen=True)
class EmbedReport:
    """What an embedding run did."""

    collection: str
    backbone: str
    key: str
    weights_from: str
    works: int
    """Works in the table."""
    computed: int
    """Pictures embedded now (works may share one)."""
    reused: int
    """Pictures whose embedding was there already."""
    failed: dict[str, str]
    """Id of a work whose picture can't be embedded → why."""
    seconds: float
    images_per_second: float | None
    """Over the computing alone; None if nothing was computed."""


def embed_collection(
    collection: Collection,
    backbone_name: str,
    weights_file: Path | None = None,
    report: Report = silent,
    device: Device | None = None,
    engine: RayEngine | None = None,
) -> EmbedReport:
    """Bring a collection's embeddings up to date: computes what is missing, nothing else. With an
    engine its workers do, to the same vectors.

    It can be stopped by raising `Stopped` in `report`, or killed: finished parts stay, and the
    next run goes on from there to the same vectors.

    Raises:
        ArtExtractError: no such backbone or device, no weights, no works, the disk is full.
    """
    began = time.monotonic()
    works = collection.works()
    embedder = Embedder(find_backbone(backbone_name), weights_file, device)
    store = FeatureStore(collection, embedder.key)
    first_work = works.drop_duplicates("image_sha256")
    failed: dict[str, str] = {}
    with store.writing():
        store.sweep()
        stored = store.read()
        missing = first_work[~first_work["image_sha256"].isin(list(stored))]
        started = time.monotonic()
        computed = 0
        stage = Stage(f"Embedding with {embedder.backbone.name}", len(missing), report)
        rows = list(zip(missing["id"], missing["image"], missing["image_sha256"], strict=True))
        if engine is None:
            results = _embedded(collection, embedder, rows)
        else:
            chunks = [rows[start : start + PART] for start in range(0, len(rows), PART)]
            worker = partial(_Worker, collection, embedder.key, weights_file, device)
            results = engine.map(worker, chunks)
        with closing(results):
            pending: tuple[list[str], list[np.ndarray]] = ([], [])
            for seen in results:
                failed |= seen.failed
                pending[0].extend(seen.hashes)
                pending[1].append(seen.vectors)
                if len(pending[0]) >= PART:
                    computed += _flush(store, *pending)
                stage.advance(len(seen.hashes) + len(seen.failed))
            computed += _flush(store, *pending)
    ended = time.monotonic()
    return EmbedReport(
        collection=collection.name,
        backbone=embedder.backbone.name,
        key=str(embedder.key),
        weights_from=embedder.weights.origin,
        works=len(works),
        computed=computed,
        reused=len(first_work) - len(missing),
        failed=failed,
        seconds=ended - began,
        images_per_second=computed / (ended - started) if computed else None,
    )


@dataclass(frozen=True)
class Embeddings:
    """The embeddings of a collection's works under one feature key."""

    key: FeatureKey
    ids: list[str]
    """Ids of the works that have one, in the table's order."""
    hashes: list[str]
    """SHA-256 of each work's picture."""
    vectors: np.ndarray
    """float32 [n, dimension], not normalised, not to be written to (of many works: mapped)."""


def embedded_by(collection: Collection) -> list[str]:
    """The backbones by which the collection has been embedded, the best for paintings first."""
    stored = stored_keys(collection)
    return [name for name, backbone in BACKBONES.items() if _has_embedded(backbone, stored)]


def _has_embedded(backbone: Backbone, stored: list[FeatureKey]) -> bool:
    """Whether one of the keys is of the backbone's present weights.

    Weights that come with the program are renewed with it; those of the hub are looked for only
    when they are used.
    """
    own = {key.weights for key in stored if key.backbone == backbone.name}
    if not own or not (backbone.shipped or backbone.package):
        return bool(own)
    return weights_of(backbone).fingerprint in own


def usual_backbone(collection: Collection) -> str:
    """The backbone to look at a collection with: the best that has embedded it."""
    return next(iter(embedded_by(collection)), DEFAULT_BACKBONE)


def find_key(collection: Collection, backbone_name: str, device: Device | None = None) -> FeatureKey | None:
    """The key of the collection's embeddings by the backbone's present weights; None without any.

    Those in the arithmetic of `device` (None is the one that is set), or else in another: what
    was embedded on another machine can be searched here.

    Raises:
        ArtExtractError: there is no such backbone or device, or the weights can't be had.
    """
    backbone = find_backbone(backbone_name)
    weights, stored = weights_of(backbone), stored_keys(collection)
    own = (device or find_device()).arithmetic
    for arithmetic in (own, *ARITHMETICS):
        if (key := embedding_key(backbone, weights, arithmetic)) in stored:
            return key
    return None


def load_embeddings(collection: Collection, backbone_name: str, device: Device | None = None) -> Embeddings:
    """The stored embeddings of the collection's works that `find_key` names for `device`.

    Raises:
        NotReadyError: no work has one yet.
        ArtExtractError: there is no such backbone or device, or the weights can't be had.
    """
    key = find_key(collection, backbone_name, device)
    version, works = collection.version(), collection.works()
    hashes = works["image_sha256"].to_list()
    rows, vectors = np.empty(0, np.int64), np.empty((0, 0), np.float32)
    if key is not None:
        rows, vectors = gather(FeatureStore(collection, key), version, hashes)
    if key is None or not len(rows):
        name = find_backbone(backbone_name).name
        raise NotReadyError(
            f"The collection {collection.name} has no {name} embedding yet: run "
            f"`artextract embed {collection.name} --backbone {name}`, or use "
            "the Collections screen."
        )
    ids = works["id"].iloc[rows].to_list()
    return Embeddings(key, ids, [hashes[row] for row in rows], vectors)


def embedder_like(embeddings: Embeddings, device: Device | None = None) -> Embedder:
    """The backbone that made the embeddings, in their arithmetic, on `device` or the one set.

    Raises:
        ArtExtractError: the device isn't there, or the weights can't be had.
    """
    alike = (device or find_device()).in_arithmetic(embeddings.key.arithmetic)
    return Embedder(find_backbone(embeddings.key.backbone), device=alike)


Row = tuple[str, str, str]
"""Of a work: its id, its picture's path in the collection, the SHA-256 of the picture."""


@dataclass(frozen=True)
class _Seen:
    """What became of some works."""

    hashes: list[str]
    vectors: np.ndarray
    """float32 [len(hashes), dimension]."""
    failed: dict[str, str]
    """As in `EmbedReport`."""


def _embedded(collection: Collection, embedder: Embedder, rows: Sequence[Row]) -> Generator[_Seen]:
    """Works embedded here, some at a time, in order."""
    decode = partial(_decode, collection, embedder.backbone.preprocessing)
    with closing(batches_ahead(decode, rows, BATCH)) as batches:
        for batch in batches:
            good = [item for item in batch if isinstance(item.pixels, np.ndarray)]
            vectors = np.empty((0, embedder.backbone.dimension), dtype=np.float32)
            if good:
                vectors = embedder.embed_prepared(np.stack([item.pixels for item in good]))
            failed = {item.id: item.pixels for item in batch if isinstance(item.pixels, str)}
            yield _Seen([item.sha256 for item in good], vectors, failed)


class _Worker:
    """Embeds works in a worker of an engine."""

    def __init__(
        self,
        collection: Collection,
        key: FeatureKey,
        weights_file: Path | None,
        device: Device | None,
    ) -> None:
        """Load the network.

        Raises:
            WeightsError: the worker's weights are others than those of `key`.
        """
        self._collection = collection
        alike = (device or find_device()).in_arithmetic(key.arithmetic)
        self._embedder = Embedder(find_backbone(key.backbone), weights_file, alike)
        if self._embedder.key != key:
            raise WeightsError(
                f"A worker has other weights of {key.backbone} than this machine: install the "
                "same version of the program there."
            )

    def __call__(self, rows: Sequence[Row]) -> _Seen:
        seen = list(_embedded(self._collection, self._embedder, rows))
        return _Seen(
            [sha256 for one in seen for sha256 in one.hashes],
            np.concatenate([one.vectors for one in seen]),
            {work: why for one in seen for work, why in one.failed.items()},
        )


@dataclass(frozen=True)
class _Decoded:
    id: str
    sha256: str
    pixels: np.ndarray | str
    """Prepared pixels, or why there are none."""


def _decode(collection: Collection, how: Preprocessing, row: Row) -> _Decoded:
    work, image, sha256 = row
    try:
        path = collection.image_path(image)
        content = read_regular(path)
        if hashlib.sha256(content).hexdigest() != sha256:
            return _Decoded(work, sha256, f"{image} was changed by hand: collect it again.")
        picture = open_picture(content, name=path.name, at_least=2 * how.short_side)
        return _Decoded(work, sha256, prepare(picture.image, how))
    except OSError:
        return _Decoded(work, sha256, f"{image} is missing or unreadable: collect it again.")
    except BadImageError as error:
        return _Decoded(work, sha256, str(error))


def _flush(store: FeatureStore, hashes: list[str], vectors: list[np.ndarray]) -> int:
    """Write what has gathered as one part and empty the lists; how many pictures that were."""
    count = len(hashes)
    if count:
        store.append(hashes, np.concatenate(vectors))
        hashes.clear()
        vectors.clear()
    return count
