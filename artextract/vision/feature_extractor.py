"""Features of pictures by a backbone: an embedding, or a feature map as a sequence of cells."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from artextract.features.decoding_ahead import batches_ahead
from artextract.network_queue import BACKGROUND, NOW, network_queue
from artextract.progress import Report, Stage, silent
from artextract.vision.backbones import Backbone
from artextract.vision.device import Device, find_device
from artextract.vision.feature_key import embedding_key, feature_map_key
from artextract.vision.network import Network, load_network
from artextract.vision.preprocessing import Preprocessing, prepare_file

if TYPE_CHECKING:
    from torch import Tensor

BATCH = 8  # Pictures per batch: larger batches leave the processor's cache and are slower (measured)


class Embedder:
    """Computes embeddings: the pooled output of a backbone. Safe to use from several threads."""

    def __init__(self, backbone: Backbone, weights_file: Path | None = None, device: Device | None = None) -> None:
        """Load the network on a device (None: the one in the settings).

        Raises DeviceError if there is no such device, WeightsError if the weights are missing or do not fit.
        """
        self.backbone = backbone
        self._network, self.weights = load_network(backbone, device or find_device(), weights_file)
        self.key = embedding_key(backbone, self.weights, self._network.device.arithmetic)

    def embed_prepared(self, pixels: np.ndarray, priority: int = BACKGROUND) -> np.ndarray:
        """Embeddings float32 [n, dimension], not normalised, of pictures uint8 [n, size, size, 3] from `prepare`.

        A picture's embedding does not depend on what else is in the batch.
        """
        return _features(self._network, self._network.module, pixels, priority)

    def embed(self, source: Path | bytes, name: str = "") -> np.ndarray:
        """The embedding of one picture file, float32 [dimension], not normalised; raises like `open_picture`."""
        pixels = prepare_file(source, self.backbone.preprocessing, name)[None]
        return self.embed_prepared(pixels, NOW)[0]

    def embed_words(self, texts: Sequence[str]) -> np.ndarray:
        """Embeddings of texts, for a backbone that `reads`: float32 [texts, dimension]."""
        import torch

        def turn() -> np.ndarray:
            with torch.inference_mode(), self._network.device.autocast():
                return self._network.module.embed_text(texts).float().cpu().numpy()

        return network_queue().run(turn, NOW)


class FeatureMapper:
    """Computes feature maps: the last layer of a backbone. Safe to use from several threads."""

    def __init__(
        self, backbone: Backbone, size: int, weights_file: Path | None = None, device: Device | None = None
    ) -> None:
        """Load the network for pictures with sides of `size` pixels. Raises the same errors as `Embedder`."""
        self.backbone = backbone
        self.size = size
        self._network, self.weights = load_network(backbone, device or find_device(), weights_file, size)
        self.device = self._network.device
        self.key = feature_map_key(backbone, self.weights, size, self.device.arithmetic)

    def maps(self, pixels: np.ndarray) -> np.ndarray:
        """Feature maps of pictures uint8 [n, size, size, 3] from `preprocessing.prepare_whole`.

        float32 [n, cells, dimension], the cells row by row; the number of cells is a square.
        """
        return _features(self._network, self._cells, pixels, BACKGROUND)

    def _cells(self, batch: "Tensor") -> "Tensor":
        network = self._network.module
        features: Tensor = network.forward_features(batch).float()
        if features.ndim == 4:  # a convolutional network: [n, dimension, rows, columns]
            return features.flatten(2).transpose(1, 2)
        # A vision transformer: class and register tokens come before the patches.
        return features[:, int(network.num_prefix_tokens) :]


def _features(
    network: Network, forward: Callable[["Tensor"], "Tensor"], pixels: np.ndarray, priority: int
) -> np.ndarray:
    """The output of `forward` for pictures, float32 [n, …]."""

    def array(batch: "Tensor") -> np.ndarray:
        return forward(batch).float().contiguous().cpu().numpy()

    # A batch of one is convolved by another algorithm, which rounds differently: run the picture twice.
    several = np.concatenate([pixels, pixels]) if len(pixels) == 1 else pixels
    return network.run(several, array, priority)[: len(pixels)]


def prepared_ahead(paths: Sequence[Path], preprocessing: Preprocessing) -> Generator[np.ndarray]:
    """Prepare picture files ahead of the network, in order: batches uint8 [≤ BATCH, size, size, 3].

    Close the generator to end its threads. Raises BadImageError if a file can't be read.
    """
    prepared = partial(prepare_file, preprocessing=preprocessing)
    with closing(batches_ahead(prepared, paths, BATCH)) as batches:
        for batch in batches:
            yield np.stack(batch)


def embed_files(paths: Sequence[Path], embedder: Embedder, report: Report = silent) -> np.ndarray:
    """Embeddings float32 [n, dimension], not normalised, of picture files. BadImageError if a file can't be read."""
    stage = Stage(f"Embedding with {embedder.backbone.name}", len(paths), report)
    vectors = []
    with closing(prepared_ahead(paths, embedder.backbone.preprocessing)) as batches:
        for pixels in batches:
            vectors.append(embedder.embed_prepared(pixels))
            stage.advance(len(pixels))
    return np.concatenate(vectors)
