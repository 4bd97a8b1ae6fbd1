"""Runs networks by PyTorch: memory layout, arithmetic, device and the queue for turns."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from artextract.network_queue import NOW, network_queue
from artextract.vision.backbones import Backbone, build
from artextract.vision.device import Device
from artextract.vision.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor


class TorchNetwork:
    """A backbone on a device, in channels last, which is faster for most networks. Safe to use from many threads."""

    def __init__(self, backbone: Backbone, weights: Weights, device: Device, size: int | None = None) -> None:
        """Load it for pictures of `size` pixels a side (None: as in the table). WeightsError like `build`."""
        import torch

        module, how = build(backbone, weights, size), backbone.preprocessing
        self.device = device
        self.module: Any = module.to(device.torch, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._mean, self._std = (
            torch.tensor([255 * value for value in values], device=device.torch).view(1, 3, 1, 1)
            for values in (how.mean, how.std)
        )

    def embed(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Embeddings float32 [n, dimension] of pictures uint8 [n, height, width, 3]."""
        return self.run(self.module, pixels, priority)

    def maps(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Feature maps float32 [n, cells, dimension], the cells row by row."""
        return self.run(self._cells, pixels, priority)

    def embed_text(self, texts: Sequence[str]) -> np.ndarray:
        """Embeddings of texts by a `DualEncoder`: float32 [texts, dimension]."""
        return self._in_turn(lambda: self.module.embed_text(texts), NOW)

    def _cells(self, batch: "Tensor") -> "Tensor":
        features: Tensor = self.module.forward_features(batch).float()
        if features.ndim == 4:  # a convolutional network: [n, dimension, rows, columns]
            return features.flatten(2).transpose(1, 2)
        # A vision transformer: class and register tokens come before the patches.
        return features[:, int(self.module.num_prefix_tokens) :]

    def run(self, forward: Callable[["Tensor"], "Tensor"], pixels: np.ndarray, priority: int) -> np.ndarray:
        """What `forward` makes of pictures uint8 [n, height, width, 3], normalised: float32 [n, 3, height, width]."""
        import torch

        # A batch of one is convolved by another algorithm, which rounds differently: run the picture twice.
        several = np.ascontiguousarray(np.concatenate([pixels, pixels]) if len(pixels) == 1 else pixels)

        def call() -> "Tensor":
            batch = torch.from_numpy(several).to(self._mean.device).permute(0, 3, 1, 2).float()
            return forward(((batch - self._mean) / self._std).contiguous(memory_format=torch.channels_last))

        return self._in_turn(call, priority)[: len(pixels)]

    def _in_turn(self, call: Callable[[], "Tensor"], priority: int) -> np.ndarray:
        """Wait for a turn (see `artextract.network_queue`), and compute without gradients."""
        import torch

        def turn() -> np.ndarray:
            with torch.inference_mode(), self.device.autocast():
                return call().float().contiguous().cpu().numpy()

        return network_queue().run(turn, priority)
