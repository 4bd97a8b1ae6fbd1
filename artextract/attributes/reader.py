"""Predict style, genre, artist and date of pictures with a trained model."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from artextract.attributes.certainty.ood_score import NearestPaintings
from artextract.attributes.labels import ANOTHER, LABELLED
from artextract.attributes.model_bundle import CONTENT, SHIPPED, Bundle
from artextract.attributes.reading import MAX_INTERVAL, Answer, DateAnswer, Predictions, Reading, label_answers
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

SIDE = GaborBank.SIDE  # Of the squeezed pictures for the untuned network and the Gabor bank, pixels
BATCH = 4  # Pictures in one turn of the network queue: more are hardly faster and delay interactive requests
LARGEST = 256  # Side of the largest picture that a shipped network sees, pixels
MAX_OOD_PROBABILITY = 0.5  # A picture with a higher probability is out of distribution


@dataclass(frozen=True)
class Prepared:
    """A picture as the model sees it."""

    pixels: np.ndarray  # uint8 [size, size, 3], for the tuned network
    small: np.ndarray  # uint8 [SIDE, SIDE, 3], for the untuned network and the Gabor bank


class Reader:
    """A loaded model. Safe to use from several threads.

    The prediction for a picture does not depend on the other pictures in the batch, so commands and
    screens give the same numbers.
    """

    def __init__(self, bundle: Bundle | None = None, device: Device | None = None) -> None:
        """Load the model (None: the shipped one) on `device` (None: the one in the settings).

        The networks compute in the device's arithmetic, the heads and the sequence model always in float32. Raises
        DeviceError if there is no such device, WeightsError if the model's files are missing or damaged.
        """
        self.bundle = bundle or Bundle.open(SHIPPED)
        self.facts = self.bundle.facts
        backbone = find_backbone(self.facts.backbone)
        self.mapper = FeatureMapper(backbone, self.facts.size, self.bundle.backbone_file, device, mirrored=True)
        self.content = FeatureMapper(find_backbone(CONTENT), SIDE, None, device)
        self.heads = self.bundle.heads()
        self.sequence_model = self.bundle.sequence_model()
        if self.sequence_model is not None:
            self.sequence_model.to(self.mapper.device.torch)
        self.bank = GaborBank()
        self.nearest = NearestPaintings(self.bundle.folder / "training.safetensors")
        if self.nearest.widths != (backbone.dimension, self.content.backbone.dimension):
            raise WeightsError(f"The files in {self.bundle.folder} are of different models. Train the model again.")

    def prepare(self, image: Image.Image) -> Prepared:
        """An RGB picture as the model sees it: whole, squeezed to a square."""
        return Prepared(prepare_whole(image, self.facts.size), prepare_whole(image, SIDE))

    def maps(self, pictures: Sequence[Prepared]) -> np.ndarray:
        """The tuned network's feature maps, with the mirror images: float32 [n, cells, features]."""
        return self.mapper.maps(np.stack([picture.pixels for picture in pictures]))

    def logits(self, maps: np.ndarray, pictures: Sequence[Prepared]) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Logits of each attribute, float32 [n, classes], and pooled outputs of both networks, float32 [n, pooled]."""
        small = np.stack([picture.small for picture in pictures])
        pooled = np.concatenate([maps.mean(axis=1), self.content.maps(small).mean(axis=1)], axis=1)
        if self.sequence_model is None:
            return self.heads.logits(pooled), pooled
        import torch

        device = self.mapper.device.torch
        gabor = self.bank.describe(small, int(np.sqrt(maps.shape[1])), device)
        with torch.inference_mode():
            found = self.sequence_model(torch.from_numpy(maps).to(device), torch.from_numpy(gabor).to(device))
        return {name: values.cpu().numpy() for name, values in found.items()}, pooled

    def predict(self, images: Sequence[Image.Image], priority: int = NOW) -> Predictions:
        """Predict for RGB pictures, with a priority of `artextract.network_queue`."""
        return self.predict_prepared([self.prepare(image) for image in images], priority)

    def predict_prepared(self, pictures: Sequence[Prepared], priority: int) -> Predictions:
        """Predict for prepared pictures, `BATCH` at a time."""
        batches = [self._forward(pictures[start : start + BATCH], priority) for start in range(0, len(pictures), BATCH)]
        logits = {name: np.concatenate([batch[0][name] for batch in batches]) for name in self.facts.shape.outputs}
        pooled = np.concatenate([batch[1] for batch in batches])
        similarity, mixed = self.nearest.compare(pooled, logits)
        ood = self.facts.ood_score.of(logits["style"], similarity)
        return Predictions(
            {name: self.facts.calibration[name].probabilities(values) for name, values in mixed.items()},
            pooled,
            np.maximum(ood, self.nearest.ood_probability(pooled)),
            self.facts.date_margin,
        )

    def read(self, image: Image.Image) -> Reading:
        """The reading of one RGB picture."""
        return self.readings(self.predict([image]))[0]

    def readings(self, predictions: Predictions) -> list[Reading]:
        """Predictions as readings, by these rules:

        - A picture is out of distribution if its `ood_probability` is above `MAX_OOD_PROBABILITY`. Then
          nothing about it is sure, and it has no date.
        - A label is not sure if its probability is below the attribute's threshold, or the picture's
          `ood_probability` is above that of the attribute: style and artist depend on it more than the genre.
        - A picture has no date if the 80% interval is wider than `MAX_INTERVAL`, or outside the years of a sure style.
        """
        facts = self.facts
        ood = predictions.ood_probability > MAX_OOD_PROBABILITY
        answers = {
            name: label_answers(
                predictions.probabilities[name],
                facts.classes.shown(name),
                facts.calibration[name].threshold,
                ood & (name != "genre"),  # a painting of an unknown style still has a genre
                ood | (predictions.ood_probability > facts.max_ood[name]),
                facts.in_set_from[name],
                rest=ANOTHER if name == "artist" else None,
            )
            for name in LABELLED
        }
        years = self.bundle.style_years

        def dated(style: Answer, low: float, high: float) -> bool:
            first, last = years.get(style.labels[0].name, (low, high))
            agrees = style.unsure or (low <= last and high >= first)
            return high - low <= MAX_INTERVAL and agrees

        return [
            Reading(
                **{name: answers[name][row] for name in LABELLED},
                date=None if ood[row] or not dated(answers["style"][row], low, high) else DateAnswer(median, low, high),
                ood_probability=float(predictions.ood_probability[row]),
                out_of_distribution=bool(ood[row]),
            )
            for row, (low, median, high) in enumerate(predictions.date_quantiles().tolist())
        ]

    def _forward(self, pictures: Sequence[Prepared], priority: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """What `logits` gives, after a turn in the queue."""
        count = len(pictures)
        # A batch of one is rounded differently (see `artextract.vision.feature_extractor`).
        several = pictures if count > 1 else [*pictures, *pictures]

        def turn() -> tuple[dict[str, np.ndarray], np.ndarray]:
            logits, pooled = self.logits(self.maps(several), several)
            return {name: values[:count] for name, values in logits.items()}, pooled[:count]

        return network_queue().run(turn, priority)


def open_to_read(source: Path | bytes, name: str = "") -> Image.Image:
    """Decode a picture for the reader, always at the same size, so that all callers read the same pixels.

    Raises BadImageError if the picture can't be read.
    """
    return open_picture(source, name, at_least=2 * LARGEST).image


def read_files(reader: Reader, paths: Sequence[Path], report: Report = silent) -> Predictions:
    """Predict for picture files, decoded ahead in threads. Raises BadImageError if a picture can't be read."""
    stage = Stage("Reading", len(paths), report)
    parts = []
    with closing(batches_ahead(lambda path: reader.prepare(open_to_read(path)), paths, BATCH)) as batches:
        for pictures in batches:
            parts.append(reader.predict_prepared(pictures, BACKGROUND))
            stage.advance(len(pictures))
    return Predictions(
        {name: np.concatenate([part.probabilities[name] for part in parts]) for name in reader.facts.shape.outputs},
        np.concatenate([part.vectors for part in parts]),
        np.concatenate([part.ood_probability for part in parts]),
        reader.facts.date_margin,
    )
