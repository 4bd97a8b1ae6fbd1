"""Predict style, genre, artist and date of pictures with a trained model."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from artextract.attributes.certainty.ood_score import NearestPaintings
from artextract.attributes.labels import ANOTHER, LABELLED
from artextract.attributes.model_bundle import SHIPPED, Bundle
from artextract.attributes.reading import MAX_INTERVAL, DateAnswer, Predictions, Reading, concatenate, label_answers
from artextract.errors import WeightsError
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

BATCH = 4  # Pictures in one turn of the network queue: more are hardly faster and delay interactive requests
MAX_OOD_PROBABILITY = 0.5  # A picture with a higher probability is out of distribution


@dataclass(frozen=True)
class Prepared:
    """A picture as the model sees it."""

    pixels: np.ndarray  # uint8 [size, size, 3], for the backbone
    texture: np.ndarray  # uint8 [224, 224, 3], for the Gabor bank


class Reader:
    """A loaded model. Safe to use from several threads.

    The prediction for a picture does not depend on the other pictures in the batch, so commands and
    screens give the same numbers.
    """

    def __init__(self, bundle: Bundle | None = None, device: Device | None = None) -> None:
        """Load the model (None: the shipped one) on `device` (None: the one in the settings).

        The backbone computes in the device's arithmetic, the sequence model always in float32. Raises
        DeviceError if there is no such device, WeightsError if the model's files are missing or damaged.
        """
        self.bundle = bundle or Bundle.open(SHIPPED)
        self.facts = self.bundle.facts
        backbone = find_backbone(self.facts.backbone)
        self.mapper = FeatureMapper(backbone, self.facts.size, self.bundle.backbone_file, device)
        self.device = self.mapper.device.torch
        self.model = self.bundle.load().to(self.device)
        self.bank = GaborBank()
        self.nearest = NearestPaintings(self.bundle.folder / "training.safetensors")
        if self.nearest.dimension != backbone.dimension:
            raise WeightsError(f"The files in {self.bundle.folder} are of different models. Train the model again.")

    def prepare(self, image: Image.Image) -> Prepared:
        """An RGB picture as the model sees it: first squeezed to 224 pixels, the size of the training copies."""
        texture = prepare_whole(image, GaborBank.SIDE)
        return Prepared(prepare_whole(Image.fromarray(texture), self.facts.size), texture)

    def sequences(self, pictures: Sequence[Prepared]) -> tuple["torch.Tensor", "torch.Tensor"]:
        """Both feature sequences, on the device: float32 [n, cells, features] and float32 [n, cells, gabor]."""
        import torch

        maps = self.mapper.maps(np.stack([picture.pixels for picture in pictures]))
        grid = int(np.sqrt(maps.shape[1]))
        gabor = self.bank.describe(np.stack([picture.texture for picture in pictures]), grid, self.device)
        return torch.from_numpy(maps).to(self.device), torch.from_numpy(gabor).to(self.device)

    def predict(self, images: Sequence[Image.Image], priority: int = NOW) -> Predictions:
        """Predict for RGB pictures, with a priority of `artextract.network_queue`."""
        return self.predict_prepared([self.prepare(image) for image in images], priority)

    def predict_prepared(self, pictures: Sequence[Prepared], priority: int) -> Predictions:
        """Predict for prepared pictures, `BATCH` at a time."""
        batches = [self._forward(pictures[start : start + BATCH], priority) for start in range(0, len(pictures), BATCH)]
        logits = {name: np.concatenate([batch[0][name] for batch in batches]) for name in self.facts.shape.outputs}
        vectors = np.concatenate([batch[1] for batch in batches])
        similarity = self.nearest.knn_similarity(vectors)
        far = similarity.astype(float) < self.facts.min_knn_similarity
        far |= self.facts.ood_score.of(logits["style"], similarity) > self.facts.ood_score.threshold
        return Predictions(
            {name: self.facts.calibration[name].probabilities(values) for name, values in logits.items()},
            vectors,
            np.where(far, 1.0, self.nearest.ood_probability(vectors)),
        )

    def read(self, image: Image.Image) -> Reading:
        """The reading of one RGB picture."""
        return self.readings(self.predict([image]))[0]

    def readings(self, predictions: Predictions) -> list[Reading]:
        """Predictions as readings, by these rules:

        - A picture is out of distribution if its `ood_probability` is above `MAX_OOD_PROBABILITY`. Then
          nothing about it is sure, and it has no date.
        - A label is not sure if its probability is below the attribute's threshold.
        - A picture has no date if the 80% interval is wider than `MAX_INTERVAL`.
        """
        facts = self.facts
        ood = predictions.ood_probability > MAX_OOD_PROBABILITY
        answers = {
            name: label_answers(
                predictions.probabilities[name],
                facts.classes.shown(name),
                facts.calibration[name].threshold,
                ood,
                rest=ANOTHER if name == "artist" else None,
            )
            for name in LABELLED
        }
        return [
            Reading(
                **{name: answers[name][row] for name in LABELLED},
                date=None if ood[row] or high - low > MAX_INTERVAL else DateAnswer(median, low, high),
                ood_probability=float(predictions.ood_probability[row]),
                out_of_distribution=bool(ood[row]),
            )
            for row, (low, median, high) in enumerate(predictions.date_quantiles().tolist())
        ]

    def _forward(self, pictures: Sequence[Prepared], priority: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Logits of each attribute, float32 [n, classes], and mean features, float32 [n, dimension]."""
        import torch

        count = len(pictures)
        # A batch of one is rounded differently (see `artextract.vision.feature_extractor`).
        several = pictures if count > 1 else [*pictures, *pictures]

        def turn() -> tuple[dict[str, np.ndarray], np.ndarray]:
            maps, gabor = self.sequences(several)
            with torch.inference_mode():
                logits = self.model(maps, gabor)
            vectors = maps.cpu().numpy().mean(axis=1)[:count]
            return {name: values.cpu().numpy()[:count] for name, values in logits.items()}, vectors

        return network_queue().run(turn, priority)


def open_to_read(source: Path | bytes, name: str = "") -> Image.Image:
    """Decode a picture for the reader, always at the same size, so that all callers read the same pixels.

    Raises BadImageError if the picture can't be read.
    """
    return open_picture(source, name, at_least=2 * GaborBank.SIDE).image


def read_files(reader: Reader, paths: Sequence[Path], report: Report = silent) -> Predictions:
    """Predict for picture files, decoded ahead in threads. Raises BadImageError if a picture can't be read."""
    stage = Stage("Reading", len(paths), report)
    predictions = []
    with closing(batches_ahead(lambda path: reader.prepare(open_to_read(path)), paths, BATCH)) as batches:
        for pictures in batches:
            predictions.append(reader.predict_prepared(pictures, BACKGROUND))
            stage.advance(len(pictures))
    return concatenate(predictions)
