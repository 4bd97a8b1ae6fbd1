"""Runs networks: weights, memory layout, arithmetic, device and the queue for turns.

Batch norms are folded into the convolutions, the memory layout is channels last, and products are
computed in the device's arithmetic. A GPU has to agree with a processor in the same arithmetic: a cosine of
at least 0.999 for an embedding, and less than 0.01 apart for a probability. `tests/vision/test_gpu.py` asks
this; it has not been run yet.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from artextract.network_queue import network_queue
from artextract.vision.backbones import Backbone, build, fold_batch_norms, weights_of
from artextract.vision.device import Device
from artextract.vision.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor, nn

T = TypeVar("T")


class Network:
    """A module on a device, with the normalisation of its pictures. Safe to use from many threads."""

    def __init__(
        self,
        module: "nn.Module",
        mean: Sequence[float],
        std: Sequence[float],
        device: Device,
        channels_last: bool = True,
    ) -> None:
        """Move the module, in evaluation mode, to the device.

        `mean` and `std` are of each channel, of values 0…255. Channels last is faster for most networks.
        """
        import torch

        self.device = device
        self._layout = torch.channels_last if channels_last else torch.contiguous_format
        self.module: Any = module.to(device.torch, memory_format=self._layout)  # type: ignore[call-overload]
        self._mean = torch.tensor(mean, device=device.torch).view(1, 3, 1, 1)
        self._std = torch.tensor(std, device=device.torch).view(1, 3, 1, 1)

    def normalised(self, pixels: "Tensor") -> "Tensor":
        """Pictures uint8 [n, height, width, 3] as input of the module: float32 [n, 3, height, width]."""
        batch = pixels.to(self._mean.device).permute(0, 3, 1, 2).float()
        return ((batch - self._mean) / self._std).contiguous(memory_format=self._layout)

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


def load_network(
    backbone: Backbone, device: Device, weights_file: Path | None = None, size: int | None = None
) -> tuple[Network, Weights]:
    """A backbone ready to run on pictures with sides of `size` pixels (None: as in the table), and its weights.

    Raises WeightsError if the weights are not available or belong to another network.
    """
    weights = weights_of(backbone, weights_file)
    module = fold_batch_norms(build(backbone, weights, size))
    preprocessing = backbone.preprocessing
    mean, std = ([255 * value for value in values] for values in (preprocessing.mean, preprocessing.std))
    return Network(module, mean, std, device), weights
