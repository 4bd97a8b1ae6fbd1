"""How surely a style is named that the model has never seen.

    python -m train.left_out --config train/configs/left_out.yaml

Each style in turn is taken from what a model knows: on the frozen features of its tuned backbone, a
linear head is fitted to the training paintings of the other styles, calibrated and given its lines
of "not sure" as the model was, and asked about the validation paintings of all styles.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from pydantic import Field
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from artextract.attributes.certainty.knn_similarity import NearestPaintings, knn_similarity_among
from artextract.attributes.certainty.ood_score import fit_ood_score
from artextract.attributes.certainty.temperature import Calibration, fit_temperature, unsure_threshold
from artextract.attributes.model_bundle import SHIPPED, Bundle, write_rows
from artextract.cli.common import errors_as_sentences
from artextract.errors import SourceError
from artextract.vision.backbones import find_backbone
from artextract.vision.device import find_device
from artextract.vision.feature_extractor import Embedder, embed_files
from train.config import Data, TrainingSettings
from train.data.paintings import labelled_paintings
from train.sequence.write_bundle import KNOWN


class LeftOutSettings(TrainingSettings):
    """`python -m train.left_out`."""

    data: Data
    """What the model was trained on."""
    model: Path = SHIPPED
    """Its folder."""
    styles: list[str] = Field(min_length=1)
    """Each is left out in turn."""
    output: Path
    """The JSON file of the figures."""


@dataclass(frozen=True)
class Seen:
    """Paintings as the tuned backbone sees them."""

    vectors: np.ndarray
    """float32 [n, stored], unit length."""
    styles: np.ndarray
    """str [n]."""

    def but(self, style: str) -> "Seen":
        """Those of the other styles."""
        others = self.styles != style
        return Seen(self.vectors[others], self.styles[others])


def measure(settings: LeftOutSettings) -> list[dict[str, object]]:
    """A row a style: how surely its paintings and the others' are named.

    Raises:
        SourceError: a style has no validation paintings, or no training paintings.
        WeightsError: the model isn't there.
    """
    bundle = Bundle.open(settings.model)
    nearest = NearestPaintings(bundle.folder / "training.safetensors")
    styled = bundle.training["style"].notna().to_numpy()
    fit = Seen(nearest.vectors[styled], bundle.training["style"][styled].to_numpy(str))
    table = labelled_paintings(settings.data)
    table = table[table["style"].isin(np.unique(fit.styles))]
    for style in settings.styles:
        if not ((table["part"] == "val") & (table["style"] == style)).any():
            raise SourceError(f"styles: no validation painting is {style!r}: check how it is written.")
    backbone = find_backbone(bundle.facts.backbone)
    embedder = Embedder(backbone, bundle.backbone_file, find_device(settings.device))
    aside, val = (_seen(table[table["part"] == part], embedder, nearest) for part in ("aside", "val"))
    return [{"style": style, **_without(style, fit, aside, val)} for style in tqdm(settings.styles, "styles left out")]


def _seen(table: pd.DataFrame, embedder: Embedder, nearest: NearestPaintings) -> Seen:
    vectors = embed_files(list(table["path"]), embedder)
    return Seen(nearest.project(vectors), table["style"].to_numpy(str))


def _without(style: str, fit: Seen, aside: Seen, val: Seen) -> dict[str, object]:
    fit, aside = fit.but(style), aside.but(style)
    head = LogisticRegression(max_iter=300).fit(fit.vectors, fit.styles)
    classes = head.classes_

    # Calibrated as the model is: train.sequence.write_bundle.
    logits = _logits(head, aside.vectors)
    ood_score = fit_ood_score(logits, knn_similarity_among(fit.vectors, aside.vectors), KNOWN)
    ood = ood_score.of(logits, knn_similarity_among(fit.vectors, aside.vectors))
    right = np.searchsorted(classes, aside.styles)
    flat = np.zeros(len(classes))
    temperature = fit_temperature(logits, right, flat)
    probabilities = Calibration(temperature, tuple(flat), 0.0).probabilities(logits)
    can_be = ood <= ood_score.threshold
    threshold = unsure_threshold(probabilities.max(axis=1)[can_be], (probabilities.argmax(axis=1) == right)[can_be])

    logits = _logits(head, val.vectors)
    probabilities = Calibration(temperature, tuple(flat), threshold).probabilities(logits)
    likeliest = probabilities.max(axis=1)
    ood = ood_score.of(logits, knn_similarity_among(fit.vectors, val.vectors))
    sure = (likeliest >= threshold) & (ood <= ood_score.threshold)
    unknown = val.styles == style
    hits = classes[probabilities.argmax(axis=1)] == val.styles
    return {
        "n_unknown": int(unknown.sum()),
        "n_known": int((~unknown).sum()),
        "unknown_sure": float(sure[unknown].mean()),
        "unknown_sure_by_probability": float((likeliest >= threshold)[unknown].mean()),
        "known_sure": float(sure[~unknown].mean()),
        "known_right": float(hits[~unknown & sure].mean()) if sure[~unknown].any() else None,
        "auroc": float(roc_auc_score(unknown, ood)),
        "auroc_of_probability": float(roc_auc_score(~unknown, likeliest)),
    }


def _logits(head: LogisticRegression, vectors: np.ndarray) -> np.ndarray:
    """float [n, classes]; of two classes scikit-learn gives the difference alone."""
    found: np.ndarray = head.decision_function(vectors)
    return np.stack([-found / 2, found / 2], axis=1) if found.ndim == 1 else found


@errors_as_sentences
def main(config: Annotated[Path, typer.Option(help="A YAML file: see train/configs.")]) -> None:
    """Measure how surely a style is named that the model has never seen."""
    settings = LeftOutSettings.read(config)
    rows = measure(settings)
    write_rows(settings.output, rows)
    for row in rows:
        print(", ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))
    print(f"Written: {settings.output}")


if __name__ == "__main__":
    typer.run(main)
