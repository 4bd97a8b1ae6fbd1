"""Text search: works whose texts contain the words of a query, or are near in meaning."""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from artextract.collection import Collection
from artextract.errors import ArtExtractError, NotReadyError
from artextract.text.index import FIELD_WEIGHTS, FIELDS, SPELLINGS_WEIGHT, open_index
from artextract.text.rank_fusion import fuse
from artextract.text.spelling import fts_query, matching
from artextract.text.text_embedding import DIMENSION, text_embedder

if TYPE_CHECKING:
    from artextract.text.projection import PictureSearch

_STOP_WORDS = (
    "a about above across after against along among an and are around as at be before behind below beneath beside "
    "between beyond by down during for from has have her his i in inside into is it its like near next of off on onto "
    "or out outside over past some that the their there this through to toward towards under up upon was were what "
    "where which who with"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())  # Words of a query that are ignored, unless the query has no other
LONGEST_QUERY = 1000  # Characters
WEIGHTS = {"bm25": 1.0, "meaning": 2.0, "picture": 0.5}  # Of the rankings, by `benchmarks.word_search`
EXAMPLES = 10  # Works with the best matching titles, whose mean picture is searched, too
_WORD = re.compile(r"\w+")
_OPEN, _CLOSE = "\x02", "\x03"  # Mark matching words in the answers of FTS5


@dataclass(frozen=True)
class TextMatch:
    """A result, and why the work matches. A score is None where its ranking lacks the work."""

    id: str
    score: float  # The fused score; results are sorted by it. Higher is closer.
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
        lines = [f"{', '.join(words)} ({field})" for field, words in self.matched.items()]
        return [*lines, f"≈ “{self.passage}” ({self.passage_field})"] if self.passage else lines


