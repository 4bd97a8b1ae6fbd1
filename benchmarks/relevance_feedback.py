"""How much marks help: precision@50 after five right and five wrong works, against one query's.

Each query is a validation work of one style or genre with `FEWEST` works or more. "Its list": the query and the first
four works of its result that are right, and the first five that are wrong, as a person marks them who reads from the
top. "Any five": right and wrong works at random. Marked works count neither as right nor as wrong afterwards, so the
easiest ones are gone. Only works with a label take part.

Usage: python -m benchmarks.relevance_feedback COLLECTION [--queries 200]
"""

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from artextract.collection import Collection
from artextract.similarity.relevance_feedback import rocchio
from artextract.vectors import unit
from artextract.vision.embedding import load_embeddings

K = 50
MARKS = 5  # Works marked as right, and as many as wrong
FEWEST = 200
RANDOM = 1000  # Works that the logistic regression takes as weak negatives: together they weigh as much as the wrong

Marks = tuple[np.ndarray, np.ndarray]  # Rows of the right works (the query is the first), and of the wrong


def query_alone(vectors: np.ndarray, marks: Marks, _: np.random.Generator) -> np.ndarray:
    return vectors @ vectors[marks[0][0]]


def right_alone(vectors: np.ndarray, marks: Marks, _: np.random.Generator) -> np.ndarray:
    return vectors @ rocchio(vectors[marks[0]], vectors[:0])


def right_and_wrong(vectors: np.ndarray, marks: Marks, _: np.random.Generator) -> np.ndarray:
    return vectors @ rocchio(vectors[marks[0]], vectors[marks[1]])


def logistic(vectors: np.ndarray, marks: Marks, random: np.random.Generator) -> np.ndarray:
    right, wrong = marks
    rows = np.r_[right, wrong, random.choice(len(vectors), RANDOM)]
    weights = np.repeat([1 / len(right), 0.5 / len(wrong), 0.5 / RANDOM], [len(right), len(wrong), RANDOM])
    model = LogisticRegression(C=100, max_iter=500).fit(vectors[rows], np.arange(len(rows)) < len(right), weights)
    return vectors @ model.coef_[0]


METHODS: dict[str, Callable[[np.ndarray, Marks, np.random.Generator], np.ndarray]] = {
    "one query": query_alone,
    "five right": right_alone,
    "five right, five wrong (Rocchio)": right_and_wrong,
    "the same by logistic regression": logistic,
}


def marks_of(vectors: np.ndarray, query: int, right: np.ndarray, by_list: bool, random: np.random.Generator) -> Marks:
    order = np.argsort(-vectors @ vectors[query]) if by_list else random.permutation(len(vectors))
    order = order[order != query]
    return np.r_[query, order[right[order]][: MARKS - 1]], order[~right[order]][:MARKS]


def precision(vectors: np.ndarray, labels: np.ndarray, queries: np.ndarray, by_list: bool) -> dict[str, float]:
    """Method → mean precision@50 over the queries."""
    random = np.random.default_rng(0)
    found: dict[str, list[float]] = {name: [] for name in METHODS}
    for query in queries:
        right = labels == labels[query]
        marks = marks_of(vectors, int(query), right, by_list, random)
        for name, method in METHODS.items():
            scores = method(vectors, marks, random)
            scores[np.concatenate(marks)] = -np.inf
            found[name].append(float(right[np.argpartition(-scores, K)[:K]].mean()))
    return {name: float(np.mean(values)) for name, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collection")
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    collection = Collection.open(options.collection)
    embeddings = load_embeddings(collection, "paintings")
    works = collection.works().set_index("id").loc[list(embeddings.ids)]
    table = {}
    for column in ("style", "genre"):
        known = works[column].notna().to_numpy()
        vectors, labels = unit(embeddings.vectors[known]), works[column][known].to_numpy()
        counts = pd.Series(labels).value_counts()
        useful = pd.Series(labels).isin(counts.index[counts >= FEWEST]).to_numpy()
        validation = np.flatnonzero((works[f"{column}_split"][known] == "val").to_numpy() & useful)
        queries = np.random.default_rng(0).permutation(validation)[: options.queries]
        print(f"{column}: {len(queries)} queries among {len(vectors):,} works, {len(counts)} labels", flush=True)
        for by_list, name in ((True, "its list"), (False, "any five")):
            table[column, name] = precision(vectors, labels, queries, by_list)
    print(pd.DataFrame(table).round(3).to_string())


if __name__ == "__main__":
    main()
