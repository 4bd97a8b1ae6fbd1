"""Every job on pictures: notices a changed picture, resumes, and computes the same on an engine."""

import pickle
import shutil
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from artextract.attributes.collection_readings import ReadingWorker, read_collection, reading_store
from artextract.attributes.reader import Reader
from artextract.collection import Collection
from artextract.detection.detect import DETECTORS, DetectionWorker, detect
from artextract.detection.detection_store import DetectionStore
from artextract.errors import Stopped, StorageError
from artextract.features.ray_engine import RayEngine
from artextract.features.shards import ShardStore
from artextract.features.workers import JobResult, PairWorker, Preparation
from artextract.progress import Step, silent
from artextract.settings import CACHE_VARIABLE
from artextract.similarity.descriptors.visual_descriptors import DescriptorWorker, compute_descriptors, descriptor_store
from artextract.similarity.duplicates.find import DuplicatesWorker, duplicates_store, find_duplicates
from artextract.similarity.neighbour_scores import ScoreWorker, score_neighbours
from artextract.similarity.pair_scores import score_store
from artextract.similarity.search import Searcher
from artextract.vision.embedding import EmbeddingWorker, embed_collection, find_key, load_embeddings
from artextract.vision.feature_store import FeatureStore
from tests.support.faults import flip, full_disk, make_read_only, unfinished
from tests.support.made import collected, fill_folder, jpeg, made_picture

LITE = "efficientnet_lite2"
COUNT = 6
BEFORE = ("Finding each work's nearest works", "Reading thumbnails", "Comparing small pictures")
"""Stages of the jobs on pairs before pictures are compared."""


@dataclass(frozen=True)
class Job:
    run: Callable[..., JobResult]
    """Called with the collection, a report and, if the job is not on pairs, an engine."""
    store: Callable[[Collection], ShardStore]
    worker: type[Preparation[Any]]

    @property
    def on_pairs(self) -> bool:
        return issubclass(self.worker, PairWorker)


def embed(collection: Collection, report: Any = silent, engine: Any = None) -> JobResult:
    return embed_collection(collection, LITE, report=report, engine=engine)


def features(collection: Collection) -> ShardStore:
    key = find_key(collection, LITE)
    assert key is not None
    return FeatureStore(collection, key)


@lru_cache
def reader() -> Reader:
    return Reader()


def score(collection: Collection, report: Any = silent) -> JobResult:
    embeddings = load_embeddings(collection, LITE)
    return score_neighbours(Searcher(collection, embeddings, lambda: pytest.fail("nothing is embedded")), report)


def detection(name: str) -> Job:
    return Job(
        lambda collection, *rest: detect(collection, DETECTORS[name], *rest),
        lambda collection: DetectionStore(collection, name, DETECTORS[name].load(None).key),
        DetectionWorker,
    )


JOBS = {
    "embedding": Job(embed, features, EmbeddingWorker),
    "readings": Job(
        lambda collection, *rest: read_collection(collection, reader(), *rest),
        lambda collection: reading_store(collection, reader().bundle),
        ReadingWorker,
    ),
    "faces": detection("faces"),
    "poses": detection("poses"),
    "descriptors": Job(compute_descriptors, descriptor_store, DescriptorWorker),
    "duplicates": Job(find_duplicates, duplicates_store, DuplicatesWorker),
    "scores": Job(score, score_store, ScoreWorker),
}
every_job = pytest.mark.parametrize("name", list(JOBS))


