"""Search: the works of a collection most like a work of it, or like any picture."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.errors import ArtExtractError, BadImageError, NotReadyError
from artextract.similarity.comparison_picture import COMPARISON_SIZE, comparison_picture
from artextract.similarity.filters import Filters
from artextract.similarity.index import EXACT_LIMIT, VectorIndex
from artextract.similarity.scores import score_pictures
from artextract.vision.embedding import Embedder, Embeddings
from artextract.vision.images import open_picture


@dataclass(frozen=True)
class Neighbour:
    """A work near a query, with how near by each metric."""

    id: str
    title: str | None
    artist: str | None
    cosine: float
    """Between the embeddings: score, -1 to 1, higher is closer. The order of the neighbours."""
    ssim: float | None
    """Between the pictures: score, -1 to 1, higher is closer. None if the picture is missing."""
    rmse: float | None
    """Between the pictures: distance, 0 to 1, lower is closer. None if the picture is missing."""
    lpips: float | None
    """Between the pictures: distance from 0, lower is closer. None where its network can't be had
    or the picture is missing."""


class Searcher:
    """A collection's works under one embedding, ready to be searched. Safe to share."""

    def __init__(
        self,
        collection: Collection,
        embeddings: Embeddings,
        embedder: Callable[[], Embedder],
    ) -> None:
        """Build the index.

        Args:
            collection: whose works are searched.
            embeddings: their embeddings.
            embedder: gives the backbone that made them; asked only for a picture that the
                collection doesn't hold.
        """
        self.collection = collection
        works = collection.works().set_index("id", drop=False)
        self.works = works.loc[[work for work in embeddings.ids if work in works.index]]
        if len(self.works) != len(embeddings.ids):
            raise NotReadyError(
                f"The works of {collection.name} changed just now: try again in a moment."
            )
        self.embeddings = embeddings
        self._embedder = embedder
        self._index = _index_of(collection, embeddings)
        self._row = {work: row for row, work in enumerate(embeddings.ids)}
        self._rows_by_hash = {sha256: row for row, sha256 in enumerate(embeddings.hashes)}
        self._picture = lru_cache(maxsize=1024)(self._read_picture)

    def near_work(self, work: str, k: int, filters: Filters | None = None) -> list[Neighbour]:
        """The `k` works nearest to a work of the collection, nearest first, itself left out.

        Raises:
            ArtExtractError: the collection has no such work, or it has no embedding.
        """
        found = self._nearest(work, k, filters)
        return self._neighbours(self.picture_at(self.row_of(work)), *found)

    def rows_near_work(self, work: str, k: int, filters: Filters | None = None) -> list[int]:
        """The rows of the works that `near_work` gives, at once: no pictures are compared.

        Raises:
            ArtExtractError: the collection has no such work, or it has no embedding.
        """
        return [int(position) for position in self._nearest(work, k, filters)[0]]

    def near_image(
        self, content: bytes, k: int, filters: Filters | None = None, name: str = "the picture"
    ) -> list[Neighbour]:
        """The `k` works nearest to any picture, nearest first.

        A picture that the collection holds comes first itself, before others that look the same.

        Args:
            content: a picture file's bytes.

        Raises:
            BadImageError: it can't be read.
        """
        picture = comparison_picture(open_picture(content, name, 2 * COMPARISON_SIZE).image)
        positions, cosines = self._index.search(
            self.vector_of(content, name), k, self._allowed(filters)
        )
        sha256 = hashlib.sha256(content).hexdigest()
        is_itself = np.array([self.embeddings.hashes[p] == sha256 for p in positions], dtype=bool)
        order = np.lexsort((-cosines, ~is_itself))
        return self._neighbours(picture, positions[order], cosines[order])

    def vector_of(self, content: bytes, name: str = "the picture") -> np.ndarray:
        """The embedding of a picture file, float32 [dimension]: the stored one if there is one."""
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 in self._rows_by_hash:
            stored: np.ndarray = self.embeddings.vectors[self._rows_by_hash[sha256]]
            return stored
        return self._embedder().embed(open_picture(content, name).image)

    def row_of(self, work: str) -> int:
        """Where a work stands in `works` and `embeddings`.

        Raises:
            ArtExtractError: the collection has no such work, or it has no embedding.
        """
        if work not in self._row:
            raise ArtExtractError(
                f"The collection {self.collection.name} has no embedded work {work!r}: check its "
                "id, or embed the collection again."
            )
        return self._row[work]

    def picture_at(self, row: int) -> np.ndarray | None:
        """The comparison picture of the work in that row; None if it is missing or damaged."""
        try:
            return self._picture(row)
        except BadImageError:
            return None

    def _nearest(self, work: str, k: int, filters: Filters | None) -> tuple[np.ndarray, np.ndarray]:
        row = self.row_of(work)
        allowed = self._allowed(filters)
        allowed[row] = False
        return self._index.search(self.embeddings.vectors[row], k, allowed)

    def _allowed(self, filters: Filters | None) -> np.ndarray:
        return (filters or Filters()).allowed(self.works)

    def _read_picture(self, row: int) -> np.ndarray:
        path = self.collection.image_path(str(self.works["image"].iloc[row]))
        return comparison_picture(open_picture(path, at_least=2 * COMPARISON_SIZE).image)

    def _neighbours(
        self, query: np.ndarray | None, positions: np.ndarray, cosines: np.ndarray
    ) -> list[Neighbour]:
        scores = score_pictures(query, [self.picture_at(int(position)) for position in positions])
        found = []
        for position, cosine, (ssim, rmse, lpips) in zip(positions, cosines, scores, strict=True):
            work = self.works.iloc[int(position)]
            title, artist = _text(work["title"]), _text(work["artist"])
            found.append(
                Neighbour(str(work["id"]), title, artist, float(cosine), ssim, rmse, lpips)
            )
        return found


def _index_of(collection: Collection, embeddings: Embeddings) -> VectorIndex:
    """The index of the embeddings; one that takes minutes to build is kept in the collection."""
    if len(embeddings.vectors) <= EXACT_LIMIT:
        return VectorIndex(embeddings.vectors)
    path = collection.root / "index" / f"{embeddings.key}.hnsw"
    try:
        return VectorIndex.load(path, embeddings.vectors, EXACT_LIMIT)
    except ArtExtractError:  # none yet, damaged, or made for other works
        index = VectorIndex(embeddings.vectors, EXACT_LIMIT)
        index.save(path)
        return index


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