class TextSearcher:
    """The indexed texts of a collection, ready to be searched. Threads may share one."""

    def __init__(self, collection: Collection) -> None:
        """Read the passages' embeddings.

        Raises:
            NotReadyError: the texts are not indexed yet, or the index is damaged.
        """
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
        self,
        query: str,
        k: int,
        pictures: "PictureSearch | None" = None,
        similarity: np.ndarray | None = None,
        weight: float = 1.0,
        among: np.ndarray | None = None,
    ) -> list[TextMatch]:
        """The `k` works nearest to the words, or to the words and a picture; nearest first.

        Args:
            query: the words.
            k: how many works.
            pictures: compares the words with the works' pictures, too.
            similarity: cosine of each work's picture with a given one, float64 [n] in the order of `ids`; NaN if none.
            weight: of the words when combined with `similarity`, 0 (similarity alone) to 1 (words alone).
            among: bool [n] in the order of `ids`: the works that may be returned; None allows all.

        Raises:
            ArtExtractError: the query has no word, or is too long.
        """
        bm25, matched = self._by_word(query_words(query))
        meaning, links = self._by_meaning(query)
        titled = {row: float(bm25[row]) for row, fields in matched.items() if "title" in fields}
        picture = None if pictures is None else self._by_picture(query, titled, pictures)
        rankings = {"bm25": bm25, "meaning": meaning} | ({} if picture is None else {"picture": picture})
        fused = fuse(list(rankings.values()), [WEIGHTS[name] for name in rankings])
        if similarity is not None:
            fused = fuse([similarity, fused], [1 - weight, weight])
        if among is not None:
            fused = np.where(among, fused, 0.0)
        matches = []
        for row in np.argsort(-fused, kind="stable")[:k].tolist():
            if fused[row] <= 0:
                break
            link = int(links[row])
            match = TextMatch(
                id=self.ids[row],
                score=float(fused[row]),
                bm25=_score(bm25, row),
                meaning=_score(meaning, row),
                picture=_score(picture, row),
                similarity=_score(similarity, row),
                matched=matched.get(row, {}),
                passage="" if link < 0 else self._passages[self._link_passages[link]],
                passage_field="" if link < 0 else self._link_fields[link],
            )
            matches.append(match)
        return matches

    def aligned(self, ids: Sequence[str], scores: np.ndarray) -> np.ndarray:
        """The scores ([len(ids)]) of works in the order of `ids` of this index: float64 [n], NaN for other works."""
        by_id = dict(zip(ids, scores, strict=True))
        return np.array([by_id.get(work, np.nan) for work in self.ids], dtype=np.float64)

    def _by_word(self, words: Sequence[str]) -> tuple[np.ndarray, dict[int, dict[str, tuple[str, ...]]]]:
        """BM25 of each work, and row → field → matching words."""
        scores = np.full(len(self.ids), np.nan)
        matched: dict[int, dict[str, tuple[str, ...]]] = {}
        marked = ", ".join(f"highlight(texts, {number}, '{_OPEN}', '{_CLOSE}')" for number in range(len(FIELDS)))
        weights = ", ".join(map(str, [*(FIELD_WEIGHTS[field] for field in FIELDS), SPELLINGS_WEIGHT]))
        statement = f"SELECT rowid, bm25(texts, {weights}), {marked} FROM texts WHERE texts MATCH ?"
        try:
            with closing(open_index(self.collection)) as index:
                answers = index.execute(statement, (" OR ".join(map(fts_query, words)),)).fetchall()
        except (OSError, sqlite3.Error) as error:
            raise NotReadyError(
                f"The texts of {self.collection.name} are being indexed. Try again in a moment."
            ) from error
        for number, score, *texts in answers:
            if (row := self._row.get(int(number))) is None:  # added after this index was opened
                continue
            scores[row] = max(-float(score), 0.0)  # in SQLite lower is better
            found = {field: _matching_words(text or "", words) for field, text in zip(FIELDS, texts, strict=True)}
            matched[row] = {field: those for field, those in found.items() if those}
        return scores, matched

    def _by_picture(self, query: str, titled: dict[int, float], pictures: "PictureSearch") -> np.ndarray:
        """The cosine of the words with each work's picture; `titled`: row → BM25 of works whose titles match."""
        best = sorted(titled, key=lambda row: -titled[row])[:EXAMPLES]
        examples = {self.ids[row]: titled[row] for row in best}
        return self.aligned(pictures.ids, pictures.cosines(query, examples))

    def _by_meaning(self, query: str) -> tuple[np.ndarray, np.ndarray]:
        """The cosine of each work's nearest passage, and the link that leads to the passage (-1 without one)."""
        scores = np.full(len(self.ids), -np.inf)
        nearest = np.full(len(self.ids), -1, dtype=np.int64)
        if len(self._link_works):
            vector = text_embedder().embed([query])[0]
            by_passage = self._vectors.astype(np.float32) @ vector
            by_link = by_passage[self._link_passages].astype(np.float64)
            order = np.argsort(by_link, kind="stable")  # a work's highest is written last and stays
            scores[self._link_works[order]] = by_link[order]
            nearest[self._link_works[order]] = order
        scores[nearest < 0] = np.nan
        return scores, nearest


def query_words(query: str) -> list[str]:
    """The words of a query without stop words, each once.

    Raises:
        ArtExtractError: the query has no word, or is too long.
    """
    if len(query) > LONGEST_QUERY:
        raise ArtExtractError(f"A query can have at most {LONGEST_QUERY:,} characters. Shorten it.")
    words = list(dict.fromkeys(_WORD.findall(query.casefold())))
    if not words:
        raise ArtExtractError("Enter at least one word to search for.")
    return [word for word in words if word not in STOP_WORDS] or words


def _matching_words(text: str, words: Sequence[str]) -> tuple[str, ...]:
    """The marked words of a text, and those that match in another spelling."""
    marked = re.findall(f"{_OPEN}(.*?){_CLOSE}", text, re.DOTALL)
    plain = text.replace(_OPEN, "").replace(_CLOSE, "")
    others = [other for word in words for other in matching(plain, word)]
    return tuple(dict.fromkeys(word.casefold() for word in (*marked, *others)))


def _score(scores: np.ndarray | None, row: int) -> float | None:
    return None if scores is None or np.isnan(scores[row]) else float(scores[row])
