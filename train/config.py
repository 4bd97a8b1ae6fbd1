"""Configurations: YAML files checked against a model, wrong ones refused with one sentence."""

from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from artextract.attributes.model_bundle import SHIPPED
from artextract.errors import SourceError
from artextract.files import read_regular_text
from artextract.settings import device_name


class Settings(BaseModel):
    """What every configuration has in common: a key that isn't known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a configuration.

        Raises:
            SourceError: there is no such file, it isn't YAML, or a value isn't what it should be.
        """
        try:
            values = yaml.safe_load(read_regular_text(file))
        except FileNotFoundError as error:
            raise SourceError(f"There is no configuration {file}: see train/configs for those there are.") from error
        except OSError as error:
            raise SourceError(f"The configuration {file} can't be read ({error.strerror}): check the path.") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise SourceError(f"{file} is not YAML: check the file.") from error
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the file"
            raise SourceError(f"{file}: {where}: {first['msg']}.") from error


class TrainingSettings(Settings):
    """What the configurations of a run have in common."""

    device: str = Field(default_factory=device_name)
    """auto, cpu, cuda or mps; if not given what the environment says, else auto. Where a run
    learns, not what: a run begun on one device goes on on another."""


class Copy(Settings):
    """A copy of the ArtGAN data set, whole or partial."""

    images: Path
    labels: Path
    validation: Path | None = None
    """A list of file names to validate on in place of the lists' own validation images."""


class Data(Settings):
    """Which paintings, and which of them are for what."""

    copies: list[Copy] = Field(min_length=1)
    """The first one's lists say how common the classes are."""
    aside: float = Field(0.07, gt=0, lt=0.5)
    """Part of the training images kept aside for calibration and for choices, never trained on."""
    artist_at_least: int = Field(10, ge=2)
    """Training images that make an artist a class of their own."""
    seed: int = 0


class Stage(Settings):
    """Some epochs at one size."""

    epochs: int = Field(ge=1)
    size: int = Field(ge=32)
    """Side of the square that is trained on, pixels."""


class BackboneSettings(TrainingSettings):
    """`python -m train.backbone`."""

    name: str
    data: Data
    backbone: str
    weights: Path | None = None
    """Of a backbone that was tuned before, to go on from; None is the pretrained one's."""
    frozen: list[str] = []
    """Parts of the backbone that stay as they are, by their names in the network: without their
    gradients a step on a processor takes half the time."""
    stages: list[Stage] = Field(min_length=1)
    batch: int = Field(32, ge=2)
    learning_rate: float = Field(gt=0)
    """Of the backbone's last layers."""
    layer_decay: float = Field(0.8, gt=0, le=1)
    """Each group of layers towards the picture learns by this factor more slowly."""
    head_learning_rate: float = Field(gt=0)
    weight_decay: float = Field(0.05, ge=0)
    warm_up: int = Field(200, ge=0)
    """Steps."""
    crop: float = Field(0.5, gt=0, le=1)
    """The smallest part of a picture's area that a crop keeps."""
    drop_path: float = Field(0.2, ge=0, lt=1)
    dropout: float = Field(0.3, ge=0, lt=1)
    label_smoothing: float = Field(0.1, ge=0, lt=1)
    effective_number: float = Field(0.995, ge=0, lt=1)
    """β of the class weights (Cui et al. 2019); 0 weighs all classes alike."""
    average: float = Field(0.998, ge=0, lt=1)
    """Decay of the weights' moving average."""
    output: Path
    seed: int = 0


class JoinSettings(TrainingSettings):
    """`python -m train.concatenate`."""

    data: Data
    backbone: str
    """Of several parts."""
    scales: list[float]
    """How much the unit vectors of each part count, in its order."""
    heads: dict[Literal["style", "genre", "artist"], float] = {}
    """How much the directions count by which a model's linear heads tell an attribute's classes
    apart: their deviation together, where a part's unit vectors have about its scale."""
    model: Path = SHIPPED
    """Folder of that model: its backbone is a part."""
    output: Path
    """The file that says how the parts are joined."""


class TextProjectionSettings(Settings):
    """`python -m train.text_projection`."""

    collection: str
    """An embedded collection of paintings with titles and splits."""
    backbone: str
    """The projection leads to its embedding."""
    aside: float = Field(0.1, gt=0, lt=0.5)
    """Share of the training works, by whole artists, on which the ridge is chosen."""
    output: Path
    seed: int = 0


class AttributeSettings(TrainingSettings):
    """`python -m train.attributes`."""

    name: str
    data: Data
    backbone: str
    weights: Path | None = None
    """A tuned backbone's; None is the pretrained one's."""
    heads: Path | None = None
    """The linear heads that were tuned with it: the model keeps them, and adds what they miss."""
    size: int = Field(224, ge=32)
    """Side of the pictures that the backbone sees, pixels."""
    features: bool = True
    """Whether the model sees the backbone's feature map."""
    gabor: bool = True
    """Whether the model sees the Gabor sequence."""
    hidden: int = Field(128, ge=4)
    dropout: float = Field(0.3, ge=0, lt=1)
    epochs: int = Field(12, ge=1)
    patience: int = Field(3, ge=1)
    """Epochs without a better loss on the aside part after which training stops."""
    batch: int = Field(64, ge=2)
    learning_rate: float = Field(1e-3, gt=0)
    weight_decay: float = Field(0.05, ge=0)
    label_smoothing: float = Field(0.05, ge=0, lt=1)
    ood_pictures: int = Field(600, ge=20)
    """Generated pictures of noise and text, as examples that are not paintings."""
    imbalance: Literal["none", "inverse", "effective number", "logit adjustment"] = "effective number"
    effective_number: float = Field(0.995, gt=0, lt=1)
    """β of "effective number" (Cui et al. 2019)."""
    output: Path
    seed: int = 0
