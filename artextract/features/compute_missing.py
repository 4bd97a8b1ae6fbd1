"""The resumable job: compute the results of a collection's pictures, or of pairs, that a store lacks.

The job decodes pictures ahead in threads, checks each picture's SHA-256 against the work table and
appends the results in shards. Raise `Stopped` in `report` to stop a job, or kill it: finished shards
stay, and the next run continues from there to the same results.
"""

import hashlib
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Generic, TypeVar

import numpy as np

from artextract.collection import Collection
from artextract.errors import BadImageError, WeightsError
from artextract.features.decoding_ahead import batches_ahead
from artextract.features.ray_engine import RayEngine
from artextract.features.shards import ShardStore, pair_key, picture_key
from artextract.files import read_regular
from artextract.progress import Report, Stage, silent

PREPARED_PICTURES = 1000
"""Prepared pictures that a job on pairs keeps in memory, for the pairs that follow."""

Prepared = TypeVar("Prepared")
PictureRow = tuple[str, str, str]
"""Of the work table: the work's id, the picture's path in the collection, the picture's SHA-256."""

PairGroup = tuple[str, Sequence[str]]
"""The SHA-256 of a picture, and of those to compare it with."""


class Preparation(ABC, Generic[Prepared]):
    """How a job names itself and prepares pictures."""

    title: str
    """What progress displays call the job: "Embedding with paintings"."""
    done = "computed"
    """What the job does to each picture, or pair, in the past tense: "embedded"."""
    unit = "pictures"
    batch: int
    """Pictures (or groups of pairs) that are prepared together."""
    shard: int
    """Results per shard: a killed job loses at most this many."""

    @abstractmethod
    def prepare(self, content: bytes, name: str) -> Prepared:
        """A decoded picture, ready to compute with. Called in threads.

        Args:
            content: the bytes of the picture's file.
            name: what to call the picture in an error.

        Raises:
            BadImageError: the picture cannot be read.
        """


class Worker(Preparation[Prepared]):
    """Computes the results of pictures."""

    key: str
    """Names everything that changes the results: the workers of a cluster must agree."""
    factory: "Callable[[], Worker[Prepared]]"
    """Makes this worker again on another machine. It can be pickled."""

    @abstractmethod
    def compute(self, pictures: Sequence[Prepared]) -> dict[str, np.ndarray]:
        """The results of prepared pictures, as the store's arrays."""


class PairWorker(Preparation[Prepared]):
    """Compares pairs of pictures."""

    unit = "pairs of pictures"

    @abstractmethod
    def compare(self, left: str, rights: Sequence[str], pictures: Mapping[str, Prepared]) -> dict[str, np.ndarray]:
        """The results of a picture with each of others, as the store's arrays. Called in threads.

        Args:
            left: the picture's SHA-256.
            rights: those of the others.
            pictures: all of them, prepared, by SHA-256.
        """


@dataclass(frozen=True)
class JobResult:
    """What a job did."""

    collection: str
    works: int
    """Works in the table."""
    computed: int
    """Pictures or pairs computed now. Works may share a picture."""
    reused: int
    """Pictures or pairs that the store already had."""
    failed: dict[str, str]
    """Id of a work whose picture cannot be used → why."""
    seconds: float
    rate: float | None
    """Pictures or pairs computed per second, from the first to the last; None without any."""
    done: str
    """What was done to each: "embedded"."""
    unit: str
    """Pictures or pairs."""

    def sentence(self) -> str:
        """What the job did, for a person."""
        rate = f"{self.rate:,.{0 if self.rate >= 10 else 1}f} per second; " if self.rate else ""
        first = f" Skipped {len(self.failed):,}; the first: {next(iter(self.failed.values()))}" if self.failed else ""
        return (
            f"{self.done.capitalize()} {self.computed:,} {self.unit} of {self.collection} "
            f"({rate}{self.reused:,} were already {self.done}).{first}"
        )


