"""Saliency: which parts of a picture support a label."""

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from artextract.attributes import date_bins
from artextract.network_queue import NOW, network_queue

if TYPE_CHECKING:
    from artextract.attributes.reader import Reader


PALETTE = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
"""Viridis at five points, from least to most salient."""


def saliency(reader: "Reader", image: Image.Image, attribute: str, index: int) -> np.ndarray:
    """How much each cell of an RGB picture supports a class, or a range of years: float32 [rows, columns], 0…1.

    HiResCAM (Draelos and Carin 2020) on the backbone's final feature map: the gradient of the logit
    with respect to each cell, times the cell, summed over channels, without negative values. Unlike
    Grad-CAM it only shows places that raise the logit; all cells are 0 if nothing does. `index` is the
    index of the class, or of the bin (`artextract.attributes.date_bins`) if the attribute is "date".
    """
    import torch

    picture = reader.prepare(image)

    def turn() -> np.ndarray:
        maps, gabor = reader.sequences([picture])
        maps.requires_grad_(True)
        # cuDNN has no gradients of an LSTM in evaluation mode.
        with torch.backends.cudnn.flags(enabled=False):
            logits = reader.model(maps, gabor)[attribute]
            if attribute == "date":  # the likelihood of the years around it
                around = slice(max(index - 2, 0), min(index + 3, date_bins.BINS))
                score = logits[:, around].logsumexp(dim=1).sum()
            else:
                score = logits[:, index].sum()
            (gradient,) = torch.autograd.grad(score, maps)
        return (gradient * maps.detach()).sum(dim=-1).clamp(min=0).cpu().numpy()

    cells = network_queue().run(turn, NOW)
    side = int(np.sqrt(cells.shape[1]))
    return cells.reshape(side, side) / (float(cells.max()) or 1.0)


def overlay(image: Image.Image, cells: np.ndarray, opacity: float) -> Image.Image:
    """An RGB picture with its saliency (0…1) as an overlay of `opacity` (0…1): violet is least salient, yellow most."""
    smooth = Image.fromarray(cells.astype(np.float32), "F").resize(image.size, Image.Resampling.BICUBIC)
    level = np.clip(np.asarray(smooth), 0, 1)
    stops = np.linspace(0, 1, len(PALETTE))
    colours = np.stack([np.interp(level, stops, [colour[c] for colour in PALETTE]) for c in range(3)], axis=-1)
    heat = Image.fromarray(np.round(colours).astype(np.uint8))
    return Image.blend(image, heat, opacity)
