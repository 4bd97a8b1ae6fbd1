"""Placing pictures on a map that is laid out already."""

import numpy as np

NEIGHBOURS = 15
"""Nearest works whose middle gives the place."""
SAME_PICTURE = 0.9999
"""Cosine from which two embeddings belong to the same picture."""


def place(positions: np.ndarray, vectors: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The positions of pictures among the works of a map, float [m, 2].

    A picture is placed at the median of its nearest works, as openTSNE initializes new points
    (Poličar, Stražar and Zupan 2021, "Embedding to reference t-SNE space"); on the work itself if
    the embedding is the same.

    Args:
        positions: of the works, float [n, 2].
        vectors: their embeddings, float32 [n, dimension].
        new: the pictures' embeddings by the same backbone, float32 [m, dimension].
    """
    from sklearn.neighbors import NearestNeighbors

    works = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(vectors)), metric="cosine", algorithm="brute").fit(vectors)
    distances, nearest = works.kneighbors(new)
    same = distances[:, :1] <= 1 - SAME_PICTURE
    return np.where(same, positions[nearest[:, 0]], np.median(positions[nearest], axis=1))
