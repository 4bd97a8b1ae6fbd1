"""Saliency: which parts of a picture count for or against a class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from artextract.network_queue import NOW, network_queue

if TYPE_CHECKING:
    from artextract.attributes.reader import Reader

FOR, AGAINST = (235, 110, 20), (40, 90, 215)  # RGB of cells that count for a class, and against it
OPACITY = 0.75  # Of the cell that counts most


@dataclass(frozen=True)
class Saliency:
    """What each cell of a picture adds to the logit of a class."""

    cells: np.ndarray  # float32 [rows, columns]; negative where a cell counts against the class
    share: float  # 0…1: how much of the logit the cells add up to, beside the sizes of all its parts


def saliency(reader: "Reader", image: Image.Image, attribute: str, groups: Sequence[Sequence[int]]) -> list[Saliency]:
    """The saliency of groups of classes of `attribute` in an RGB picture.

    Class activation maps (Zhou et al. 2016): the head is linear in the mean of the backbone's cells, so its part of the
    logit is exactly the sum of the maps' cells and a bias. The rest of the model's logit comes from the untuned
    network or the sequence of the cells, for which no exact map exists. A group is one class, or the bins of a
    date: then the mean of their logits. The mean logit of all classes is subtracted, because only
    differences count for the probabilities.
    """
    picture = reader.prepare(image)

    def turn() -> tuple[np.ndarray, np.ndarray]:
        maps = reader.maps([picture, picture])
        weights = reader.heads.weights[attribute][:, : maps.shape[2]]
        added = maps[0] @ weights.T / maps.shape[1]
        return added, reader.logits(maps, [picture, picture])[0][attribute][0]

    added, logits = network_queue().run(turn, NOW)
    side, found = int(np.sqrt(len(added))), []
    for group in map(list, groups):
        cells = added[:, group].mean(axis=1) - added.mean(axis=1)
        part, whole = float(cells.sum()), float(logits[group].mean() - logits.mean())
        share = abs(part) / ((abs(part) + abs(whole - part)) or 1.0)
        found.append(Saliency(cells.reshape(side, side), share))
    return found


def overlay(image: Image.Image, cells: np.ndarray, most: float) -> Image.Image:
    """A picture in grey, with cells that count for a class in orange and those against it in blue.

    `image` is RGB; cells of the size `most` (above 0) have the full colour, so maps of one `most` can be compared.
    """
    smooth = Image.fromarray(cells.astype(np.float32) / most, "F").resize(image.size, Image.Resampling.BICUBIC)
    level = np.clip(np.asarray(smooth), -1, 1)[..., None]
    grey = np.asarray(image.convert("L").convert("RGB"), dtype=np.float32)
    colour = np.where(level > 0, np.array(FOR, np.float32), np.array(AGAINST, np.float32))
    return Image.fromarray(np.round(grey + OPACITY * np.abs(level) * (colour - grey)).astype(np.uint8))
