"""Looking for faces, or bodies, in the pictures of a collection: what wasn't looked at yet."""

import hashlib
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from PIL import Image

from artextract.collection import Collection
from artextract.detection.detection_store import Found, FoundStore
from artextract.errors import BadImageError, WeightsError
from artextract.features.decoding_ahead import batches_ahead
from artextract.features.ray_engine import RayEngine
from artextract.files import read_regular
from artextract.progress import Report, Stage, silent
from artextract.vision.images import open_picture

BATCH = 4
"""Pictures that are decoded together, ahead of the networks."""
PART = 32
"""Pictures between two writes: what a killed run loses at the most, some ten seconds' work."""
SIDE = 1024
"""No more than this of a picture's long side is needed, pixels."""


class Finder(Protocol):
    """What looks for something in a picture."""

    kind: str
    """What it finds, in the plural: "faces"."""
    key: str
    """Names all that its findings depend on."""

    def look(self, image: Image.Image, sha256: str) -> dict[str, np.ndarray]:
        """What is in an RGB picture: arrays [found, …], the same names each time.

        Args:
            image: the picture.
            sha256: of its file, "" for a picture of no collection.
        """
        ...


@dataclass(frozen=True)
class FindReport:
    """What a run did."""

    collection: str
    kind: str
    works: int
    """Works in the table."""
    computed: int
    """Pictures looked at now."""
    reused: int
    """Pictures that had been looked at."""
    found: int
    """What is known to be in the pictures of the collection."""
    failed: dict[str, str]
    """Id of a work whose picture can't be looked at → why."""
    seconds: float
    pictures_per_second: float | None
    """None if none was looked at now."""

    def sentence(self) -> str:
        """What the run did."""
        first = f" Skipped {len(self.failed):,}; the first: {next(iter(self.failed.values()))}" if self.failed else ""
        return (
            f"Searched {self.computed:,} pictures of {self.collection} for {self.kind} ({self.reused:,} were already "
            f"searched). The collection has {self.found:,} {self.kind}.{first}"
        )


def store_of(collection: Collection, finder: Finder) -> FoundStore:
    """Where the finder's findings in the collection lie."""
    return FoundStore(collection, finder.kind, finder.key)


def find_in_collection(
    collection: Collection,
    finder: Finder,
    report: Report = silent,
    engine: RayEngine | None = None,
    make: Callable[[], Finder] | None = None,
) -> FindReport:
    """Look at the pictures of a collection that weren't looked at yet; those that can't be read
    are noted, and tried again the next time. With an engine its workers look, each with a finder
    that `make` gives it.

    It can be stopped by raising `Stopped` in `report`, or killed: finished parts stay, and the
    next run goes on from there.

    Raises:
        ArtExtractError: no works, or the disk is full.
    """
    began = time.monotonic()
    works = collection.works()
    first = works.drop_duplicates("image_sha256")
    store, failed, computed = store_of(collection, finder), dict[str, str](), 0
    with store.writing():
        store.sweep()
        known = store.read()
        missing = first[~first["image_sha256"].isin(known.hashes)]
        stage = Stage(f"Looking for {finder.kind}", len(missing), report)
        rows = list(zip(missing["id"], missing["image"], missing["image_sha256"], strict=True))
        pending: list[tuple[str, dict[str, np.ndarray]]] = []
        there, unreadable = len(known), dict[str, str]()
        if engine is None or make is None:
            results = _looked_at(collection, finder, rows)
        else:
            chunks = [rows[start : start + PART] for start in range(0, len(rows), PART)]
            results = engine.map(partial(_Worker, collection, make, finder.key), chunks)
        with closing(results):
            for seen in results:
                failed |= {work: why for work, _, why in seen.failed}
                unreadable |= {sha256: why for _, sha256, why in seen.failed}
                pending += seen.found
                there += sum(_count(found) for _, found in seen.found)
                computed += len(seen.found)
                if len(pending) >= PART:
                    _flush(store, pending)
                    pending = []
                stage.advance(len(seen.found) + len(seen.failed), f"{there:,} {finder.kind}")
            _flush(store, pending)
        store.note_unreadable(unreadable)
    seconds = time.monotonic() - began
    return FindReport(
        collection.name,
        finder.kind,
        len(works),
        computed,
        len(first) - len(missing),
        there,
        failed,
        seconds,
        computed / seconds if computed else None,
    )


Row = tuple[str, str, str]
"""Of a work: its id, its picture's path in the collection, the SHA-256 of the picture."""


@dataclass(frozen=True)
class _Seen:
    """What became of some works."""

    found: list[tuple[str, dict[str, np.ndarray]]]
    """The SHA-256 of each picture, with what is in it."""
    failed: list[tuple[str, str, str]]
    """Id of a work whose picture can't be looked at, the picture's SHA-256, and why."""


def _looked_at(collection: Collection, finder: Finder, rows: Sequence[Row]) -> Generator[_Seen]:
    """Works looked at here, some at a time, in order."""
    with closing(batches_ahead(partial(_decode, collection), rows, BATCH)) as batches:
        for batch in batches:
            seen = _Seen([], [])
            for work, sha256, picture in batch:
                if isinstance(picture, str):
                    seen.failed.append((work, sha256, picture))
                else:
                    seen.found.append((sha256, finder.look(picture, sha256)))
            yield seen


class _Worker:
    """Looks at works in a worker of an engine."""

    def __init__(self, collection: Collection, make: Callable[[], Finder], key: str) -> None:
        """Load the networks.

        Raises:
            WeightsError: a network is missing, or another than `key` names.
        """
        self._collection = collection
        self._finder = make()
        if self._finder.key != key:
            raise WeightsError(
                f"A worker looks for {self._finder.kind} with other networks than this machine: "
                "install the same version of the program there."
            )

    def __call__(self, rows: Sequence[Row]) -> _Seen:
        seen = list(_looked_at(self._collection, self._finder, rows))
        return _Seen(
            [found for one in seen for found in one.found],
            [failed for one in seen for failed in one.failed],
        )


def _count(found: dict[str, np.ndarray]) -> int:
    return len(next(iter(found.values())))


def _flush(store: FoundStore, pending: Sequence[tuple[str, dict[str, np.ndarray]]]) -> None:
    """Write what has gathered as one part."""
    if not pending:
        return
    arrays = {name: np.concatenate([found[name] for _, found in pending]) for name in pending[0][1]}
    counts = np.array([_count(found) for _, found in pending], np.int32)
    store.append(Found([sha256 for sha256, _ in pending], counts, arrays))


def _decode(collection: Collection, row: Row) -> tuple[str, str, Image.Image | str]:
    """A work's id, its picture's SHA-256, and the picture or why there is none."""
    work, name, sha256 = row
    try:
        path = collection.image_path(name)
        content = read_regular(path)
        if hashlib.sha256(content).hexdigest() != sha256:
            return work, sha256, f"{name} was changed by hand: collect it again."
        return work, sha256, open_picture(content, name=path.name, at_least=SIDE).image
    except OSError:
        return work, sha256, f"{name} is missing or unreadable: collect it again."
    except BadImageError as error:
        return work, sha256, str(error)