def compute_missing(
    collection: Collection,
    store: ShardStore,
    worker: Worker[Prepared],
    report: Report = silent,
    engine: RayEngine | None = None,
) -> JobResult:
    """Compute the results of the collection's pictures that are not in the store.

    With an engine, Ray's workers compute the same results. A picture that cannot be read, or whose
    file has changed since it was collected, is reported as failed and tried again next time.

    Raises:
        ArtExtractError: the collection has no works, a worker lacks its network, or the disk is full.
    """
    run = _Run(collection, store, worker, report)
    with store.writing():
        store.sweep()
        known = store.keys()
        rows = [row for row in run.rows.values() if picture_key(row[2]) not in known]
        results: Generator[_Results]
        if engine is None:
            results = _computed(collection, worker, rows)
        else:
            chunks = [rows[start : start + worker.shard] for start in range(0, len(rows), worker.shard)]
            results = engine.map(partial(_RemoteWorker, collection, worker.factory, worker.key), chunks)
        return run.append(results, len(rows), len(run.rows) - len(rows))


def compare_missing(
    collection: Collection,
    store: ShardStore,
    worker: PairWorker[Prepared],
    candidates: Iterable[PairGroup],
    report: Report = silent,
) -> JobResult:
    """Compare the pairs of pictures that are not in the store. Failures are as in `compute_missing`.

    Args:
        collection: whose pictures.
        store: the results by `pair_key`.
        worker: compares them.
        candidates: the pairs that the store should have; read within the lock.
        report: is told of the progress.

    Raises:
        ArtExtractError: the collection has no works, another job is running, or the disk is full.
    """
    run = _Run(collection, store, worker, report)
    prepared = lru_cache(maxsize=PREPARED_PICTURES)(lambda sha256: _prepared(collection, worker, run.rows[sha256]))

    def compare(group: PairGroup) -> _Results:
        opened = {sha256: prepared(sha256) for sha256 in (group[0], *group[1])}
        failed = {run.rows[sha256][0]: str(why) for sha256, why in opened.items() if isinstance(why, BadImageError)}
        pictures = {sha256: picture for sha256, picture in opened.items() if not isinstance(picture, BadImageError)}
        left, rights = group[0], [sha256 for sha256 in group[1] if sha256 in pictures]
        if left not in pictures or not rights:
            return _Results([], {}, failed, 1)
        keys = [pair_key(left, right) for right in rights]
        return _Results(keys, worker.compare(left, rights, pictures), failed, 1)

    with store.writing():
        store.sweep()
        known = store.keys()
        reused = len(known)
        groups = _missing_pairs(candidates, run.rows, known)
        return run.append(_in_threads(compare, groups, worker.batch), len(groups), reused)


@dataclass(frozen=True)
class _Results:
    """The results of a batch."""

    keys: list[bytes]
    arrays: dict[str, np.ndarray]
    failed: dict[str, str]
    """As in `JobResult`."""
    done: int
    """Pictures, or groups of pairs, that the batch had."""


class _Run(Generic[Prepared]):
    """One run of a job: counts, appends and reports."""

    def __init__(
        self, collection: Collection, store: ShardStore, worker: Preparation[Prepared], report: Report
    ) -> None:
        self._began = time.monotonic()
        self._collection, self._store, self._worker, self._report = collection, store, worker, report
        works = collection.works()
        self._works = len(works)
        first = works.drop_duplicates("image_sha256")
        rows = zip(first["id"], first["image"], first["image_sha256"], strict=True)
        self.rows: dict[str, PictureRow] = {row[2]: row for row in rows}

    def append(self, results: Generator[_Results], total: int, reused: int) -> JobResult:
        """Append the results in shards as they come."""
        stage = Stage(self._worker.title, total, self._report)
        started, computed, failed = time.monotonic(), 0, dict[str, str]()
        pending: list[_Results] = []
        with closing(results):
            for batch in results:
                failed |= batch.failed
                pending.append(batch)
                if sum(len(each.keys) for each in pending) >= self._worker.shard:
                    computed += self._append_shard(pending)
                    pending = []
                stage.advance(batch.done, f"{len(failed):,} failed" if failed else "")
        computed += self._append_shard(pending)
        ended = time.monotonic()
        rate = computed / max(ended - started, 1e-9) if computed else None
        return JobResult(
            self._collection.name,
            self._works,
            computed,
            reused,
            failed,
            ended - self._began,
            rate,
            self._worker.done,
            self._worker.unit,
        )

    def _append_shard(self, pending: Sequence[_Results]) -> int:
        shard = _joined(pending)
        if shard.keys:
            self._store.append(shard.keys, shard.arrays)
        return len(shard.keys)


