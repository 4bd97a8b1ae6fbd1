"""A linear head on an embedding that predicts one column of a collection.

    <collection>/custom_labels/<column>.safetensors

Its header says all but the tensors (`HeadFacts`). It reads embeddings of the one key that it was
fitted on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from artextract.attributes.certainty.calibration import Calibration
from artextract.attributes.evaluation.metrics import Scores
from artextract.attributes.reading import NOT_SURE, Answer, Label
from artextract.collection import Collection
from artextract.errors import NotReadyError, StorageError
from artextract.files import check_regular, write_atomic
from artextract.vectors import unit

SHOWN = 5
"""Terms of an answer."""
HEADER = "artextract"


class HeldOut(BaseModel):
    """How good a head is on pictures that were held out when it was fitted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scores: Scores
    by_artist: bool
    """Whether none of the artists of the held-out pictures was learnt from."""
    majority: float
    """Accuracy of always saying the commonest term."""
    sure: float
    """Share of the pictures that it is sure of."""
    sure_right: float | None
    """Share of those that it is right on; None if it is sure of none."""


class HeadFacts(BaseModel):
    """What there is to know of a head besides its tensors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    terms: tuple[str, ...]
    pictures: tuple[int, ...]
    """Examples of each term."""
    key: str
    """The feature key of the embeddings."""
    calibration: Calibration
    near_enough: float
    """A picture whose nearest term's mean is less like it (cosine) is like nothing it knows."""
    held_out: HeldOut
    left_out: dict[str, int]
    """Terms that had too few pictures."""

    def sentence(self) -> str:
        """What it learnt and how good it is, in words."""
        held, scores = self.held_out, self.held_out.scores
        whose = "pictures by artists it had not learnt from" if held.by_artist else "pictures"
        sentence = (
            f"{self.column}: {len(self.terms)} terms learnt from {scores.n:,} pictures. Of "
            f"held-out {whose} {scores.accuracy:.0%} were read right (always the commonest term: "
            f"{held.majority:.0%}; mean over the terms {scores.balanced_accuracy:.0%})."
        )
        if held.sure_right is None:
            sentence += " It is sure of none: more labelled works would help."
        else:
            sentence += f" It was sure of {held.sure:.0%}, and right on {held.sure_right:.0%} of them."
        if self.left_out:
            first = ", ".join(sorted(self.left_out, key=lambda term: -self.left_out[term])[:3])
            sentence += f" Terms with too few pictures, left out: {len(self.left_out)} ({first} …)."
        return sentence


@dataclass(frozen=True)
class Head:
    """A fitted head."""

    facts: HeadFacts
    weights: np.ndarray
    """float32 [terms, dimension], on unit vectors."""
    bias: np.ndarray
    """float32 [terms]."""
    means: np.ndarray
    """float32 [terms, dimension]: of each term's unit vectors."""

    def probabilities(self, vectors: np.ndarray) -> np.ndarray:
        """Calibrated probabilities of each term, float64 [n, terms], of embeddings."""
        logits = unit(vectors) @ self.weights.T + self.bias
        return self.facts.calibration.probabilities(logits)

    def unsure(self, vectors: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
        """Which embeddings have no answer that can be relied on, bool [n]."""
        unlikely = probabilities.max(axis=1) < self.facts.calibration.threshold
        return unlikely | self.far(vectors)

    def far(self, vectors: np.ndarray) -> np.ndarray:
        """Which embeddings are like nothing that was learnt, bool [n]."""
        return nearness(vectors, self.means) < self.facts.near_enough

    def answers(self, vectors: np.ndarray) -> list[Answer]:
        """What it reads in pictures with these embeddings, float [n, dimension]."""
        probabilities = self.probabilities(vectors)
        unsure = self.unsure(vectors, probabilities)
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, :SHOWN]
        return [
            Answer(
                [Label(self.facts.terms[i], float(row[i])) for i in order],
                len(self.facts.terms),
                bool(not_sure),
                bool(far),
            )
            for row, order, not_sure, far in zip(probabilities, best, unsure, self.far(vectors), strict=True)
        ]


def nearness(vectors: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Cosine of each vector to the nearest of the terms' means, float32 [n]."""
    return (unit(vectors) @ unit(means).T).max(axis=1)


CUSTOM_LABEL = "custom_label_"
"""How the columns that `as_columns` adds begin."""


def with_custom_labels(works: pd.DataFrame, heads: Sequence[Head], vectors: np.ndarray) -> pd.DataFrame:
    """A work table with what each head reads in its works, in columns `custom_label_<column>`.

    Args:
        works: rows that match those of `vectors`.
        heads: that read embeddings of these.
        vectors: float32 [n, dimension].
    """
    found = {}
    for head in heads:
        probabilities = head.probabilities(vectors)
        said = np.array(head.facts.terms, dtype=object)[probabilities.argmax(axis=1)]
        said[head.unsure(vectors, probabilities)] = NOT_SURE
        found[f"{CUSTOM_LABEL}{head.facts.column}"] = pd.Series(said, index=works.index, dtype="str")
    return works.assign(**found)


def head_files(collection: Collection) -> list[Path]:
    """The files of the fitted heads, in the order of their columns' names."""
    return sorted((collection.root / "custom_labels").glob("*.safetensors"))


def read_head(collection: Collection, column: str) -> Head:
    """The head of a column.

    Raises:
        NotReadyError: it was never fitted.
        StorageError: its file is damaged.
    """
    file = _file(collection, column)
    try:
        check_regular(file)
        with safe_open(file, "np") as opened:
            facts = HeadFacts.model_validate_json((opened.metadata() or {})[HEADER])
            tensors = {name: opened.get_tensor(name) for name in ("weights", "bias", "means")}
    except FileNotFoundError as error:
        raise NotReadyError(
            f"{collection.name} has no fitted labels for {column}: run "
            f"`artextract fit-labels {collection.name} --column {column}`, or use the Collections "
            "screen."
        ) from error
    except (OSError, SafetensorError, KeyError, ValidationError) as error:
        raise StorageError(f"{file} is damaged. Fit the labels of {collection.name} again.") from error
    return Head(facts, **tensors)


def write_head(collection: Collection, head: Head) -> Path:
    """Keep a head, in place of an earlier one of its column."""
    tensors = {"weights": head.weights, "bias": head.bias, "means": head.means}
    file = _file(collection, head.facts.column)
    with write_atomic(file) as temporary:
        save_file(
            {name: np.ascontiguousarray(one, dtype=np.float32) for name, one in tensors.items()},
            temporary,
            metadata={HEADER: head.facts.model_dump_json()},
        )
    return file


def heads_for(collection: Collection, key: str) -> list[Head]:
    """The collection's heads that read embeddings of `key`; damaged ones are passed over."""
    heads = []
    for file in head_files(collection):
        try:
            head = read_head(collection, file.stem)
        except StorageError:
            continue
        if head.facts.key == key:
            heads.append(head)
    return heads


def _file(collection: Collection, column: str) -> Path:
    return collection.root / "custom_labels" / f"{column}.safetensors"
