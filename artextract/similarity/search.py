"""Search: the works of a collection most like a work of it, or like any picture."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.errors import ArtExtractError, BadImageError, NotReadyError
from artextract.files import write_bytes
from artextract.progress import Report, silent
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.similarity.index.interface import open_index
from artextract.similarity.metrics.pixels import COMPARISON_SIZE, comparison_picture
from artextract.similarity.metrics.scores import score_pictures
from artextract.similarity.pair_scores import PairScores, count_parts, folder_of
from artextract.similarity.title_text import TitleText
from artextract.similarity.vectors import cosines_of, lengths_of
from artextract.vision.embedding import Embeddings
from artextract.vision.feature_extractor import Embedder
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

        Raises:
            ArtExtractError: the works changed meanwhile, or the database that searches
                (`settings.index_address`) can't be used.
        """
        self.collection = collection
        works = collection.works().set_index("id", drop=False)
        if not works["id"].array.equals(pd.array(embeddings.ids, dtype="str")):
            works = works.loc[[work for work in embeddings.ids if work in works.index]]
        self.works = works
        self._texts = TitleText(works)
        if len(self.works) != len(embeddings.ids):
            raise NotReadyError(f"The works of {collection.name} changed just now: try again in a moment.")
        self.embeddings = embeddings
        self._embedder = embedder
        self._index = open_index(collection, embeddings)
        self._row = {work: row for row, work in enumerate(embeddings.ids)}
        self._rows_by_hash = {sha256: row for row, sha256 in enumerate(embeddings.hashes)}
        self._picture = lru_cache(maxsize=1024)(self._read_picture)
        self._nearest = lru_cache(maxsize=256)(self._search_near)
        self._scores = PairScores.read(collection)
        self.allowed = lru_cache(maxsize=64)(self._allowed)

    def near_work(self, work: str, k: int, filters: Filters = NO_FILTERS) -> list[Neighbour]:
        """The `k` works nearest to a work of the collection, nearest first, itself left out.

        Raises:
            ArtExtractError: the collection has no such work, or it has no embedding.
        """
        row = self.row_of(work)
        found = self._nearest(work, k, filters)
        return self._neighbours(self.embeddings.hashes[row], lambda: self.picture_at(row), *found)

    def rows_near_work(self, work: str, k: int, filters: Filters = NO_FILTERS) -> list[int]:
        """The rows of the works that `near_work` gives, at once: no pictures are compared.

        Raises:
            ArtExtractError: the collection has no such work, or it has no embedding.
        """
        return [int(position) for position in self._nearest(work, k, filters)[0]]

    def knows_scores(self, work: str, k: int, filters: Filters = NO_FILTERS) -> bool:
        """Whether the scores of the works that `near_work` gives have all been computed ahead.

        Raises:
            ArtExtractError: the collection has no such work, or it has no embedding.
        """
        hashes = [self.embeddings.hashes[row] for row in self.rows_near_work(work, k, filters)]
        kept = self._scores.of(self.embeddings.hashes[self.row_of(work)], hashes)
        return all(scores is not None for scores in kept)

    def near_image(
        self, content: bytes, k: int, filters: Filters = NO_FILTERS, name: str = "the picture"
    ) -> list[Neighbour]:
        """The `k` works nearest to any picture, nearest first.

        A picture that the collection holds comes first itself, before others that look the same.

        Args:
            content: a picture file's bytes.

        Raises:
            BadImageError: it can't be read.
        """
        picture = comparison_picture(open_picture(content, name, 2 * COMPARISON_SIZE).image)
        positions, cosines = self._index.search(self.vector_of(content, name), k, self.allowed(filters))
        sha256 = hashlib.sha256(content).hexdigest()
        is_itself = np.array([self.embeddings.hashes[p] == sha256 for p in positions], dtype=bool)
        order = np.lexsort((-cosines, ~is_itself))
        return self._neighbours(sha256, lambda: picture, positions[order], cosines[order])

    def cosines_with(self, vector: np.ndarray) -> np.ndarray:
        """The cosine of every work with an embedding: float32 [n], rows as `works`.

        Args:
            vector: float [dimension].
        """
        return cosines_of(self.embeddings.vectors, self._lengths, vector)

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

    def find(self, work: str) -> int | None:
        """Where a work stands in `works` and `embeddings`; None if it isn't there."""
        return self._row.get(work)

    @property
    def wants_index(self) -> bool:
        """Whether a search graph should be built, or vectors sent to the database that searches.

        Until it is done, every search is exact.
        """
        return self._index.wants_building

    def build_index(self, report: Report = silent) -> None:
        """Get ready for quick searches, from now on and the next time.

        Raises:
            Stopped: out of `report`.
            ArtExtractError: it could not be written, or the database can't be reached.
        """
        self._index.build(report)

    def nearest_of_all(self, k: int, report: Report = silent) -> np.ndarray:
        """Rows of the `k` works nearest to each, itself left out: int64 [n, k], -1: no more.

        Raises:
            Stopped: out of `report`.
        """
        return self._index.nearest_of_all(k, report)

    @property
    def wants_scores(self) -> bool:
        """Whether the scores of these works' neighbours have not been computed ahead."""
        try:
            return self._scores_stamp.read_text() != self._works_digest
        except OSError:
            return True

    def keep_scores(self) -> None:
        """Use the scores that lie in the collection now, and say that they are all there."""
        write_bytes(self._scores_stamp, self._works_digest.encode())
        self.refresh_scores()

    def refresh_scores(self) -> None:
        """Take over scores that were stored meanwhile, here or by another process.

        Reading them all is work: it is done when they are complete, and before that whenever they
        have grown by a quarter.
        """
        stored, held = count_parts(self.collection), self._scores.parts
        if stored > 1.25 * held or (stored != held and not self.wants_scores):
            self._scores = PairScores.read(self.collection)

    @cached_property
    def _lengths(self) -> np.ndarray:
        return lengths_of(self.embeddings.vectors)

    @cached_property
    def _works_digest(self) -> str:
        return hashlib.sha256("".join(self.embeddings.hashes).encode()).hexdigest()

    @property
    def _scores_stamp(self) -> Path:
        return folder_of(self.collection) / f"{self.embeddings.key}.complete"

    def picture_at(self, row: int) -> np.ndarray | None:
        """The comparison picture of the work in that row; None if it is missing or damaged."""
        try:
            return self._picture(row)
        except BadImageError:
            return None

    def _search_near(self, work: str, k: int, filters: Filters) -> tuple[np.ndarray, np.ndarray]:
        row = self.row_of(work)
        allowed = self.allowed(filters).copy()
        allowed[row] = False
        return self._index.search(self.embeddings.vectors[row], k, allowed)

    def _allowed(self, filters: Filters) -> np.ndarray:
        """Which works pass, bool [n], not to be written to: it is remembered as `allowed`."""
        mask = filters.allowed(self.works, self._texts)
        mask.flags.writeable = False
        return mask

    def _read_picture(self, row: int) -> np.ndarray:
        path = self.collection.image_path(str(self.works["image"].iloc[row]))
        return comparison_picture(open_picture(path, at_least=2 * COMPARISON_SIZE).image)

    def _neighbours(
        self,
        sha256: str,
        query: Callable[[], np.ndarray | None],
        positions: np.ndarray,
        cosines: np.ndarray,
    ) -> list[Neighbour]:
        """Neighbours with their scores: those that are kept, the others computed now."""
        kept = self._scores.of(sha256, [self.embeddings.hashes[p] for p in positions])
        missing = [int(p) for p, known in zip(positions, kept, strict=True) if known is None]
        pictures = [self.picture_at(position) for position in missing]
        computed = iter(score_pictures(query(), pictures) if missing else [])
        scores = [next(computed) if known is None else known for known in kept]
        found = []
        for position, cosine, (ssim, rmse, lpips) in zip(positions, cosines, scores, strict=True):
            work = self.works.iloc[int(position)]
            title, artist = _text(work["title"]), _text(work["artist"])
            found.append(Neighbour(str(work["id"]), title, artist, float(cosine), ssim, rmse, lpips))
        return found


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
