"""Rankings: works in order of similarity to one query, by one criterion.

A screen chooses the ranking of a query once. The map takes its rows, the cards its scores and
reasons, and a list of works its order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PIL import Image

from artextract.similarity.descriptors.criteria import CRITERIA, DescriptorIndex
from artextract.similarity.descriptors.drawings import ALT, explain
from artextract.similarity.descriptors.visual_descriptors import VisualDescriptor
from artextract.similarity.filters import Filters
from artextract.similarity.metrics.registry import METRICS, Measure
from artextract.similarity.search import Neighbour, Searcher
from artextract.text.search import TextMatch


@dataclass(frozen=True)
class RankedWork:
    """A work of a ranking."""

    row: int  # Row of `Searcher.works`
    scores: tuple[float | None, ...]  # One number for each of the ranking's measures; None where it is missing
    reasons: tuple[str, ...] = ()  # Why the work is here, one line per reason
    drawing: Image.Image | None = None  # A picture that explains the similarity, and its alternative text
    drawing_text: str = ""


class Ranking(Protocol):
    """Works in order of similarity to a query."""

    @property
    def sentence(self) -> str:
        """What the order means."""
        ...

    @property
    def measures(self) -> Sequence[Measure]:
        """The numbers that each work has."""
        ...

    def nearest(self, k: int, filters: Filters) -> list[RankedWork]:
        """The `k` nearest works that pass the filters; raises ArtExtractError if the query cannot be compared."""
        ...

    def rows(self, k: int, filters: Filters) -> list[int]:
        """The rows of `nearest`."""
        ...


class WorkRanking(Ranking, Protocol):
    """A ranking whose query is a work of the collection."""

    def in_order(self, rows: np.ndarray) -> np.ndarray:
        """Rows of works, int64 [n], nearest first; works without a number come last."""
        ...


@dataclass(frozen=True)
class PictureRanking:
    """Any picture's nearest works in the embedding, with all metrics."""

    searcher: Searcher
    neighbours: Callable[[int, Filters], Sequence[Neighbour]]  # Finds the `k` nearest works that pass the filters
    sentence: str = "Nearest in the embedding, not on the map. ↑ higher is closer, ↓ lower is closer."
    measures: Sequence[Measure] = tuple(METRICS.values())

    def nearest(self, k: int, filters: Filters) -> list[RankedWork]:
        """See `Ranking`."""
        return [
            RankedWork(self.searcher.row_of(neighbour.id), tuple(neighbour.scores[name] for name in METRICS))
            for neighbour in self.neighbours(k, filters)
        ]

    def rows(self, k: int, filters: Filters) -> list[int]:
        """See `Ranking`."""
        return [self.searcher.row_of(neighbour.id) for neighbour in self.neighbours(k, filters)]


@dataclass(frozen=True, kw_only=True)
class EmbeddingRanking(PictureRanking):
    """A work's nearest works in the embedding, with all metrics."""

    row: int

    def rows(self, k: int, filters: Filters) -> list[int]:
        """See `Ranking`. Does not compare pictures."""
        return self.searcher.rows_near_work(self.searcher.embeddings.ids[self.row], k, filters)

    def in_order(self, rows: np.ndarray) -> np.ndarray:
        """See `WorkRanking`."""
        cosines = self.searcher.cosines_with(self.searcher.embeddings.vectors[self.row])
        return rows[np.argsort(-cosines[rows], kind="stable")]


@dataclass(frozen=True)
class DescriptorRanking:
    """Works ranked by a visual descriptor; each has a drawing that explains the similarity."""

    searcher: Searcher
    descriptors: Sequence[VisualDescriptor | None]  # One per work; None where a work has none
    index: DescriptorIndex  # Searches these descriptors
    criterion: str  # A key of `CRITERIA`
    query: VisualDescriptor
    row: int | None = None  # The work that the query is; None for another picture

    @property
    def sentence(self) -> str:
        """What the criterion's number means."""
        return CRITERIA[self.criterion].sentence

    @property
    def measures(self) -> Sequence[Measure]:
        """The criterion's number."""
        return [CRITERIA[self.criterion]]

    def nearest(self, k: int, filters: Filters) -> list[RankedWork]:
        """See `Ranking`."""
        return [
            RankedWork(row, (number,), (), explain(self.criterion, self.query, descriptor), ALT[self.criterion])
            for row, number in self._nearest(k, filters)
            if (descriptor := self.descriptors[row]) is not None
        ]

    def rows(self, k: int, filters: Filters) -> list[int]:
        """See `Ranking`."""
        return [row for row, _ in self._nearest(k, filters)]

    def in_order(self, rows: np.ndarray) -> np.ndarray:
        """See `WorkRanking`."""
        allowed = np.zeros(len(self.descriptors), dtype=bool)
        allowed[rows] = True
        ranked = [row for row, _ in self.index.nearest(self.criterion, self.query, len(rows), allowed)]
        return np.array([*ranked, *rows[~np.isin(rows, ranked)]], dtype=np.int64)

    def _nearest(self, k: int, filters: Filters) -> list[tuple[int, float]]:
        allowed = self.searcher.allowed(filters).copy()
        if self.row is not None:
            allowed[self.row] = False
        return self.index.nearest(self.criterion, self.query, k, allowed)


TEXT_MEASURES = {
    "meaning": Measure(
        "Meaning",
        True,
        "Cosine of the words with the work's nearest passage: -1 to 1.",
        "The work has no text to compare.",
    ),
    "picture": Measure("Picture", True, "Cosine of the words with the picture: -1 to 1.", "The picture is missing."),
    "similarity": Measure(
        "Similarity",
        True,
        "Cosine of the picture with your picture: -1 to 1.",
        "This is the work that you searched with.",
    ),
}
"""Field of `TextMatch` → its measure."""


class TextRanking:
    """The results of a text search; each says which words it contains."""

    def __init__(self, searcher: Searcher, matches: Sequence[TextMatch], sentence: str) -> None:
        self._searcher, self._matches, self.sentence = searcher, matches, sentence
        self._names = [name for name in TEXT_MEASURES if any(getattr(match, name) is not None for match in matches)]
        self.measures: Sequence[Measure] = [TEXT_MEASURES[name] for name in self._names]

    def nearest(self, k: int, filters: Filters) -> list[RankedWork]:
        """See `Ranking`. The search has applied the filters."""
        return [
            RankedWork(row, tuple(getattr(match, name) for name in self._names), tuple(match.why))
            for match in self._matches[:k]
            if (row := self._searcher.find(match.id)) is not None
        ]

    def rows(self, k: int, filters: Filters) -> list[int]:
        """See `Ranking`."""
        return [work.row for work in self.nearest(k, filters)]
