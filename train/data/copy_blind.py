"""Keeping the copy that a painting came from out of what a network knows of its style.

Copies differ in how their pictures were scaled and compressed, and in which styles they hold, so
the copy would be a clue to the style. Styles that stand in several copies show it: of those, a head
guesses the copy from the pooled output, and the network learns to leave it nothing to guess by
(gradient reversal, Ganin et al. 2016).
"""

from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx, once_differentiable

STRENGTH = 0.3
"""Of the reversed gradient beside the attributes' own."""
DRAWN = 3
"""Times an epoch that a painting of the smaller copy of a style is seen."""


def in_several_copies(table: pd.DataFrame) -> np.ndarray:
    """Whether the style of each row is trained on from several copies, bool [n]."""
    fit = table[(table["part"] == "fit") & table["style"].notna()]
    copies = fit.groupby("style")["copy"].nunique()
    return table["style"].map(copies).fillna(0).to_numpy() > 1


def drawn_rows(table: pd.DataFrame) -> np.ndarray:
    """The rows of an epoch, int64: those to fit, some of them several times.

    Of a style in several copies, the copies with fewer paintings of it than another are drawn
    `DRAWN` times, so that what they have in common is learnt from both.
    """
    fit = table[table["part"] == "fit"]
    counts = fit.groupby(["style", "copy"])["path"].transform("count")
    fewer = in_several_copies(table)[fit.index] & (counts < counts.groupby(fit["style"]).transform("max"))
    return np.concatenate([fit.index, *[fit.index[fewer]] * (DRAWN - 1)]).astype(np.int64)


def copy_targets(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What the copy's head is asked, and how much each answer weighs.

    Returns:
        int64 [n], the copy, or -1 of styles that stand in one copy alone; float32 [n], weights of
        which each copy of a style has the same sum.
    """
    asked = in_several_copies(table)
    target = np.where(asked, table["copy"], -1).astype(np.int64)
    weights = np.zeros(len(table), dtype=np.float32)
    fit = table[asked & (table["part"] == "fit").to_numpy()]
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
    """The same values; what learns from them is unlearnt before them."""
    return _Reversed.apply(values)


def copy_loss(logits: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """Weighted cross-entropy of the copy over the paintings that are asked, a scalar."""
    losses = torch.nn.functional.cross_entropy(logits, target, ignore_index=-1, reduction="none")
    return (losses * weights).sum() / weights.sum().clamp(min=1e-12)
