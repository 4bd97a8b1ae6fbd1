"""Several networks as one embedding: their unit vectors side by side, projected to fewer dimensions."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from artextract.errors import WeightsError
from artextract.files import write_atomic
from artextract.vectors import unit


class Concatenated(nn.Module):
    """The networks' unit vectors, scaled and side by side, projected on principal components.

    All networks see the same preprocessed pictures.
    """

    scales: Tensor
    mean: Tensor
    components: Tensor

    def __init__(self, networks: Sequence[nn.Module], file: Path) -> None:
        """Concatenate networks with the projection that `write_concatenation` wrote.

        Raises WeightsError if the file is damaged, or belongs to other networks.
        """
        super().__init__()
        self.networks = nn.ModuleList(networks)
        try:
            tensors = load_file(file)
            for name in ("scales", "mean", "components"):
                self.register_buffer(name, tensors[name].float())
        except (OSError, SafetensorError, KeyError) as error:
            raise WeightsError(
                f"{file} is not a projection of concatenated networks. Reinstall the program."
            ) from error

    def forward(self, batch: Tensor) -> Tensor:
        """Embeddings float32 [n, dimension] of normalised pictures float32 [n, 3, size, size]."""
        outputs = [network(batch).float() for network in self.networks]
        with torch.autocast(batch.device.type, enabled=False):
            concatenated = torch.cat(
                [scale * nn.functional.normalize(output) for scale, output in zip(self.scales, outputs, strict=True)],
                dim=1,
            )
            # A row at a time: rounding must not depend on what else is in the batch.
            rows = [self.components @ (row - self.mean) for row in concatenated]
            return torch.stack(rows)


def side_by_side(vectors: Sequence[np.ndarray], scales: Sequence[float]) -> np.ndarray:
    """Unit vectors of each network, float32 [n, dimension], scaled and side by side: float32 [n, sum of dimensions]."""
    parts = [scale * unit(own) for own, scale in zip(vectors, scales, strict=True)]
    return np.concatenate(parts, axis=1).astype(np.float32)


def write_concatenation(file: Path, scales: Sequence[float], mean: np.ndarray, components: np.ndarray) -> None:
    """Write the projection of concatenated networks: the factor of the unit vectors of each, the mean
    float [sum of dimensions] to subtract, and the components float [dimension, sum of dimensions].
    """
    tensors = {
        "scales": torch.tensor(list(scales), dtype=torch.float32),
        "mean": torch.from_numpy(np.ascontiguousarray(mean, dtype=np.float32)),
        "components": torch.from_numpy(np.ascontiguousarray(components, dtype=np.float16)),
    }
    with write_atomic(file) as temporary:
        save_file(tensors, temporary)