@pytest.fixture(scope="module")
def prepared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with six works, with what the jobs on pairs need."""
    root = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(root / "cache"))
        small = collected(fill_folder(root / "pictures", COUNT), "small")
        embed(small)
        compute_descriptors(small)
    return root / "cache"


@pytest.fixture
def works(prepared_cache: Path, cache: Path) -> Collection:
    """A copy of the six works, to be changed."""
    shutil.copytree(prepared_cache, cache)
    return Collection.open("small")


def remove_results(job: Job, works: Collection) -> None:
    for shard in job.store(works).folder.glob("shard-*"):
        shard.unlink()


def results(store: ShardStore) -> dict[str, list[np.ndarray]]:
    """The rows of each array by key; a detection store has `count` rows per key."""
    rows: dict[str, list[np.ndarray]] = {}
    for shard in store.shards():
        arrays = dict(shard.arrays)
        counts = arrays.pop("count", np.ones(len(shard.keys), int))
        for key, count, end in zip(shard.hashes, counts, counts.cumsum(), strict=True):
            rows[key] = [arrays[name][end - count : end] for name in sorted(arrays)]
    return rows


def assert_same(left: dict[str, list[np.ndarray]], right: dict[str, list[np.ndarray]]) -> None:
    assert left.keys() == right.keys()
    for key, arrays in left.items():
        for one, other in zip(arrays, right[key], strict=True):
            np.testing.assert_array_equal(one, other)


@every_job
def test_a_changed_picture_is_reported_and_gets_no_result(works: Collection, name: str) -> None:
    job = JOBS[name]
    remove_results(job, works)
    row = works.works().iloc[2]
    works.image_path(row["image"]).write_bytes(jpeg(made_picture(99)))
    done = job.run(works)
    assert list(done.failed) == [row["id"]]
    assert done.failed[row["id"]].endswith("changed after it was collected. Collect the collection again.")
    assert done.computed == (10 if job.on_pairs else COUNT - 1)
    assert not [key for key in results(job.store(works)) if row["image_sha256"] in key]


@every_job
def test_a_stopped_job_resumes_to_the_same_results(
    works: Collection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = JOBS[name]
    total = 15 if job.on_pairs else COUNT
    remove_results(job, works)
    assert job.run(works).computed == total
    expected = results(job.store(works))
    remove_results(job, works)
    monkeypatch.setattr(job.worker, "batch", 2)
    monkeypatch.setattr(job.worker, "shard", 2)
    monkeypatch.setattr("artextract.progress.INTERVAL", 0.0)

    def stop(step: Step) -> None:
        if step.done and step.stage not in BEFORE:
            raise Stopped

    with pytest.raises(Stopped):
        job.run(works, stop)
    kept = len(job.store(works).keys())
    assert 0 < kept < total
    rest = job.run(works)
    assert (rest.reused, rest.computed) == (kept, total - kept)
    assert job.run(works).computed == 0
    assert_same(results(job.store(works)), expected)


@every_job
def test_damaged_full_and_read_only(works: Collection, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged shard is computed again, a full disk is a sentence, a read-only cache that has everything is enough."""
    job = JOBS[name]
    remove_results(job, works)
    with full_disk(), pytest.raises(StorageError, match=r"could not be written \(File too large\)"):
        job.run(works)
    assert unfinished(works.root) == []
    assert job.run(works).damaged == 0
    expected = results(job.store(works))
    flip(next(job.store(works).folder.glob("shard-*")), 0.99)
    again = job.run(works)
    assert (again.damaged, again.computed) == (1, len(expected))
    assert "Damaged files were found" in again.sentence()
    assert_same(results(job.store(works)), expected)
    make_read_only(monkeypatch)
    ready = job.run(works)
    assert (ready.computed, ready.damaged) == (0, 0)


class PicklingEngine(RayEngine):
    """Passes everything through pickle, as Ray does, and computes here."""

    def map(self, make: Any, chunks: Sequence[Any]) -> Generator[Any]:
        compute = pickle.loads(pickle.dumps(make))()
        for chunk in chunks:
            yield pickle.loads(pickle.dumps(compute(pickle.loads(pickle.dumps(chunk)))))


@pytest.mark.parametrize("name", [name for name, job in JOBS.items() if not job.on_pairs])
def test_an_engine_computes_the_same(works: Collection, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    job = JOBS[name]
    remove_results(job, works)
    job.run(works)
    expected = results(job.store(works))
    remove_results(job, works)
    monkeypatch.setattr(job.worker, "shard", 4)
    assert job.run(works, silent, PicklingEngine()).computed == COUNT
    assert_same(results(job.store(works)), expected)
