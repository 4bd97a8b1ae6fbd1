"""The linear heads of a model on the pooled outputs of two networks, without a sequence model.

A tuned backbone has seen the training paintings, so its features know their labels, and heads fitted on them learn that
there is never doubt. So the heads of style, genre and artist are those that were tuned with the backbone, on
random crops. What they miss is fitted on the features of the untuned network, which know no labels: a part of all
logits, and more evidence for rare styles.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file
from torch.nn.functional import cross_entropy

from artextract.attributes import date_bins
from artextract.attributes.heads import LinearHeads
from artextract.attributes.labels import ANOTHER, LABELLED, Classes
from artextract.errors import WeightsError
from artextract.files import check_regular, read_regular_text
from train.config import AttributeSettings
from train.data.paintings import EXCLUDED_PAINTERS, Paintings

EVIDENCE = {"style": 0.1, "genre": 0.2, "artist": 0.2}
"""Weights of the logits by the untuned network beside the tuned ones; chosen on the paintings set aside."""
RARE_EVIDENCE = 0.3  # Weight of the untuned network's further evidence for a rare style; chosen there too
DATE_PARTS = (0.7, 0.3)  # Weights of the date's logits by the tuned and by the untuned network
DECAY = 0.01  # Weight decay of what is fitted here
STEPS = 80  # Of L-BFGS


def tuned_heads(file: Path) -> tuple[Classes, LinearHeads]:
    """The heads that `train.backbone` wrote, and their classes (`classes.json` beside them), without excluded painters.

    Raises WeightsError if a file is missing or damaged, or the two do not fit.
    """
    try:
        stored = json.loads(read_regular_text(file.parent / "classes.json"))
        artists = [name for name in stored["artist"] if name not in (*EXCLUDED_PAINTERS, ANOTHER)]
        classes = Classes(tuple(stored["style"]), tuple(stored["genre"]), (*artists, ANOTHER))
        check_regular(file)
        heads = LinearHeads.of(load_file(file), LABELLED, "")
        for name in LABELLED:
            rows = [stored[name].index(label) for label in classes.of(name)]
            heads.weights[name], heads.biases[name] = heads.weights[name][rows], heads.biases[name][rows]
    except (OSError, SafetensorError, LookupError, ValueError, TypeError) as error:
        raise WeightsError(
            f"{file} does not hold linear heads for the classes in classes.json beside it. Name the heads that "
            "`python -m train.backbone` wrote."
        ) from error
    return classes, heads


def fit_heads(paintings: Paintings, pooled: list[np.ndarray], settings: AttributeSettings) -> LinearHeads:
    """The heads on the pooled outputs of the tuned and the untuned network, each float32 [n, width], side by side.

    Raises WeightsError as `tuned_heads`.
    """
    if settings.heads is None:
        raise WeightsError("A model without a sequence model needs heads that were tuned with the backbone.")
    tuned, untuned = pooled
    heads = tuned_heads(settings.heads)[1]
    weights = {name: np.pad(weight, ((0, 0), (0, untuned.shape[1]))) for name, weight in heads.weights.items()}
    biases, fit = heads.biases, paintings.rows("fit")
    rare = [paintings.classes.style.index(style) for style in settings.rare_styles]
    for name, share in EVIDENCE.items():
        known = fit[paintings.targets[name][fit] >= 0]
        target = torch.from_numpy(paintings.targets[name][known])
        # Rare styles have few paintings: they weigh more, but not as much as the common ones.
        heavy = torch.isin(target, torch.tensor(rare if name == "style" else [], dtype=torch.int64))
        weight, bias = _label_head(untuned[known], target, len(biases[name]), torch.where(heavy, 4.0, 1.0))
        weights[name][:, tuned.shape[1] :] = share * weight
        biases[name] += share * bias
        if name == "style" and rare:
            common = np.setdiff1d(np.arange(len(weight)), rare)
            weights[name][rare, tuned.shape[1] :] += RARE_EVIDENCE * (weight[rare] - weight[common].mean(axis=0))
            biases[name][rare] += RARE_EVIDENCE * (bias[rare] - bias[common].mean())
    dated = [(share, *_date_head(own, paintings)) for share, own in zip(DATE_PARTS, pooled, strict=True)]
    weights["date"] = np.concatenate([share * weight for share, weight, _ in dated], axis=1)
    biases["date"] = np.sum([share * bias for share, _, bias in dated], axis=0)
    return LinearHeads(weights, biases)


def _label_head(
    pooled: np.ndarray, target: torch.Tensor, classes: int, rows: torch.Tensor
) -> tuple[np.ndarray, np.ndarray]:
    """A head for labels int64 [n]; `rows`, float32 [n], is how much each painting counts."""
    return _linear(pooled, classes, lambda logits: _mean(cross_entropy(logits, target, reduction="none"), rows))


def _date_head(pooled: np.ndarray, paintings: Paintings) -> tuple[np.ndarray, np.ndarray]:
    """A head for the date, fitted to years and to intervals of years: the loss is -log of the mass inside.

    The logits are smooth over the bins (`_bells`): early centuries have few paintings. Each half-century weighs
    by the square root of its paintings.
    """
    fit = paintings.rows("fit")
    fit = fit[~np.isnan(paintings.spans[fit, 0])]
    first, last = ((paintings.spans[fit] - date_bins.FIRST) // date_bins.WIDTH).T
    bins = np.arange(date_bins.BINS)
    inside = torch.from_numpy(((bins >= first[:, None]) & (bins <= last[:, None])).astype(np.float32))
    _, century, counts = np.unique(paintings.spans[fit].mean(axis=1) // 50, return_inverse=True, return_counts=True)
    rows = torch.from_numpy(counts[century].astype(np.float32) ** -0.5)
    bells = _bells()

    def loss(logits: torch.Tensor) -> torch.Tensor:
        mass = (logits @ torch.from_numpy(bells)).log_softmax(dim=1) + (inside + 1e-12).log()
        return _mean(-mass.logsumexp(dim=1), rows)

    weight, bias = _linear(pooled[fit], len(bells), loss)
    return bells.T @ weight, bells.T @ bias


def _bells() -> np.ndarray:
    """Overlapping bells over the bins, which add up to 1 in each: float32 [bells, bins]; narrower in later years."""
    centres = np.concatenate([
        np.arange(date_bins.FIRST, 1600, 50),
        np.arange(1600, 1850, 30),
        np.arange(1850, date_bins.LAST + 1, 15),
    ])
    widths = 0.9 * np.gradient(centres.astype(float))
    years = date_bins.EDGES[:-1] + date_bins.WIDTH / 2
    bells = np.exp(-0.5 * ((years - centres[:, None]) / widths[:, None]) ** 2)
    return (bells / bells.sum(axis=0)).astype(np.float32)


def _linear(
    vectors: np.ndarray, outputs: int, loss: Callable[[torch.Tensor], torch.Tensor]
) -> tuple[np.ndarray, np.ndarray]:
    """A linear layer on vectors float32 [n, width] with the least loss: weight [outputs, width], bias [outputs].

    Fitted by L-BFGS on standardised vectors with weight decay; deterministic.
    """
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-3
    inputs = torch.from_numpy((vectors - mean) / spread)
    layer = torch.nn.Linear(vectors.shape[1], outputs)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=STEPS, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss(layer(inputs)) + DECAY * layer.weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(step)  # type: ignore[no-untyped-call]
    weight, bias = layer.weight.detach().numpy() / spread, layer.bias.detach().numpy()
    return weight.astype(np.float32), (bias - weight @ mean).astype(np.float32)


def _mean(values: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    return (values * weights).sum() / weights.sum()
