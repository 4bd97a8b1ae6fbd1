"""Training configurations (YAML files that are validated when they are read), and how a command runs."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import typer
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from artextract.errors import ArtExtractError, SourceError
from artextract.files import read_regular_text
from artextract.settings import device_name

ConfigFile = Annotated[Path, typer.Option("--config", help="A YAML file; see train/configs.")]
Changes = Annotated[list[str] | None, typer.Argument(help="Changed values, such as data.copies.0.images=/my/images.")]


def run(main: Callable[..., None]) -> None:
    """Run `main` as a command. An `ArtExtractError` is printed as one sentence; the exit status is then 1."""
    try:
        typer.run(main)
    except ArtExtractError as error:
        sys.exit(str(error))


class Settings(BaseModel):
    """Base of all configurations: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def read(cls, file: Path, changes: Sequence[str] | None = None) -> Self:
        """Read a YAML file; changes such as "data.copies.0.images=/my/images" replace values.

        Raises SourceError if the file is missing or is not YAML, or a value is wrong.
        """
        try:
            values = yaml.safe_load(read_regular_text(file))
            for change in changes or ():
                _change(values, change)
        except OSError as error:
            raise SourceError(
                f"The configuration {file} can't be read ({error.strerror}). See train/configs."
            ) from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise SourceError(f"{file} is not YAML. Check the file.") from error
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the file"
            raise SourceError(f"{file}: {where}: {first['msg']}.") from error


def _change(values: Any, change: str) -> None:
    keys, equals, value = change.partition("=")
    *path, last = (int(key) if key.isdigit() else key for key in keys.split("."))
    try:
        for key in path:
            values = values[key]
        values[last] = yaml.safe_load(value)
    except (LookupError, TypeError) as error:
        raise SourceError(f"{change!r} changes nothing in the configuration. Write key=value.") from error
    if not equals:
        raise SourceError(f"{change!r} has no value. Write key=value.")


class Copy(Settings):
    """A copy of the ArtGAN data set, whole or partial."""

    images: Path
    labels: Path
    validation: Path | None = None  # A list of file names to validate on instead of the validation images of the lists
    repeats: int = Field(default=1, ge=1)  # How often an epoch of `train.backbone` shows each painting
    hidden: bool = True  # Whether a tuned backbone must not tell this copy from others; pointless for mixed sources


class Data(Settings):
    """The paintings, and how they are split."""

    copies: list[Copy] = Field(min_length=1)
    aside: float = Field(0.07, gt=0, lt=0.5)  # Share of the training images kept for calibration and model selection
    artist_at_least: int = Field(10, ge=2)  # Training images that an artist needs for a class
    people: Path | None = None
    """The National Gallery of Art's `constituents.csv`: the working lives of artists date paintings without a year."""
    seed: int = 0


class Phase(Settings):
    """Epochs at one picture size."""

    epochs: int = Field(ge=1)
    size: int = Field(ge=32)  # Side of the square pictures, pixels


class FitSettings(Settings):
    """What the trainings of a backbone and of a sequence model share."""

    name: str
    device: str = Field(default_factory=device_name)  # auto, cpu, cuda or mps. A run may be resumed on another device.
    data: Data
    backbone: str
    weights: Path | None = None  # File of a tuned backbone; None: the pretrained weights
    batch: int = Field(ge=2)
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(0.05, ge=0)
    dropout: float = Field(0.3, ge=0, lt=1)
    label_smoothing: float = Field(ge=0, lt=1)
    output: Path
    seed: int = 0


class BackboneSettings(FitSettings):
    """`python -m train.backbone`. `learning_rate` is that of the backbone's last layers."""

    frozen: list[str] = []  # Names of backbone modules that are not trained. On a CPU this halves the time of a step.
    stages: list[Phase] = Field(min_length=1)
    batch: int = Field(32, ge=2)
    layer_decay: float = Field(0.8, gt=0, le=1)  # Factor of the learning rate from a group of layers to the one before
    head_learning_rate: float = Field(gt=0)
    warm_up: int = Field(200, ge=0)  # Steps
    crop: float = Field(0.5, gt=0, le=1)  # Smallest share of a picture's area in a crop
    drop_path: float = Field(0.2, ge=0, lt=1)
    label_smoothing: float = Field(0.1, ge=0, lt=1)
    average: float = Field(0.998, ge=0, lt=1)  # Decay of the moving average of the weights


class AttributeSettings(FitSettings):
    """`python -m train.attributes`."""

    heads: Path | None = None  # Linear heads that were tuned with the backbone. The model keeps them and adds to them.
    size: int = Field(224, ge=32)  # Side of the pictures for the backbone, pixels
    features: bool = True  # Whether the model sees the backbone's feature map
    gabor: bool = True  # Whether the model sees the Gabor sequence
    hidden: int = Field(128, ge=0)  # Units of the LSTM in each direction; 0: the linear heads alone, no sequence model
    rare_styles: list[str] = []  # Styles with too few paintings for the heads: the untuned network adds evidence
    unknown: Path | None = None  # A folder of pictures for each style that the model does not know: `unknown_pictures`
    epochs: int = Field(12, ge=1)
    patience: int = Field(3, ge=1)  # Training stops after this many epochs without a better loss on the part set aside
    batch: int = Field(64, ge=2)
    learning_rate: float = Field(1e-3, gt=0)
    label_smoothing: float = Field(0.05, ge=0, lt=1)
    ood_pictures: int = Field(600, ge=20)  # Generated pictures of noise and text, as examples that are not paintings


class ConcatenationSettings(Settings):
    """`python -m train.concatenate`."""

    device: str = Field(default_factory=device_name)
    data: Data
    backbone: str  # A backbone of several networks
    sizes: list[int]  # Side of the pictures that each network sees, pixels
    scales: list[float]  # Weight of each network's unit vectors
    directions: dict[Literal["style", "genre", "artist"], float] = {}
    """Weight of the directions that tell the classes of an attribute apart: their total standard deviation."""
    output: Path  # The file to write


class TextProjectionSettings(Settings):
    """`python -m train.text_projection`."""

    collection: str  # An embedded collection of paintings with titles and splits
    backbone: str  # The projection compares texts with its embedding
    epochs: int = Field(30, ge=1)
    batch: int = Field(1024, ge=2)
    learning_rate: float = Field(1e-3, gt=0)
    warm_up: int = Field(100, ge=0)  # Steps
    weight_decay: float = Field(0.1, ge=0)
    dropout: float = Field(0.4, ge=0, lt=1)  # Of the numbers of a picture's embedding
    piece_dropout: float = Field(0.15, ge=0, lt=1)  # Of the pieces of words
    label_smoothing: float = Field(0.05, ge=0, lt=1)
    labels: float = Field(0.25, ge=0, le=1)  # Share of the paintings whose genre and style stand for their title
    output: Path
    seed: int = 0
