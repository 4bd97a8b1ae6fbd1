"""Search by several embeddings at once, and what each of them contributed."""

from collections.abc import Sequence

import numpy as np

from artextract.similarity.fusion import ranks, standardised


class FusedIndex:
    """A collection's works under several embeddings. Safe to share."""

    def __init__(self, vectors: Sequence[np.ndarray]) -> None:
        """Take the embeddings, float32 [n, d] each, of the same works in the same order."""
        self._units = [
            one / np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-12) for one in vectors
        ]

    def nearest(self, row: int, k: int, allowed: np.ndarray) -> list[tuple[int, tuple[int, ...]]]:
        """The `k` works nearest to one of them by the mean of the standardised scores.

        Args:
            row: the work.
            k: how many; fewer come where fewer are allowed.
            allowed: bool [n], which works may be found; the work itself never is.

        Returns:
            The row of each, nearest first, and its rank by each embedding alone among all works, 1
            the nearest.
        """
        cosines = [(units @ units[row])[None].astype(np.float32) for units in self._units]
        for one in cosines:
            one[0, row] = np.nan
        fused = standardised(cosines)[0]
        alone = np.stack([ranks(one)[0] for one in cosines], axis=1)
        order = np.argsort(-fused, kind="stable")
        chosen = [int(place) for place in order if allowed[place] and place != row][:k]
        return [(place, tuple(int(rank) for rank in alone[place])) for place in chosen]
