"""The network that `train.backbone` trains: a backbone with linear heads.

The network is made blind to the copy of the data set that a painting comes from. Copies differ in scaling, compression
and styles, so a network could infer the style from the copy. For styles in several copies, a head predicts the copy
from the pooled output, and the reversed gradient teaches the network to hide it (Ganin et al. 2016).
"""

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

STRENGTH = 0.3  # Weight of the reversed gradient


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
        for name, values in (("mean", backbone.preprocessing.mean), ("std", backbone.preprocessing.std)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1) * 255, persistent=False)
        parts = dict(self.backbone.named_modules())
        if unknown := [name for name in settings.frozen if name not in parts]:
            raise SourceError(
                f"frozen: the backbone has no module {unknown[0]!r}. It has "
                f"{', '.join(child for child, _ in self.backbone.named_children())}."
            )
        self._frozen = [parts[name] for name in settings.frozen]
        for part in self._frozen:
            part.requires_grad_(False)
        # Depthwise filters are a few per cent of the weights, but on a CPU their gradient takes more than half of a
        # step (oneDNN, bfloat16). They are frozen on every device, so that a configuration learns the same everywhere.
        for module in parts.values():
            if isinstance(module, nn.Conv2d) and module.groups > 1:
                module.weight.requires_grad_(False)
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

    def optimizer(self, settings: BackboneSettings) -> torch.optim.Optimizer:
        """AdamW with layer-wise learning rate decay (Bao et al. 2022) and a faster rate for the heads."""
        groups = param_groups_layer_decay(self.backbone, settings.weight_decay, layer_decay=settings.layer_decay)
        for group in groups:
            group["params"] = [weight for weight in group["params"] if weight.requires_grad]
            group["lr"] = settings.learning_rate * group["lr_scale"]
        copy_head = [] if self.copy_head is None else self.copy_head.parameters()
        heads = {
            "params": [*self.heads.parameters(), *copy_head],
            "lr": settings.head_learning_rate,
            "weight_decay": settings.weight_decay,
        }
        return torch.optim.AdamW([*(group for group in groups if group["params"]), heads])


class _Reversed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, values: Tensor) -> Tensor:
        return values.view_as(values)

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, *gradients: Any) -> Tensor:
        return -STRENGTH * gradients[0]


reversed_gradient = _Reversed.apply  # The same values with a reversed gradient


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


def copy_loss(logits: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """Weighted cross-entropy of the copy over the paintings with a target, a scalar."""
    losses = torch.nn.functional.cross_entropy(logits, target, ignore_index=-1, reduction="none")
    return (losses * weights).sum() / weights.sum().clamp(min=1e-12)
