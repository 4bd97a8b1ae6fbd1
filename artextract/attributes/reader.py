"""Reading paintings: pictures in; style, genre, artist and date out, with probabilities."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from artextract.attributes.certainty.knn_similarity import NearestPaintings
from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import SHIPPED, Bundle
from artextract.attributes.reading import Answer, DateAnswer, Label, Predictions, Reading, join
from artextract.features.decoding_ahead import batches_ahead
from artextract.network_queue import BACKGROUND, NOW, network_queue
from artextract.progress import Report, Stage, silent
from artextract.vision.backbones import find_backbone
from artextract.vision.device import Device
from artextract.vision.feature_extractor import FeatureMapper
from artextract.vision.gabor import GaborBank
from artextract.vision.images import open_picture
from artextract.vision.preprocessing import prepare_whole

if TYPE_CHECKING:
    import torch

BATCH = 4
"""Pictures a turn: more are hardly faster, and a person who comes between waits for them."""
OUTLIER = 0.5
"""Probability of being noise or text from which on a picture can't be known."""
SHOWN = 5
"""Labels of an answer."""


@dataclass(frozen=True)
class Prepared:
    """What the model sees of a picture."""

    pixels: np.ndarray
    """uint8 [size, size, 3], for the backbone."""
    texture: np.ndarray
    """uint8 [224, 224, 3], for the Gabor bank."""


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
        self.mapper = FeatureMapper(find_backbone(facts.backbone), facts.size, self.bundle.backbone_file, device)
        self.device = self.mapper.device.torch
        self.model = self.bundle.load().to(self.device)
        self.bank = GaborBank()
        self._classes = {name: facts.classes.shown(name) for name in LABELLED}
        self.nearest = NearestPaintings(self.bundle.folder / "training.safetensors")

    def prepare(self, image: Image.Image) -> Prepared:
        """What the model sees of an RGB picture.

        The picture is first squeezed to 224 pixels, the size of what the model learnt from.
        """
        texture = prepare_whole(image, GaborBank.SIDE)
        return Prepared(prepare_whole(Image.fromarray(texture), self.facts.size), texture)

    def sequences(self, seen: Sequence[Prepared]) -> tuple["torch.Tensor", "torch.Tensor"]:
        """Both feature sequences of prepared pictures, on the reader's device.

        Returns:
            float32 [n, cells, features] and float32 [n, cells, gabor].
        """
        import torch

        maps = self.mapper.maps(np.stack([one.pixels for one in seen]))
        grid = int(np.sqrt(maps.shape[1]))
        gabor = self.bank.describe(np.stack([one.texture for one in seen]), grid, self.device)
        return torch.from_numpy(maps).to(self.device), torch.from_numpy(gabor).to(self.device)

    def predict(self, images: Sequence[Image.Image], priority: int = NOW) -> Predictions:
        """Read RGB pictures, each when its turn comes (`artextract.network_queue`)."""
        return self.predict_prepared([self.prepare(image) for image in images], priority)

    def predict_prepared(self, seen: Sequence[Prepared], priority: int) -> Predictions:
        """Read prepared pictures, `BATCH` of them a turn."""
        parts = [self._forward(seen[start : start + BATCH], priority) for start in range(0, len(seen), BATCH)]
        logits = {name: np.concatenate([part[0][name] for part in parts]) for name in self.facts.shape.outputs}
        return self._finish(logits, np.concatenate([part[1] for part in parts]))

    def read(self, image: Image.Image) -> Reading:
        """Read one RGB picture."""
        return self.readings(self.predict([image]))[0]

    def readings(self, predictions: Predictions) -> list[Reading]:
        """Predictions as answers."""
        quantiles = predictions.date_quantiles()
        return [self._reading(predictions, row, quantiles[row]) for row in range(len(predictions.vectors))]

    def _forward(self, seen: Sequence[Prepared], priority: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        import torch

        # As in `artextract.vision.feature_extractor`; the Gabor filters round so, too.
        several = seen if len(seen) > 1 else [*seen, *seen]

        def turn() -> tuple[dict[str, np.ndarray], np.ndarray]:
            maps, gabor = self.sequences(several)
            with torch.inference_mode():
                found = self.model(maps, gabor)
            logits = {name: value.cpu().numpy()[: len(seen)] for name, value in found.items()}
            return logits, maps.cpu().numpy().mean(axis=1)[: len(seen)]

        return network_queue().run(turn, priority)

    def _finish(self, logits: dict[str, np.ndarray], vectors: np.ndarray) -> Predictions:
        probabilities = {name: self.facts.calibration[name].probabilities(values) for name, values in logits.items()}
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


def read_files(reader: Reader, paths: Sequence[Path], report: Report = silent) -> Predictions:
    """Read picture files, decoded ahead in threads.

    Raises:
        BadImageError: one of them can't be read.
    """
    stage = Stage("Reading", len(paths), report)
    found = []
    with closing(batches_ahead(lambda path: reader.prepare(open_to_read(path)), paths, BATCH)) as batches:
        for seen in batches:
            found.append(reader.predict_prepared(seen, BACKGROUND))
            stage.advance(len(seen))
    return join(found)
