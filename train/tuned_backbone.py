"""The network that `train.backbone` trains: a backbone with linear heads.

The network is made blind to the copy of the data set that a painting comes from. Copies differ in scaling, compression
and styles, so a network could infer the style from the copy. For styles in several copies, a head predicts the copy
from the pooled output, and the reversed gradient teaches the network to hide it (Ganin et al. 2016).
"""

import math
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from timm.optim import param_groups_layer_decay  # type: ignore[attr-defined]
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx, once_differentiable

from artextract.errors import SourceError
from artextract.vision.backbones import build, find_backbone, weights_of
from artextract.vision.device import Device
from train.config import BackboneSettings, Copy


class TunedBackbone(nn.Module):
    """A backbone with linear heads."""

    mean: Tensor
    std: Tensor

    def __init__(self, sizes: dict[str, int], settings: BackboneSettings, device: Device) -> None:
        """Build the network on the CPU, so that it starts equal everywhere, and move it to `device`.

        `sizes` is attribute → number of classes. For several copies of the data set a head for the copy is
        added. Raises WeightsError if the weights are not available or belong to another network,
        SourceError if a frozen module does not exist.
        """
        super().__init__()
        backbone, copies = find_backbone(settings.backbone), len(settings.data.copies)
        weights = weights_of(backbone, settings.weights)
        self.backbone = build(backbone, weights, settings.stages[0].size, settings.drop_path)
        self.device = device
        self.dropout = nn.Dropout(settings.dropout)
        self.heads = nn.ModuleDict({name: nn.Linear(backbone.dimension, size) for name, size in sizes.items()})
        self.copy_head = nn.Linear(backbone.dimension, copies) if copies > 1 else None
        mean, std = backbone.preprocessing.mean, backbone.preprocessing.std
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1) * 255, persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1) * 255, persistent=False)
        freeze_spatial_filters(self.backbone)
        self._frozen = _parts_of(self.backbone, settings.frozen)
        for part in self._frozen:
            part.requires_grad_(False)
        self.to(device.torch, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def train(self, mode: bool = True) -> Self:
        """Set the mode. Frozen modules also keep the statistics of their batch norms."""
        super().train(mode)
        for part in self._frozen:
            part.eval()
        return self

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        """Attribute → logits float32 [n, classes], of uint8 pictures [n, size, size, 3].

        There are logits for "copy", too, if there are several copies.
        """
        batch = pixels.to(self.mean.device).permute(0, 3, 1, 2).float()
        batch = (batch - self.mean) / self.std
        with self.device.autocast():
            pooled = self.backbone(batch.contiguous(memory_format=torch.channels_last))
        pooled = self.dropout(pooled.float())
        logits = {name: head(pooled) for name, head in self.heads.items()}
        if self.copy_head is not None:
            logits["copy"] = self.copy_head(reversed_gradient(pooled))
        return logits


def _parts_of(backbone: nn.Module, names: list[str]) -> list[nn.Module]:
    parts = dict(backbone.named_modules())
    for name in names:
        if name not in parts:
            raise SourceError(
                f"frozen: the backbone has no module {name!r}. It has "
                f"{', '.join(child for child, _ in backbone.named_children())}."
            )
    return [parts[name] for name in names]


def freeze_spatial_filters(backbone: nn.Module) -> None:
    """Freeze the depthwise filters of a convolutional network.

    They are a few per cent of the weights, but on a CPU their gradient takes more than half of a training step (oneDNN,
    bfloat16). They are frozen on every device, so that a configuration learns the same everywhere.
    """
    for module in backbone.modules():
        if isinstance(module, nn.Conv2d) and module.groups > 1:
            module.weight.requires_grad_(False)


def optimizer_of(model: TunedBackbone, settings: BackboneSettings) -> torch.optim.Optimizer:
    """AdamW with layer-wise learning rate decay (Bao et al. 2022) and a faster rate for the heads."""
    groups = param_groups_layer_decay(model.backbone, settings.weight_decay, layer_decay=settings.layer_decay)
    for group in groups:
        group["params"] = [weight for weight in group["params"] if weight.requires_grad]
        group["lr"] = settings.learning_rate * group["lr_scale"]
    groups = [group for group in groups if group["params"]]
    copy_head = [] if model.copy_head is None else model.copy_head.parameters()
    groups.append({
        "params": [*model.heads.parameters(), *copy_head],
        "lr": settings.head_learning_rate,
        "weight_decay": settings.weight_decay,
    })
    return torch.optim.AdamW(groups)


def learning_rate_factor(step: int, steps: int, warm_up: int) -> float:
    """Linear warm-up, then cosine decay to 0 (Loshchilov and Hutter 2017)."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(steps - warm_up, 1)))


STRENGTH = 0.3  # Weight of the reversed gradient


def epoch_rows(table: pd.DataFrame, copies: Sequence[Copy]) -> np.ndarray:
    """The rows of an epoch, int64: each training image as often as its copy says (`Copy.repeats`)."""
    fit = table[table["part"] == "fit"]
    return np.repeat(fit.index.to_numpy(), [copies[copy].repeats for copy in fit["copy"]]).astype(np.int64)


def copy_targets(table: pd.DataFrame, copies: Sequence[Copy]) -> tuple[np.ndarray, np.ndarray]:
    """Targets int64 [n] for the copy head, and weights float32 [n].

    The target is -1 for styles in only one copy, and for copies that are not hidden (`Copy.hidden`).
    The weights have the same sum for each copy of a style.
    """
    hidden = np.array([copies[copy].hidden for copy in table["copy"]])
    fit = table[(table["part"] == "fit") & table["style"].notna() & hidden]
    several = hidden & (table["style"].map(fit.groupby("style")["copy"].nunique()).fillna(0).to_numpy() > 1)
    target = np.where(several, table["copy"], -1).astype(np.int64)
    weights = np.zeros(len(table), dtype=np.float32)
    fit = fit[several[fit.index]]
    counts = fit.groupby(["style", "copy"])["path"].transform("count")
    largest = counts.groupby(fit["style"]).transform("max")
    weights[fit.index] = (largest / counts).to_numpy(np.float32)
    return target, weights


class _Reversed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, values: Tensor) -> Tensor:
        return values.view_as(values)

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, *gradients: Any) -> Tensor:
        return -STRENGTH * gradients[0]


def reversed_gradient(values: Tensor) -> Tensor:
    """The same values with a reversed gradient."""
    return _Reversed.apply(values)


def copy_loss(logits: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """Weighted cross-entropy of the copy over the paintings with a target, a scalar."""
    losses = torch.nn.functional.cross_entropy(logits, target, ignore_index=-1, reduction="none")
    return (losses * weights).sum() / weights.sum().clamp(min=1e-12)
