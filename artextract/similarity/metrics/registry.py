"""The metrics of similarity, one row each, and all scores of one picture with others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from artextract.similarity.metrics.lpips import load_lpips
from artextract.similarity.metrics.pixels import rmse
from artextract.similarity.metrics.ssim import ssim_with_each


@dataclass(frozen=True)
class Measure:
    """A number that says how similar two works are."""

    label: str  # The name on screens
    higher_is_closer: bool  # True for a score, false for a distance
    sentence: str  # What the number means, for a curator
    missing: str = "Not available: the picture or the metric’s model is missing."  # Why a work has no such number
    digits: int = 3

    @property
    def arrow(self) -> str:
        """Which way is closer: ↑ or ↓."""
        return "↑" if self.higher_is_closer else "↓"


@dataclass(frozen=True, kw_only=True)
class Metric(Measure):
    """A measure of two pictures, or of two embeddings."""

    name: str
    compare: Callable[[np.ndarray, Sequence[np.ndarray]], list[float]] | None
    """Compares a comparison picture (uint8 [256, 256, 3]) with each of others. None: the metric compares embeddings."""


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "Cosine similarity",
            True,
            "Score: higher is closer. How similar the network finds the two paintings: 1 means the same. "
            "Other values depend on the embedding, so compare them only within one.",
            name="cosine",
            compare=None,
        ),
        Metric(
            "SSIM",
            True,
            "Score: higher is closer. Compares where light and dark areas are. 1 means identical; "
            "two different paintings rarely exceed 0.4.",
            name="ssim",
            compare=ssim_with_each,
        ),
        Metric(
            "RMSE",
            False,
            "Distance: lower is closer. How much the colours differ pixel by pixel: 0 means the same picture, "
            "1 means black against white.",
            name="rmse",
            compare=lambda query, pictures: [rmse(query, picture) for picture in pictures],
        ),
        Metric(
            "LPIPS",
            False,
            "Distance: lower is closer. How different the two pictures look to a network trained on human "
            "similarity judgements: 0 means identical; unrelated paintings are near 0.7.",
            name="lpips",
            compare=lambda query, pictures: load_lpips().distances(query, pictures),
        ),
    )
}
PICTURE_METRICS = {name: metric.compare for name, metric in METRICS.items() if metric.compare}
"""The metrics that compare pictures: name → function."""

Scores = tuple[float | None, ...]  # Values of `PICTURE_METRICS`, in their order. All are None if a picture is missing.
MISSING: Scores = (None,) * len(PICTURE_METRICS)


def score_pictures(
    query: np.ndarray | None, pictures: Sequence[np.ndarray | None], known: Mapping[str, Sequence[float]] | None = None
) -> list[Scores]:
    """Compare a comparison picture (uint8 [256, 256, 3]) with each of others by all `PICTURE_METRICS`.

    A missing picture is None. `known` has, by metric, values for the pictures that are not missing; they
    are not computed. ValueError if a picture is not a comparison picture.
    """
    if query is None:
        return [MISSING] * len(pictures)
    present, known = [picture for picture in pictures if picture is not None], known or {}
    columns = [known[name] if name in known else compare(query, present) for name, compare in PICTURE_METRICS.items()]
    rows = zip(*columns, strict=True)
    return [MISSING if picture is None else next(rows) for picture in pictures]
