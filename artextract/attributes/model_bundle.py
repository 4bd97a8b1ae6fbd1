"""A trained model as a folder of files: written by training, read by whoever predicts.

backbone.safetensors     the tuned backbone, float16; the shipped model's lies in vision/shipped
attributes.safetensors   the sequence model, float16; its header says all else (`Facts`)
training.safetensors     what the training paintings look like to it, for "nearest paintings"
training.parquet         who and what those are
validation.parquet       its predictions on the validation paintings
ablation.json            what each part of it is worth
artist_disjoint.json     the same on paintings by artists that it has never seen
left_out.json            how surely models without a style name paintings of it
MODEL_CARD.md            what it was trained on and what it can't do
"""

import hashlib
import json
from functools import cached_property
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError, safe_open

from artextract.attributes.certainty.calibration import Calibration
from artextract.attributes.certainty.ood_score import Knownness
from artextract.attributes.labels import Classes
from artextract.attributes.model import AttributeModel, Shape
from artextract.errors import WeightsError
from artextract.files import (
    check_regular,
    open_regular,
    read_regular_text,
    write_atomic,
    write_bytes,
)
from artextract.vision.backbones import find_backbone, weights_of

SHIPPED = Path(__file__).parent / "shipped"
"""The model that comes with the program."""
HEADER = "artextract"


class Facts(BaseModel):
    """What there is to know of a model besides its tensors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    backbone: str
    """Its architecture: a name of `artextract.vision.backbones.BACKBONES`."""
    size: int
    """Side of the pictures that it reads, pixels."""
    shape: Shape
    classes: Classes
    listed_artists: tuple[str, ...]
    """The artist classes of the lists that it was trained on ("Claude Monet")."""
    calibration: dict[str, Calibration]
    knownness: Knownness
    """Of styles: how much a picture is like what they were learnt from."""
    unfamiliar_below: float
    """A picture whose nearest training paintings are less like it (cosine) can't be known."""
    seed: int


class Bundle:
    """The folder of a trained model."""

    def __init__(self, folder: Path, facts: Facts) -> None:
        self.folder = folder
        self.facts = facts

    @classmethod
    def open(cls, folder: Path = SHIPPED) -> "Bundle":
        """Open a model.

        Raises:
            WeightsError: the folder isn't a model's; the sentence names the file.
        """
        file = folder / "attributes.safetensors"
        try:
            check_regular(file)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise WeightsError(
                f"There is no model in {folder} (no attributes.safetensors): name a folder that "
                "`python -m train.attributes` wrote."
            ) from error
        except OSError as error:
            raise WeightsError(
                f"{file} can't be read ({error.strerror}): train the model again, or name another."
            ) from error
        try:
            with safe_open(file, "np") as opened:
                facts = Facts.model_validate_json((opened.metadata() or {})[HEADER])
        except (SafetensorError, KeyError, OSError, ValidationError) as error:
            raise WeightsError(f"{file} is not a model of this program's: train it again, or name another.") from error
        return cls(folder, facts)

    @property
    def backbone_file(self) -> Path:
        """The tuned backbone's weights."""
        if self.folder == SHIPPED:
            return weights_of(find_backbone(self.facts.backbone)).path
        return self.folder / "backbone.safetensors"

    @cached_property
    def fingerprint(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 of both networks.

        Raises:
            WeightsError: one can't be read.
        """
        digest = hashlib.sha256()
        for file in (self.backbone_file, self.folder / "attributes.safetensors"):
            try:
                with open_regular(file) as opened:
                    while piece := opened.read(2**20):
                        digest.update(piece)
            except OSError as error:
                raise WeightsError(f"{file} can't be read ({error.strerror}): train the model again.") from error
        return digest.hexdigest()[:12]

    def load(self) -> AttributeModel:
        """The sequence model, in evaluation mode.

        Raises:
            WeightsError: the tensors aren't those that the header says.
        """
        from safetensors.torch import load_file

        file = self.folder / "attributes.safetensors"
        model = AttributeModel(self.facts.shape)
        try:
            tensors = {name: value.float() for name, value in load_file(file).items()}
            model.load_state_dict(tensors)
        except (RuntimeError, SafetensorError, OSError) as error:
            raise WeightsError(f"{file} holds other tensors than its header says: train it again.") from error
        return model.eval()

    @cached_property
    def validation(self) -> pd.DataFrame:
        """The validation paintings with what the model said of them.

        One row a painting: `file`, `title`, `painter`, `year`, the number of its `copy`, the right
        `style`, `genre`, `artist` (missing where not listed) and, for each of these,
        `<attribute>_said`, `<attribute>_probability`, `<attribute>_right` (the probability of the
        right class).

        Raises:
            WeightsError: the file is missing or damaged.
        """
        return self._table("validation.parquet")

    @cached_property
    def training(self) -> pd.DataFrame:
        """The training paintings: `file`, `title`, `painter`, `year`, `style`, `genre`, `copy`.

        Raises:
            WeightsError: the file is missing or damaged.
        """
        return self._table("training.parquet")

    def ablation(self) -> list[dict[str, object]]:
        """What each part is worth, a row a model and attribute; none if it was not measured.

        Raises:
            WeightsError: the file is damaged.
        """
        return self._rows("ablation.json")

    def artist_disjoint(self) -> list[dict[str, object]]:
        """The same of models that have seen nobody who painted a validation painting.

        Raises:
            WeightsError: the file is damaged.
        """
        return self._rows("artist_disjoint.json")

    def left_out(self) -> list[dict[str, object]]:
        """How surely models that were trained without a style name its paintings, a row a style.

        Raises:
            WeightsError: the file is damaged.
        """
        return self._rows("left_out.json")

    def _rows(self, name: str) -> list[dict[str, object]]:
        file = self.folder / name
        try:
            rows: list[dict[str, object]] = json.loads(read_regular_text(file))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise WeightsError(f"{file} is damaged: measure it again.") from error
        return rows

    def _table(self, name: str) -> pd.DataFrame:
        try:
            check_regular(self.folder / name)
            return pd.read_parquet(self.folder / name)
        except (OSError, ValueError) as error:
            raise WeightsError(f"{self.folder / name} is missing or damaged: train the model again.") from error


def write_model(file: Path, model: AttributeModel, facts: Facts) -> None:
    """Write `attributes.safetensors`: the tensors in float16 and the facts as its header."""
    from safetensors.torch import save_file

    tensors = {name: value.half().contiguous() for name, value in model.state_dict().items()}
    with write_atomic(file) as temporary:
        save_file(tensors, temporary, metadata={HEADER: facts.model_dump_json()})


def write_table(file: Path, table: pd.DataFrame) -> None:
    """Write a table of the bundle."""
    with write_atomic(file) as temporary:
        table.to_parquet(temporary, index=False)


def write_rows(file: Path, rows: list[dict[str, object]]) -> None:
    """Write a list as JSON."""
    write_bytes(file, json.dumps(rows, indent=1).encode())
