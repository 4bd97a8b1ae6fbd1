"""Search: the works of a collection most similar to one of its works, or to any picture."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.errors import ArtExtractError, BadImageError, NotReadyError
from artextract.files import write_bytes
from artextract.similarity.filters import NO_FILTERS, Filters, TitleText
from artextract.similarity.index.interface import open_index
from artextract.similarity.metrics.pixels import open_comparison_picture
from artextract.similarity.metrics.registry import PICTURE_METRICS, score_pictures
from artextract.similarity.pair_scores import PairScores, score_store
from artextract.similarity.vectors import cosines_of, lengths_of
from artextract.vectors import unit
from artextract.vision.embedding import Embeddings
from artextract.vision.feature_extractor import Embedder

PAIRS = 10_000  # Random pairs of works that show what a cosine means in a collection


@dataclass(frozen=True)
class Neighbour:
    """A work similar to a query."""

    id: str
    title: str | None
    artist: str | None
    scores: dict[str, float | None]
    """Name of a metric in `METRICS` → score. Neighbours are sorted by cosine. The metrics that compare
    pictures are None if a picture is missing."""

    @property
    def cosine(self) -> float:
        """The cosine of the two embeddings, -1 to 1."""
        return self.scores["cosine"] or 0.0


class Searcher:
    """Searches a collection's works by one embedding. Safe to share between threads."""

    def __init__(self, collection: Collection, embeddings: Embeddings, embedder: Callable[[], Embedder]) -> None:
        """Build the index. `embedder` is called only for a picture that the collection does not hold.

        ArtExtractError if the works changed since the embeddings were read, or the vector database can't be used.
        """
        self.collection = collection
        self.works = works = collection.works().set_index("id", drop=False)
        if not works["id"].array.equals(pd.array(embeddings.ids, dtype="str")):
            self.works = works.loc[[work for work in embeddings.ids if work in works.index]]
        if len(self.works) != len(embeddings.ids):
            raise NotReadyError(f"The works of {collection.name} have just changed. Try again in a moment.")
        self._texts = TitleText(self.works)
        self.embeddings = embeddings
        self._embedder = embedder
        self.index = open_index(collection, embeddings)
        self._row = {work: row for row, work in enumerate(embeddings.ids)}
        self._rows_by_hash = {sha256: row for row, sha256 in enumerate(embeddings.hashes)}
        self.picture_at = lru_cache(maxsize=1024)(self._picture_at)
        self._nearest = lru_cache(maxsize=256)(self._search_near)
        self._scores = PairScores.read(collection)
        self.allowed = lru_cache(maxsize=64)(self._allowed)

    def near_work(self, work: str, k: int, filters: Filters = NO_FILTERS) -> list[Neighbour]:
        """The `k` nearest works, nearest first, without the work itself. ArtExtractError like `row_of`."""
        return self._compared(self.row_of(work), *self._nearest(work, k, filters))

    def rows_near_work(self, work: str, k: int, filters: Filters = NO_FILTERS) -> list[int]:
        """The rows of the works that `near_work` returns, without comparing pictures."""
        return [int(position) for position in self._nearest(work, k, filters)[0]]

    def compared_with_work(self, row: int, rows: Sequence[int]) -> list[Neighbour]:
        """The works in `rows`, in that order, compared with the work in `row`."""
        places, vectors = np.array(rows, int), self.embeddings.vectors
        return self._compared(row, places, cosines_of(vectors[places], self._lengths[places], vectors[row]))

    def has_scores(self, work: str, k: int, filters: Filters) -> bool:
        """Whether all scores of the works that `near_work` returns are precomputed."""
        hashes = [self.embeddings.hashes[row] for row in self.rows_near_work(work, k, filters)]
        return None not in self._scores.of(self.embeddings.hashes[self.row_of(work)], hashes)

    def near_image(
        self, content: bytes, k: int, filters: Filters = NO_FILTERS, name: str = "the picture"
    ) -> list[Neighbour]:
        """The `k` works nearest to any picture file, nearest first; `name` is the picture's name in an error.

        Without the work whose picture it is (`find_picture`). Raises BadImageError if the picture can't be read.
        """
        picture = open_comparison_picture(content, name)
        allowed = self.allowed(filters)
        if (row := self.find_picture(content)) is not None:
            allowed = allowed.copy()
            allowed[row] = False
        nearest = self.index.search(self.vector_of(content, name), k, allowed)
        return self._neighbours(hashlib.sha256(content).hexdigest(), lambda: picture, *nearest)

    def find_picture(self, content: bytes) -> int | None:
        """The row of the work whose picture file this is; None if the collection does not have it."""
        return self._rows_by_hash.get(hashlib.sha256(content).hexdigest())

    def cosines_with(self, vector: np.ndarray) -> np.ndarray:
        """The cosine of every work with an embedding, float [dimension]: float32 [n], in the order of `works`."""
        return cosines_of(self.embeddings.vectors, self._lengths, vector)

    def share_of_pairs_below(self, cosine: float) -> float:
        """The share of pairs of different works whose cosine is lower, 0 to 1: from a sample of `PAIRS` pairs."""
        return float(np.searchsorted(self._pair_cosines, cosine) / max(1, len(self._pair_cosines)))

    def vector_of(self, content: bytes, name: str = "the picture") -> np.ndarray:
        """The embedding of a picture file, float32 [dimension]: the stored embedding if the collection has it."""
        if (row := self.find_picture(content)) is not None:
            return self.embeddings.vectors[row]
        return self._embedder().embed(content, name)

    def row_of(self, work: str) -> int:
        """The row of a work in `works` and `embeddings`; ArtExtractError if it is unknown or not embedded."""
        if work not in self._row:
            raise ArtExtractError(
                f"The collection {self.collection.name} has no embedded work {work!r}: check the id, or embed the "
                "collection again."
            )
        return self._row[work]

    def find(self, work: str) -> int | None:
        """The row of a work in `works` and `embeddings`; None if it is unknown or not embedded."""
        return self._row.get(work)

    @property
    def needs_scores(self) -> bool:
        """Whether scores of these works' neighbours still have to be precomputed."""
        try:
            return self._scores_stamp.read_bytes() != self.embeddings.pictures_digest.encode()
        except OSError:
            return True

    def complete_scores(self) -> None:
        """Use the stored scores, and record that they are complete."""
        if self.needs_scores:  # the cache may be read-only
            write_bytes(self._scores_stamp, self.embeddings.pictures_digest.encode())
        self.refresh_scores()

    def refresh_scores(self) -> None:
        """Load the scores that a job has stored since, if they are complete or have grown by a quarter."""
        stored, loaded = len(score_store(self.collection).version()), self._scores.shards
        if stored > 1.25 * loaded or (stored != loaded and not self.needs_scores):
            self._scores = PairScores.read(self.collection)

    @cached_property
    def _lengths(self) -> np.ndarray:
        return lengths_of(self.embeddings.vectors)

    @cached_property
    def _pair_cosines(self) -> np.ndarray:
        """The cosines of random pairs of different works, rising."""
        count = len(self.embeddings.ids)
        if count < 2:
            return np.empty(0, np.float32)
        random = np.random.default_rng(0)
        left = random.integers(0, count, PAIRS)
        right = (left + random.integers(1, count, PAIRS)) % count
        vectors = self.embeddings.vectors
        blocks = [(vectors[left[n : n + 1000]], vectors[right[n : n + 1000]]) for n in range(0, PAIRS, 1000)]
        return np.sort(np.concatenate([(unit(one) * unit(other)).sum(axis=1) for one, other in blocks]))

    @property
    def _scores_stamp(self) -> Path:
        return score_store(self.collection).folder / f"{self.embeddings.key}.complete"

    def _picture_at(self, row: int) -> np.ndarray | None:
        """The comparison picture of the work in a row; None if the picture is missing or damaged."""
        try:
            return open_comparison_picture(self.collection.image_path(str(self.works["image"].iloc[row])))
        except BadImageError:
            return None

    def _search_near(self, work: str, k: int, filters: Filters) -> tuple[np.ndarray, np.ndarray]:
        row, allowed = self.row_of(work), self.allowed(filters).copy()
        allowed[row] = False
        return self.index.search(self.embeddings.vectors[row], k, allowed)

    def _allowed(self, filters: Filters) -> np.ndarray:
        """Which works pass, bool [n], read-only because `allowed` caches it."""
        mask = filters.allowed(self.works, self._texts)
        mask.flags.writeable = False
        return mask

    def _compared(self, row: int, positions: np.ndarray, cosines: np.ndarray) -> list[Neighbour]:
        return self._neighbours(self.embeddings.hashes[row], lambda: self.picture_at(row), positions, cosines)

    def _neighbours(
        self, sha256: str, query: Callable[[], np.ndarray | None], positions: np.ndarray, cosines: np.ndarray
    ) -> list[Neighbour]:
        """Neighbours with their scores: stored scores first, the others computed now."""
        stored = self._scores.of(sha256, [self.embeddings.hashes[p] for p in positions])
        missing = [int(p) for p, known in zip(positions, stored, strict=True) if known is None]
        pictures = [self.picture_at(position) for position in missing]
        computed = iter(score_pictures(query(), pictures) if missing else [])
        neighbours = []
        for position, cosine, known in zip(positions, cosines, stored, strict=True):
            work = self.works.iloc[int(position)]
            title, artist = (None if pd.isna(work[name]) else str(work[name]) for name in ("title", "artist"))
            values = next(computed) if known is None else known
            scores = {"cosine": float(cosine), **dict(zip(PICTURE_METRICS, values, strict=True))}
            neighbours.append(Neighbour(str(work["id"]), title, artist, scores))
        return neighbours
