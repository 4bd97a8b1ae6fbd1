"""How often each class was called what."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.attributes.evaluation.confusion import confusion


def labelled(table: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """The rows of `Bundle.validation` that have a right class of `attribute`."""
    return table[table[attribute].notna()]


@dataclass(frozen=True)
class Confusion:
    """How often each class was called what."""

    classes: list[str]
    """Those that occur, as a right class or as an answer; confusable ones stand together."""
    counts: np.ndarray
    """int64 [right, said]."""

    @property
    def recall(self) -> np.ndarray:
        """Of those that are i, the share that was called j: float [right, said], rows sum to 1."""
        return _share(self.counts, self.counts.sum(axis=1, keepdims=True))

    @property
    def precision(self) -> np.ndarray:
        """Of those called j, the share that is i: float [right, said], columns sum to 1."""
        return _share(self.counts, self.counts.sum(axis=0, keepdims=True))

    @property
    def f1(self) -> np.ndarray:
        """The harmonic mean of each class's precision and recall: float [classes]."""
        paintings = self.counts.sum(axis=0) + self.counts.sum(axis=1)
        return _share(2 * self.counts.diagonal(), paintings)


def confusion_of(table: pd.DataFrame, attribute: str) -> Confusion:
    """The confusion of the labelled paintings of `attribute`."""
    known = labelled(table, attribute)
    classes = sorted({*known[attribute], *known[f"{attribute}_said"]})
    counts = confusion(known, attribute, classes)
    order = order_of(counts)
    return Confusion([classes[i] for i in order], counts[np.ix_(order, order)])


def order_of(counts: np.ndarray) -> np.ndarray:
    """An order of classes in which those confused with one another are neighbours.

    Hierarchical clustering (average linkage, optimal leaf order: Bar-Joseph et al. 2001).

    Args:
        counts: int [classes, classes], rows right, columns said.

    Returns:
        int [classes], a permutation.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(counts) < 3:
        return np.arange(len(counts))
    shares = _share(counts, counts.sum(axis=1, keepdims=True))
    together = (shares + shares.T) / 2
    np.fill_diagonal(together, 0.0)
    distance = together.max() - together
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), "average", optimal_ordering=True)
    return leaves_list(tree)


def _share(counts: np.ndarray, of: np.ndarray) -> np.ndarray:
    return counts / np.maximum(of, 1)
