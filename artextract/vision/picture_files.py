"""Picture files, decoded ahead of the network that sees them."""

from collections.abc import Generator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np

from artextract.features.decoding_ahead import batches_ahead
from artextract.progress import Report, Stage, silent
from artextract.vision.feature_extractor import Embedder
from artextract.vision.images import open_picture
from artextract.vision.preprocessing import Preprocessing, prepare

BATCH = 8
"""Pictures at a time: larger batches leave the processor's cache and are slower (measured)."""


def prepared_ahead(paths: Sequence[Path], how: Preprocessing) -> Generator[np.ndarray]:
    """What a network sees of picture files, in order, uint8 [≤ BATCH, size, size, 3]; close it.

    Raises:
        BadImageError: one of them can't be read.
    """
    with closing(batches_ahead(partial(_prepared, how), paths, BATCH)) as batches:
        for batch in batches:
            yield np.stack(batch)


def embed_files(paths: Sequence[Path], embedder: Embedder, report: Report = silent) -> np.ndarray:
    """Embeddings of picture files, float32 [n, dimension], not normalised.

    Raises:
        BadImageError: one of them can't be read.
    """
    stage = Stage(f"Embedding with {embedder.backbone.name}", len(paths), report)
    vectors = []
    with closing(prepared_ahead(paths, embedder.backbone.preprocessing)) as batches:
        for pixels in batches:
            vectors.append(embedder.embed_prepared(pixels))
            stage.advance(len(pixels))
    return np.concatenate(vectors)


def _prepared(how: Preprocessing, path: Path) -> np.ndarray:
    return prepare(open_picture(path, at_least=2 * how.short_side).image, how)
