"""Jobs on Ray: the same results as without, also when a worker dies on the way."""

import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.features.ray_engine import RayEngine
from artextract.progress import Step
from artextract.settings import CACHE_VARIABLE
from artextract.vision.embedding import EmbeddingWorker, embed_collection, find_key
from artextract.vision.feature_store import FeatureStore

LITE = "efficientnet_lite2"


def workers() -> list[int]:
    """The processes that compute for a Ray which this one has started."""
    parents: dict[int, int] = {}
    computing = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            pid, command = int(process.name), (process / "cmdline").read_bytes()
            parents[pid] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended meanwhile
            continue
        if command.startswith(b"ray::") and b"Map" in command:
            computing.append(pid)

    def is_ours(pid: int) -> bool:
        while pid > 1 and pid != os.getpid():
            pid = parents.get(pid, 0)
        return pid == os.getpid()

    return [pid for pid in computing if is_ours(pid)]


@pytest.mark.timeout(600)  # a Ray takes its time to start
def test_embedding_on_ray_survives_a_killed_worker_to_the_same_vectors(
    ready_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ready_cache, tmp_path / "own cache")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "own cache"))
    monkeypatch.setattr(EmbeddingWorker, "shard", 2)
    small = Collection.open("small")
    key = find_key(small, LITE)
    assert key is not None
    store = FeatureStore(small, key)
    plain = store.read()
    for shard in store.folder.glob("shard-*"):
        shard.unlink()
    killed: list[int] = []

    def report(step: Step) -> None:
        if step.done and not killed:
            killed.extend(workers()[:1])
            os.kill(killed[0], signal.SIGKILL)

    done = embed_collection(small, LITE, report=report, engine=RayEngine())
    assert len(killed) == 1
    assert (done.computed, done.failed) == (24, {})
    hashes = [sha256 for shard in store.shards() for sha256 in shard.hashes]
    assert sorted(hashes) == sorted(plain)
    again = store.read()
    for sha256, vector in plain.items():
        np.testing.assert_array_equal(again[sha256], vector)
    assert embed_collection(small, LITE, engine=RayEngine()).computed == 0


def test_a_ray_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(ArtExtractError, match=r"Ray 127\.0\.0\.1:9 cannot be used .*leave out"):
        list(RayEngine("127.0.0.1:9").map(_Nothing, [1]))


class _Nothing:
    def __call__(self, chunk: int) -> int:
        return chunk


def test_an_address_without_the_engine_is_given_wrongly() -> None:
    asked = CliRunner().invoke(app, ["embed", "small", "--address", "127.0.0.1:9"])
    assert asked.exit_code == 2
