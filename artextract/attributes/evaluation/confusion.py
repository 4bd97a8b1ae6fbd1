"""The confusion matrix of an attribute: which class was taken for which."""

import numpy as np
import pandas as pd

from artextract.attributes.labels import LABELLED


def confusion(table: pd.DataFrame, attribute: str, classes: list[str]) -> np.ndarray:
    """How often a painting of class i (row) was called class j (column).

    Args:
        table: `Bundle.validation`.
        attribute: "style", "genre" or "artist".
        classes: the classes, in the order of rows and columns.

    Returns:
        int64 [classes, classes].
    """
    if attribute not in LABELLED:
        raise ValueError(attribute)
    known = table[table[attribute].notna()]
    right = pd.Categorical(known[attribute], categories=classes).codes
    said = pd.Categorical(known[f"{attribute}_said"], categories=classes).codes
    both = (right >= 0) & (said >= 0)
    counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(counts, (right[both], said[both]), 1)
    return counts
