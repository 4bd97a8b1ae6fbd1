"""Make a network blind to the copy of the data set that a painting comes from.

Copies differ in scaling, compression and styles, so a network could infer the style from the copy. For
styles in several copies, a head predicts the copy from the pooled output, and the reversed gradient
teaches the network to hide it (Ganin et al. 2016).
"""

from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx, once_differentiable

STRENGTH = 0.3
"""Weight of the reversed gradient."""
DRAWN = 3
"""How often an epoch shows a painting of the smaller copy of a style."""


def in_several_copies(table: pd.DataFrame) -> np.ndarray:
    """Whether the style of each row has training images in several copies, bool [n]."""
    fit = table[(table["part"] == "fit") & table["style"].notna()]
    copies = fit.groupby("style")["copy"].nunique()
    return table["style"].map(copies).fillna(0).to_numpy() > 1


def drawn_rows(table: pd.DataFrame) -> np.ndarray:
    """The rows of an epoch, int64: the training images, some of them several times.

    If a style is in several copies, the paintings of the smaller copies appear `DRAWN` times.
    """
    fit = table[table["part"] == "fit"]
    counts = fit.groupby(["style", "copy"])["path"].transform("count")
    fewer = in_several_copies(table)[fit.index] & (counts < counts.groupby(fit["style"]).transform("max"))
    return np.concatenate([fit.index, *[fit.index[fewer]] * (DRAWN - 1)]).astype(np.int64)


def copy_targets(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Targets and weights for the copy head.

    Returns:
        int64 [n], the copy, or -1 for styles in only one copy; float32 [n], weights with the same sum
        for each copy of a style.
    """
    several = in_several_copies(table)
    target = np.where(several, table["copy"], -1).astype(np.int64)
    weights = np.zeros(len(table), dtype=np.float32)
    fit = table[several & (table["part"] == "fit").to_numpy()]
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
