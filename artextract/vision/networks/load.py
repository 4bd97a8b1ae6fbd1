"""Chooses what runs a network, and in which arithmetic, and loads it.

The same pictures give nearly the same vectors everywhere. ONNX Runtime and PyTorch, both in float32: cosine at
least 0.99999 (`tests/vision/networks`). A processor and a GPU in the same arithmetic: cosine at least 0.999,
and probabilities less than 0.01 apart; `tests/vision/test_gpu.py` asks this, and has not been run yet.
"""

from typing import Protocol

import numpy as np

from artextract.vision.backbones import Backbone, find_backbone
from artextract.vision.device import Arithmetic, Device
from artextract.vision.networks.efficientnet_lite import TIMM_NAME, OnnxNetwork
from artextract.vision.weights import Weights


class Network(Protocol):
    """A network on a device. Safe to use from many threads; for `priority` see `artextract.network_queue`.

    A picture's result does not depend on what else is in the batch.
    """

    def embed(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Embeddings float32 [n, dimension] of pictures uint8 [n, height, width, 3]."""

    def maps(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Feature maps float32 [n, cells, dimension], the cells row by row; the number of cells is a square."""


def arithmetic_of(backbone: Backbone, device: Device) -> Arithmetic:
    """The arithmetic in which a backbone is computed on a device: its own if it has one, otherwise the fastest.

    On a processor that is float32 by ONNX Runtime, where it has the network, even with bfloat16 in hardware
    (docs/measured.md).
    """
    if device.arithmetic is None and device.kind == "cpu" and _has_graph(backbone):
        return "float32"
    return device.torch_arithmetic


def load_network(backbone: Backbone, weights: Weights, device: Device, size: int | None = None) -> Network:
    """The network for pictures of `size` pixels a side (None: as in the table). WeightsError if the weights do not
    fit."""
    arithmetic = arithmetic_of(backbone, device)
    if device.kind == "cpu" and arithmetic == "float32" and _has_graph(backbone):
        return OnnxNetwork(backbone, weights)
    from artextract.vision.networks.torch_network import TorchNetwork

    return TorchNetwork(backbone, weights, device.in_arithmetic(arithmetic), size)


def _has_graph(backbone: Backbone) -> bool:
    """Whether ONNX Runtime can run the network, or all of its parts."""
    parts = [find_backbone(part) for part in backbone.parts] or [backbone]
    return all(part.timm_name == TIMM_NAME for part in parts)
