"""Relevance feedback: works marked as right or wrong become one query, which is nearer to works like the right ones.

J. J. Rocchio, "Relevance feedback in information retrieval", in: G. Salton (ed.), The SMART Retrieval System (1971).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from artextract.vectors import unit

WRONG_WEIGHT = 0.75  # Of the wrong works' mean, against 1 for the right works' (benchmarks/relevance_feedback.py)
SAMPLE = 100  # Works that stand for wrong ones while none is marked


@dataclass(frozen=True)
class Space:
    """Vectors of all works, such as an embedding or its projection to the space of words."""

    count: int  # Works
    vectors: Callable[[list[int]], np.ndarray]  # Rows → float32 [rows, dimension], unit length
    scores: Callable[[np.ndarray], np.ndarray]  # Query, float32 [dimension] → its products with all works, float [n]


def rocchio(right: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """The query of marked works, float32 [dimension]: the mean of the right ones minus `WRONG_WEIGHT` times the other.

    `right`, float [r, dimension], and `wrong`, float [w, dimension], are embeddings. ValueError if `right` is empty.
    """
    if not len(right):
        raise ValueError("A query needs at least one work that is marked as right.")
    query: np.ndarray = unit(right).mean(axis=0)
    return query - WRONG_WEIGHT * unit(wrong).mean(axis=0) if len(wrong) else query


def most_like(spaces: Sequence[Space], right: list[int], wrong: list[int]) -> np.ndarray:
    """The score of each work, float [n]: higher is more like the works in the rows `right` than those in `wrong`.

    Marks may be about what is shown or about how it is painted, so the space is used that separates them best. While
    none is wrong, works from all over the collection stand for the wrong ones in this choice. ValueError without a
    right work.
    """
    sample = np.linspace(0, spaces[0].count - 1, SAMPLE).astype(int).tolist()
    others = wrong or [row for row in sample if row not in right]

    def fit(space: Space) -> float:
        return separation(space.vectors(right), space.vectors(others))

    space = max(spaces, key=fit) if len(right) > 1 and len(others) > 1 else spaces[0]
    return space.scores(rocchio(space.vectors(right), space.vectors(wrong)))


def separation(right: np.ndarray, wrong: np.ndarray) -> float:
    """How far right works, unit [r, dimension], score above wrong ones, unit [w, dimension], in standard deviations.

    Each work is scored by the query of the others (leave one out), so at least two of each are needed.
    """

    def scores(own: np.ndarray, other: np.ndarray, weight: float, other_weight: float) -> np.ndarray:
        rest = (own.sum(axis=0) - own) / (len(own) - 1)
        found: np.ndarray = weight * (own * rest).sum(axis=1) + other_weight * own @ other.mean(axis=0)
        return found

    ours = scores(right, wrong, 1, -WRONG_WEIGHT)
    theirs = scores(wrong, right, -WRONG_WEIGHT, 1)
    return float((ours.mean() - theirs.mean()) / np.sqrt(ours.var() + theirs.var() + 1e-9))


def nearest_examples(vectors: np.ndarray, examples: np.ndarray) -> np.ndarray:
    """For each embedding, float [n, dimension], the place of the nearest of the `examples`: int64 [n].

    `examples` are float [e, dimension], with e at least 1. Nearest is the highest cosine.
    """
    places: np.ndarray = (unit(vectors) @ unit(examples).T).argmax(axis=1)
    return places
