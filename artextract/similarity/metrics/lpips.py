"""LPIPS: how different two pictures look to a network trained on human similarity judgements.

Zhang, Isola, Efros, Shechtman and Wang, "The Unreasonable Effectiveness of Deep Features as a
Perceptual Metric", CVPR 2018; version 0.1 on AlexNet, as the package `lpips` computes it. The
weights ship with the program. The network is defined here because importing `lpips` takes seconds,
and because that package runs each picture through AlexNet again for each pair.
"""

import math
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from artextract.network_queue import CLICK
from artextract.similarity.metrics.pixels import check_comparison_picture
from artextract.vision.device import Device, find_device
from artextract.vision.networks.torch_network import TorchNetwork
from artextract.vision.weights import resolve_weights

if TYPE_CHECKING:
    from torch import Tensor


CONVOLUTIONS = ("features.0", "features.3", "features.6", "features.8", "features.10")
"""AlexNet's convolutions by torchvision's names."""
BATCH = 6  # Pictures per turn of the network: more are hardly faster, and others must wait


class Lpips:
    """The network with its weights, in float32 on any device. Safe to use from threads."""

    def __init__(self, tensors: dict[str, np.ndarray], device: Device | None = None) -> None:
        """Build the network on `device` (None: the one in the settings); DeviceError if it does not exist.

        The tensors are AlexNet's five convolutions, `features.0.weight` [O, I, H, W] to `features.10.bias`, and the
        linear layers `linear.0` [channels] to `linear.4`.
        """
        import torch
        from torch import nn

        layers = nn.ModuleList()
        for number, name in enumerate(CONVOLUTIONS):
            weight, bias = (torch.from_numpy(tensors[f"{name}.{part}"]) for part in ("weight", "bias"))
            outputs, inputs, height, width = weight.shape
            stride, padding = 4 if number == 0 else 1, 2 if number < 2 else 1
            layer = nn.Conv2d(inputs, outputs, (height, width), stride, padding)
            layer.load_state_dict({"weight": weight, "bias": bias})
            layers.append(layer)
        # The scaling of `lpips` for RGB in -1…1, applied to 0…255.
        mean = 127.5 * (1 + torch.tensor([-0.030, -0.088, -0.188]))
        deviation = 127.5 * torch.tensor([0.458, 0.448, 0.450])
        device = (device or find_device()).in_arithmetic("float32")
        self._network = TorchNetwork(layers, mean.tolist(), deviation.tolist(), device, channels_last=False)
        weights = [torch.from_numpy(tensors[f"linear.{layer}"]) for layer in range(len(layers))]
        # A third of the channels have weight 0.
        self._channels = [weight.nonzero().flatten().to(device.torch) for weight in weights]
        self._scales = [weight[weight > 0].sqrt().to(device.torch) for weight in weights]

    def distances(self, query: np.ndarray, others: Sequence[np.ndarray]) -> list[float]:
        """LPIPS of one comparison picture, uint8 [256, 256, 3], with each of others: at least 0, lower is closer.

        The distance of a pair does not depend on the other pictures. ValueError if one is not a comparison picture.
        """
        import torch

        features = torch.cat(list(self.features([query, *others], CLICK)))
        return self._distances(features[0], features[1:])

    def features(self, pictures: Sequence[np.ndarray], priority: int) -> Iterator["Tensor"]:
        """Vectors whose squared distance is LPIPS, in batches; each batch waits for its turn.

        LPIPS is the sum over five layers of weighted squared differences, averaged over all places.
        So the channels at each place are scaled to unit length and multiplied by the square root of
        (the layer's learned weights / the number of places). All layers are concatenated.

        Yields float32 [≤ BATCH, length] on the network's device. The pictures are comparison pictures, uint8
        [256, 256, 3]; others raise a ValueError. For `priority` see `artextract.network_queue`.
        """
        for picture in pictures:
            check_comparison_picture(picture)
        for start in range(0, len(pictures), BATCH):
            pixels = np.stack(pictures[start : start + BATCH])
            yield self._network.run(pixels, self._forward, priority)

    @staticmethod
    def _distances(query: "Tensor", others: "Tensor") -> list[float]:
        """LPIPS between the features of one picture [length] and of others [n, length]."""
        return (others - query).square_().sum(dim=1).tolist()

    def _forward(self, values: "Tensor") -> "Tensor":
        import torch
        from torch.nn import functional

        parts = []
        for number, layer in enumerate(self._network.module):
            if number in (1, 2):
                values = functional.max_pool2d(values, kernel_size=3, stride=2)
            values = layer(values).relu_()
            lengths = values.norm(dim=1, keepdim=True) + 1e-10
            scale = (self._scales[number] / math.sqrt(values[0, 0].numel())).view(1, -1, 1, 1)
            parts.append((values[:, self._channels[number]] * scale / lengths).flatten(1))
        return torch.cat(parts, dim=1)


def load_lpips() -> Lpips:
    """The network of this process.

    Raises WeightsError if the weights file is missing, DeviceError if there is no such device.
    """
    with _loading:
        return _load_once()


@lru_cache(maxsize=1)
def _load_once() -> Lpips:
    return Lpips(resolve_weights("LPIPS", "", shipped="lpips_alexnet.safetensors").load())


_loading = threading.Lock()  # Threads that call `load_lpips` at the same time load one network
