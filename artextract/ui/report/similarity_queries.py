"""The queries behind a row of the similarity report, as picture cards."""

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.similarity.evaluation.results import SimilarityResults
from artextract.similarity.evaluation.retrieval_task import RELEVANCES
from artextract.ui import work_text
from artextract.ui.components.grid.component import Card
from artextract.ui.server.urls import thumbnails_url
from artextract.work_table import TERM_COLUMNS, first_term


class RankedQueries:
    """The queries that count for a relevance, with the answers of one ranking."""

    def __init__(self, collection: Collection, results: SimilarityResults, ranking: str, relevance: str) -> None:
        """Look up the works of the results in the collection's current work table."""
        self._collection = collection.name
        self._works = collection.works().set_index("id", drop=False).reindex(results.ids)
        self._column = RELEVANCES[relevance].column
        labels = self._works[self._column]
        self._labels = (first_term(labels) if self._column in TERM_COLUMNS else labels).to_numpy()
        exists = self._works["image_sha256"].notna().to_numpy()
        answers = results.neighbours[ranking, relevance]
        counted = (answers >= 0).any(axis=1) & exists[results.query_rows]
        self.rows: np.ndarray = results.query_rows[counted]
        """The queries: int64 [q], rows of `results.ids`."""
        self.answers: np.ndarray = answers[counted]
        """int32 [q, 10], rows of `results.ids`; -1 for none."""
        same = self._labels[self.answers] == self._labels[self.rows][:, None]
        self.relevant: np.ndarray = same.astype(bool) & (self.answers >= 0)
        """Which answers are relevant, bool [q, 10]."""

    def in_order(self, order: str) -> np.ndarray:
        """The queries from 0 to q - 1 in an order: "worst", "best" or "any" (random)."""
        if order == "any":
            return np.random.default_rng(0).permutation(len(self.rows))
        shares = self.relevant.mean(axis=1)
        return np.argsort(shares if order == "worst" else -shares, kind="stable")

    def cards(self, query: int) -> list[Card]:
        """A query and its answers as cards, with relevant answers marked."""
        cards = [self._card(int(self.rows[query]), "Query")]
        for rank, (row, relevant) in enumerate(zip(self.answers[query], self.relevant[query], strict=True), start=1):
            if row >= 0:
                cards.append(self._card(int(row), f"{rank} {'✓ relevant' if relevant else '✗ not relevant'}"))
        return cards

    def _card(self, row: int, badge: str) -> Card:
        work, label = self._works.iloc[row], self._labels[row]
        parts = [] if pd.isna(label) else [str(label)]
        if self._column != "artist" and not pd.isna(work["artist"]):
            parts.append(str(work["artist"]))
        name = str(self._works.index[row])
        return Card(
            id=name,
            picture_url=f"{thumbnails_url(self._collection)}{work['image_sha256']}.jpg",
            title=work_text.plain(work["title"], "Untitled"),
            subtitle=" · ".join(parts),
            badge=badge,
            alternative=work_text.alternative(work),
            work=(self._collection, name),
        )