def _joined(batches: Sequence[_Results]) -> _Results:
    arrays = [batch.arrays for batch in batches if batch.keys]
    return _Results(
        [key for batch in batches for key in batch.keys],
        {name: np.concatenate([each[name] for each in arrays]) for name in (arrays[0] if arrays else ())},
        {work: why for batch in batches for work, why in batch.failed.items()},
        sum(batch.done for batch in batches),
    )


def _computed(collection: Collection, worker: Worker[Prepared], rows: Sequence[PictureRow]) -> Generator[_Results]:
    """The results of pictures, computed here, in order."""
    prepare = partial(_prepared, collection, worker)
    with closing(batches_ahead(prepare, rows, worker.batch)) as batches:
        for number, batch in enumerate(batches):
            opened = list(zip(rows[number * worker.batch :], batch, strict=False))
            good = [(row, picture) for row, picture in opened if not isinstance(picture, BadImageError)]
            failed = {row[0]: str(why) for row, why in opened if isinstance(why, BadImageError)}
            arrays = worker.compute([picture for _, picture in good]) if good else {}
            yield _Results([picture_key(row[2]) for row, _ in good], arrays, failed, len(batch))


class _RemoteWorker:
    """Computes pictures in a worker of an engine."""

    def __init__(self, collection: Collection, factory: Callable[[], Worker[Prepared]], key: str) -> None:
        """Make the worker.

        Raises:
            WeightsError: its network is missing, or is not the one that `key` names.
        """
        self._collection, self._worker = collection, factory()
        if self._worker.key != key:
            raise WeightsError(
                "A Ray worker has other weights than this machine: install the same version of the program there."
            )

    def __call__(self, rows: Sequence[PictureRow]) -> _Results:
        return _joined(list(_computed(self._collection, self._worker, rows)))


def _prepared(collection: Collection, worker: Preparation[Prepared], row: PictureRow) -> Prepared | BadImageError:
    """The prepared picture, or why it cannot be used."""
    _, image, sha256 = row
    path = collection.image_path(image)
    try:
        content = read_regular(path)
    except OSError:
        return BadImageError(f"{image} is missing or unreadable: collect it again.")
    if hashlib.sha256(content).hexdigest() != sha256:
        return BadImageError(f"{image} was changed by hand: collect it again.")
    try:
        return worker.prepare(content, path.name)
    except BadImageError as error:
        return error


def _missing_pairs(candidates: Iterable[PairGroup], pictures: Container[str], known: set[bytes]) -> list[PairGroup]:
    """The candidates among the pictures without known pairs, each pair once. Adds them to `known`."""
    groups: list[PairGroup] = []
    for left, candidate_rights in candidates:
        rights = []
        for right in candidate_rights:
            key = pair_key(left, right)
            if key not in known and left in pictures and right in pictures:
                known.add(key)
                rights.append(right)
        if rights:
            groups.append((left, rights))
    return groups


def _in_threads(
    compare: Callable[[PairGroup], _Results], groups: Sequence[PairGroup], size: int
) -> Generator[_Results]:
    with closing(batches_ahead(compare, groups, size)) as batches:
        for batch in batches:
            yield _joined(batch)
