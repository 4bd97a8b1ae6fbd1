"""A model's predictions for the works of a collection.

    <collection>/readings/<model>/shard-<random>.safetensors

A shard (`artextract.features.shards`) holds the columns of `stored_readings`; classes are indices.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import Bundle
from artextract.attributes.reader import BATCH, Prepared, Reader, open_to_read
from artextract.attributes.reading import NOT_SURE, DateAnswer
from artextract.collection import Collection
from artextract.features.compute_missing import compute_missing
from artextract.features.ray_engine import RayEngine
from artextract.features.shards import ShardStore
from artextract.features.workers import JobResult, Worker
from artextract.network_queue import BACKGROUND
from artextract.progress import Report, silent
from artextract.vision.device import Device

COLUMNS = ("read_style", "read_genre", "read_artist", "read_year")  # What `with_readings` adds to a work table
_TYPES = (
    dict.fromkeys(LABELLED, "int32")
    | {f"{name}_probability": "float64" for name in LABELLED}
    | {f"{name}_unsure": "bool" for name in LABELLED}
    | dict.fromkeys(("year", "year_low", "year_high"), "float64")  # NaN where a picture has no date
)


def reading_store(collection: Collection, bundle: Bundle) -> ShardStore:
    """The readings of a collection by a model."""
    folder = collection.root / "readings" / bundle.fingerprint
    return ShardStore(folder, f"reading of {collection.name}", dict.fromkeys(_TYPES, ()))


def stored_readings(collection: Collection, bundle: Bundle) -> pd.DataFrame | None:
    """The stored readings of a collection by a model; None if there are none.

    Columns: `image_sha256`; `style`, `genre`, `artist` (the likeliest class) and `<attribute>_probability`,
    `<attribute>_unsure`; `year` (the median, Int32), `year_low` and `year_high` (the 80% interval), missing where the
    model cannot tell the date.
    """
    stored = reading_store(collection, bundle).joined()
    if stored is None:
        return None
    table = pd.DataFrame({"image_sha256": stored.hashes} | stored.arrays).astype({"year": "Int32"})
    classes = {name: np.array(bundle.facts.classes.shown(name), dtype=object) for name in LABELLED}
    return table.assign(**{name: pd.Series(shown[table[name]], dtype="str") for name, shown in classes.items()})


def read_collection(
    collection: Collection, reader: Reader, report: Report = silent, engine: RayEngine | None = None
) -> JobResult:
    """Read the pictures of a collection that were not read yet. Works and raises like `compute_missing`."""
    store = reading_store(collection, reader.bundle)
    return compute_missing(collection, store, ReadingWorker(reader), report, engine)


class ReadingWorker(Worker[Prepared]):
    """Reads pictures with one model."""

    title = "Reading"
    done = "classified"
    batch = 2 * BATCH
    shard = 256

    def __init__(self, reader: Reader) -> None:
        self.key = reader.bundle.fingerprint
        self.factory = partial(_worker, reader.bundle.folder, reader.mapper.device)
        self._reader = reader

    def prepare(self, content: bytes, name: str) -> Prepared:
        """What the model sees of a picture."""
        return self._reader.prepare(open_to_read(content, name))

    def compute(self, pictures: Sequence[Prepared]) -> dict[str, np.ndarray]:
        """The columns of `stored_readings`, with classes as indices."""
        readings = self._reader.readings(self._reader.predict_prepared(pictures, BACKGROUND))
        columns: dict[str, list[float]] = {}
        for name in LABELLED:
            answers, shown = [reading.answer(name) for reading in readings], self._reader.facts.classes.shown(name)
            columns[name] = [shown.index(answer.labels[0].name) for answer in answers]
            columns[f"{name}_probability"] = [answer.labels[0].probability for answer in answers]
            columns[f"{name}_unsure"] = [answer.unsure for answer in answers]
        dates = [reading.date or DateAnswer(np.nan, np.nan, np.nan) for reading in readings]
        columns["year"] = np.round([date.median for date in dates]).tolist()
        columns |= {"year_low": [date.low for date in dates], "year_high": [date.high for date in dates]}
        return {name: np.array(columns[name], kind) for name, kind in _TYPES.items()}


def _worker(model: Path, device: Device) -> ReadingWorker:
    return ReadingWorker(Reader(Bundle.open(model), device))


def with_readings(works: pd.DataFrame, readings: pd.DataFrame | None) -> pd.DataFrame:
    """A work table with `read_style`, `read_genre`, `read_artist`, `read_year`.

    Where the model is not sure, the class is `NOT_SURE`; where it cannot tell the date, the year is missing. A work
    that was not read has none of them.
    """
    if readings is None:
        return works.join(pd.DataFrame(index=works.index, columns=list(COLUMNS), dtype="str"))
    read = readings.drop_duplicates("image_sha256").set_index("image_sha256")
    columns = {f"read_{name}": read[name].mask(read[f"{name}_unsure"], NOT_SURE) for name in LABELLED}
    columns["read_year"] = read["year"]
    return works.assign(**{name: works["image_sha256"].map(values) for name, values in columns.items()})
