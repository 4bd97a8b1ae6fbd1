"""A resumable job that computes the results that a store lacks, for pictures or pairs of pictures.

The job decodes pictures ahead in threads, checks each picture's SHA-256 against the work table and
appends the results in shards. Raise `Stopped` in `report` to stop a job, or kill it: finished shards
stay, and the next run continues from there to the same results. A picture that cannot be read, or that
was changed since it was collected, is reported as failed and tried again next time.
"""

import hashlib
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeVar

import numpy as np

from artextract.collection import Collection
from artextract.errors import BadImageError, WeightsError
from artextract.features.decoding_ahead import batches_ahead
from artextract.features.ray_engine import RayEngine
from artextract.features.shards import ShardStore, pair_key, picture_key
from artextract.features.workers import JobResult, PairWorker, Preparation, Prepared, Worker
from artextract.files import read_regular
from artextract.progress import Report, Stage, silent

PictureRow = tuple[str, str, str]
"""A work's id, its picture's path in the collection, and the picture's SHA-256, from the work table."""
PairGroup = tuple[str, Sequence[str]]  # The SHA-256 of a picture, and of those to compare it with
Item = TypeVar("Item")


def compute_missing(
    collection: Collection,
    store: ShardStore,
    worker: Worker[Prepared],
    report: Report = silent,
    engine: RayEngine | None = None,
) -> JobResult:
    """Compute the results of the pictures that are not in the store, on Ray's workers if there is an `engine`.

    If nothing is missing, the store may be read-only. ArtExtractError if the collection has no works, a worker lacks
    its network, or the disk is full.
    """
    pictures = _pictures(collection)

    def missing(known: set[bytes]) -> tuple[list[PictureRow], int]:
        rows = [row for row in pictures.values() if picture_key(row[2]) not in known]
        return rows, len(pictures) - len(rows)

    def results(rows: Sequence[PictureRow]) -> Generator[_Results]:
        if engine is None:
            return _computed(collection, worker, rows)
        chunks = [rows[start : start + worker.shard] for start in range(0, len(rows), worker.shard)]
        return engine.map(partial(_RemoteWorker, collection, worker.factory, worker.key), chunks)

    return _run(collection, store, worker, report, missing, results)


def compare_missing(
    collection: Collection,
    store: ShardStore,
    worker: PairWorker[Prepared],
    candidates: Iterable[PairGroup],
    report: Report = silent,
) -> JobResult:
    """Compare the pairs of `candidates` that are not in the store, whose keys are `pair_key`s.

    If nothing is missing, the store may be read-only. ArtExtractError if the collection has no works, another job is
    running, or the disk is full.
    """
    pictures, wanted = _pictures(collection), list(candidates)

    def missing(known: set[bytes]) -> tuple[list[PairGroup], int]:
        groups, reused = list[PairGroup](), len(known)
        for left, candidate_rights in wanted:
            rights = []
            for right in candidate_rights:
                key = pair_key(left, right)
                if key not in known and left in pictures and right in pictures:
                    known.add(key)  # each pair once
                    rights.append(right)
            if rights:
                groups.append((left, rights))
        return groups, reused

    @lru_cache(maxsize=worker.kept)
    def prepared(sha256: str) -> Prepared | BadImageError:
        return _prepared(collection, worker, pictures[sha256])[1]

    def compare(group: PairGroup) -> _Results:
        left, opened = group[0], {sha256: prepared(sha256) for sha256 in (group[0], *group[1])}
        failed = {pictures[sha256][0]: str(why) for sha256, why in opened.items() if isinstance(why, BadImageError)}
        good = {sha256: picture for sha256, picture in opened.items() if not isinstance(picture, BadImageError)}
        rights = [sha256 for sha256 in group[1] if sha256 in good and left in good]
        arrays = worker.compare(left, rights, good) if rights else {}
        return _Results([pair_key(left, right) for right in rights], arrays, failed, 1)

    def results(groups: Sequence[PairGroup]) -> Generator[_Results]:
        with closing(batches_ahead(compare, groups, worker.batch)) as batches:
            for batch in batches:
                yield _Results.joined(batch)

    return _run(collection, store, worker, report, missing, results)


