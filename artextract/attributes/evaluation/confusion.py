"""Confusion matrices, and the row and column of one label in words."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import Bundle


def confusion(table: pd.DataFrame, attribute: str, classes: list[str]) -> np.ndarray:
    """Counts int64 [true class, predicted class] of the paintings in `table`, rows of `Bundle.validation`."""
    if attribute not in LABELLED:
        raise ValueError(attribute)
    counts = pd.crosstab(table[attribute], table[f"{attribute}_predicted"])
    return counts.reindex(index=classes, columns=classes, fill_value=0).to_numpy(np.int64)


@dataclass(frozen=True)
class Share:
    """A class, and how many of a row's or column's paintings it has."""

    name: str
    count: int
    share: float  # 0…1


@dataclass(frozen=True)
class LabelConfusion:
    """The row and the column of one label in the confusion matrix, largest shares first."""

    label: str
    predicted: int  # Validation paintings predicted as the label
    true_classes: list[Share]  # Their true classes: the column
    labelled: int  # Validation paintings with the label
    predicted_classes: list[Share]  # Their predicted classes: the row

    def sentences(self) -> list[str]:
        """One sentence about the column, one about the row."""
        if not self.predicted and not self.labelled:
            return [f"No validation painting is labelled {self.label} or was predicted as {self.label}."]
        column = f"No validation painting was predicted as {self.label}."
        row = f"No validation painting is labelled {self.label}."
        if self.predicted:
            right = f"{_share_of(self.true_classes, self.label):.0%} are {self.label}"
            column = (
                f"Of {self.predicted:,} validation paintings predicted as {self.label}, "
                f"{_listed(right, _mistakes(self.true_classes, self.label), '')}."
            )
        if self.labelled:
            right = f"{_share_of(self.predicted_classes, self.label):.0%} were recognised"
            mistakes = _mistakes(self.predicted_classes, self.label)
            row = f"Of {self.labelled:,} {self.label} paintings, {_listed(right, mistakes, 'were predicted as ')}."
        return [column, row]


def label_confusion(bundle: Bundle, attribute: str, label: str) -> LabelConfusion:
    """The predictions for the validation paintings with `label`, and those predicted as `label`."""
    table = bundle.validation
    known = table[table[attribute].notna()]
    names = sorted({*known[attribute], *known[f"{attribute}_predicted"], label})
    counts = confusion(table, attribute, names)
    index = names.index(label)
    column, row = counts[:, index], counts[index]
    return LabelConfusion(label, int(column.sum()), _shares(column, names), int(row.sum()), _shares(row, names))


def _shares(counts: np.ndarray, names: list[str]) -> list[Share]:
    total = max(int(counts.sum()), 1)
    order = np.argsort(-counts, kind="stable")
    return [Share(names[i], int(counts[i]), float(counts[i] / total)) for i in order if counts[i]]


def _share_of(shares: list[Share], label: str) -> float:
    return next((share.share for share in shares if share.name == label), 0.0)


def _mistakes(shares: list[Share], label: str) -> list[Share]:
    """The two most common mistakes, without those below 1%."""
    return [share for share in shares if share.name != label and share.share >= 0.01][:2]


def _listed(right: str, mistakes: list[Share], verb: str) -> str:
    """A list such as "80% are Baroque, 9% Rococo and 3% Cubism"."""
    parts = [right, *(f"{share.share:.0%} {verb}{share.name}" for share in mistakes)]
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)
