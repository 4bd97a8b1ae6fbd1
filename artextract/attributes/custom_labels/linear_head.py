"""A linear head on an embedding that predicts one column of a collection.

    <collection>/custom_labels/<column>.safetensors

The file holds the tensors, with `HeadFacts` in its header. A head only fits the embeddings of the
feature key that it was fitted on.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel

from artextract.attributes.certainty.calibration import Calibration
from artextract.attributes.evaluation.metrics import Scores
from artextract.attributes.reading import NOT_SURE, Answer, label_answers
from artextract.collection import Collection
from artextract.errors import StorageError
from artextract.tensor_files import read_facts, read_tensors, write_tensors
from artextract.vectors import unit

CUSTOM_LABEL = "custom_label_"  # Prefix of the columns that `with_custom_labels` adds to a work table


class HeldOut(BaseModel, extra="forbid", frozen=True):
    """How good a head is on held-out pictures."""

    scores: Scores
    by_artist: bool  # Whether no artist is in both the fitted and the held-out pictures
    unknown: int  # Pictures that are wrong because their fold was fitted without their term: too few artists have it
    majority: float  # Accuracy of always predicting the most common term
    sure: float  # Share of sure predictions
    sure_right: float | None  # Share of these that are right; None if there are none


class HeadFacts(BaseModel, extra="forbid", frozen=True):
    """Everything about a head except its tensors."""

    column: str
    terms: tuple[str, ...]
    pictures: tuple[int, ...]  # Examples of each term
    key: str  # The feature key of the embeddings
    calibration: Calibration
    min_similarity: float  # A picture with a lower cosine to the nearest term's mean is out of distribution
    held_out: HeldOut
    left_out: dict[str, int]  # Terms with too few pictures → how many

    def sentence(self) -> str:
        """The column and terms that the head predicts, and how well, in one sentence."""
        held, scores = self.held_out, self.held_out.scores
        pictures = "held-out pictures by other artists" if held.by_artist else "held-out pictures"
        sentence = (
            f"{self.column}: {len(self.terms)} terms from {scores.n:,} pictures. Accuracy on {pictures}: "
            f"{scores.accuracy:.0%} (always the most common term: {held.majority:.0%}; mean over the terms: "
            f"{scores.balanced_accuracy:.0%})."
        )
        if held.unknown:
            sentence += f" {held.unknown:,} of them count as wrong because too few artists have their term to test it."
        if held.sure_right is None:
            sentence += " No prediction is sure: more labelled works would help."
        else:
            sentence += f" {held.sure:.0%} of the predictions are sure, and {held.sure_right:.0%} of these are right."
        if self.left_out:
            first = ", ".join(sorted(self.left_out, key=lambda term: -self.left_out[term])[:3])
            sentence += f" Terms with too few pictures, left out: {len(self.left_out)} ({first} …)."
        return sentence


@dataclass(frozen=True)
class Head:
    """A fitted head."""

    facts: HeadFacts
    weights: np.ndarray  # float32 [terms, dimension], for unit vectors
    bias: np.ndarray  # float32 [terms]
    means: np.ndarray  # float32 [terms, dimension]: the mean of each term's unit vectors

    def probabilities(self, vectors: np.ndarray) -> np.ndarray:
        """Calibrated probabilities of each term, float64 [n, terms], of embeddings float [n, dimension]."""
        return self.facts.calibration.probabilities(unit(vectors) @ self.weights.T + self.bias)

    def out_of_distribution(self, vectors: np.ndarray) -> np.ndarray:
        """Which embeddings are unlike the examples of every term, bool [n]."""
        return similarity_to_means(vectors, self.means) < self.facts.min_similarity

    def answers(self, vectors: np.ndarray) -> list[Answer]:
        """The predictions for embeddings float [n, dimension]."""
        threshold, ood = self.facts.calibration.threshold, self.out_of_distribution(vectors)
        return label_answers(self.probabilities(vectors), self.facts.terms, threshold, ood)


def similarity_to_means(vectors: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Cosine of each vector to the nearest of the terms' means, float32 [n]."""
    return (unit(vectors) @ unit(means).T).max(axis=1)


def with_custom_labels(works: pd.DataFrame, heads: Sequence[Head], vectors: np.ndarray) -> pd.DataFrame:
    """A work table with the predictions of each head for vectors float32 [n, dimension], in `custom_label_<column>`."""
    columns = {}
    for head in heads:
        probabilities = head.probabilities(vectors)
        terms = np.array(head.facts.terms, dtype=object)[probabilities.argmax(axis=1)]
        unsure = probabilities.max(axis=1) < head.facts.calibration.threshold
        terms[unsure | head.out_of_distribution(vectors)] = NOT_SURE
        columns[f"{CUSTOM_LABEL}{head.facts.column}"] = pd.Series(terms, index=works.index, dtype="str")
    return works.assign(**columns)


def head_files(collection: Collection) -> list[Path]:
    """The files of the fitted heads, sorted by column."""
    return sorted((collection.root / "custom_labels").glob("*.safetensors"))


def read_head(file: Path) -> Head:
    """One of the `head_files`. Raises StorageError if it is damaged."""
    try:
        return Head(read_facts(file, HeadFacts), **read_tensors(file, ("weights", "bias", "means")))
    except (OSError, ValueError) as error:
        raise StorageError(f"{file} is damaged. Fit the labels of {file.parents[1].name} again.") from error


def write_head(collection: Collection, head: Head) -> None:
    """Store a head; it replaces an earlier one for the same column."""
    tensors = {"weights": head.weights, "bias": head.bias, "means": head.means}
    write_tensors(collection.root / "custom_labels" / f"{head.facts.column}.safetensors", tensors, head.facts)


def heads_for(collection: Collection, key: str) -> list[Head]:
    """The collection's heads that were fitted on embeddings of `key`, without damaged ones."""
    heads = []
    for file in head_files(collection):
        with suppress(StorageError):
            heads.append(read_head(file))
    return [head for head in heads if head.facts.key == key]
