"""What a model reads in the works of a collection, kept beside its works.

    <collection>/readings/<model>.parquet

One row a picture, by the SHA-256 of its file, so a changed picture is read anew.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import Bundle, write_table
from artextract.attributes.reader import Prepared, Reader, open_to_read
from artextract.attributes.reading import NOT_SURE, Reading
from artextract.collection import Collection
from artextract.errors import BadImageError, WeightsError
from artextract.features.decoding_ahead import batches_ahead
from artextract.features.ray_engine import RayEngine
from artextract.files import only_writer, sweep_temporary
from artextract.network_queue import BACKGROUND
from artextract.progress import Report, Stage, silent
from artextract.vision.device import Device

PART = 64
"""Pictures between two writes: what a killed run loses at the most."""
COLUMNS = ("read_style", "read_genre", "read_artist", "read_year")
"""What `as_columns` adds to a work table."""


@dataclass(frozen=True)
class ReadingReport:
    """What a reading run did."""

    collection: str
    model: str
    works: int
    computed: int
    """Pictures read now."""
    reused: int
    """Pictures that had been read."""
    failed: dict[str, str]
    """Id of a work whose picture can't be read → why."""


def readings_file(collection: Collection, bundle: Bundle) -> Path:
    """Where the readings by a model lie."""
    return collection.root / "readings" / f"{bundle.fingerprint}.parquet"


def stored_readings(collection: Collection, bundle: Bundle) -> pd.DataFrame | None:
    """The readings of a collection by a model, None if there are none.

    Columns: `image_sha256`; `style`, `genre`, `artist` (the likeliest class) and
    `<attribute>_probability`, `<attribute>_unsure`; `year` (the median, Int32), `year_low` and
    `year_high` (the 80 % interval), `date_unsure`.
    """
    try:
        return pd.read_parquet(readings_file(collection, bundle))
    except (OSError, ValueError):  # none yet, or damaged: then the next run makes it anew
        return None


def read_collection(
    collection: Collection,
    reader: Reader,
    report: Report = silent,
    engine: RayEngine | None = None,
) -> ReadingReport:
    """Bring a collection's readings up to date: reads what is missing, nothing else. With an engine
    its workers do.

    Raises:
        ArtExtractError: the collection has no works, or the disk is full.
    """
    works = collection.works().drop_duplicates("image_sha256")
    file = readings_file(collection, reader.bundle)
    failed: dict[str, str] = {}
    with only_writer(file.parent, f"reading of {collection.name}"):
        sweep_temporary(file.parent)
        table = stored_readings(collection, reader.bundle)
        done = set() if table is None else set(table["image_sha256"])
        missing = works[~works["image_sha256"].isin(done)]
        stage = Stage(f"Reading {collection.name}", len(missing), report)
        rows = list(zip(missing["id"], missing["image"], missing["image_sha256"], strict=True))
        if engine is None:
            results = _read(collection, reader, rows)
        else:
            chunks = [rows[start : start + PART] for start in range(0, len(rows), PART)]
            device = reader.mapper.device
            worker = partial(_Worker, collection, reader.bundle.folder, reader.bundle.fingerprint, device)
            results = engine.map(worker, chunks)
        with closing(results):
            for seen in results:
                failed |= seen.failed
                table = seen.rows if table is None else pd.concat([table, seen.rows], ignore_index=True)
                write_table(file, table)
                stage.advance(len(seen.rows) + len(seen.failed))
    return ReadingReport(
        collection.name,
        reader.facts.name,
        len(works),
        len(missing) - len(failed),
        len(works) - len(missing),
        failed,
    )


def as_columns(works: pd.DataFrame, readings: pd.DataFrame | None) -> pd.DataFrame:
    """A work table with `read_style`, `read_genre`, `read_artist`, `read_year`.

    Where the model isn't sure the class is `NOT_SURE` and the year missing; all are missing where
    a work has not been read.
    """
    if readings is None:
        return works.join(pd.DataFrame(index=works.index, columns=list(COLUMNS), dtype="str"))
    latest = readings.set_index("image_sha256")
    latest = latest.loc[~latest.index.duplicated(keep="last")]
    found = {f"read_{name}": latest[name].mask(latest[f"{name}_unsure"], NOT_SURE) for name in LABELLED} | {
        "read_year": latest["year"].mask(latest["date_unsure"])
    }
    return works.assign(**{name: works["image_sha256"].map(values) for name, values in found.items()})


Row = tuple[str, str, str]
"""Of a work: its id, its picture's path in the collection, the SHA-256 of the picture."""


@dataclass(frozen=True)
class _Seen:
    """What became of some works."""

    rows: pd.DataFrame
    """As of `stored_readings`."""
    failed: dict[str, str]
    """As in `ReadingReport`."""


def _read(collection: Collection, reader: Reader, works: Sequence[Row]) -> Generator[_Seen]:
    """Works read here, a part at a time, in order."""
    paths = [collection.image_path(image) for _, image, _ in works]
    with closing(batches_ahead(partial(_see, reader), paths, PART)) as parts:
        for number, part in enumerate(parts):
            about = works[number * PART : number * PART + len(part)]
            seen = list(zip(about, part, strict=True))
            failed = {work: found for (work, _, _), found in seen if isinstance(found, str)}
            good = [(sha256, found) for (_, _, sha256), found in seen if isinstance(found, Prepared)]
            yield _Seen(_rows(reader, good), failed)


class _Worker:
    """Reads works in a worker of an engine."""

    def __init__(self, collection: Collection, model: Path, fingerprint: str, device: Device) -> None:
        """Load the model.

        Raises:
            WeightsError: it isn't there, or is another.
        """
        self._collection = collection
        self._reader = Reader(Bundle.open(model), device)
        if self._reader.bundle.fingerprint != fingerprint:
            raise WeightsError(
                f"A worker has another model in {model} than this machine: install the same "
                "version of the program there."
            )

    def __call__(self, works: Sequence[Row]) -> _Seen:
        seen = list(_read(self._collection, self._reader, works))
        return _Seen(
            pd.concat([one.rows for one in seen], ignore_index=True),
            {work: why for one in seen for work, why in one.failed.items()},
        )


def _see(reader: Reader, path: Path) -> Prepared | str:
    """The prepared picture, or the sentence on why it can't be read."""
    try:
        return reader.prepare(open_to_read(path))
    except BadImageError as error:
        return str(error)


def _rows(reader: Reader, seen: Sequence[tuple[str, Prepared]]) -> pd.DataFrame:
    pictures = [one for _, one in seen]
    readings = reader.readings(reader.predict_prepared(pictures, BACKGROUND)) if pictures else []
    return pd.DataFrame([
        {"image_sha256": sha256} | flat(reading) for (sha256, _), reading in zip(seen, readings, strict=True)
    ]).astype({"year": "Int32"} if pictures else {})


def flat(reading: Reading) -> dict[str, object]:
    """A reading as one row: the likeliest label of each attribute, and the date."""
    row: dict[str, object] = {}
    for name in LABELLED:
        answer = reading.answer(name)
        row[name] = answer.labels[0].name
        row[f"{name}_probability"] = answer.labels[0].probability
        row[f"{name}_unsure"] = answer.unsure
    date = reading.date
    return row | {
        "year": round(date.median),
        "year_low": date.low,
        "year_high": date.high,
        "date_unsure": date.unsure,
    }
