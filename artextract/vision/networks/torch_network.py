"""Runs networks by PyTorch: memory layout, arithmetic, device and the queue for turns."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from artextract.network_queue import NOW, network_queue
from artextract.vision.backbones import Backbone, build
from artextract.vision.device import Device
from artextract.vision.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor, nn

T = TypeVar("T")


class TorchNetwork:
    """A module on a device, with the normalisation of its pictures. Safe to use from many threads."""

    def __init__(self, module: "nn.Module", mean: Sequence[float], std: Sequence[float], device: Device) -> None:
        """Move the module, in evaluation mode, to the device. `mean` and `std` are of channels of 0…255."""
        import torch

        self.device = device
        self.module: Any = module.to(device.torch, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._mean = torch.tensor(mean, device=device.torch).view(1, 3, 1, 1)
        self._std = torch.tensor(std, device=device.torch).view(1, 3, 1, 1)

    def normalised(self, pixels: "Tensor") -> "Tensor":
        """Pictures uint8 [n, height, width, 3] as input of the module: float32 [n, 3, height, width]."""
        import torch

        batch = pixels.to(self._mean.device).permute(0, 3, 1, 2).float()
        return ((batch - self._mean) / self._std).contiguous(memory_format=torch.channels_last)

    def run(self, pixels: np.ndarray, forward: Callable[["Tensor"], T], priority: int) -> T:
        """Wait for a turn, then call `forward` with normalised pictures, without gradients.

        The pictures are uint8 [n, height, width, 3]. `forward` moves its result from the device itself. For
        `priority` see `artextract.network_queue`.
        """
        import torch

        def turn() -> T:
            with torch.inference_mode(), self.device.autocast():
                return forward(self.normalised(torch.from_numpy(np.ascontiguousarray(pixels))))

        return network_queue().run(turn, priority)

    def embed(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Embeddings float32 [n, dimension] of pictures uint8 [n, height, width, 3]."""
        return self._features(self.module, pixels, priority)

    def maps(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Feature maps float32 [n, cells, dimension], the cells row by row."""
        return self._features(self._cells, pixels, priority)

    def embed_text(self, texts: Sequence[str]) -> np.ndarray:
        """Embeddings of texts by a `DualEncoder`: float32 [texts, dimension]."""
        import torch

        def turn() -> np.ndarray:
            with torch.inference_mode(), self.device.autocast():
                return self.module.embed_text(texts).float().cpu().numpy()

        return network_queue().run(turn, NOW)

    def _cells(self, batch: "Tensor") -> "Tensor":
        features: Tensor = self.module.forward_features(batch).float()
        if features.ndim == 4:  # a convolutional network: [n, dimension, rows, columns]
            return features.flatten(2).transpose(1, 2)
        # A vision transformer: class and register tokens come before the patches.
        return features[:, int(self.module.num_prefix_tokens) :]

    def _features(self, forward: Callable[["Tensor"], "Tensor"], pixels: np.ndarray, priority: int) -> np.ndarray:
        def array(batch: "Tensor") -> np.ndarray:
            return forward(batch).float().contiguous().cpu().numpy()

        # A batch of one is convolved by another algorithm, which rounds differently: run the picture twice.
        several = np.concatenate([pixels, pixels]) if len(pixels) == 1 else pixels
        return self.run(several, array, priority)[: len(pixels)]


def load_torch_network(backbone: Backbone, weights: Weights, device: Device, size: int | None = None) -> TorchNetwork:
    """The network for pictures with sides of `size` pixels (None: as in the table). WeightsError if the weights do not
    fit."""
    how = backbone.preprocessing
    mean, std = ([255 * value for value in values] for values in (how.mean, how.std))
    return TorchNetwork(build(backbone, weights, size), mean, std, device)
