"""A backbone's final feature map, read as a sequence of grid cells."""

from pathlib import Path

import numpy as np

from artextract.vision.backbones import Backbone, build, fold_batch_norms, weights_of
from artextract.vision.embedding import bfloat16_is_fast


class FeatureMapper:
    """A backbone that gives its final feature map. Safe to use from several threads."""

    def __init__(self, backbone: Backbone, size: int, weights_file: Path | None = None) -> None:
        """Load the network for pictures of `size` pixels a side.

        Raises:
            WeightsError: its weights can't be had or aren't this network's.
        """
        import torch

        self.backbone = backbone
        self.size = size
        self.weights = weights_of(backbone, weights_file)
        model = fold_batch_norms(build(backbone, self.weights, size))
        self._model = model.to(memory_format=torch.channels_last)
        self._bfloat16 = bfloat16_is_fast()
        how = backbone.preprocessing
        self._mean = torch.tensor(how.mean).view(1, 3, 1, 1) * 255
        self._std = torch.tensor(how.std).view(1, 3, 1, 1) * 255

    @property
    def key(self) -> str:
        """Names these features: backbone, weights, size."""
        return f"{self.backbone.name}-{self.weights.fingerprint}-{self.size}px-whole"

    def maps(self, pixels: np.ndarray) -> np.ndarray:
        """Feature maps of pictures as `prepare_whole` gives them.

        Args:
            pixels: uint8 [n, size, size, 3].

        Returns:
            float32 [n, cells, dimension], the cells row by row; their number is a square.
        """
        import torch

        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, self._bfloat16):
            batch = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float()
            batch = ((batch - self._mean) / self._std).contiguous(memory_format=torch.channels_last)
            found = self._model.forward_features(batch).float()  # type: ignore[operator]
            if found.ndim == 4:  # a convolutional network: [n, dimension, rows, columns]
                found = found.flatten(2).transpose(1, 2)
            else:  # a vision transformer: class and register tokens come before the patches
                found = found[:, int(self._model.num_prefix_tokens) :]  # type: ignore[arg-type]
            cells: np.ndarray = found.contiguous().numpy()
        return cells
