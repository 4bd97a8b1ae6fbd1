"""Search by words: the works whose texts have the words, or mean the like."""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from artextract.collection import Collection
from artextract.errors import ArtExtractError, NotReadyError
from artextract.text.index import open_index
from artextract.text.rank_fusion import fuse
from artextract.text.text_embedding import DIMENSION, text_embedder
from artextract.text.work_texts import FIELDS, IMPORTANCE

_PASSED_OVER = (
    "a about above across after against along among an and are around as at be before behind "
    "below beneath beside between beyond by down during for from has have her his i in inside "
    "into is it its like near next of off on onto or out outside over past some that the their "
    "there this through to toward towards under up upon was were what where which who with"
)
PASSED_OVER = frozenset(_PASSED_OVER.split())
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
class Rankings:
    """How near each work is to a query by several rankings; rows as `WordSearcher.ids`.

    Each is float64 [n], higher is closer, NaN where it doesn't rank the work.
    """

    word: np.ndarray
    """BM25 from 0: the work has some of the words."""
    meaning: np.ndarray
    """Cosine of the work's nearest passage with the words, -1 to 1."""
    seen: np.ndarray | None = None
    """Cosine of the work's picture with the words, -1 to 1; None where pictures aren't asked."""
    likeness: np.ndarray | None = None
    """Cosine of the work's picture with another, -1 to 1; None without another."""

    def fused(self, weight: float) -> np.ndarray:
        """All as one score, float64 [n], higher is closer (`fusion.fuse`).

        Args:
            weight: of the words beside the likeness, 0 (likeness alone) to 1 (words alone).
        """
        words = [self.word, self.meaning] + ([] if self.seen is None else [self.seen])
        if self.likeness is None:
            return fuse(words, [1.0] * len(words))
        by_words = fuse(words, [1.0] * len(words))
        return fuse([self.likeness, by_words], [1 - weight, weight])


@dataclass(frozen=True)
class Found:
    """A work that was found, and why. Numbers are None where a ranking has none for it."""

    id: str
    score: float
    """Of the rankings as one: score, higher is closer. The order of what was found."""
    word: float | None
    """BM25 of the words that it has: score from 0, higher is closer."""
    meaning: float | None
    """Cosine of its nearest passage with the words: score, -1 to 1, higher is closer."""
    seen: float | None
    """Cosine of its picture with the words: score, -1 to 1, higher is closer."""
    likeness: float | None
    """Cosine of its picture with the given one: score, -1 to 1, higher is closer."""
    matched: tuple[Matched, ...]
    """The words that it has."""
    passage: str
    """What of it is nearest in meaning; empty where nothing can be compared so."""
    passage_field: str

    @property
    def why(self) -> list[str]:
        """Why it was found, in words: a line for each field that has words of the query, and one
        for the passage nearest in meaning."""
        lines = [f"{', '.join(one.words)} ({one.field})" for one in self.matched]
        if self.passage:
            lines.append(f"≈ “{self.passage}” ({self.passage_field})")
        return lines


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
                passages = index.execute("SELECT number, text, vector FROM passages ORDER BY number").fetchall()
                links = index.execute("SELECT work, field, passage FROM passages_of_works ORDER BY work").fetchall()
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

    def search(
        self,
        query: str,
        k: int,
        seen: np.ndarray | None = None,
        likeness: np.ndarray | None = None,
        weight: float = 1.0,
        among: np.ndarray | None = None,
    ) -> list[Found]:
        """The `k` works nearest to the words, or to the words and a picture; nearest first.

        Args:
            query: the words.
            k: how many works.
            seen: of `Rankings`, in the order of `ids`.
            likeness: likewise.
            weight: of the words beside the likeness, 0 (likeness alone) to 1 (words alone).
            among: bool [n], in the order of `ids`: which works may be found; None is all.

        Raises:
            ArtExtractError: the query has no word, or is too long.
        """
        word, matched = self._by_word(words_of(query))
        meaning, passages = self._by_meaning(query)
        rankings = Rankings(word, meaning, seen, likeness)
        fused = rankings.fused(weight)
        if among is not None:
            fused = np.where(among, fused, 0.0)
        order = np.argsort(-fused, kind="stable")[:k]
        found = []
        for row in (int(one) for one in order if fused[one] > 0):
            link = int(passages[row])
            found.append(
                Found(
                    id=self.ids[row],
                    score=float(fused[row]),
                    **{name: _at(getattr(rankings, name), row) for name in ("word", "meaning", "seen", "likeness")},
                    matched=matched.get(row, ()),
                    passage="" if link < 0 else self._texts[self._link_passages[link]],
                    passage_field="" if link < 0 else self._link_fields[link],
                )
            )
        return found

    def aligned(self, ids: Sequence[str], scores: np.ndarray) -> np.ndarray:
        """Scores of works, in the order of `ids` here: float64 [n], NaN for works without one.

        Args:
            ids: the works.
            scores: [len(ids)].
        """
        known = dict(zip(ids, scores, strict=True))
        return np.array([known.get(work, np.nan) for work in self.ids], dtype=np.float64)

    def _by_word(self, words: Sequence[str]) -> tuple[np.ndarray, dict[int, tuple[Matched, ...]]]:
        """BM25 of each work, and the words found in those that have any."""
        scores = np.full(len(self.ids), np.nan)
        matched: dict[int, tuple[Matched, ...]] = {}
        marked = ", ".join(f"highlight(texts, {number}, '{_OPEN}', '{_CLOSE}')" for number in range(len(FIELDS)))
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


def _at(scores: np.ndarray | None, row: int) -> float | None:
    return None if scores is None or np.isnan(scores[row]) else float(scores[row])
