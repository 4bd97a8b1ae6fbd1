"""Every kind of file in a collection: damaged bytes, a full disk, and a read-only cache that has everything."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from artextract.collection import Collection
from artextract.errors import StorageError
from artextract.maps.gallery_map import compute_map
from artextract.regions.regions import find_regions
from artextract.similarity.evaluation.results import SimilarityResults, read_results, write_results
from artextract.similarity.index.faiss_index import mapped_flat_index
from artextract.similarity.neighbour_scores import score_neighbours
from artextract.similarity.paths import neighbour_graph
from artextract.similarity.search import Searcher
from artextract.text.index import index_text
from artextract.text.search import TextSearcher
from artextract.vision import feature_store
from artextract.vision.embedding import embed_collection, load_embeddings
from tests.support.faults import flip, full_disk, make_read_only, unfinished

LITE = "efficientnet_lite2"


def searcher(collection: Collection) -> Searcher:
    return Searcher(collection, load_embeddings(collection, LITE), lambda: pytest.fail("nothing is embedded"))


def vectors(collection: Collection) -> np.ndarray:
    embed_collection(collection, LITE)
    return np.array(load_embeddings(collection, LITE).vectors)


def regions(collection: Collection) -> np.ndarray:
    embeddings = load_embeddings(collection, LITE)
    return find_regions(collection, compute_map(collection, embeddings, "tsne"), embeddings.key)


def scores(collection: Collection) -> list[object]:
    found = searcher(collection)
    score_neighbours(found)
    return [found.near_work(work, 3) for work in found.embeddings.ids[:4]]


def texts(collection: Collection) -> list[object]:
    index_text(collection)
    return [(match.id, match.meaning) for match in TextSearcher(collection).search("cubist portrait", 5).near]


def flat_vectors(collection: Collection) -> np.ndarray:
    found = load_embeddings(collection, LITE).vectors
    return mapped_flat_index(found, collection.root / "index" / "small.hnsw", b"1" * 32).reconstruct_n(0, len(found))


@dataclass(frozen=True)
class Part:
    """What is computed from a collection, and the files that keep it."""

    compute: Callable[[Collection], object]
    files: str
    is_needed: bool = True
    """Whether the result cannot be given without a file: a copy for speed is left out."""


PARTS = {
    "table": Part(lambda collection: collection.works(), "works.arrow", is_needed=False),
    "embedding": Part(vectors, "features/*/shard-*"),
    "mapped vectors": Part(vectors, "features/*/mapped/*-*.*", is_needed=False),
    "map": Part(lambda c: compute_map(c, load_embeddings(c, LITE), "tsne").positions, "maps/*.parquet"),
    "regions": Part(regions, "regions/*.safetensors"),
    "graph": Part(lambda c: neighbour_graph(searcher(c)).links.toarray(), "index/*.neighbours.safetensors"),
    "flat index": Part(flat_vectors, "index/*.vectors", is_needed=False),
    "scores": Part(scores, "scores/shard-*"),
    "texts": Part(texts, "text/index.sqlite"),
}
every_part = pytest.mark.parametrize("name", list(PARTS))


@pytest.fixture
def whole(ready_cache: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """A copy of the collection "small", embedded and mapped, to be damaged; its vectors are mapped."""
    shutil.copytree(ready_cache, cache)
    monkeypatch.setattr(feature_store, "MAPPED_FROM", 1)
    return Collection.open("small")


def plain(value: object) -> list[object]:
    return value.tolist() if isinstance(value, np.ndarray) else [str(value)]


@every_part
def test_a_damaged_file_is_said_and_never_used(whole: Collection, name: str, caplog: pytest.LogCaptureFixture) -> None:
    part = PARTS[name]
    expected = plain(part.compute(whole))
    for file in list(whole.root.glob(part.files)):
        for place in (0.1, 0.6, 0.97):
            if file.exists():
                flip(file, place)
            assert plain(part.compute(whole)) == expected, (file, place)
    assert "is damaged and not used" in caplog.text
    assert list(whole.root.glob(part.files))


@every_part
def test_a_folder_in_place_of_a_file_is_a_sentence_at_most(whole: Collection, name: str) -> None:
    part = PARTS[name]
    expected = plain(part.compute(whole))
    file = next(whole.root.glob(part.files))
    file.unlink()
    file.mkdir()
    try:
        assert plain(part.compute(whole)) == expected
    except StorageError as error:
        assert len(str(error).splitlines()) == 1


@every_part
def test_a_full_disk_is_a_sentence_and_leaves_nothing(whole: Collection, name: str) -> None:
    part = PARTS[name]
    expected = plain(part.compute(whole))
    for file in whole.root.glob(part.files):
        file.unlink()
    with full_disk():
        if part.is_needed:
            with pytest.raises(StorageError, match="could not be written"):
                part.compute(whole)
        else:
            assert plain(part.compute(whole)) == expected
    assert unfinished(whole.root) == []
    assert plain(part.compute(whole)) == expected
    assert list(whole.root.glob(part.files))


@every_part
def test_a_read_only_cache_gives_what_is_ready(whole: Collection, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    part = PARTS[name]
    expected = plain(part.compute(whole))
    make_read_only(monkeypatch)
    assert plain(part.compute(whole)) == expected


def test_a_copied_cache_is_as_ready_as_the_first(
    whole: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [plain(part.compute(whole)) for part in PARTS.values()]
    copy = Collection(shutil.copytree(whole.root, tmp_path / "small", copy_function=shutil.copyfile), whole.about)
    make_read_only(monkeypatch)
    assert [plain(part.compute(copy)) for part in PARTS.values()] == expected


def test_damaged_results_of_an_evaluation_are_not_shown(whole: Collection, caplog: pytest.LogCaptureFixture) -> None:
    results = SimilarityResults(collection="small", works_version="1", sentence="", counted={}, rankings=[])
    write_results(whole, results)
    assert read_results(whole) == results
    flip(whole.root / "evaluations" / "similarity.safetensors", 0.99)
    assert read_results(whole) is None
    assert "similarity.safetensors is damaged and not used" in caplog.text
