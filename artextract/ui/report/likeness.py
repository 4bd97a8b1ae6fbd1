"""What the likeness report says in tables, and the queries behind a row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.similarity.evaluation.figures import Figure
from artextract.similarity.evaluation.results import Results, Row
from artextract.similarity.evaluation.trial import QUESTIONS
from artextract.ui import work_text
from artextract.ui.components.grid.component import Card, Score
from artextract.ui.server.urls import thumbnails_url
from artextract.work_table import TERM_COLUMNS, first_term

KINDS = {
    "embedding": "Embedding",
    "correction": "Corrected",
    "fusion": "Fusion",
    "floor": "Floor",
}


def figure_table(results: Results, question: str) -> pd.DataFrame:
    """The rows' answers to a question.

    Returns:
        One row a way to rank: `label`, `kind`, `p1`, `p5`, `p10`, `map10` (per cent), `interval`
        (of `p10`) and `gain` (at `p10`, with its interval; "" where there is nothing to gain on).
    """
    rows = []
    for row in results.rows:
        figures = row.figures[question]
        rows.append(
            {"label": row.label, "kind": KINDS[row.kind]}
            | {name: 100 * figure.value for name, figure in figures.items()}
            | {"interval": interval(figures["p10"]), "gain": gain(row, question)}
        )
    return pd.DataFrame(rows)


def interval(figure: Figure) -> str:
    """An interval in per cent."""
    return f"{100 * figure.low:.1f} to {100 * figure.high:.1f}"


def gain(row: Row, question: str) -> str:
    """What a correction or a fusion gains, in points of per cent; "" for the others."""
    found = row.gains.get(question)
    return "" if found is None else found.points()


def picture_table(results: Results) -> pd.DataFrame:
    """The forerunner's table and the hubs: `label`, `ssim`, `rmse`, `lpips`, `cosine`, `skew`,
    `most`, `never` (per cent)."""
    return pd.DataFrame([
        {
            "label": row.label,
            **row.pictures,
            "skew": row.hubness.skew,
            "most": row.hubness.most,
            "never": 100 * row.hubness.never,
        }
        for row in results.rows
    ])


def verdict(results: Results) -> str:
    """Which corrections and fusions help, in a sentence: a gain beyond its interval at one question
    at least, and a loss beyond it at none."""
    helpful = [row.label for row in results.rows if row.helps]
    if not helpful:
        return "No correction and no fusion is surely better than what it is compared with."
    return f"Surely better than what they are compared with, and nowhere worse: {_all(helpful)}."


@dataclass(frozen=True)
class Asked:
    """One query and what a row answered."""

    query: int
    """Row of the works."""
    answers: list[int]
    """Rows of the works, the nearest first."""
    right: list[bool]
    ranks: list[list[int]]
    """Of a fusion: each answer's rank by each embedding; [] for the others."""


class Queries:
    """The queries of a row that count at a question."""

    def __init__(self, results: Results, works: pd.DataFrame, row: str, question: str) -> None:
        """Take what was measured.

        Args:
            results: the measurements.
            works: the collection's work table as it is now.
            row: the name of a row.
            question: a key of `QUESTIONS`.
        """
        self.works = works.set_index("id", drop=False).reindex(results.ids)
        self._column = QUESTIONS[question].column
        labels = self.works[self._column]
        self._labels = (first_term(labels) if self._column in TERM_COLUMNS else labels).to_numpy()
        self._answers = results.neighbours[f"{row}.{question}"]
        self._rows = results.query_rows
        self._ranks = results.fused_ranks.get(f"{row}.{question}")
        right = self._labels[self._answers] == self._labels[self._rows][:, None]
        self._right: np.ndarray = right.astype(bool) & (self._answers >= 0)
        here = self.works["image_sha256"].notna().to_numpy()
        counted = (self._answers >= 0).any(axis=1) & here[self._rows]
        self._counted = np.flatnonzero(counted)

    def in_order(self, order: str) -> list[int]:
        """The places of the counted queries: "wrong" or "right" answers first, or "any" order."""
        shares = self._right[self._counted].mean(axis=1)
        if order == "any":
            shuffled = np.random.default_rng(0).permutation(len(self._counted))
            return [int(place) for place in self._counted[shuffled]]
        sign = 1 if order == "wrong" else -1
        return [int(p) for p in self._counted[np.argsort(sign * shares, kind="stable")]]

    def asked(self, place: int) -> Asked:
        """One of them."""
        answers = [int(row) for row in self._answers[place] if row >= 0]
        count = len(answers)
        ranks = [] if self._ranks is None else self._ranks[place][:count].tolist()
        return Asked(int(self._rows[place]), answers, self._right[place][:count].tolist(), ranks)

    def cards(self, collection: Collection, one: Asked) -> list[Card]:
        """The query and its answers as cards, right and wrong marked; of a fusion with the rank by
        each embedding."""
        cards = [self._card(collection, one.query, "Query")]
        for number, (row, right) in enumerate(zip(one.answers, one.right, strict=True)):
            ranks = tuple(f"{rank:,}" for rank in one.ranks[number]) if one.ranks else ()
            badge = f"{number + 1} {'✓ right' if right else '✗ wrong'}"
            cards.append(self._card(collection, row, badge, ranks))
        return cards

    def _card(self, collection: Collection, row: int, badge: str, ranks: tuple[str, ...] = ()) -> Card:
        work = self.works.iloc[row]
        label = self._labels[row]
        told = [None if pd.isna(label) else str(label)]
        if self._column != "artist" and not pd.isna(work["artist"]):
            told.append(str(work["artist"]))
        return Card(
            id=str(self.works.index[row]),
            picture_url=f"{thumbnails_url(collection.name)}{work['image_sha256']}.jpg",
            title="Untitled" if pd.isna(work["title"]) else str(work["title"]),
            subtitle=" · ".join(part for part in told if part),
            scores=ranks,
            badge=badge,
            alternative=work_text.alternative(work),
            work=(collection.name, str(self.works.index[row])),
        )


def rank_scores(results: Results) -> list[Score]:
    """What the cards of a fusion's answers show."""
    return [
        Score(row.label, False, f"Its rank by {row.label} alone: what that embedding contributed.")
        for row in results.rows
        if row.kind == "embedding"
    ]


def _all(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