@dataclass(frozen=True)
class _Results:
    """The results of a batch."""

    keys: list[bytes]
    arrays: dict[str, np.ndarray]
    failed: dict[str, str]  # As in `JobResult`
    count: int  # Pictures, or groups of pairs, in the batch

    @staticmethod
    def joined(batches: Sequence["_Results"]) -> "_Results":
        arrays = [batch.arrays for batch in batches if batch.keys]
        return _Results(
            [key for batch in batches for key in batch.keys],
            {name: np.concatenate([each[name] for each in arrays]) for name in (arrays[0] if arrays else ())},
            {work: why for batch in batches for work, why in batch.failed.items()},
            sum(batch.count for batch in batches),
        )


def _run(
    collection: Collection,
    store: ShardStore,
    worker: Preparation[Prepared],
    report: Report,
    missing: Callable[[set[bytes]], tuple[list[Item], int]],
    results: Callable[[list[Item]], Generator[_Results]],
) -> JobResult:
    """Append the results in shards as they come.

    `missing` says what to compute and how many results are reused, given the keys in the store.
    """
    began, damaged, computed, failed = time.monotonic(), 0, 0, dict[str, str]()
    items, reused = missing(store.keys())
    pending: list[_Results] = []

    def append() -> int:
        shard = _Results.joined(pending)
        pending.clear()
        if shard.keys:
            store.append(shard.keys, shard.arrays)
        return len(shard.keys)

    with store.writing() if items else nullcontext():
        if items:
            damaged = store.sweep()
            items, reused = missing(store.keys())
        stage, started = Stage(worker.title, len(items), report), time.monotonic()
        with closing(results(items)) as batches:
            for batch in batches:
                failed |= batch.failed
                pending.append(batch)
                if sum(len(each.keys) for each in pending) >= worker.shard:
                    computed += append()
                stage.advance(batch.count, f"{len(failed):,} failed" if failed else "")
        computed += append()
    ended = time.monotonic()
    return JobResult(
        collection=collection.name,
        works=len(collection.works()),
        computed=computed,
        reused=reused,
        damaged=damaged,
        failed=failed,
        seconds=ended - began,
        rate=computed / max(ended - started, 1e-9) if computed else None,
        done=worker.done,
        unit=worker.unit,
    )


def _pictures(collection: Collection) -> dict[str, PictureRow]:
    """SHA-256 → the first work with this picture."""
    first = collection.works().drop_duplicates("image_sha256")
    return {row[2]: row for row in zip(first["id"], first["image"], first["image_sha256"], strict=True)}


def _computed(collection: Collection, worker: Worker[Prepared], rows: Sequence[PictureRow]) -> Generator[_Results]:
    """The results of pictures, computed here, in order."""
    with closing(batches_ahead(partial(_prepared, collection, worker), rows, worker.batch)) as batches:
        for batch in batches:
            good = [(row, picture) for row, picture in batch if not isinstance(picture, BadImageError)]
            failed = {row[0]: str(why) for row, why in batch if isinstance(why, BadImageError)}
            arrays = worker.compute([picture for _, picture in good]) if good else {}
            yield _Results([picture_key(row[2]) for row, _ in good], arrays, failed, len(batch))


class _RemoteWorker:
    """Computes pictures in a worker of an engine."""

    def __init__(self, collection: Collection, factory: Callable[[], Worker[Prepared]], key: str) -> None:
        self._collection, self._worker = collection, factory()
        if self._worker.key != key:
            raise WeightsError("A Ray worker has different weights. Install the same program version on all machines.")

    def __call__(self, rows: Sequence[PictureRow]) -> _Results:
        return _Results.joined(list(_computed(self._collection, self._worker, rows)))


def _prepared(
    collection: Collection, worker: Preparation[Prepared], row: PictureRow
) -> tuple[PictureRow, Prepared | BadImageError]:
    """The prepared picture, or why it cannot be used."""
    _, image, sha256 = row
    path = collection.image_path(image)
    try:
        content = read_regular(path)
        if hashlib.sha256(content).hexdigest() != sha256:
            return row, BadImageError(f"The file {image} changed after it was collected. Collect the collection again.")
        return row, worker.prepare(content, path.name)
    except OSError:
        return row, BadImageError(f"The file {image} is missing or unreadable. Collect the collection again.")
    except BadImageError as error:
        return row, error
