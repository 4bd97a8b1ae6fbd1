"""Several networks as one embedding: their unit vectors side by side, projected to fewer dimensions."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from artextract.errors import WeightsError
from artextract.tensor_files import read_tensors, write_tensors
from artextract.vectors import unit


@dataclass(frozen=True)
class Projection:
    """The networks' unit vectors, scaled and side by side, projected on principal components."""

    sizes: np.ndarray  # float32 [networks]: side of the pictures that each network sees, pixels
    scales: np.ndarray  # float32 [networks]: the factor of the unit vectors of each network
    mean: np.ndarray  # float32 [sum of dimensions]: subtracted from the vectors side by side
    components: np.ndarray  # float32 [dimension, sum of dimensions]

    @classmethod
    def read(cls, file: Path) -> "Projection":
        """The projection that `write` wrote. Raises WeightsError if the file is damaged, or something else."""
        names = ("sizes", "scales", "mean", "components")
        try:
            tensors = read_tensors(file, names)
        except (OSError, ValueError) as error:
            raise WeightsError(
                f"{file} is not a projection of concatenated networks. Reinstall the program."
            ) from error
        return cls(*(tensors[name].astype(np.float32) for name in names))

    def write(self, file: Path) -> None:
        """Write the projection, its components in float16. Raises StorageError if the file cannot be written."""
        write_tensors(file, vars(self) | {"components": self.components.astype(np.float16)})

    def project(self, vectors: Sequence[np.ndarray]) -> np.ndarray:
        """Embeddings float32 [n, dimension] of the vectors of each network, float32 [n, dimension of the network]."""
        # A row at a time: rounding must not depend on what else is in the batch.
        rows = [self.components @ (row - self.mean) for row in side_by_side(vectors, self.scales)]
        return np.stack(rows)


def side_by_side(vectors: Sequence[np.ndarray], scales: Sequence[float] | np.ndarray) -> np.ndarray:
    """Unit vectors of each network, float32 [n, dimension], scaled and side by side: float32 [n, sum of dimensions]."""
    parts = [scale * unit(own) for own, scale in zip(vectors, scales, strict=True)]
    return np.concatenate(parts, axis=1).astype(np.float32)
