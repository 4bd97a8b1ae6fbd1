"""LPIPS: how different two pictures look to a network fitted to people's judgement.

Zhang, Isola, Efros, Shechtman and Wang, "The Unreasonable Effectiveness of Deep Features as a
Perceptual Metric", CVPR 2018; version 0.1 on AlexNet, as the package `lpips` computes it. That
package carries the linear layers; AlexNet's convolutions are found by `alexnet_weights`. The few
lines of the network stand here because importing `lpips` takes seconds, and because it would run
the query through AlexNet again for each picture.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from artextract.errors import WeightsError
from artextract.similarity.comparison_picture import check_comparison_picture

if TYPE_CHECKING:
    from torch import Tensor
from artextract.similarity.alexnet import (
    KERNEL_SHAPES,
    alexnet_weights,
    package_file,
    unavailable,
)

BATCH = 16
"""Pictures that go through the network at once: their features take 2.5 MB each."""


class Lpips:
    """The network with its weights. Safe to use from several threads."""

    def __init__(self, alexnet: dict[str, "Tensor"]) -> None:
        """Take AlexNet's convolutions, as `alexnet_weights` gives them.

        Raises:
            WeightsError: the package `lpips` isn't installed.
        """
        import torch

        try:
            file = package_file("lpips", "weights/v0.1/alex.pth")
        except WeightsError as error:
            raise unavailable(str(error), "pip install -r requirements.txt") from error
        linear = torch.load(file, map_location="cpu", weights_only=True)
        self._convolutions = [
            (alexnet[f"{layer}.weight"], alexnet[f"{layer}.bias"]) for layer in KERNEL_SHAPES
        ]
        self._channel_weights = [
            linear[f"lin{layer}.model.1.weight"].flatten() for layer in range(len(KERNEL_SHAPES))
        ]
        # The scaling of `lpips` for RGB in -1…1, applied to 0…255.
        self._mean = 127.5 * (1 + torch.tensor([-0.030, -0.088, -0.188]).reshape(1, 3, 1, 1))
        self._deviation = 127.5 * torch.tensor([0.458, 0.448, 0.450]).reshape(1, 3, 1, 1)

    def distances(self, query: np.ndarray, others: Sequence[np.ndarray]) -> list[float]:
        """LPIPS of one picture with each of many: distances from 0, lower is closer.

        For each layer the channels at each place are scaled to unit length, and the squared
        differences summed with the layer's learnt weights and averaged over all places; LPIPS is
        the sum over the five layers. What a pair gets doesn't depend on the others.

        Args:
            query: comparison picture, uint8 [256, 256, 3].
            others: the pictures to compare it with, alike.

        Raises:
            ValueError: one isn't a comparison picture.
        """
        import torch

        for picture in (query, *others):
            check_comparison_picture(picture)
        distances: list[float] = []
        with torch.inference_mode():
            of_query = self._features([query])
            for start in range(0, len(others), BATCH):
                of_others = self._features(others[start : start + BATCH])
                total = torch.zeros(len(of_others[0]))
                for weights, a, b in zip(self._channel_weights, of_query, of_others, strict=True):
                    by_channel = (b - a).square_().mean(dim=(2, 3))
                    total += by_channel @ weights
                distances += total.tolist()
        return distances

    def _features(self, pictures: Sequence[np.ndarray]) -> list["Tensor"]:
        """The output of each convolution, at unit length over the channels: [n, c, h, w] each."""
        import torch
        from torch.nn import functional

        pixels = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
        values = (pixels - self._mean) / self._deviation
        features = []
        for layer, (kernel, bias) in enumerate(self._convolutions):
            if layer in (1, 2):
                values = functional.max_pool2d(values, kernel_size=3, stride=2)
            values = functional.conv2d(
                values,
                kernel,
                bias,
                stride=4 if layer == 0 else 1,
                padding=2 if layer < 2 else 1,
            ).relu_()
            features.append(values / (values.norm(dim=1, keepdim=True) + 1e-10))
        return features


def load_lpips() -> Lpips:
    """The network, loaded once in a process.

    A failure is remembered as well, so that a click never waits for it again: after the weights
    have been installed the program must be started again.

    Raises:
        WeightsError: LPIPS isn't available; the sentence says why and how to bring it.
    """
    with _loading:
        outcome = _load_once()
    if isinstance(outcome, str):
        raise WeightsError(outcome)
    return outcome


_loading = threading.Lock()


@lru_cache(maxsize=1)
def _load_once() -> Lpips | str:
    """The network, or the sentence that says why there is none."""
    try:
        return Lpips(alexnet_weights())
    except WeightsError as error:
        return str(error)
