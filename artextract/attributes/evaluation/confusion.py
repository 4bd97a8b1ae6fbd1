"""Confusion matrices, and the row and column of one label in words."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import Bundle

UNKNOWN_ARTIST = "none of its artists"
MIN_OF_COPY = 20  # Copies of the data set with fewer answers are not compared


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
class CopyPrecision:
    """How often a predicted label is right in one copy of the data set."""

    copy: int
    predicted: int  # Validation paintings of the copy that are predicted as the label
    precision: float  # Share of them that are right, 0…1


@dataclass(frozen=True)
class LabelConfusion:
    """The row and the column of one label in the confusion matrix, largest shares first."""

    label: str
    predicted: int  # Validation paintings predicted as the label
    true_classes: list[Share]  # Their true classes: the column
    labelled: int  # Validation paintings with the label
    predicted_classes: list[Share]  # Their predicted classes: the row
    worst_copy: CopyPrecision | None  # Where the label is right least often; None without several copies to compare

    def sentences(self) -> list[str]:
        """A sentence about the column, one about the worst copy if there are several, and one about the row."""
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
        if (worst := self.worst_copy) is None:
            return [column, row]
        sentence = (
            f"In copy {worst.copy + 1} of the data set, where the model does worst, "
            f"{worst.precision:.0%} of {worst.predicted:,} are right."
        )
        return [column, sentence, row]


def label_confusion(bundle: Bundle, attribute: str, label: str) -> LabelConfusion:
    """The answers to the validation paintings with `label`, and to those answered with `label`.

    They are the answers that a reading gives: the artist is one of all artists, or `UNKNOWN_ARTIST`, as is the
    right artist of a painting by someone else.
    """
    table = _open_artists(bundle) if attribute == "artist" else bundle.validation
    known = table[table[attribute].notna()]
    names = sorted({*known[attribute], *known[f"{attribute}_predicted"], label})
    counts = confusion(known, attribute, names)
    index = names.index(label)
    column, row = counts[:, index], counts[index]
    found = known[known[f"{attribute}_predicted"] == label]
    right = (found[attribute] == label).groupby(found["copy"]).agg(["size", "mean"])
    compared = right[right["size"] >= MIN_OF_COPY].itertuples()
    copies = [CopyPrecision(int(copy), int(size), float(mean)) for copy, size, mean in compared]
    return LabelConfusion(
        label,
        int(column.sum()),
        _shares(column, names),
        int(row.sum()),
        _shares(row, names),
        min(copies, key=lambda copy: copy.precision) if len(copies) > 1 else None,
    )


def _open_artists(bundle: Bundle) -> pd.DataFrame:
    """The validation paintings by known painters, with the right `artist` and `artist_predicted` of all artists."""
    rows = bundle.validation[bundle.validation["painter"].notna()]
    shown = dict(zip(bundle.facts.classes.of("artist"), bundle.facts.classes.known("artist"), strict=False))
    return pd.DataFrame({
        "copy": rows["copy"],
        "artist": rows["painter"].map(shown).fillna(UNKNOWN_ARTIST),
        "artist_predicted": rows["artist_open"].fillna(UNKNOWN_ARTIST),
    })


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
