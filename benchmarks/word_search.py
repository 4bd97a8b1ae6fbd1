"""The twenty queries of `word_queries.csv` on the pictures of a folder with made descriptions.

    artextract collect folder <nga images> --name words --metadata benchmarks/nga_descriptions.csv
    artextract embed words
    python -m benchmarks.word_search words

The queries were written down before anything was looked at; descriptions and right answers
(`word_answers.csv`) by eye. Says for each way of searching how many of the queries that have an
answer have one first, and among the first three.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from artextract.collection import Collection
from artextract.text.index import index_text
from artextract.text.projection import open_picture_search
from artextract.text.search import TextMatch, TextResults, TextSearcher
from artextract.vision.embedding import embedder_like, load_embeddings

HERE = Path(__file__).parent


def main(name: str) -> None:
    collection = Collection.open(name)
    print(index_text(collection))
    searcher = TextSearcher(collection)
    embeddings = load_embeddings(collection)
    pictures = open_picture_search(embeddings, lambda: embedder_like(embeddings))
    print(pictures.explanation)
    asked = pd.read_csv(HERE / "word_queries.csv").merge(pd.read_csv(HERE / "word_answers.csv"))

    nothing = np.full(len(searcher.ids), np.nan)

    def everything(query: str) -> list[TextMatch]:
        return searcher.search_beside(query, len(searcher.ids), nothing, 1, pictures)

    ways: dict[str, Callable[[str], list[str]]] = {
        "by word alone": lambda query: _by(everything(query), "bm25"),
        "by meaning alone": lambda query: _by(everything(query), "meaning"),
        "by picture alone": lambda query: _first(pictures.ids, pictures.cosines(query)),
        "by picture, with examples by word": lambda query: _by(everything(query), "picture"),
        "words, then meaning": lambda query: [match.id for match in _in_order(searcher.search(query, 3))],
        "words, then meaning, then pictures": lambda query: [
            match.id for match in _in_order(searcher.search(query, 3, pictures))
        ],
    }
    answered = asked[asked["right"].notna()]
    for way, search in ways.items():
        first = among = 0
        began = time.perf_counter()
        lines = []
        for query, right in zip(answered["query"], answered["right"], strict=True):
            ids = {f"{one}.jpg" for one in right.split()}
            found = [work in ids for work in search(query)]
            first += found[:1] == [True]
            among += any(found)
            lines.append(f"{query}: {sum(found)}")
        took = (time.perf_counter() - began) / len(answered)
        print(f"{way}: right first {first}, among the first three {among} of {len(answered)}")
        print(f"   right of the first three ({1000 * took:.0f} ms a query): {'; '.join(lines)}")


def _in_order(results: TextResults) -> list[TextMatch]:
    return [match for _, matches in results.parts() for match in matches][:3]


def _by(found: list[TextMatch], ranking: str) -> list[str]:
    ranked = [one for one in found if getattr(one, ranking) is not None]
    return _first([one.id for one in ranked], np.array([getattr(one, ranking) for one in ranked], float))


def _first(ids: list[str], scores: np.ndarray) -> list[str]:
    return [ids[row] for row in np.argsort(-scores, kind="stable")[:3]]


if __name__ == "__main__":
    main(sys.argv[1])
