"""The sequence model: from two feature sequences of a painting to logits of its attributes.

A model may do without it: then it has linear heads alone (`artextract.attributes.heads`), and no torch is needed.
"""

from typing import cast

import torch
from torch import Tensor, nn

from artextract.attributes.heads import Shape


class AttributeModel(nn.Module):
    """Bidirectional LSTM over grid cells, pooled by attention, with one head per attribute.

    The features and Gabor statistics of each cell are projected and concatenated. The cells pass, row by row, through
    the LSTM (Hochreiter and Schmidhuber 1997; Schuster and Paliwal 1997). Each attribute weights the cells by its own
    attention (additive, Bahdanau et al. 2015). Two heads of the attribute, on the attended state and on the mean of the
    backbone's cells, give logits that are added, so the sequence only learns what the mean lacks.
    """

    def __init__(self, shape: Shape, dropout: float = 0.3) -> None:
        super().__init__()
        self.shape = shape
        width = shape.hidden
        self.of_features = _projection(shape.features, width) if shape.features else None
        self.of_gabor = _projection(shape.gabor, width // 4) if shape.gabor else None
        concatenated = (width if shape.features else 0) + (width // 4 if shape.gabor else 0)
        self.lstm = nn.LSTM(concatenated, width, batch_first=True, bidirectional=True)
        self.attention = nn.Sequential(
            nn.Linear(2 * width, width // 2), nn.Tanh(), nn.Linear(width // 2, len(shape.outputs))
        )
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict({name: nn.Linear(2 * width, count) for name, count in shape.outputs.items()})
        for weight in self.heads.parameters():  # zero at the start: only the mean counts
            nn.init.zeros_(weight)
        self.pooled_heads = nn.ModuleDict({
            name: nn.Linear(shape.features, count) for name, count in (shape.outputs if shape.features else {}).items()
        })

    def forward(self, features: Tensor | None, gabor: Tensor | None) -> dict[str, Tensor]:
        """Attribute → logits float32 [n, classes], of float32 [n, cells, shape.features] and [n, cells, shape.gabor].

        A sequence that the model does not have is None.
        """
        parts = []
        if self.of_features is not None and features is not None:
            parts.append(self.of_features(features))
        if self.of_gabor is not None and gabor is not None:
            parts.append(self.of_gabor(gabor))
        states, _ = self.lstm(self.dropout(torch.cat(parts, dim=-1)))
        attention = self.attention(states).softmax(dim=1)
        logits = {}
        for number, (name, head) in enumerate(self.heads.items()):
            attended = torch.einsum("nc,ncd->nd", attention[:, :, number], states)
            logits[name] = self._by_row(head, attended)
            if features is not None and self.pooled_heads:
                pooled = features.mean(dim=1)
                logits[name] = logits[name] + self._by_row(self.pooled_heads[name], pooled)
        return logits

    def _by_row(self, head: nn.Module, rows: Tensor) -> Tensor:
        """The logits of a head. In evaluation each row is computed alone: the rounding of a matrix
        product depends on the number of rows, and a prediction must not depend on its batch."""
        if self.training:
            return cast("Tensor", head(self.dropout(rows)))
        return torch.stack([head(row) for row in rows])


def _projection(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.LayerNorm(inputs), nn.Linear(inputs, outputs), nn.GELU())
