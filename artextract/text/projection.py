"""Search of pictures by words: the text projection, a linear map from text embeddings to picture embeddings.

The projection is fitted on paintings with their titles, genres and styles (`python -m
train.text_projection`). Backbones that are dual encoders embed words themselves and need no projection.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from artextract.errors import NotReadyError, WeightsError
from artextract.tensor_files import read_facts, read_tensors, write_tensors
from artextract.text.text_embedding import text_embedder
from artextract.vectors import unit
from artextract.vision.backbones import find_backbone
from artextract.vision.embedding import Embeddings
from artextract.vision.feature_extractor import Embedder
from artextract.vision.feature_key import FeatureKey

SHIPPED = Path(__file__).parent / "shipped" / "text_projection.safetensors"


class ProjectionFacts(BaseModel):
    """The embeddings that a projection connects, and its accuracy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    picture_embedding: str  # `embedding_name` of its key
    text_embedding: str  # Fingerprint of its weights
    fitted_on: int  # Pictures
    validated_on: int  # Pictures; each was searched by its title among the others
    recall: float  # Share of them among the first ten results, 0 to 1
    chance: float  # That share by chance
    baseline: float  # That share if results are the pictures whose titles share words with the query

    def sentence(self) -> str:
        """The accuracy for a person to read."""
        return (
            f"Test on {self.validated_on:,} held-out paintings: a search by title put {self.recall:.0%} in the top "
            f"ten (chance {self.chance:.1%}; word matching {self.baseline:.0%})."
        )


@dataclass(frozen=True)
class TextProjection:
    """A linear map from text embeddings to picture embeddings."""

    facts: ProjectionFacts
    matrix: np.ndarray  # float32 [256, dimension]
    centre: np.ndarray  # float32 [dimension], the mean of the pictures' unit vectors

    @staticmethod
    def read(file: Path) -> "TextProjection":
        """Read what `write` wrote.

        Raises WeightsError if the file is missing, damaged, or fitted for another text embedding.
        """
        try:
            facts, tensors = read_facts(file, ProjectionFacts), read_tensors(file, ("matrix", "centre"))
        except (OSError, ValueError) as error:
            raise WeightsError(
                f"{file} is missing or is not a text projection. Reinstall the program, or run "
                "`python -m train.text_projection`."
            ) from error
        if facts.text_embedding != text_embedder().fingerprint:
            raise WeightsError(
                "The text projection was fitted for another text embedding. Install the version of wordllama "
                "that this program requires."
            )
        return TextProjection(facts, tensors["matrix"].astype(np.float32), tensors["centre"].astype(np.float32))

    def write(self, file: Path) -> None:
        """Write the map to a file of at most 0.5 MB. Raises StorageError if the file cannot be written."""
        tensors = {"matrix": self.matrix.astype(np.float16), "centre": self.centre.astype(np.float16)}
        write_tensors(file, tensors, self.facts)

    def cosines(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """The cosines of texts with pictures' embeddings (float [n, dimension]): float32 [texts, n], -1 to 1."""
        projected = unit(text_embedder().embed(texts) @ self.matrix)
        # Equals `projected @ centred(vectors, self.centre).T`, without copying all vectors for each query.
        lengths = np.maximum(np.sqrt(np.einsum("nd,nd->n", vectors, vectors)), 1e-12)
        along_centre = (vectors @ self.centre) / lengths
        centred_lengths = np.sqrt(np.maximum(1 - 2 * along_centre + float(self.centre @ self.centre), 1e-12))
        return (projected @ vectors.T / lengths - (projected @ self.centre)[:, None]) / centred_lengths


def centred(vectors: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Unit vectors of pictures minus their mean, again at unit length: float32 [n, dimension]."""
    return unit(unit(vectors) - centre)


@cache
def shipped_projection() -> TextProjection:
    """The projection that comes with the program. Raises WeightsError if the file is missing or damaged."""
    return TextProjection.read(SHIPPED)


def projection_to(key: FeatureKey) -> TextProjection:
    """The shipped projection; raises WeightsError as `shipped_projection`.

    Raises NotReadyError if it was not fitted for that picture embedding.
    """
    projection = shipped_projection()
    if projection.facts.picture_embedding != embedding_name(key):
        raise NotReadyError(
            "Text search of pictures is not available: it needs the embedding "
            f"{projection.facts.picture_embedding}, but this collection uses {embedding_name(key)}."
        )
    return projection


def embedding_name(key: FeatureKey) -> str:
    """The name of an embedding without its arithmetic, which changes too little to matter here."""
    return f"{key.backbone}-{key.weights}-{key.preprocessing}"


@dataclass(frozen=True)
class PictureSearch:
    """Compares words with picture embeddings."""

    cosines: Callable[[str], np.ndarray]  # Words → cosine with each picture, float32 [n], -1 to 1
    explanation: str  # How, and how accurate the results are


def open_picture_search(embeddings: Embeddings, embedder: Callable[[], Embedder]) -> PictureSearch:
    """The search that these embeddings allow; `embedder` is only called if their backbone embeds words.

    Raises NotReadyError and WeightsError as `projection_to`.
    """
    backbone, vectors = find_backbone(embeddings.key.backbone), embeddings.vectors
    if backbone.embeds_text:

        def cosines(query: str) -> np.ndarray:
            return unit(vectors) @ unit(embedder().embed_words([query]))[0]

        return PictureSearch(cosines, f"The network {backbone.name} embeds words and pictures in the same space.")
    projection = projection_to(embeddings.key)
    return PictureSearch(
        lambda query: projection.cosines([query], vectors)[0],
        f"Approximate: trained on WikiArt titles. {projection.facts.sentence()}",
    )
