"""Text search: works whose texts contain the words of a query, works near in meaning, and works whose pictures are.

The three are separate lists, so that what is only similar never stands above a work that has the words.
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from artextract.collection import Collection
from artextract.errors import NotReadyError
from artextract.text.floor import floor_of, made_up_words
from artextract.text.index import FIELD_WEIGHTS, FIELDS, SPELLINGS_WEIGHT, open_index
from artextract.text.query_words import query_words
from artextract.text.rank_fusion import fuse
from artextract.text.spelling import fts_query, matching
from artextract.text.text_embedding import DIMENSION, text_embedder

if TYPE_CHECKING:
    from artextract.text.projection import PictureSearch

WEIGHTS = {"bm25": 1.0, "meaning": 2.0, "picture": 0.5}  # Of the rankings, by `benchmarks.word_search`
EXAMPLES = 10  # Works with the best matching titles, whose mean picture is searched, too
_LETTER = re.compile(r"[^\W\d_]")
_OPEN, _CLOSE = "\x02", "\x03"  # Mark matching words in the answers of FTS5


@dataclass(frozen=True)
class TextMatch:
    """A result, and why the work matches. A score is None where its ranking lacks the work."""

    id: str
    bm25: float | None  # BM25 of the words in the work's texts: 0 or more, higher is closer
    meaning: float | None  # Cosine of the query with the work's nearest passage: -1 to 1, higher is closer
    picture: float | None  # Cosine of the query with the work's picture: -1 to 1, higher is closer
    similarity: float | None  # Cosine of the work's picture with the given picture: -1 to 1, higher is closer
    matched: dict[str, tuple[str, ...]]  # Field → the matching words as the work spells them
    passage: str  # The passage that is nearest in meaning; empty without one
    passage_field: str

    @property
    def why(self) -> list[str]:
        """A line for each field with matching words, and one for the passage nearest in meaning."""
        elsewhere = {word for field, words in self.matched.items() if field != "number" for word in words}
        lines = [
            f"{', '.join(words)} ({field})"
            for field, words in self.matched.items()
            if field != "number" or not elsewhere.issuperset(words)  # an ID often repeats the title
        ]
        return [*lines, f"≈ “{self.passage}” ({self.passage_field})"] if self.passage else lines


@dataclass(frozen=True)
class TextResults:
    """What a search by words found, in three lists of different works, each with the best first."""

    count: int  # Works that have all words of the query; `exact` has the first of them
    exact: list[TextMatch]
    near: list[
        TextMatch
    ]  # Have some of the words, or are nearer in meaning than made-up words (`artextract.text.floor`)
    by_picture: list[TextMatch]  # Only their pictures are near the words

    def parts(self) -> list[tuple[str, list[TextMatch]]]:
        """The lists that are not empty, each with its heading."""
        headings = (
            "1 work with these words" if self.count == 1 else f"{self.count:,} works with these words",
            "Some of the words, or near in meaning",
            "Only the picture is similar (a weak guide)",
        )
        lists = (self.exact, self.near, self.by_picture)
        return [(heading, matches) for heading, matches in zip(headings, lists, strict=True) if matches]


@dataclass(frozen=True)
class _Scores:
    """The scores of all works for one query, float64 [n] each, NaN where a ranking lacks the work."""

    bm25: np.ndarray
    meaning: np.ndarray
    picture: np.ndarray | None
    has_all: np.ndarray  # Whether a work has all words, bool [n]
    matched: dict[int, dict[str, tuple[str, ...]]]  # Row → field → matching words
    links: np.ndarray  # The link to the passage that is nearest in meaning, int64 [n]; -1 without one

    @property
    def fused(self) -> np.ndarray:
        """One score from all rankings."""
        rankings = {"bm25": self.bm25, "meaning": self.meaning, "picture": self.picture}
        known = {name: scores for name, scores in rankings.items() if scores is not None}
        return fuse(list(known.values()), [WEIGHTS[name] for name in known])


class TextSearcher:
    """The indexed texts of a collection, ready to be searched. Threads may share one."""

    def __init__(self, collection: Collection) -> None:
        """Read the passages' embeddings. Raises NotReadyError if there is no index, or it is damaged."""
        self.collection = collection
        try:
            with closing(open_index(collection)) as index:
                works = index.execute("SELECT number, id FROM works ORDER BY number").fetchall()
                passages = index.execute("SELECT number, text, vector FROM passages ORDER BY number").fetchall()
                links = index.execute("SELECT work, field, passage FROM passages_of_works ORDER BY work").fetchall()
        except (OSError, sqlite3.Error) as error:
            raise NotReadyError(
                f"The texts of {collection.name} are not indexed yet: run "
                f"`artextract index-text {collection.name}`, or open the Similar screen."
            ) from error
        self.ids = [str(work) for _, work in works]
        self._row = {int(number): row for row, (number, _) in enumerate(works)}
        self._passages = [str(text) for _, text, _ in passages]
        self._vectors = np.frombuffer(b"".join(vector for _, _, vector in passages), dtype=np.float16)
        self._vectors = self._vectors.reshape(-1, DIMENSION)
        passage_row = {int(number): row for row, (number, _, _) in enumerate(passages)}
        self._link_fields = [str(field) for _, field, _ in links]
        self._link_works = np.array([self._row[int(work)] for work, _, _ in links], dtype=np.int64)
        self._link_passages = np.array([passage_row[int(passage)] for _, _, passage in links], dtype=np.int64)

    def search(
        self, query: str, k: int, pictures: "PictureSearch | None" = None, among: np.ndarray | None = None
    ) -> TextResults:
        """The works for words: up to `k` that have them, up to `k` near in meaning, up to `k` by their pictures.

        A query without a letter, such as an object number, only finds works that have it.

        Args:
            query: the words. If no work has all of them, words that begin with them count.
            k: how many works of each kind.
            pictures: compares the words with the works' pictures, too.
            among: bool [n] in the order of `ids`: the works that may be returned; None allows all.

        Raises ArtExtractError if the query has no word, or is too long.
        """
        scores = self._scores(query, pictures)
        among = np.ones(len(self.ids), bool) if among is None else among
        exact = scores.has_all & among
        near, by_picture = (found & among for found in self._beside_exact(query, scores, pictures))
        picture = scores.meaning if scores.picture is None else scores.picture
        return TextResults(
            count=int(exact.sum()),
            exact=self._matches(np.where(exact, scores.bm25, np.nan), k, scores),
            near=self._matches(np.where(near, scores.fused, np.nan), k, scores),
            by_picture=self._matches(np.where(by_picture, picture, np.nan), k, scores),
        )

    def search_beside(
        self,
        query: str,
        k: int,
        similarity: np.ndarray,
        weight: float,
        pictures: "PictureSearch | None" = None,
        among: np.ndarray | None = None,
    ) -> list[TextMatch]:
        """The `k` works nearest to words and a picture together, nearest first.

        `similarity` is the cosine of each work's picture with the given one, float64 [n] in the order of `ids`, NaN
        without one; `weight` is that of the words, 0 (similarity alone) to 1. The words only count for works that
        `search` finds. For the rest see `search`.
        """
        scores = self._scores(query, pictures)
        near, by_picture = self._beside_exact(query, scores, pictures)
        words = np.where(scores.has_all | near | by_picture, scores.fused, np.nan)
        fused = fuse([similarity, words], [1 - weight, weight])
        is_ranked = (fused > 0) if among is None else (fused > 0) & among
        return self._matches(np.where(is_ranked, fused, np.nan), k, scores, similarity)

    def near_work(self, work: str, k: int, among: np.ndarray | None = None) -> list[TextMatch]:
        """The `k` works whose texts are nearest in meaning to those of a work; [] if it has no text.

        Each passage of the work is compared with the nearest one of the other work; the score is the mean.
        """
        row = self.ids.index(work) if work in self.ids else -1
        own = self._vectors[self._link_passages[self._link_works == row]].astype(np.float32)
        if not len(own):
            return []
        meaning, links = self._by_meaning(own)
        meaning[row] = np.nan
        nothing = np.full(len(self.ids), np.nan)
        scores = _Scores(nothing, meaning, None, nothing > 0, {}, links)
        is_near = meaning > self._floor if among is None else (meaning > self._floor) & among
        return self._matches(np.where(is_near, meaning, np.nan), k, scores)

    def _scores(self, query: str, pictures: "PictureSearch | None") -> _Scores:
        bm25, has_all, matched = self._by_word(query_words(query))
        meaning, links = self._by_meaning(text_embedder().embed([query]))
        titled = {row: float(bm25[row]) for row, fields in matched.items() if "title" in fields}
        picture = None if pictures is None else self._by_picture(query, titled, pictures)
        return _Scores(bm25, meaning, picture, has_all, matched, links)

    def _beside_exact(
        self, query: str, scores: _Scores, pictures: "PictureSearch | None"
    ) -> tuple[np.ndarray, np.ndarray]:
        """The works without all of the words that have some or are near in meaning, and those by picture: bool [n]."""
        near = np.zeros(len(self.ids), bool)
        by_picture = near.copy()
        if _LETTER.search(query):
            near[[row for row, fields in scores.matched.items() if _has_letter(fields)]] = True
            near = ~scores.has_all & (near | (scores.meaning > self._floor))
            if pictures is not None and scores.picture is not None:
                by_picture = ~scores.has_all & ~near & (scores.picture > pictures.floor)
        return near, by_picture

    def _matches(
        self, order: np.ndarray, k: int, scores: _Scores, similarity: np.ndarray | None = None
    ) -> list[TextMatch]:
        """The `k` works with the highest numbers in `order`, float64 [n]; works with NaN are left out."""
        matches = []
        for row in np.argsort(-order, kind="stable")[: min(k, int((~np.isnan(order)).sum()))].tolist():
            link = int(scores.links[row])
            match = TextMatch(
                id=self.ids[row],
                bm25=_score(scores.bm25, row),
                meaning=_score(scores.meaning, row),
                picture=_score(scores.picture, row),
                similarity=_score(similarity, row),
                matched=scores.matched.get(row, {}),
                passage="" if link < 0 else self._passages[self._link_passages[link]],
                passage_field="" if link < 0 else self._link_fields[link],
            )
            matches.append(match)
        return matches

    def aligned(self, ids: Sequence[str], scores: np.ndarray) -> np.ndarray:
        """The scores ([len(ids)]) of works in the order of `ids` of this index: float64 [n], NaN for other works."""
        if list(ids) == self.ids:  # as a rule; a million works need no table
            return np.asarray(scores, dtype=np.float64)
        by_id = dict(zip(ids, scores, strict=True))
        return np.array([by_id.get(work, np.nan) for work in self.ids], dtype=np.float64)

    def _by_word(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray, dict[int, dict[str, tuple[str, ...]]]]:
        """BM25 of each work, whether it has all words, and row → field → matching words."""
        scores, has_all = np.full(len(self.ids), np.nan), np.zeros(len(self.ids), dtype=bool)
        matched: dict[int, dict[str, tuple[str, ...]]] = {}
        marked = ", ".join(f"highlight(texts, {number}, '{_OPEN}', '{_CLOSE}')" for number in range(len(FIELDS)))
        weights = ", ".join(map(str, [*(FIELD_WEIGHTS[field] for field in FIELDS), SPELLINGS_WEIGHT]))
        with_all = "SELECT rowid FROM texts WHERE texts MATCH ?"
        statement = f"SELECT rowid, bm25(texts, {weights}), {marked} FROM texts WHERE texts MATCH ?"
        try:
            with closing(open_index(self.collection)) as index:
                whole, begins = ([f"({fts_query(word, also)})" for word in words] for also in (False, True))
                for queries in (whole, begins):
                    if having := index.execute(with_all, (" AND ".join(queries),)).fetchall():
                        break
                else:
                    queries = whole
                answers = index.execute(statement, (" OR ".join(queries),)).fetchall()
        except (OSError, sqlite3.Error) as error:
            raise NotReadyError(
                f"The texts of {self.collection.name} are being indexed. Try again in a moment."
            ) from error
        has_all[[row for (number,) in having if (row := self._row.get(int(number))) is not None]] = True
        for number, score, *texts in answers:
            if (row := self._row.get(int(number))) is None:  # added after this index was opened
                continue
            scores[row] = max(-float(score), 0.0)  # in SQLite lower is better
            found = {field: _matching_words(text or "", words) for field, text in zip(FIELDS, texts, strict=True)}
            matched[row] = {field: those for field, those in found.items() if those}
        return scores, has_all, matched

    def _by_picture(self, query: str, titled: dict[int, float], pictures: "PictureSearch") -> np.ndarray:
        """The cosine of the words with each work's picture; `titled`: row → BM25 of works whose titles match."""
        best = sorted(titled, key=lambda row: -titled[row])[:EXAMPLES]
        examples = {self.ids[row]: titled[row] for row in best}
        return self.aligned(pictures.ids, pictures.cosines(query, examples))

    def _by_meaning(self, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The mean cosine of vectors, float32 [m, 256], with the nearest of each work's passages: float64 [n].

        And the link that leads to the nearest passage, int64 [n]: -1, and NaN for the cosine, without one.
        """
        scores = np.full(len(self.ids), np.nan)
        nearest = np.full(len(self.ids), -1, dtype=np.int64)
        if len(self._link_works):
            by_link = (self._vectors.astype(np.float32) @ vectors.T)[self._link_passages].astype(np.float64)
            works, first = np.unique(self._link_works, return_index=True)  # the links are sorted by work
            scores[works] = np.maximum.reduceat(by_link, first, axis=0).mean(axis=1)
            order = np.argsort(by_link.mean(axis=1), kind="stable")  # a work's highest is written last and stays
            nearest[self._link_works[order]] = order
        return scores, nearest

    @cached_property
    def _floor(self) -> float:
        if not len(self._vectors):
            return 1.0
        return floor_of((text_embedder().embed(made_up_words()) @ self._vectors.astype(np.float32).T).max(axis=1))


def _matching_words(text: str, words: Sequence[str]) -> tuple[str, ...]:
    """The marked words of a text, and those that match in another spelling."""
    marked = re.findall(f"{_OPEN}(.*?){_CLOSE}", text, re.DOTALL)
    plain = text.replace(_OPEN, "").replace(_CLOSE, "")
    others = [other for word in words for other in matching(plain, word)]
    return tuple(dict.fromkeys(word.casefold() for word in (*marked, *others)))


def _has_letter(fields: dict[str, tuple[str, ...]]) -> bool:
    return any(_LETTER.search(word) for words in fields.values() for word in words)


def _score(scores: np.ndarray | None, row: int) -> float | None:
    return None if scores is None or np.isnan(scores[row]) else float(scores[row])
