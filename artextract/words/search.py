"""Search by words: the works whose texts have the words, or mean the like."""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from artextract.collection import Collection
from artextract.errors import ArtExtractError, NotReadyError
from artextract.words.fusion import fuse, ranks
from artextract.words.index import open_index
from artextract.words.text_embedding import DIMENSION, text_embedder
from artextract.words.work_texts import FIELDS, IMPORTANCE

PASSED_OVER = frozenset(
    "a an and are as at be by for from has have her his i in into is it its like of on or "
    "some that the their there this to up was were what where which who with".split()
)
"""Words of a query that are not looked for, unless it has no other."""
LONGEST = 1000
"""Characters of a query."""
_WORD = re.compile(r"\w+")
_OPEN, _CLOSE = "\x02", "\x03"


@dataclass(frozen=True)
class Matched:
    """Words of a query that a work has."""

    field: str
    words: tuple[str, ...]
    """As they stand in the work."""


@dataclass(frozen=True)
class Found:
    """A work that was found, and why."""

    id: str
    score: float
    """Of the fused rankings: score, higher is closer. The order of what was found."""
    word_rank: int | None
    """Its place by BM25 among those that have a word; None if it has none."""
    matched: tuple[Matched, ...]
    meaning_rank: int | None
    """Its place by meaning; None if nothing of it can be compared so."""
    meaning: float | None
    """Cosine of its nearest passage with the query: score, -1 to 1, higher is closer."""
    passage: str
    """That passage; empty without one."""
    passage_field: str


@dataclass(frozen=True)
class TextScores:
    """How near each work's texts are to a query; rows as `WordSearcher.ids`."""

    word: np.ndarray
    """float64 [n], from 0: BM25, higher is closer; NaN where the work has none of the words."""
    meaning: np.ndarray
    """float64 [n], -1 to 1: cosine of the nearest passage; NaN where the work has none."""
    passages: np.ndarray
    """int64 [n]: which link to a passage that is; -1 where there is none."""
    matched: dict[int, tuple[Matched, ...]]
    """Row → the words that were found in it."""

    @property
    def fused(self) -> np.ndarray:
        """Both rankings as one, float64 [n]: higher is closer."""
        return fuse([self.word, self.meaning], [1.0, 1.0])


