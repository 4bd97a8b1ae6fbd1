"""Reading paintings: pictures in; style, genre, artist and date out, with probabilities."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from artextract.attributes.familiarity import NearestPaintings
from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import SHIPPED, Bundle
from artextract.attributes.reading import Answer, DateAnswer, Label, Predictions, Reading, join
from artextract.network_queue import BACKGROUND, NOW, network_queue
from artextract.progress import Report, Stage, silent
from artextract.vision.backbones import find_backbone
from artextract.vision.device import Device
from artextract.vision.features import FeatureMapper
from artextract.vision.gabor import GaborBank
from artextract.vision.images import open_picture
from artextract.vision.preprocessing import prepare_whole

if TYPE_CHECKING:
    import torch

OUTLIER = 0.5
"""Probability of being noise or text from which on a picture can't be known."""
SHOWN = 5
"""Labels of an answer."""


class Reader:
    """A trained model, ready to read. Safe to use from several threads.

    A picture's reading does not depend on what else is read with it, so a command and a screen
    give the same numbers.
    """

    def __init__(self, bundle: Bundle | None = None, device: Device | None = None) -> None:
        """Load the model (None is the one that comes with the program) on `device` or the one set.

        The backbone computes in the device's arithmetic, the sequence model always in float32.

        Raises:
            DeviceError: there is no such device.
            WeightsError: the model's files are missing or damaged.
        """
        self.bundle = bundle or Bundle.open(SHIPPED)
        facts = self.bundle.facts
        self.facts = facts
        self.mapper = FeatureMapper(
            find_backbone(facts.backbone), facts.size, self.bundle.backbone_file, device
        )
        self.device = self.mapper.device.torch
        self.model = self.bundle.load().to(self.device)
        self.bank = GaborBank()
        self._classes = {name: facts.classes.shown(name) for name in LABELLED}
        self.nearest = NearestPaintings(self.bundle.folder / "training.safetensors")

    def prepare(self, image: Image.Image) -> tuple[np.ndarray, np.ndarray]:
        """What the model sees of an RGB picture, plain and mirrored.

        The picture is first squeezed to 224 pixels, the size of what the model learnt from.

        Returns:
            uint8 [2, size, size, 3] for the backbone, both views; uint8 [1, 224, 224, 3] for the
            Gabor bank, which can tell the mirrored one from the plain.
        """
        texture = prepare_whole(image, GaborBank.SIDE)
        plain = prepare_whole(Image.fromarray(texture), self.facts.size)
        return np.stack([plain, plain[:, ::-1]]), texture[None]

    def sequences(
        self, pixels: np.ndarray, texture: np.ndarray
    ) -> tuple["torch.Tensor", "torch.Tensor"]:
        """Both feature sequences of prepared pictures, on the reader's device.

        Args:
            pixels: uint8 [2n, size, size, 3]: plain and mirrored views in turn.
            texture: uint8 [n, 224, 224, 3].

        Returns:
            float32 [2n, cells, features] and float32 [2n, cells, gabor].
        """
        import torch

        maps = self.mapper.maps(pixels)
        plain = self.bank.describe(texture, int(np.sqrt(maps.shape[1])), self.device)
        both = np.stack([plain, self.bank.mirror(plain)], axis=1)
        gabor = both.reshape(2 * len(plain), *plain.shape[1:])
        return torch.from_numpy(maps).to(self.device), torch.from_numpy(gabor).to(self.device)

    def predict(self, images: Sequence[Image.Image], priority: int = NOW) -> Predictions:
        """Read RGB pictures, each when its turn comes (`artextract.network_queue`)."""
        # One at a time: as fast as several, and rounding can't depend on the others.
        parts = [self._forward(*self.prepare(image), priority) for image in images]
        logits = {
            name: np.concatenate([part[0][name] for part in parts])
            for name in self.facts.shape.outputs
        }
        return self._finish(logits, np.concatenate([part[1] for part in parts]))

    def read(self, image: Image.Image) -> Reading:
        """Read one RGB picture."""
        return self.readings(self.predict([image]))[0]

    def readings(self, predictions: Predictions) -> list[Reading]:
        """Predictions as answers."""
        quantiles = predictions.date_quantiles()
        return [
            self._reading(predictions, row, quantiles[row])
            for row in range(len(predictions.vectors))
        ]

    def _forward(
        self, pixels: np.ndarray, texture: np.ndarray, priority: int
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        import torch

        def turn() -> tuple[dict[str, np.ndarray], np.ndarray]:
            maps, gabor = self.sequences(pixels, texture)
            with torch.inference_mode():
                found = self.model(maps, gabor)
            logits = {name: _mean_of_pairs(value.cpu().numpy()) for name, value in found.items()}
            return logits, _mean_of_pairs(maps.cpu().numpy().mean(axis=1))

        return network_queue().run(turn, priority)

    def _finish(self, logits: dict[str, np.ndarray], vectors: np.ndarray) -> Predictions:
        probabilities = {
            name: self.facts.calibration[name].probabilities(values)
            for name, values in logits.items()
        }
        familiarity = self.nearest.familiarity(vectors)
        return Predictions(
            probabilities,
            vectors,
            familiarity,
            self.facts.knownness.of(logits["style"], familiarity),
            self.nearest.outlier_probability(vectors),
        )

    def _reading(self, predictions: Predictions, row: int, years: np.ndarray) -> Reading:
        familiarity = float(predictions.familiarity[row])
        unlike = familiarity < self.facts.unfamiliar_below
        unfamiliar = bool(unlike or predictions.outlier_probability[row] > OUTLIER)
        # Outside of the styles that it knows it can't know the artist, nor trust its dates.
        outside = bool(predictions.knownness[row] < self.facts.knownness.threshold) or unfamiliar
        answers = {}
        for attribute in LABELLED:
            row_of = predictions.probabilities[attribute][row]
            best = np.argsort(-row_of, kind="stable")[:SHOWN]
            classes = self._classes[attribute]
            labels = [Label(classes[index], float(row_of[index])) for index in best]
            below = labels[0].probability < self.facts.calibration[attribute].threshold
            strange = unfamiliar if attribute == "genre" else outside
            answers[attribute] = Answer(labels, len(classes), bool(below) or strange, strange)
        low, median, high = (float(year) for year in years)
        wide = (high - low) > self.facts.calibration["date"].threshold
        date = DateAnswer(median, low, high, bool(wide) or outside)
        return Reading(
            **answers,
            date=date,
            familiarity=familiarity,
            knownness=float(predictions.knownness[row]),
            unfamiliar=unfamiliar,
        )


def open_to_read(source: Path | bytes, name: str = "") -> Image.Image:
    """Decode a picture for the reader: one way for all, so that all read the same pixels.

    Raises:
        BadImageError: it can't be read.
    """
    return open_picture(source, name, at_least=2 * GaborBank.SIDE).image


def read_files(
    reader: Reader, paths: Sequence[Path], report: Report = silent, batch: int = 16
) -> Predictions:
    """Read picture files, decoded ahead in threads.

    Raises:
        BadImageError: one of them can't be read.
    """
    stage = Stage("Reading", len(paths), report)
    found = []
    with ThreadPoolExecutor(2) as pool:
        for images in _chunks(pool.map(open_to_read, paths), batch):
            found.append(reader.predict(images, BACKGROUND))
            stage.advance(len(images))
    return join(found)


def _chunks(images: Iterator[Image.Image], size: int) -> Iterator[list[Image.Image]]:
    chunk: list[Image.Image] = []
    for image in images:
        chunk.append(image)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _mean_of_pairs(values: np.ndarray) -> np.ndarray:
    """[2n, d] → [n, d]: a picture's plain and mirrored views."""
    result: np.ndarray = values.reshape(-1, 2, values.shape[-1]).mean(axis=1)
    return result
