"""A trained model as a folder of files. Training writes them; prediction reads them.

backbone.safetensors     the tuned backbone, float16; the shipped one is in artextract/vision/shipped
attributes.safetensors   the linear heads and the sequence model, float16, with `ModelFacts` in its header
training.safetensors     vectors of the training paintings, for the nearest paintings
training.parquet         the training paintings: artist, title, labels
validation.parquet       the model's predictions for the validation paintings
ablation.json            accuracy with and without each part of the model
artist_disjoint.json     the same accuracy, on paintings by artists that are not in training
unknown_styles.json      how often the model is sure about paintings of styles that it does not know
MODEL_CARD.md            what the model was trained on, and its limits
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field, model_validator

from artextract.attributes.certainty.calibration import Calibration
from artextract.attributes.certainty.ood_score import OodScore
from artextract.attributes.date_bins import BINS
from artextract.attributes.heads import PREFIX, LinearHeads, Shape
from artextract.attributes.labels import LABELLED, Classes
from artextract.errors import WeightsError
from artextract.files import check_regular, open_regular, read_regular_text
from artextract.tensor_files import read_facts, read_tensors, tensor_shapes
from artextract.vision.backbones import find_backbone, weights_of
from artextract.vision.gabor import GaborBank

if TYPE_CHECKING:
    from artextract.attributes.model import AttributeModel

MIN_DATED = 20  # Training paintings with a year from which the years of a style are known
CONTENT = "efficientnet_lite2"  # The untuned network that is pooled beside the tuned one
SHIPPED = Path(__file__).parent / "shipped"  # The model that comes with the program
LARGEST_HIDDEN = 65_536  # Units of the LSTM that a file may name


class ModelFacts(BaseModel, extra="forbid", frozen=True, allow_inf_nan=False):
    """Everything about a model except its tensors.

    Raises ValueError if the facts contradict each other, or a number is not finite.
    """

    name: str
    backbone: str  # A name in `artextract.vision.backbones.BACKBONES`
    size: int = Field(ge=32, le=1024)  # Side of the pictures for the backbone, pixels
    shape: Shape
    classes: Classes
    listed_artists: tuple[str, ...]  # Artists of the training lists ("Claude Monet")
    calibration: dict[str, Calibration]
    in_set_from: dict[str, tuple[float, ...]]
    """Attribute → the probability from which each class belongs to the label set (`calibration.set_thresholds`)."""
    date_margin: float = Field(ge=0)  # Years added to both ends of the 80% interval, so that it holds for unknown hands
    ood_score: OodScore
    max_ood: dict[str, float]  # Attribute → a picture with a higher OOD probability gets no sure answer
    seed: int

    @model_validator(mode="after")
    def _agree(self) -> "ModelFacts":
        if self.shape.hidden and not 4 <= self.shape.hidden <= LARGEST_HIDDEN:
            raise ValueError("the hidden state is too small or too large")
        outputs = {name: len(self.classes.of(name)) for name in LABELLED} | {"date": BINS}
        if self.shape.outputs != outputs or 0 in outputs.values():
            raise ValueError("the classes do not fit the outputs")
        if {name: len(one.shift) for name, one in self.calibration.items()} != outputs:
            raise ValueError("the calibration does not fit the outputs")
        if {name: len(limits) for name, limits in self.in_set_from.items()} | {"date": BINS} != outputs:
            raise ValueError("the label sets do not fit the outputs")
        if set(self.max_ood) != set(LABELLED):
            raise ValueError("the limits do not fit the outputs")
        if min(one.temperature for one in self.calibration.values()) <= 0:
            raise ValueError("a temperature is not above 0")
        return self


class Bundle:
    """The folder of a trained model."""

    def __init__(self, folder: Path, facts: ModelFacts) -> None:
        self.folder = folder
        self.facts = facts

    @classmethod
    def open(cls, folder: Path = SHIPPED) -> "Bundle":
        """Open a model. Raises WeightsError if the folder has no model, or the model is damaged."""
        file = folder / "attributes.safetensors"
        try:
            facts = read_facts(file, ModelFacts)
            _check_shapes(facts, tensor_shapes(file))
            return cls(folder, facts)
        except OSError as error:
            raise WeightsError(
                f"There is no model in {folder}: attributes.safetensors can't be read ({error.strerror}). Name a "
                "folder that `python -m train.attributes` wrote."
            ) from error
        except ValueError as error:
            raise WeightsError(f"{file} is not a model of this program. Train it again, or name another.") from error

    @property
    def backbone_file(self) -> Path:
        """The weights of the tuned backbone."""
        shipped = self.folder == SHIPPED
        return weights_of(find_backbone(self.facts.backbone)).path if shipped else self.folder / "backbone.safetensors"

    @cached_property
    def fingerprint(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 of both networks. Raises WeightsError if a file can't be read."""
        digest = hashlib.sha256()
        for file in (self.backbone_file, self.folder / "attributes.safetensors"):
            with _damage_named(file), open_regular(file) as opened:
                hashlib.file_digest(opened, lambda: digest)  # goes on with the digest
        return digest.hexdigest()[:12]

    def heads(self) -> LinearHeads:
        """The linear heads. Raises WeightsError if the file is damaged."""
        return LinearHeads.of(self._tensors(), self.facts.shape.outputs)

    def sequence_model(self) -> "AttributeModel | None":
        """The sequence model in evaluation mode; None for heads alone. Raises WeightsError if the file is damaged."""
        if not self.facts.shape.hidden:
            return None
        import torch

        from artextract.attributes.model import AttributeModel

        model = AttributeModel(self.facts.shape)
        model.load_state_dict({name: torch.from_numpy(array).float() for name, array in self._tensors().items()})
        return model.eval()

    def _tensors(self) -> dict[str, np.ndarray]:
        file = self.folder / "attributes.safetensors"
        with _damage_named(file):
            tensors = read_tensors(file)
            if not all(np.isfinite(array).all() for array in tensors.values()):
                raise ValueError("the tensors are not finite")
        return tensors

    @cached_property
    def validation(self) -> pd.DataFrame:
        """The validation paintings with the model's predictions. Raises WeightsError if the file is damaged.

        One row per painting: `file`, `title`, `painter`, `year`, `copy` (of the data set, a number), the right `style`,
        `genre`, `artist` (missing if not listed), and for each of these `<attribute>_predicted` (the likeliest
        class), `<attribute>_probability` and `<attribute>_right` (the probability of the right class). The artist is
        predicted among the listed ones; `artist_open` is the likeliest of all, missing for "another artist".
        """
        return self._table("validation.parquet")

    @cached_property
    def training(self) -> pd.DataFrame:
        """The training paintings: `file` to `copy` as in `validation`. Raises WeightsError if the file is damaged."""
        return self._table("training.parquet")

    @cached_property
    def style_years(self) -> dict[str, tuple[float, float]]:
        """Style → the years between which 96% of its training paintings lie, if at least `MIN_DATED` have a year."""
        years = self.training["year"].astype(float).groupby(self.training["style"])
        spans = years.quantile(np.array([0.02, 0.98])).unstack()[years.count() >= MIN_DATED]
        return {style: (low, high) for style, low, high in spans.itertuples()}

    def measured(self, name: str) -> list[dict[str, object]]:
        """The rows of "ablation", "artist_disjoint" or "unknown_styles"; none if it was not measured.

        Raises WeightsError if the file is damaged.
        """
        file = self.folder / f"{name}.json"
        with _damage_named(file, "Measure it again."):
            rows: list[dict[str, object]] = json.loads(read_regular_text(file)) if file.exists() else []
        return rows

    def _table(self, name: str) -> pd.DataFrame:
        with _damage_named(self.folder / name):
            check_regular(self.folder / name)
            return pd.read_parquet(self.folder / name)


@contextmanager
def _damage_named(file: Path, remedy: str = "Train the model again.") -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise WeightsError(f"{file} is missing or damaged. {remedy}") from error


def _check_shapes(facts: ModelFacts, shapes: dict[str, tuple[int, ...]]) -> None:
    """Check the facts against the shapes of the tensors, before memory is reserved. Raises ValueError."""
    dimension, texture = find_backbone(facts.backbone).dimension, 2 * GaborBank().count
    if facts.shape.features != dimension or facts.shape.gabor not in (0, texture):
        raise ValueError("the model reads other features")
    wanted: dict[str, tuple[int, ...]] = {}
    width = dimension + find_backbone(CONTENT).dimension
    for name, classes in facts.shape.outputs.items():
        wanted |= {f"{PREFIX}{name}.weight": (classes, width), f"{PREFIX}{name}.bias": (classes,)}
    if facts.shape.hidden:
        import torch

        from artextract.attributes.model import AttributeModel

        with torch.device("meta"):  # has shapes, but no memory
            model = AttributeModel(facts.shape)
        wanted = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    if wanted != shapes:
        raise ValueError("the tensors have other shapes")
