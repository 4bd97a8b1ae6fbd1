"""The embeddings of a collection: compute what is missing, and read them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from artextract.collection import Collection
from artextract.errors import NotReadyError
from artextract.features.compute_missing import compute_missing
from artextract.features.ray_engine import RayEngine
from artextract.features.workers import JobResult, Worker
from artextract.progress import Report, silent
from artextract.vision.backbones import BACKBONES, DEFAULT_BACKBONE, Backbone, find_backbone, weights_of
from artextract.vision.device import ARITHMETICS, Device, find_device
from artextract.vision.feature_extractor import BATCH, Embedder
from artextract.vision.feature_key import FeatureKey, embedding_key
from artextract.vision.feature_store import FeatureStore, map_features, stored_keys
from artextract.vision.networks.load import arithmetic_of
from artextract.vision.preprocessing import prepare_file


@dataclass(frozen=True)
class EmbeddingResult(JobResult):
    """What an embedding job did."""

    key: str  # The feature key of the vectors
    weights_from: str  # Where the backbone's weights were found, as `Weights.origin`


def embed_collection(
    collection: Collection,
    backbone_name: str,
    weights_file: Path | None = None,
    report: Report = silent,
    device: Device | None = None,
    engine: RayEngine | None = None,
) -> EmbeddingResult:
    """Compute the embeddings that the collection lacks, like `compute_missing`. Raises like `Embedder`, too."""
    embedder = Embedder(find_backbone(backbone_name), weights_file, device)
    worker = EmbeddingWorker(embedder, weights_file, device)
    result = compute_missing(collection, FeatureStore(collection, embedder.key), worker, report, engine)
    return EmbeddingResult(**vars(result), key=worker.key, weights_from=embedder.weights.origin)


class EmbeddingWorker(Worker[np.ndarray]):
    """Embeds pictures with one backbone."""

    done = "embedded"
    batch = BATCH
    shard = 32 * BATCH

    def __init__(self, embedder: Embedder, weights_file: Path | None, device: Device | None) -> None:
        self.title = f"Embedding with {embedder.backbone.name}"
        self.key = str(embedder.key)
        self.factory = partial(_worker, embedder.key, weights_file, device)
        self._embedder = embedder

    def prepare(self, content: bytes, name: str) -> np.ndarray:
        """What the backbone sees of a picture: uint8 [size, size, 3]."""
        return prepare_file(content, self._embedder.backbone.preprocessing, name)

    def compute(self, pictures: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        """`vectors`: float16 [n, dimension]."""
        return {"vectors": self._embedder.embed_prepared(np.stack(pictures)).astype(np.float16)}


def _worker(key: FeatureKey, weights_file: Path | None, device: Device | None) -> EmbeddingWorker:
    same_arithmetic = (device or find_device()).in_arithmetic(key.arithmetic)
    return EmbeddingWorker(Embedder(find_backbone(key.backbone), weights_file, same_arithmetic), weights_file, device)


@dataclass(frozen=True)
class Embeddings:
    """The embeddings of a collection's works under one feature key."""

    key: FeatureKey
    ids: list[str]  # Ids of the works that have one, in the table's order
    hashes: list[str]  # SHA-256 of each work's picture
    vectors: np.ndarray  # float32 [n, dimension], not normalised. Read-only: for many works it is a mapped file.

    @cached_property
    def pictures_digest(self) -> str:
        """Hexadecimal digits that change with the pictures or their order."""
        return hashlib.sha256("".join(self.hashes).encode()).hexdigest()


def embedded_by(collection: Collection) -> list[str]:
    """The backbones that have embedded the collection, the best for paintings first."""
    stored = stored_keys(collection)

    def has_embedded(backbone: Backbone) -> bool:
        own = {key.weights for key in stored if key.backbone == backbone.name}
        if not own or not (backbone.shipped or backbone.package):
            return bool(own)  # weights from the hub are only searched for when they are used
        return weights_of(backbone).fingerprint in own  # weights that ship with the program change with it

    return [name for name, backbone in BACKBONES.items() if has_embedded(backbone)]


def usual_backbone(collection: Collection) -> str:
    """The backbone to use for a collection by default: the best that has embedded it."""
    return next(iter(embedded_by(collection)), DEFAULT_BACKBONE)


def find_key(collection: Collection, backbone_name: str, device: Device | None = None) -> FeatureKey | None:
    """The key of the collection's embeddings by the backbone's current weights; None if there are none.

    The arithmetic of `device` (None: the configured device) is preferred to others: embeddings from another machine can
    be searched here. ArtExtractError if the backbone, the device or the weights are not available.
    """
    backbone = find_backbone(backbone_name)
    weights, stored = weights_of(backbone), stored_keys(collection)
    own = arithmetic_of(backbone, device or find_device())
    for arithmetic in (own, *ARITHMETICS):
        if (key := embedding_key(backbone, weights, arithmetic)) in stored:
            return key
    return None


def load_embeddings(
    collection: Collection, backbone_name: str | None = None, device: Device | None = None
) -> Embeddings:
    """The collection's stored embeddings by a backbone (None: `usual_backbone`), under the key of `find_key`.

    Raises NotReadyError if no work has an embedding yet, ArtExtractError like `find_key`.
    """
    name = backbone_name or usual_backbone(collection)
    key = find_key(collection, name, device)
    version, works = collection.version(), collection.works()
    hashes = works["image_sha256"].to_list()
    if key is not None:
        rows, vectors = map_features(FeatureStore(collection, key), version, hashes)
        if len(rows):
            return Embeddings(key, works["id"].iloc[rows].to_list(), [hashes[row] for row in rows], vectors)
    raise NotReadyError(
        f"The collection {collection.name} has no {name} embedding yet: run "
        f"`artextract embed {collection.name} --backbone {name}`, or use the Collections screen."
    )


def embedder_like(embeddings: Embeddings, device: Device | None = None) -> Embedder:
    """The backbone that computed the embeddings, in their arithmetic, on `device`. Raises like `Embedder`."""
    same_arithmetic = (device or find_device()).in_arithmetic(embeddings.key.arithmetic)
    return Embedder(find_backbone(embeddings.key.backbone), device=same_arithmetic)
