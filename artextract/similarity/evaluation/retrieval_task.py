"""The retrieval task: which works are queries, what they search, and which answers are relevant."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from artextract.errors import NotReadyError
from artextract.similarity.evaluation.measures import artist_numbers
from artextract.work_table import TERM_COLUMNS, first_term

K = 10  # Neighbours of each query that are evaluated
MIN_RELEVANT = 10  # Relevant works that the gallery must hold for a query to count: all K answers can then be relevant
MAX_QUERIES = 5000  # Limit for a collection without a split, where comparing all with all grows with the square
SEED = 0
_HELD_OUT = ("val", "validation", "test")


@dataclass(frozen=True)
class Relevance:
    """What makes an answer relevant."""

    name: str
    label: str
    column: str  # The label that query and answer must share
    exclude: str = ""  # Works that share this label with the query are not candidates


RELEVANCES = {
    relevance.name: relevance
    for relevance in (
        Relevance("artist", "Same artist", "artist"),
        Relevance("style", "Same style", "style"),
        Relevance("genre", "Same genre", "genre"),
        Relevance("other_artist", "Same style, another artist", "style", "artist"),
    )
}


class RetrievalTask:
    """The queries, the gallery that they search, and the labels of both."""

    def __init__(self, works: pd.DataFrame) -> None:
        """Split a work table into queries and gallery. Without a split, every work is a query among the others.

        The first of several terms of a work counts. Raises NotReadyError if no label is shared by enough works.
        """
        self.works = works.reset_index(drop=True)
        split = self.works["split"].str.casefold()
        queries = np.flatnonzero(split.isin(list(_HELD_OUT)))
        gallery = np.flatnonzero(split == "train")
        self.has_split = bool(len(queries) and len(gallery))
        if not self.has_split:
            queries = gallery = np.arange(len(self.works))
            if len(queries) > MAX_QUERIES:
                queries = np.sort(np.random.default_rng(SEED).choice(len(queries), MAX_QUERIES, False))
        self.queries: np.ndarray = queries
        self.gallery: np.ndarray = gallery
        """Rows of `works`: int64 [q] and [g]."""
        self.relevances = [relevance for relevance in RELEVANCES.values() if self.counted(relevance).any()]
        """The relevances for which at least one query counts."""
        if not self.relevances:
            raise NotReadyError(
                "Similarity is measured by labels of artist, style or genre that at least "
                f"{MIN_RELEVANT + 1} works share. These works have no such label."
            )

    @cached_property
    def _codes(self) -> dict[str, np.ndarray]:
        works, names = self.works, ("artist", "style", "genre")
        return {
            name: pd.factorize(first_term(works[name]) if name in TERM_COLUMNS else works[name])[0] for name in names
        }

    def counted(self, relevance: Relevance) -> np.ndarray:
        """Which queries count, bool [q]: labelled, with `MIN_RELEVANT` relevant works in the gallery."""
        label = self._codes[relevance.column]
        has_label = label >= 0
        labels = pd.DataFrame({"label": label, "exclude": 0})
        if relevance.exclude:
            labels["exclude"] = self._codes[relevance.exclude]
            has_label &= (labels["exclude"] >= 0).to_numpy()
        gallery, queries = labels.iloc[self.gallery], labels.iloc[self.queries]
        relevant = queries["label"].map(gallery["label"].value_counts()).fillna(0).to_numpy()
        if relevance.exclude:  # the query itself is among those excluded
            pairs = gallery.groupby(["label", "exclude"]).size()
            relevant = relevant - pairs.reindex(pd.MultiIndex.from_frame(queries)).fillna(0).to_numpy()
        elif not self.has_split:
            relevant = relevant - 1
        return has_label[self.queries] & (relevant >= MIN_RELEVANT)

    def candidates(self, relevance: Relevance, rows: np.ndarray) -> np.ndarray:
        """Which works of the gallery may answer the queries in `rows` of `works`: bool [len(rows), g]."""
        label = self._codes[relevance.column][self.gallery]
        allowed = np.broadcast_to(label >= 0, (len(rows), len(label)))
        if relevance.exclude:
            exclude = self._codes[relevance.exclude]
            gallery = exclude[self.gallery]
            allowed = allowed & (gallery >= 0) & (exclude[rows][:, None] != gallery[None])
        return allowed

    def relevant(self, relevance: Relevance, neighbours: np.ndarray) -> np.ndarray:
        """Which answers are relevant, bool like `neighbours` (int [q, k], rows of `works`, -1 for none)."""
        codes = self._codes[relevance.column]
        return (codes[neighbours] == codes[self.queries][:, None]) & (neighbours >= 0)

    def sentence(self) -> str:
        """What is searched for what, and how to read the intervals."""
        queries, gallery = f"{len(self.queries):,}", len(self.gallery)
        if self.has_split:
            setup = f"{queries} validation works are queries, {gallery:,} training works are the gallery"
        elif len(self.queries) < gallery:
            setup = f"{queries} randomly drawn works are queries, each among {gallery - 1:,} other works"
        else:
            setup = f"Each of {queries} works is a query among the others"
        return (
            f"{setup}. A query counts if the gallery has at least {MIN_RELEVANT} relevant works. Intervals (95%) come "
            f"from a bootstrap over {self.artists.max() + 1:,} artists; a work without an artist counts as one artist."
        )

    @cached_property
    def artists(self) -> np.ndarray:
        """The artist of each query as a number, int64 [q]; every query without an artist has a number of its own."""
        return artist_numbers(self._codes["artist"][self.queries])
