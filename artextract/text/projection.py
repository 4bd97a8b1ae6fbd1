"""The bridge from words to pictures: which pictures look as words say, where nothing is written.

A linear map from the embedding of words into the embedding of pictures, fitted on paintings with
their titles, genres and styles (`python -m train.text_projection`). It knows what those knew.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from artextract.errors import NotReadyError, WeightsError
from artextract.files import write_atomic
from artextract.text.text_embedding import text_embedder
from artextract.vectors import unit
from artextract.vision.feature_key import FeatureKey

SHIPPED = Path(__file__).parent / "shipped" / "text_projection.safetensors"
HEADER = "artextract"


class Facts(BaseModel):
    """What there is to know of a bridge: which embeddings it joins, and how good it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pictures: str
    """The embedding of pictures: `embedding_name` of its key."""
    words: str
    """The fingerprint of the embedding of words."""
    fitted_on: int
    """Pictures that it was fitted on."""
    among: int
    """Validation pictures, of which each was looked for by its title."""
    recall: float
    """How often it was among the first ten, 0 to 1."""
    chance: float
    """How often it would be by chance."""
    borrowed: float
    """How often, if the pictures whose titles share words with its title are asked instead."""

    def sentence(self) -> str:
        """How far to trust it, for a person."""
        return (
            f"Of {self.among:,} paintings that it had not learnt from, each looked for by its "
            f"title alone among the others, it had {self.recall:.0%} among its first ten (chance: "
            f"{self.chance:.1%}; asking the paintings with the same words in their titles: "
            f"{self.borrowed:.0%})."
        )


class Bridge:
    """A linear map from words to pictures."""

    def __init__(self, facts: Facts, matrix: np.ndarray, centre: np.ndarray) -> None:
        """Take the map.

        Args:
            facts: what there is to know of it.
            matrix: float32 [256, dimension].
            centre: float32 [dimension], the mean of pictures' unit vectors.
        """
        self.facts = facts
        self.matrix = matrix
        self.centre = centre

    @staticmethod
    def read(file: Path) -> "Bridge":
        """Read what `write` wrote.

        Raises:
            WeightsError: it is missing, damaged, or of another embedding of words.
        """
        try:
            with safe_open(file, "numpy") as tensors:
                facts = Facts.model_validate(json.loads(tensors.metadata()[HEADER]))
                matrix = tensors.get_tensor("matrix").astype(np.float32)
                centre = tensors.get_tensor("centre").astype(np.float32)
        except (
            OSError,
            SafetensorError,
            KeyError,
            TypeError,
            ValueError,
            ValidationError,
        ) as error:
            raise WeightsError(
                f"{file} is missing or does not lead from words to pictures: install the program "
                "again, or run train.text_projection."
            ) from error
        if facts.words != text_embedder().fingerprint:
            raise WeightsError(
                "The bridge from words to pictures was made for another embedding of words: "
                "install the packages that requirements-no-deps.txt names."
            )
        return Bridge(facts, matrix, centre)

    def write(self, file: Path) -> None:
        """Write it, half a megabyte at the most.

        Raises:
            StorageError: it can't be written.
        """
        tensors = {
            "matrix": self.matrix.astype(np.float16),
            "centre": self.centre.astype(np.float16),
        }
        with write_atomic(file) as temporary:
            save_file(tensors, temporary, {HEADER: self.facts.model_dump_json()})

    def cosines(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """How near pictures are to texts: float32 [texts, n], -1 to 1, higher is closer.

        Args:
            texts: the words.
            vectors: the pictures' embeddings, float [n, dimension].
        """
        asked = unit(text_embedder().embed(texts) @ self.matrix)
        # As `asked @ centred(vectors, self.centre).T`, without a copy of all vectors a query.
        lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
        lengths = np.maximum(lengths, 1e-12)
        along, middle = (vectors @ self.centre) / lengths, float(self.centre @ self.centre)
        apart = np.sqrt(np.maximum(1 - 2 * along + middle, 1e-12))
        across = asked @ vectors.T / lengths - (asked @ self.centre)[:, None]
        return across / apart


def centred(vectors: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Unit vectors of pictures seen from their mean, float32 [n, dimension]."""
    return unit(unit(vectors) - centre)


@cache
def shipped_bridge() -> Bridge:
    """The bridge that comes with the program.

    Raises:
        WeightsError: it is missing or damaged.
    """
    return Bridge.read(SHIPPED)


def bridge_to(key: FeatureKey) -> Bridge:
    """The shipped bridge, if it leads to that embedding of pictures.

    Raises:
        NotReadyError: it was made for another.
        WeightsError: it is missing or damaged.
    """
    bridge = shipped_bridge()
    if bridge.facts.pictures != embedding_name(key):
        made_for = bridge.facts.pictures.partition("-")[0]
        other = "another version of it" if made_for == key.backbone else f"{key.backbone}"
        raise NotReadyError(
            f"The pictures themselves can't be compared with words here: what leads from words to "
            f"pictures was made for the embedding {made_for}, and these are embedded by {other}."
        )
    return bridge


def embedding_name(key: FeatureKey) -> str:
    """An embedding in whatever arithmetic: they agree well enough for words."""
    return f"{key.backbone}-{key.weights}-{key.preprocessing}"
