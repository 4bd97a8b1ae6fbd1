"""What is asked: which works are queries, among which they search, and which answers are right."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from artextract.errors import NotReadyError
from artextract.work_table import TERM_COLUMNS, first_term

K = 10
"""Neighbours that are looked at."""
LEAST = 10
"""Right answers that the gallery must hold for a query to count: all of its K can be right then."""
MOST_QUERIES = 5000
"""Of a collection without a split, where all against all would grow with its square."""
SEED = 0
_KEPT_BACK = ("val", "validation", "test")


@dataclass(frozen=True)
class Question:
    """What makes an answer right."""

    name: str
    label: str
    column: str
    """The label that query and answer must share."""
    but_same: str = ""
    """Works that share this label with the query are no answers, right or wrong."""


QUESTIONS = {
    question.name: question
    for question in (
        Question("artist", "Same artist", "artist"),
        Question("style", "Same style", "style"),
        Question("genre", "Same genre", "genre"),
        Question("other_artist", "Same style, another artist", "style", "artist"),
    )
}


class Trial:
    """The queries, the gallery, and the labels of both."""

    def __init__(self, works: pd.DataFrame) -> None:
        """Divide works by their split, or take each against the others where there is none.

        Args:
            works: a work table; of several terms of a work the first counts.

        Raises:
            NotReadyError: no label has enough works.
        """
        self.works = works.reset_index(drop=True)
        split = self.works["split"].str.casefold()
        queries = np.flatnonzero(split.isin(list(_KEPT_BACK)))
        gallery = np.flatnonzero(split == "train")
        self.kept_apart = bool(len(queries) and len(gallery))
        if not self.kept_apart:
            queries = gallery = np.arange(len(self.works))
            if len(queries) > MOST_QUERIES:
                chosen = np.random.default_rng(SEED).choice(len(queries), MOST_QUERIES, False)
                queries = np.sort(chosen)
        self.queries: np.ndarray = queries
        """int64 [q], rows of `works`."""
        self.gallery: np.ndarray = gallery
        """int64 [g], rows of `works`."""
        self.questions = [one for one in QUESTIONS.values() if self.counted(one).any()]
        """Those that some query can be asked."""
        if not self.questions:
            raise NotReadyError(
                f"Likeness is measured by labels of artist, style or genre that {LEAST + 1} works "
                "or more share, and these works have none: there is nothing to measure by."
            )

    @cached_property
    def _codes(self) -> dict[str, np.ndarray]:
        columns = {column: self.works[column] for column in ("artist", "style", "genre")}
        return {
            name: pd.factorize(first_term(column) if name in TERM_COLUMNS else column)[0]
            for name, column in columns.items()
        }

    def codes(self, column: str) -> np.ndarray:
        """A number for each work's label, int64 [n]; -1 where it has none."""
        return self._codes[column]

    def counted(self, question: Question) -> np.ndarray:
        """Which queries count, bool [q]: labelled, with `LEAST` right answers in the gallery."""
        own = self.codes(question.column)
        known = own >= 0
        of = pd.DataFrame({"own": own, "same": 0})
        if question.but_same:
            of["same"] = self.codes(question.but_same)
            known &= (of["same"] >= 0).to_numpy()
        inside = of.iloc[self.gallery]
        asked = of.iloc[self.queries]
        right = asked["own"].map(inside["own"].value_counts()).fillna(0).to_numpy()
        if question.but_same:  # less those that aren't answers; the query itself is among them
            pairs = inside.groupby(["own", "same"]).size()
            keys = pd.MultiIndex.from_frame(asked[["own", "same"]])
            right = right - pairs.reindex(keys).fillna(0).to_numpy()
        elif not self.kept_apart:
            right = right - 1
        return known[self.queries] & (right >= LEAST)

    def answers(self, question: Question, rows: np.ndarray) -> np.ndarray:
        """Which works of the gallery are answers to queries, bool [len(rows), g].

        Args:
            question: which.
            rows: rows of `works` that are queries.
        """
        own = self.codes(question.column)[self.gallery]
        allowed = np.broadcast_to(own >= 0, (len(rows), len(own)))
        if question.but_same:
            same = self.codes(question.but_same)
            others = same[self.gallery]
            allowed = allowed & (others >= 0) & (same[rows][:, None] != others[None])
        return allowed

    def right(self, question: Question, neighbours: np.ndarray) -> np.ndarray:
        """Which answers are right, bool like `neighbours`.

        Args:
            question: which.
            neighbours: int [q, k], rows of `works`, -1 where there is none.
        """
        codes = self.codes(question.column)
        return (codes[neighbours] == codes[self.queries][:, None]) & (neighbours >= 0)

    @cached_property
    def hands(self) -> np.ndarray:
        """Whose each query is, int64 [q]: one number an artist; the unknown each their own."""
        codes = self.codes("artist")[self.queries].copy()
        unknown = codes < 0
        codes[unknown] = codes.max(initial=-1) + 1 + np.arange(unknown.sum())
        return np.unique(codes, return_inverse=True)[1]
