"""The interface of an index of vectors, and the choice of the index that searches a collection."""

import hashlib
from typing import Protocol

import numpy as np

from artextract import settings
from artextract.collection import Collection
from artextract.progress import Report, silent
from artextract.similarity.index.faiss_index import FaissIndex
from artextract.similarity.index.milvus_index import MilvusIndex
from artextract.vision.embedding import Embeddings


class Index(Protocol):
    """Searches vectors by cosine. Safe to share between threads. ArtExtractError if the database can't be used."""

    @property
    def needs_building(self) -> bool:
        """Whether `build` has work to do. Until then, every search is exact."""
        ...

    def build(self, report: Report = silent) -> None:
        """Prepare fast searches, and store the result. StorageError if another process does, or the disk is full."""
        ...

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The `k` vectors (or fewer) nearest to `query`, floats [d], nearest first; equally near ones by position.

        `allowed`, bool [n], says which may be returned (None: all). The result is their positions, int64 [≤ k], and
        cosines, float32 [≤ k], -1 to 1. Raises ValueError if the query is not finite.
        """
        ...

    def nearest_of_all(self, k: int, report: Report = silent) -> np.ndarray:
        """The `k` nearest of each vector, without itself, equally near ones in any order: int64 [n, k], -1 for none.

        This is much faster than one search per vector.
        """
        ...


def open_index(collection: Collection, embeddings: Embeddings) -> Index:
    """The index in this process, or in the database of the settings. ArtExtractError if that can't be used."""
    folder, key = collection.root / "index", str(embeddings.key)
    address = settings.index_address()
    if address is None:
        # The key and the pictures determine the vectors.
        digest = hashlib.sha256("".join([key, *embeddings.hashes]).encode()).digest()
        return FaissIndex(embeddings.vectors, folder / f"{key}.hnsw", digest)
    name, stamp = f"{collection.name} {key}", folder / f"{key}.milvus"
    return MilvusIndex(address, name, embeddings.hashes, embeddings.vectors, stamp)
