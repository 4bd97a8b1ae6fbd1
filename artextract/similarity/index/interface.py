"""What every index of vectors can do, and which one searches a collection."""

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
    """Vectors ready to be searched by cosine. Safe to share between threads."""

    @property
    def wants_building(self) -> bool:
        """Whether `build` has something to do. Until it is done, every search is exact."""
        ...

    def build(self, report: Report = silent) -> None:
        """Get ready for quick searches, and keep what was made for the next time.

        Raises:
            Stopped: out of `report`.
            ArtExtractError: it can't be done.
        """
        ...

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The `k` vectors nearest to `query`, nearest first; those equally near by position.

        Args:
            query: floats [d], of any length.
            k: how many; fewer are returned where fewer exist or are allowed.
            allowed: bool [n], which vectors may be found; None allows all.

        Returns:
            Their positions, int64 [≤ k], and their cosines, float32 [≤ k], -1 to 1.

        Raises:
            ArtExtractError: it can't be done.
        """
        ...

    def nearest_of_all(self, k: int, report: Report = silent) -> np.ndarray:
        """The `k` nearest of each vector, itself left out: int64 [n, k], -1 where there are fewer.

        Many at once are far quicker than one by one; of those equally near any may come.

        Raises:
            Stopped: out of `report`.
            ArtExtractError: it can't be done.
        """
        ...


def open_index(collection: Collection, embeddings: Embeddings) -> Index:
    """The index of a collection's embeddings: in this process, or where `settings` says.

    Raises:
        ArtExtractError: the database that is named can't be used.
    """
    folder, key = collection.root / "index", str(embeddings.key)
    address = settings.index_address()
    if address is None:
        # A vector is what the key's network makes of a picture.
        digest = hashlib.sha256("".join([key, *embeddings.hashes]).encode()).digest()
        return FaissIndex(embeddings.vectors, folder / f"{key}.hnsw", digest=digest)
    return MilvusIndex(
        address,
        f"{collection.name} {key}",
        embeddings.hashes,
        embeddings.vectors,
        folder / f"{key}.milvus",
    )
