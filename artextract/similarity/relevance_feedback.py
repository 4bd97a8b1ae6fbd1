"""Relevance feedback: works marked as right or wrong become one query, which is nearer to works like the right ones.

J. J. Rocchio, "Relevance feedback in information retrieval", in: G. Salton (ed.), The SMART Retrieval System (1971).
"""

import numpy as np

from artextract.vectors import unit

WRONG_WEIGHT = 0.75  # Of the wrong works' mean, against 1 for the right works' (benchmarks/relevance_feedback.py)


def rocchio(right: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """The query of marked works, float32 [dimension]: the mean of the right ones minus `WRONG_WEIGHT` times the other.

    `right`, float [r, dimension], and `wrong`, float [w, dimension], are embeddings. ValueError if `right` is empty.
    """
    if not len(right):
        raise ValueError("A query needs at least one work that is marked as right.")
    query: np.ndarray = unit(right).mean(axis=0)
    return query - WRONG_WEIGHT * unit(wrong).mean(axis=0) if len(wrong) else query


def nearest_examples(vectors: np.ndarray, examples: np.ndarray) -> np.ndarray:
    """For each embedding, float [n, dimension], the place of the nearest of the `examples`: int64 [n].

    `examples` are float [e, dimension], with e at least 1. Nearest is the highest cosine.
    """
    places: np.ndarray = (unit(vectors) @ unit(examples).T).argmax(axis=1)
    return places
