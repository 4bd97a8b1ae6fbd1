"""Embeddings of picture files that are in no collection."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from artextract.vision.feature_extractor import Embedder, prepared_ahead


def embed_files(paths: Sequence[Path], embedder: Embedder) -> np.ndarray:
    """Embeddings float32 [n, dimension], not normalised, of picture files. BadImageError if a file can't be read."""
    with closing(prepared_ahead(paths, embedder.backbone.preprocessing)) as batches:
        return np.concatenate([embedder.embed_prepared(pixels) for pixels in batches])
