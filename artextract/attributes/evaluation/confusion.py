"""The row and the column of one label in the confusion matrix, in words."""

from dataclasses import dataclass

import pandas as pd

from artextract.attributes.model_bundle import Bundle

UNKNOWN_ARTIST = "none of its artists"


@dataclass(frozen=True)
class LabelConfusion:
    """The column and the row of one label in the confusion matrix: class → validation paintings, int64, most first."""

    label: str
    true_classes: pd.Series  # Of the paintings that are predicted as the label
    predicted_classes: pd.Series  # Of the paintings that have the label

    def sentences(self) -> list[str]:
        """A sentence about the column, and one about the row."""
        label, predicted, labelled = self.label, self.true_classes.sum(), self.predicted_classes.sum()
        if not predicted and not labelled:
            return [f"No validation painting is labelled {label} or was predicted as {label}."]
        column = f"No validation painting was predicted as {label}."
        row = f"No validation painting is labelled {label}."
        if predicted:
            shares = self._listed(self.true_classes, f"are {label}", "")
            column = f"Of {predicted:,} validation paintings predicted as {label}, {shares}."
        if labelled:
            shares = self._listed(self.predicted_classes, "were recognised", "were predicted as ")
            row = f"Of {labelled:,} {label} paintings, {shares}."
        return [column, row]

    def _listed(self, counts: pd.Series, right: str, verb: str) -> str:
        """A list such as "80% are Baroque, 9% Rococo and 3% Cubism": the two most common mistakes from 1% on."""
        shares = counts / counts.sum()
        mistakes = shares.drop(self.label, errors="ignore")
        parts = [f"{share:.0%} {verb}{name}" for name, share in mistakes[mistakes >= 0.01][:2].items()]
        first = [f"{shares.get(self.label, 0):.0%} {right}", *parts[:-1]]
        return " and ".join([", ".join(first), *parts[-1:]])


def label_confusion(bundle: Bundle, attribute: str, label: str) -> LabelConfusion:
    """The answers to the validation paintings with `label`, and to those answered with `label`.

    They are the answers that a reading gives: the artist is one of all artists, or `UNKNOWN_ARTIST`, as is the
    right artist of a painting by someone else.
    """
    table = bundle.validation
    known, predicted = table[attribute], table[f"{attribute}_predicted"]
    if attribute == "artist":
        table = table[table["painter"].notna()]
        shown = dict(zip(bundle.facts.classes.artist, bundle.facts.classes.known("artist"), strict=False))
        known = table["painter"].map(shown).fillna(UNKNOWN_ARTIST)
        predicted = table["artist_open"].fillna(UNKNOWN_ARTIST)
    counts = (
        classes.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        for classes in (known[predicted == label], predicted[known == label])
    )
    return LabelConfusion(label, *counts)
