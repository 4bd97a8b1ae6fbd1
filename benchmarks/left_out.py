"""Leave-one-style-out test: how often paintings of an unknown style get a sure style.

    python -m benchmarks.left_out --config benchmarks/configs/left_out.yaml

For each style, a linear head is fitted to the training paintings of all other styles, on the features of
the tuned backbone. The head is calibrated like the model and predicts the validation paintings of all styles.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import Field
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from artextract.attributes.certainty.calibration import Calibration, fit_temperature, unsure_threshold
from artextract.attributes.certainty.ood_score import NearestPaintings, fit_ood_score, knn_similarity_among
from artextract.attributes.model_bundle import SHIPPED, Bundle, write_rows
from artextract.errors import SourceError
from artextract.vision.backbones import find_backbone
from artextract.vision.device import find_device
from artextract.vision.feature_extractor import Embedder, embed_files
from train.config import Changes, ConfigFile, Data, TrainingSettings, run
from train.data.paintings import labelled_paintings
from train.sequence.write_bundle import IN_DISTRIBUTION


class LeftOutSettings(TrainingSettings):
    """`python -m benchmarks.left_out`."""

    data: Data
    """The model's training data."""
    model: Path = SHIPPED
    """Its folder."""
    styles: list[str] = Field(min_length=1)
    """Each is left out in turn."""
    output: Path
    """The JSON file of the figures."""


@dataclass(frozen=True)
class StyledVectors:
    """Paintings as the tuned backbone sees them, with their styles."""

    vectors: np.ndarray
    """float32 [n, stored], unit length."""
    styles: np.ndarray
    """str [n]."""

    def without(self, style: str) -> "StyledVectors":
        """The paintings of the other styles."""
        others = self.styles != style
        return StyledVectors(self.vectors[others], self.styles[others])


def measure(settings: LeftOutSettings) -> list[dict[str, object]]:
    """One row per style: how often its paintings, and those of the known styles, get a sure style.

    Raises:
        SourceError: a style has no validation paintings.
        WeightsError: the model is missing or damaged.
    """
    bundle = Bundle.open(settings.model)
    nearest = NearestPaintings(bundle.folder / "training.safetensors")
    styled = bundle.training["style"].notna().to_numpy()
    fit = StyledVectors(nearest.vectors[styled], bundle.training["style"][styled].to_numpy(str))
    table = labelled_paintings(settings.data)
    table = table[table["style"].isin(np.unique(fit.styles))]
    for style in settings.styles:
        if not ((table["part"] == "val") & (table["style"] == style)).any():
            raise SourceError(f"styles: no validation painting is {style!r}. Check the spelling.")
    backbone = find_backbone(bundle.facts.backbone)
    embedder = Embedder(backbone, bundle.backbone_file, find_device(settings.device))

    def styled_vectors(part: pd.DataFrame) -> StyledVectors:
        vectors = nearest.project(embed_files(list(part["path"]), embedder))
        return StyledVectors(vectors, part["style"].to_numpy(str))

    aside, val = (styled_vectors(table[table["part"] == part]) for part in ("aside", "val"))
    return [{"style": style, **_without(style, fit, aside, val)} for style in tqdm(settings.styles, "styles left out")]


def _without(style: str, fit: StyledVectors, aside: StyledVectors, val: StyledVectors) -> dict[str, object]:
    fit, aside = fit.without(style), aside.without(style)
    head = LogisticRegression(max_iter=300).fit(fit.vectors, fit.styles)

    # Calibrated like the model in train.sequence.write_bundle.
    logits, similarity = _logits(head, aside.vectors), knn_similarity_among(fit.vectors, aside.vectors)
    ood_score = fit_ood_score(logits, similarity, IN_DISTRIBUTION)
    right = np.searchsorted(head.classes_, aside.styles)
    flat = (0.0,) * len(head.classes_)
    calibration = Calibration(fit_temperature(logits, right, np.array(flat)), flat, 0.0)
    probabilities = calibration.probabilities(logits)
    known = ood_score.of(logits, similarity) <= ood_score.threshold
    hits = probabilities.argmax(axis=1) == right
    threshold = unsure_threshold(probabilities.max(axis=1)[known], hits[known])

    logits = _logits(head, val.vectors)
    probabilities = calibration.probabilities(logits)
    likeliest = probabilities.max(axis=1)
    scores = ood_score.of(logits, knn_similarity_among(fit.vectors, val.vectors))
    sure = (likeliest >= threshold) & (scores <= ood_score.threshold)
    unknown = val.styles == style
    hits = head.classes_[probabilities.argmax(axis=1)] == val.styles
    return {
        "n_unknown": int(unknown.sum()),
        "n_known": int((~unknown).sum()),
        "unknown_sure": float(sure[unknown].mean()),
        "unknown_sure_by_probability": float((likeliest >= threshold)[unknown].mean()),
        "known_sure": float(sure[~unknown].mean()),
        "known_right": float(hits[~unknown & sure].mean()) if sure[~unknown].any() else None,
        "auroc": float(roc_auc_score(unknown, scores)),
        "auroc_of_probability": float(roc_auc_score(~unknown, likeliest)),
    }


def _logits(head: LogisticRegression, vectors: np.ndarray) -> np.ndarray:
    """float [n, classes]; for two classes scikit-learn only gives the difference."""
    logits: np.ndarray = head.decision_function(vectors)
    return np.stack([-logits / 2, logits / 2], axis=1) if logits.ndim == 1 else logits


def main(config: ConfigFile, changes: Changes = None) -> None:
    """Measure how often paintings of an unknown style get a sure style."""
    settings = LeftOutSettings.read(config, changes)
    rows = measure(settings)
    write_rows(settings.output, rows)
    for row in rows:
        print(", ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))
    print(f"Written: {settings.output}")


if __name__ == "__main__":
    run(main)
