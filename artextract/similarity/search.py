"""Search: the works of a collection most like a work of it, or like any picture."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.errors import ArtExtractError, BadImageError, NotReadyError, WeightsError
from artextract.similarity.index import VectorIndex
from artextract.similarity.lpips import load_lpips
from artextract.similarity.metrics import COMPARISON_SIZE, comparison_picture, rmse, ssim
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


@dataclass(frozen=True)
class Filters:
    """Which works may be neighbours. An empty choice admits all."""

    artist: Sequence[str] = ()
    style: Sequence[str] = ()
    genre: Sequence[str] = ()
    classification: Sequence[str] = ()
    year_from: int | None = None
    year_to: int | None = None
    text: str = ""
    """All its words occur in the title or the artist, in any case."""

    def allowed(self, works: pd.DataFrame) -> np.ndarray:
        """Which rows of a work table pass, bool [n].

        A work passes a year range if its own span of years meets it; without a year it doesn't.
        """
        mask = np.ones(len(works), dtype=bool)
        for column in ("artist", "style", "genre", "classification"):
            if chosen := getattr(self, column):
                mask &= works[column].isin(list(chosen)).to_numpy(dtype=bool)
        if self.year_from is not None:
            ends = works["year_end"].fillna(works["year_begin"])
            mask &= (ends >= self.year_from).fillna(False).to_numpy(dtype=bool)
        if self.year_to is not None:
            begins = works["year_begin"].fillna(works["year_end"])
            mask &= (begins <= self.year_to).fillna(False).to_numpy(dtype=bool)
        if words := self.text.casefold().split():
            text = (works["title"].fillna("") + " " + works["artist"].fillna("")).str.casefold()
            for word in words:
                mask &= text.str.contains(word, regex=False).to_numpy(dtype=bool)
        return mask


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
        self._index = VectorIndex(embeddings.vectors)
        self._row = {work: row for row, work in enumerate(embeddings.ids)}
        self._rows_by_hash = {sha256: row for row, sha256 in enumerate(embeddings.hashes)}
        self._picture = lru_cache(maxsize=1024)(self._read_picture)

    def near_work(self, work: str, k: int, filters: Filters | None = None) -> list[Neighbour]:
        """The `k` works nearest to a work of the collection, nearest first, itself left out.

        Raises:
            ArtExtractError: the collection has no such work, or it has no embedding.
        """
        row = self.row_of(work)
        allowed = self._allowed(filters)
        allowed[row] = False
        found = self._index.search(self.embeddings.vectors[row], k, allowed)
        try:
            picture = self._picture(self.embeddings.hashes[row])
        except BadImageError:
            picture = None
        return self._neighbours(picture, *found)

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
            return self.embeddings.vectors[self._rows_by_hash[sha256]]
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

    def _allowed(self, filters: Filters | None) -> np.ndarray:
        return (filters or Filters()).allowed(self.works)

    def _read_picture(self, sha256: str) -> np.ndarray:
        """The comparison picture of a work of the collection."""
        image = str(self.works["image"].iloc[self._rows_by_hash[sha256]])
        path = self.collection.image_path(image)
        return comparison_picture(open_picture(path, at_least=2 * COMPARISON_SIZE).image)

    def _neighbours(
        self, query: np.ndarray | None, positions: np.ndarray, cosines: np.ndarray
    ) -> list[Neighbour]:
        pictures = [self._picture_or_none(int(position)) for position in positions]
        distances = _lpips_distances(query, pictures)
        found = []
        for position, cosine, picture, lpips in zip(
            positions, cosines, pictures, distances, strict=True
        ):
            work = self.works.iloc[int(position)]
            both = query is not None and picture is not None
            found.append(
                Neighbour(
                    id=str(work["id"]),
                    title=_text(work["title"]),
                    artist=_text(work["artist"]),
                    cosine=float(cosine),
                    ssim=ssim(query, picture) if both else None,
                    rmse=rmse(query, picture) if both else None,
                    lpips=lpips,
                )
            )
        return found

    def _picture_or_none(self, position: int) -> np.ndarray | None:
        try:
            return self._picture(self.embeddings.hashes[position])
        except BadImageError:
            return None


def _lpips_distances(
    query: np.ndarray | None, pictures: Sequence[np.ndarray | None]
) -> list[float | None]:
    """LPIPS to each picture; None where a picture or the network is missing."""
    there = [picture for picture in pictures if picture is not None]
    if query is None or not there:
        return [None] * len(pictures)
    try:
        distances = iter(load_lpips().distances(query, there))
    except WeightsError:
        return [None] * len(pictures)
    return [None if picture is None else next(distances) for picture in pictures]


def _text(value: object) -> str | None:
    return None if pd.isna(value) else str(value)
