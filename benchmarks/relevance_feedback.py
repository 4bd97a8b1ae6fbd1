"""How much marks help: precision@50 after five right and five wrong works, against one query's.

Each query is a validation work of one style or genre with `FEWEST` works or more. "Its list": the query and the first
four works of its result that are right, and the first five that are wrong, as a person marks them who reads from the
top. "Any five": right and wrong works at random. Marked works count neither as right nor as wrong afterwards, so the
easiest ones are gone. Only works with a label take part.

A subject is a word of the title, so many works of the subject count as wrong; compare the rows, not the columns.

Usage: python -m benchmarks.relevance_feedback COLLECTION [--queries 200]
"""

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from artextract.collection import Collection
from artextract.similarity.relevance_feedback import Space, most_like, rocchio
from artextract.text.projection import projection_to
from artextract.vectors import unit
from artextract.vision.embedding import load_embeddings

K = 50
MARKS = 5  # Works marked as right, and as many as wrong
FEWEST = 100
SUBJECTS = ("winter", "snow", "harbo", "ship", "bridge", "flowers", "garden", "dance", "beach", "child", "nude")
"""Words of titles that name a subject; the first in a title counts."""
RANDOM = 1000  # Works that the logistic regression takes as weak negatives: together they weigh as much as the wrong

Marks = tuple[np.ndarray, np.ndarray]  # Rows of the right works (the query is the first), and of the wrong
Spaces = tuple[np.ndarray, np.ndarray]  # Unit vectors of the works: the embedding, and its projection to words


def query_alone(spaces: Spaces, marks: Marks, _: np.random.Generator) -> np.ndarray:
    return spaces[0] @ spaces[0][marks[0][0]]


def right_alone(spaces: Spaces, marks: Marks, _: np.random.Generator) -> np.ndarray:
    return spaces[0] @ rocchio(spaces[0][marks[0]], spaces[0][:0])


def right_and_wrong(spaces: Spaces, marks: Marks, _: np.random.Generator) -> np.ndarray:
    return spaces[0] @ rocchio(spaces[0][marks[0]], spaces[0][marks[1]])


def projected(spaces: Spaces, marks: Marks, _: np.random.Generator) -> np.ndarray:
    return right_and_wrong(spaces[::-1], marks, _)


def chosen(spaces: Spaces, marks: Marks, _: np.random.Generator) -> np.ndarray:
    right, wrong = (rows.tolist() for rows in marks)
    return most_like([space_of(vectors) for vectors in spaces], right, wrong)


def right_chosen(spaces: Spaces, marks: Marks, _: np.random.Generator) -> np.ndarray:
    return chosen(spaces, (marks[0], marks[1][:0]), _)


def space_of(vectors: np.ndarray) -> Space:
    return Space(len(vectors), lambda rows: vectors[rows], lambda query: vectors @ query)


def logistic(spaces: Spaces, marks: Marks, random: np.random.Generator) -> np.ndarray:
    vectors, (right, wrong) = spaces[0], marks
    rows = np.r_[right, wrong, random.choice(len(vectors), RANDOM)]
    weights = np.repeat([1 / len(right), 0.5 / len(wrong), 0.5 / RANDOM], [len(right), len(wrong), RANDOM])
    model = LogisticRegression(C=100, max_iter=500).fit(vectors[rows], np.arange(len(rows)) < len(right), weights)
    return vectors @ model.coef_[0]


METHODS: dict[str, Callable[[Spaces, Marks, np.random.Generator], np.ndarray]] = {
    "one query": query_alone,
    "five right": right_alone,
    "five right, in the better space": right_chosen,
    "five right, five wrong (Rocchio)": right_and_wrong,
    "the same by logistic regression": logistic,
    "the same in the space of words": projected,
    "the same in the better space": chosen,
}


def marks_of(vectors: np.ndarray, query: int, right: np.ndarray, by_list: bool, random: np.random.Generator) -> Marks:
    order = np.argsort(-vectors @ vectors[query]) if by_list else random.permutation(len(vectors))
    order = order[order != query]
    return np.r_[query, order[right[order]][: MARKS - 1]], order[~right[order]][:MARKS]


def precision(spaces: Spaces, labels: np.ndarray, queries: np.ndarray, by_list: bool) -> dict[str, float]:
    """Method → mean precision@50 over the queries."""
    random = np.random.default_rng(0)
    found: dict[str, list[float]] = {name: [] for name in METHODS}
    for query in queries:
        right = labels == labels[query]
        marks = marks_of(spaces[0], int(query), right, by_list, random)
        for name, method in METHODS.items():
            scores = method(spaces, marks, random)
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
    works["subject"] = works["title"].str.lower().str.extract(f"({'|'.join(SUBJECTS)})", expand=False)
    tensors = projection_to(embeddings.key).tensors
    table = {}
    for column in ("style", "genre", "subject"):
        known = works[column].notna().to_numpy()
        vectors, labels = unit(embeddings.vectors[known]), works[column][known].to_numpy()
        words = unit(vectors @ tensors["picture.weight"].T + tensors["picture.bias"])
        words = unit(words - words.mean(axis=0))
        counts = pd.Series(labels).value_counts()
        useful = pd.Series(labels).isin(counts.index[counts >= FEWEST]).to_numpy()
        validation = np.flatnonzero(
            (works["split" if column == "subject" else f"{column}_split"][known] == "val").to_numpy() & useful
        )
        queries = np.random.default_rng(0).permutation(validation)[: options.queries]
        print(f"{column}: {len(queries)} queries among {len(vectors):,} works, {len(counts)} labels", flush=True)
        for by_list, name in ((True, "its list"), (False, "any five")):
            table[column, name] = precision((vectors, words), labels, queries, by_list)
    print(pd.DataFrame(table).round(3).to_string())


if __name__ == "__main__":
    main()