class WordSearcher:
    """The texts of a collection's works, ready to be searched. Safe to share among threads."""

    def __init__(self, collection: Collection) -> None:
        """Read the passages' vectors.

        Raises:
            NotReadyError: the texts have not been indexed yet, or the index is damaged.
        """
        self.collection = collection
        try:
            with closing(open_index(collection)) as index:
                works = index.execute("SELECT number, id FROM works ORDER BY number").fetchall()
                passages = index.execute(
                    "SELECT number, text, vector FROM passages ORDER BY number"
                ).fetchall()
                links = index.execute(
                    "SELECT work, field, passage FROM passages_of_works ORDER BY work"
                ).fetchall()
        except (OSError, sqlite3.Error) as error:
            raise NotReadyError(
                f"The texts of {collection.name} have not been read yet: run "
                f"`artextract words {collection.name}`, or open the Similar screen."
            ) from error
        self.ids = [str(work) for _, work in works]
        self._row = {int(number): row for row, (number, _) in enumerate(works)}
        self._texts = [str(text) for _, text, _ in passages]
        joined = b"".join(vector for _, _, vector in passages)
        self._vectors = np.frombuffer(joined, dtype=np.float16).reshape(-1, DIMENSION)
        place = {int(number): row for row, (number, _, _) in enumerate(passages)}
        self._link_fields = [str(field) for _, field, _ in links]
        self._link_works = np.array([self._row[int(work)] for work, _, _ in links], dtype=np.int64)
        self._link_passages = np.array([place[int(one)] for _, _, one in links], dtype=np.int64)

    def search(self, query: str, k: int) -> list[Found]:
        """The `k` works nearest to the words, nearest first.

        Raises:
            ArtExtractError: the query has no word, or is too long.
        """
        scores = self.scores(query)
        order = np.argsort(-scores.fused, kind="stable")[:k]
        return self.found(scores, [int(row) for row in order], scores.fused)

    def scores(self, query: str) -> TextScores:
        """How near all works are to the words.

        Raises:
            ArtExtractError: the query has no word, or is too long.
        """
        words = words_of(query)
        word, matched = self._by_word(words)
        meaning, passages = self._by_meaning(query)
        return TextScores(word, meaning, passages, matched)

    def found(
        self, scores: TextScores, rows: Sequence[int], fused: np.ndarray
    ) -> list[Found]:
        """The works in those rows, with why they were found.

        Args:
            scores: of the query.
            rows: of `ids`.
            fused: the score to name, [n].
        """
        word_ranks, meaning_ranks = ranks(scores.word), ranks(scores.meaning)
        found = []
        for row in rows:
            link = int(scores.passages[row])
            meaning = float(scores.meaning[row])
            found.append(
                Found(
                    id=self.ids[row],
                    score=float(fused[row]),
                    word_rank=_whole(word_ranks[row]),
                    matched=scores.matched.get(row, ()),
                    meaning_rank=_whole(meaning_ranks[row]),
                    meaning=None if np.isnan(meaning) else meaning,
                    passage="" if link < 0 else self._texts[self._link_passages[link]],
                    passage_field="" if link < 0 else self._link_fields[link],
                )
            )
        return found

    def _by_word(self, words: Sequence[str]) -> tuple[np.ndarray, dict[int, tuple[Matched, ...]]]:
        """BM25 of each work, and the words found in those that have any."""
        scores = np.full(len(self.ids), np.nan)
        matched: dict[int, tuple[Matched, ...]] = {}
        marked = ", ".join(
            f"highlight(texts, {number}, '{_OPEN}', '{_CLOSE}')" for number in range(len(FIELDS))
        )
        weights = ", ".join(str(IMPORTANCE[field]) for field in FIELDS)
        asked = " OR ".join(f'"{word}"' for word in words)
        statement = f"SELECT rowid, bm25(texts, {weights}), {marked} FROM texts WHERE texts MATCH ?"
        try:
            with closing(open_index(self.collection)) as index:
                lines = index.execute(statement, (asked,)).fetchall()
        except (OSError, sqlite3.Error) as error:
            raise NotReadyError(
                f"The texts of {self.collection.name} are being read anew: try again in a moment."
            ) from error
        for number, score, *texts in lines:
            if (row := self._row.get(int(number))) is None:  # added since
                continue
            scores[row] = max(-float(score), 0.0)  # SQLite's is the lower the better
            matched[row] = tuple(
                Matched(field, _marked_words(text))
                for field, text in zip(FIELDS, texts, strict=True)
                if text and _OPEN in text
            )
        return scores, matched

    def _by_meaning(self, query: str) -> tuple[np.ndarray, np.ndarray]:
        """Cosine of each work's nearest passage, and which link leads to it."""
        scores = np.full(len(self.ids), -np.inf)
        nearest = np.full(len(self.ids), -1, dtype=np.int64)
        if len(self._link_works):
            vector = text_embedder().embed([query])[0]
            by_passage = self._vectors.astype(np.float32) @ vector
            by_link = by_passage[self._link_passages].astype(np.float64)
            order = np.argsort(by_link, kind="stable")  # so that the highest is written last
            scores[self._link_works[order]] = by_link[order]
            nearest[self._link_works[order]] = order
        scores[nearest < 0] = np.nan
        return scores, nearest


def words_of(query: str) -> list[str]:
    """The words of a query that are looked for, each once.

    Raises:
        ArtExtractError: it has none, or is too long.
    """
    if len(query) > LONGEST:
        raise ArtExtractError(f"A search has {LONGEST} characters at the most: say it in fewer.")
    words = list(dict.fromkeys(_WORD.findall(query.casefold())))
    if not words:
        raise ArtExtractError("Say in words what you are looking for.")
    return [word for word in words if word not in PASSED_OVER] or words


def _marked_words(text: str) -> tuple[str, ...]:
    found = re.findall(f"{_OPEN}(.*?){_CLOSE}", text, re.DOTALL)
    return tuple(dict.fromkeys(word.casefold() for word in found))


def _whole(rank: float) -> int | None:
    return None if np.isnan(rank) else int(rank)
