"""Runs EfficientNet-Lite2 on the processor by ONNX Runtime, in float32.

Each picture is computed alone, by one thread, and several pictures at once on as many threads as there are
cores. That is faster than sharing a picture or a batch between cores, and a result never depends on its batch.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from artextract.network_queue import network_queue
from artextract.vision.backbones import Backbone, build, reading_checkpoint
from artextract.vision.networks import efficientnet_lite
from artextract.vision.weights import Weights


class OnnxNetwork:
    """An EfficientNet-Lite2 with its weights. Safe to use from many threads."""

    def __init__(self, backbone: Backbone, weights: Weights) -> None:
        """Load the weights. Raises WeightsError if they belong to another network."""
        import onnxruntime

        how = backbone.preprocessing
        mean, std = ([255 * value for value in values] for values in (how.mean, how.std))
        with reading_checkpoint(backbone, weights):
            model = efficientnet_lite.graph(_tensors(backbone, weights), mean, std)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def embed(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Embeddings float32 [n, 1280] of pictures uint8 [n, height, width, 3]."""
        return self._run(efficientnet_lite.POOLED, pixels, priority)

    def maps(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Feature maps float32 [n, cells, 1280], the cells row by row."""
        planes = self._run(efficientnet_lite.MAP, pixels, priority)
        return np.ascontiguousarray(planes.reshape(*planes.shape[:2], -1).transpose(0, 2, 1))

    def _run(self, output: str, pixels: np.ndarray, priority: int) -> np.ndarray:
        def one(picture: np.ndarray) -> np.ndarray:
            found: np.ndarray = self._session.run([output], {"pixels": picture[None]})[0]
            return found

        return network_queue().run(lambda: np.concatenate(list(_threads().map(one, pixels))), priority)


@cache
def _threads() -> ThreadPoolExecutor:
    """The threads that compute pictures, one for each core."""
    return ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="networks")


def _tensors(backbone: Backbone, weights: Weights) -> dict[str, np.ndarray]:
    """The weights by timm's names. PyTorch is only imported for a pickled file of the user's."""
    if weights.origin == "package":  # other names in the same order
        return dict(zip(efficientnet_lite.tensor_names(), weights.load().values(), strict=True))
    if weights.path.suffix == ".safetensors":
        return weights.load()
    return {name: tensor.numpy() for name, tensor in build(backbone, weights).state_dict().items()}
