"""Search of pictures by words: the text projection maps texts and picture embeddings into one space.

The projection is fitted on paintings with their titles, genres and styles (`python -m
train.text_projection`). Backbones that are dual encoders embed words themselves and need no projection.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

import numpy as np
from pydantic import BaseModel
from scipy.special import ndtr

from artextract.errors import NotReadyError, WeightsError
from artextract.tensor_files import read_facts, read_tensors, write_tensors
from artextract.text.floor import floor_of, made_up_words
from artextract.text.text_embedding import DIMENSION, text_embedder
from artextract.vectors import unit
from artextract.vision.backbones import find_backbone
from artextract.vision.embedding import Embeddings
from artextract.vision.feature_extractor import Embedder
from artextract.vision.feature_key import FeatureKey

SHIPPED = Path(__file__).parent / "shipped" / "text_projection.safetensors"
LENGTH = 16.0  # Length of a text's sum of pieces before the layers
TENSORS = (
    "text.piece_weight",  # [pieces]
    *(f"text.{layer}.{kind}" for layer in ("skip", "hidden", "out") for kind in ("weight", "bias")),
    "picture.weight",  # [256, dimension]
    "picture.bias",  # [256]
)
_BLOCK = 8192  # Pictures projected at once, to save memory


class ProjectionFacts(BaseModel, extra="forbid", frozen=True):
    """The embeddings that a projection connects, and its accuracy."""

    picture_embedding: str  # `embedding_name` of its key
    text_embedding: str  # Fingerprint of its weights
    fitted_on: int  # Pictures
    validated_on: int  # Pictures; each was searched by its title among the others
    recall: float  # Share of them among the first ten results, 0 to 1
    chance: float  # That share by chance
    baseline: float  # That share if the query is the mean picture of the training works whose titles share most words
    both: float  # That share with the sum of the title's vector and that mean picture as query

    def sentence(self) -> str:
        """The accuracy for a person to read."""
        return (
            f"Test on {self.validated_on:,} paintings: a search by title put {self.recall:.0%} in the top ten, and "
            f"{self.both:.0%} where other works have similar titles (chance {self.chance:.1%})."
        )


@dataclass(frozen=True)
class TextProjection:
    """A small network for texts and a linear map for picture embeddings, into one space of 256 numbers.

    A text is the weighted sum of its pieces' embeddings, brought to length 16, through a linear layer plus
    a hidden layer with GELU. Both sides have unit length.
    """

    facts: ProjectionFacts
    tensors: Mapping[str, np.ndarray]  # float32, by the names in `TENSORS`

    @staticmethod
    def read(file: Path) -> "TextProjection":
        """Read what `write` wrote. Raises WeightsError if it is missing, damaged, or for another text embedding."""
        try:
            facts, tensors = read_facts(file, ProjectionFacts), read_tensors(file, TENSORS)
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
        return TextProjection(facts, {name: array.astype(np.float32) for name, array in tensors.items()})

    def write(self, file: Path) -> None:
        """Write the map to a file of about 1 MB. Raises StorageError if the file cannot be written."""
        write_tensors(file, {name: array.astype(np.float16) for name, array in self.tensors.items()}, self.facts)


def embed_texts(texts: list[str], tensors: Mapping[str, np.ndarray]) -> np.ndarray:
    """The vectors of texts by the arrays of a `TextProjection`: float32 [n, 256], unit length. Case does not matter."""

    def layer(name: str, inputs: np.ndarray) -> np.ndarray:
        outputs: np.ndarray = inputs @ tensors[f"text.{name}.weight"].T + tensors[f"text.{name}.bias"]
        return outputs

    tokens, weights = text_embedder().tokens, tensors["text.piece_weight"]
    sums = [weights[pieces] @ tokens[pieces] for pieces in text_embedder().pieces([text.lower() for text in texts])]
    scaled = LENGTH * unit(np.array(sums, np.float32).reshape(-1, DIMENSION))
    hidden = layer("hidden", scaled)
    return unit(layer("skip", scaled) + layer("out", hidden * ndtr(hidden)))  # x · ndtr(x) is GELU


class ProjectedPictures:
    """The pictures of a collection in the space of texts, relative to their mean.

    Subtracting the mean removes what all pictures of a collection share, so that it does not hide how
    they differ. Keeps three numbers a picture instead of another copy of all vectors.
    """

    def __init__(self, vectors: np.ndarray, weight: np.ndarray | None = None, bias: np.ndarray | None = None) -> None:
        """Project embeddings, float [n, dimension], once; a million take seconds.

        `weight` and `bias` are those of a `TextProjection`; without them the embeddings are in that space already.
        """
        self._vectors, self._weight = vectors, weight
        self._bias = np.zeros(vectors.shape[1] if weight is None else len(weight), np.float32) if bias is None else bias
        self._lengths, self._projected = np.ones((2, len(vectors)), np.float32)
        centre = np.zeros(len(self._bias))
        for start in range(0, len(vectors), _BLOCK):
            block = slice(start, start + _BLOCK)
            self._lengths[block] = _lengths(vectors[block])
            projected = self._raw(block)
            self._projected[block] = _lengths(projected)
            centre += unit(projected).sum(axis=0)
        self._centre = (centre / max(len(vectors), 1)).astype(np.float32)
        squares = 1 - 2 * self._products(self._centre) + self._centre @ self._centre
        self._centred = np.sqrt(np.maximum(squares, 1e-12))

    def cosines(self, vector: np.ndarray) -> np.ndarray:
        """The cosine of each picture with a vector of that space, float32 [256], of unit length: float32 [n]."""
        return (self._products(vector) - vector @ self._centre) / self._centred

    def mean(self, rows: Sequence[int], weights: np.ndarray) -> np.ndarray:
        """The mean of the pictures in `rows`, float32 [256], of unit length; their weights are float [rows]."""
        return unit(weights @ self.vectors(list(rows)))

    def vectors(self, rows: list[int]) -> np.ndarray:
        """The pictures in `rows`, float32 [rows, 256], of unit length."""
        return unit(unit(self._raw(rows)) - self._centre)

    def _raw(self, rows: list[int] | slice) -> np.ndarray:
        vectors = self._vectors[rows] / self._lengths[rows, None]
        return vectors if self._weight is None else vectors @ self._weight.T + self._bias

    def _products(self, vector: np.ndarray) -> np.ndarray:
        """The scalar products of a vector [256] with the pictures before their mean is subtracted: float32 [n]."""
        back = vector if self._weight is None else vector @ self._weight
        products: np.ndarray = (self._vectors @ back / self._lengths + vector @ self._bias) / self._projected
        return products


def _lengths(vectors: np.ndarray) -> np.ndarray:
    return np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)


@cache
def shipped_projection() -> TextProjection:
    """The projection that comes with the program. Raises WeightsError if the file is missing or damaged."""
    return TextProjection.read(SHIPPED)


def projection_to(key: FeatureKey) -> TextProjection:
    """`shipped_projection`. Raises NotReadyError if it was not fitted for that picture embedding."""
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

    ids: list[str]  # The works whose pictures are compared
    pictures: ProjectedPictures
    embed: Callable[[str], np.ndarray]  # Words → their vector, float32 [dimension], unit length
    explanation: str  # How, and how accurate the results are

    @cached_property
    def floor(self) -> float:
        """The cosine that a picture must exceed to be a result; see `artextract.text.floor`."""
        return floor_of([float(self.cosines(word).max(initial=-1.0)) for word in made_up_words()])

    def cosines(self, words: str, examples: Mapping[str, float] = MappingProxyType({})) -> np.ndarray:
        """The cosine of words with each picture: float32 [n], -1 to 1.

        The weighted mean picture of the examples (id → weight) counts as much as the words (relevance
        feedback: Rocchio 1971).
        """
        vector = self.embed(words)
        if weights := {row: examples[work] for row, work in enumerate(self.ids) if work in examples}:
            vector = unit(vector + self.pictures.mean(list(weights), np.array(list(weights.values()), np.float32)))
        return self.pictures.cosines(vector)


def open_picture_search(embeddings: Embeddings, embedder: Callable[[], Embedder]) -> PictureSearch:
    """The search that these embeddings allow; `embedder` is only called if their backbone embeds words.

    Raises NotReadyError and WeightsError as `projection_to`.
    """
    backbone, ids = find_backbone(embeddings.key.backbone), embeddings.ids
    if backbone.embeds_text:
        explanation = f"The network {backbone.name} embeds words and pictures in the same space."
        pictures = ProjectedPictures(embeddings.vectors)
        return PictureSearch(ids, pictures, lambda words: unit(embedder().embed_words([words]))[0], explanation)
    projection = projection_to(embeddings.key)
    weights = projection.tensors["picture.weight"], projection.tensors["picture.bias"]
    explanation = f"Approximate: trained on WikiArt titles. {projection.facts.sentence()}"
    pictures = ProjectedPictures(embeddings.vectors, *weights)
    return PictureSearch(ids, pictures, lambda words: embed_texts([words], projection.tensors)[0], explanation)
