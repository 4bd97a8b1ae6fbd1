"""EfficientNet-Lite2 with a backbone's weights, run by ONNX Runtime."""

import numpy as np

from artextract.vision.backbones import Backbone, build, reading_checkpoint
from artextract.vision.networks import efficientnet_lite
from artextract.vision.networks.onnx_graph import Session
from artextract.vision.weights import Weights


class OnnxNetwork:
    """An EfficientNet-Lite2 with its weights. Safe to use from many threads."""

    def __init__(self, backbone: Backbone, weights: Weights) -> None:
        """Load the weights. Raises WeightsError if they belong to another network."""
        how = backbone.preprocessing
        mean, std = ([255 * value for value in values] for values in (how.mean, how.std))
        with reading_checkpoint(backbone, weights):
            self._session = Session(efficientnet_lite.model(_tensors(backbone, weights), mean, std))

    def embed(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Embeddings float32 [n, 1280] of pictures uint8 [n, height, width, 3]."""
        return self._session.run(efficientnet_lite.POOLED, pixels, priority)

    def maps(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Feature maps float32 [n, cells, 1280], the cells row by row."""
        planes = self._session.run(efficientnet_lite.MAP, pixels, priority)
        return np.ascontiguousarray(planes.reshape(*planes.shape[:2], -1).transpose(0, 2, 1))


def _tensors(backbone: Backbone, weights: Weights) -> dict[str, np.ndarray]:
    """The weights by timm's names. PyTorch is only imported for a pickled file of the user's."""
    if weights.origin == "package":  # other names in the same order
        return dict(zip(efficientnet_lite.tensor_names(), weights.load().values(), strict=True))
    if weights.path.suffix == ".safetensors":
        return weights.load()
    return {name: tensor.numpy() for name, tensor in build(backbone, weights).state_dict().items()}
