"""Pictures asked in words: by a network that reads, or over the bridge."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from artextract.text.projection import bridge_to
from artextract.vectors import unit
from artextract.vision.backbones import find_backbone
from artextract.vision.embedding import Embeddings
from artextract.vision.feature_extractor import Embedder


@dataclass(frozen=True)
class PictureAsker:
    """Compares words with the pictures of embeddings themselves."""

    cosines: Callable[[str], np.ndarray]
    """Of words → how near each picture is, float32 [n], -1 to 1, higher is closer."""
    sentence: str
    """How it does, and how far to trust it."""


def picture_asker(embeddings: Embeddings, embedder: Callable[[], Embedder]) -> PictureAsker:
    """What compares words with these pictures.

    Args:
        embeddings: of the pictures.
        embedder: gives the backbone that made them; asked only where that one reads words.

    Raises:
        NotReadyError: nothing leads from words to these embeddings.
        WeightsError: what does can't be had.
    """
    backbone, vectors = find_backbone(embeddings.key.backbone), embeddings.vectors
    if backbone.reads:

        def by_network(query: str) -> np.ndarray:
            return unit(vectors) @ unit(embedder().embed_words([query]))[0]

        return PictureAsker(by_network, f"The network {backbone.name} reads words as it sees.")
    bridge = bridge_to(embeddings.key)
    return PictureAsker(
        lambda query: bridge.cosines([query], vectors)[0],
        f"A weak guide, learnt from titles of WikiArt. {bridge.facts.sentence()}",
    )
