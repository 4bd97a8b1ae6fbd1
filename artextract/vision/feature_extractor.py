"""Features of pictures by a backbone: an embedding, or a feature map as a sequence of cells."""

import math
from collections.abc import Generator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from artextract.features.decoding_ahead import batches_ahead
from artextract.network_queue import BACKGROUND, NOW
from artextract.vision.backbones import Backbone, find_backbone, weights_of
from artextract.vision.concatenated import Projection
from artextract.vision.device import Device, find_device
from artextract.vision.feature_key import FeatureKey, embedding_key
from artextract.vision.networks.load import arithmetic_of, load_network
from artextract.vision.preprocessing import Preprocessing, prepare_file, resized

if TYPE_CHECKING:
    from artextract.vision.networks.torch_network import TorchNetwork

BATCH = 8  # Pictures per batch: larger batches leave the processor's cache and are slower (measured)


class Embedder:
    """Computes embeddings: the pooled output of a backbone. Safe to use from several threads."""

    def __init__(self, backbone: Backbone, weights_file: Path | None = None, device: Device | None = None) -> None:
        """Load the network. DeviceError without the device (None: as configured), WeightsError without weights."""
        device = device or find_device()
        self.backbone = backbone
        self.weights = weights_of(backbone, weights_file)
        self.key = embedding_key(backbone, self.weights, arithmetic_of(backbone, device))
        self._projection = Projection.read(self.weights.path) if backbone.parts else None
        parts = [*zip(map(find_backbone, backbone.parts), self.weights.parts, strict=True)]
        same = device.in_arithmetic(self.key.arithmetic)
        sizes = self._projection.sizes if self._projection else [backbone.preprocessing.input_size]
        self._sizes = [int(size) for size in sizes]
        self._networks = [
            load_network(*part, same, size)
            for part, size in zip(parts or [(backbone, self.weights)], self._sizes, strict=True)
        ]

    def embed_prepared(self, pixels: np.ndarray, priority: int = BACKGROUND) -> np.ndarray:
        """Embeddings float32 [n, dimension], not normalised, of pictures uint8 [n, size, size, 3] from `prepare`.

        A picture's embedding does not depend on what else is in the batch.
        """
        pairs = zip(self._networks, self._sizes, strict=True)
        vectors = [network.embed(resized(pixels, size), priority) for network, size in pairs]
        return self._projection.project(vectors) if self._projection else vectors[0]

    def embed(self, source: Path | bytes, name: str = "") -> np.ndarray:
        """The embedding of one picture file, float32 [dimension], not normalised; raises like `open_picture`."""
        pixels = prepare_file(source, self.backbone.preprocessing, name)[None]
        return self.embed_prepared(pixels, NOW)[0]

    def embed_words(self, texts: Sequence[str]) -> np.ndarray:
        """Embeddings of texts, for a backbone that embeds text: float32 [texts, dimension]."""
        return cast("TorchNetwork", self._networks[0]).embed_text(texts)


class FeatureMapper:
    """Computes feature maps: the last layer of a backbone. Safe to use from several threads."""

    def __init__(
        self,
        backbone: Backbone,
        size: int,
        weights_file: Path | None = None,
        device: Device | None = None,
        mirrored: bool = False,
    ) -> None:
        """Load the network for pictures with sides of `size` pixels. Raises the same errors as `Embedder`.

        `mirrored`: a map is the mean of the picture's and its mirror image's, turned back.
        """
        self.backbone, self.size, self.device = backbone, size, device or find_device()
        self.weights = weights_of(backbone, weights_file)
        arithmetic, mirror = arithmetic_of(backbone, self.device), "-mirrored" if mirrored else ""
        self.key = FeatureKey(backbone.name, self.weights.fingerprint, f"{size}px-whole{mirror}", arithmetic)
        self._mirrored = mirrored
        self._network = load_network(backbone, self.weights, self.device, size)

    def maps(self, pixels: np.ndarray) -> np.ndarray:
        """float32 [n, cells, dimension], row by row, of pictures uint8 [n, size, size, 3] from `prepare_whole`.

        The number of cells is a square.
        """
        maps = self._network.maps(pixels, BACKGROUND)
        if not self._mirrored:
            return maps
        side = math.isqrt(maps.shape[1])
        turned = self._network.maps(pixels[:, :, ::-1], BACKGROUND).reshape(len(maps), side, side, -1)[:, :, ::-1]
        return (maps + turned.reshape(maps.shape)) / 2


def prepared_ahead(paths: Sequence[Path], preprocessing: Preprocessing) -> Generator[np.ndarray]:
    """Prepare picture files ahead of the network, in order: batches uint8 [≤ BATCH, size, size, 3].

    Close the generator to end its threads. Raises BadImageError if a file can't be read.
    """
    prepared = partial(prepare_file, preprocessing=preprocessing)
    with closing(batches_ahead(prepared, paths, BATCH)) as batches:
        for batch in batches:
            yield np.stack(batch)
