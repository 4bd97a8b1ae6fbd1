"""A path between two works: seven works, small steps, no hubs, and another that shares nothing."""

import numpy as np
import pytest

from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.similarity import paths
from artextract.similarity.index.faiss_index import FaissIndex
from artextract.similarity.paths import (
    NEIGHBOURS,
    WORKS,
    NeighbourGraph,
    find_path,
    graph_file,
    neighbour_graph,
    stored_graph,
)
from artextract.similarity.search import Searcher
from artextract.vision.embedding import Embeddings, load_embeddings
from tests.cli.test_commands import run


class Works(Searcher):
    """Works that are nothing but their embeddings."""

    def __init__(self, collection: Collection, vectors: np.ndarray) -> None:
        self.collection = collection
        names = [f"{row:064x}" for row in range(len(vectors))]
        self.embeddings = Embeddings("key", names, names, vectors.astype(np.float32))
        self.index = FaissIndex(vectors)


def bow(count: int = 240, noise: float = 0.02, seed: int = 0) -> np.ndarray:
    """Embeddings along three quarters of a circle, in the order in which they lie, in 12-d."""
    random = np.random.default_rng(seed)
    turn = np.linspace(0, 1.5 * np.pi, count)
    vectors = random.normal(scale=noise, size=(count, 12))
    vectors[:, 0] += np.cos(turn)
    vectors[:, 1] += np.sin(turn)
    return vectors.astype(np.float32)


def graph_of(collection: Collection, vectors: np.ndarray) -> NeighbourGraph:
    return neighbour_graph(Works(collection, vectors))


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_path_follows_the_works_in_even_steps(collection: Collection) -> None:
    """The straight line between the ends of a bow leads through nothing: the path goes round."""
    vectors = bow()
    found = find_path(vectors, graph_of(collection, vectors), 0, 239)
    assert (found.rows[0], found.rows[-1], len(found.rows)) == (0, 239, WORKS)
    assert list(found.rows) == sorted(set(found.rows))
    own = np.linalg.norm(np.diff(unit(vectors)[list(found.rows)], axis=0), axis=1)
    assert found.steps == pytest.approx(own, abs=1e-3)
    assert max(found.steps) < 1.35 * min(found.steps)
    backwards = find_path(vectors, graph_of(collection, vectors), 239, 0)
    assert max(backwards.steps) == pytest.approx(max(found.steps), rel=0.02)


def test_its_largest_step_is_the_smallest_that_there_is(collection: Collection) -> None:
    """Checked against all ways through a dozen works."""
    from itertools import permutations

    for seed in range(3):
        vectors = np.random.default_rng(seed).normal(size=(9, 5)).astype(np.float32)
        found = find_path(vectors, graph_of(collection, vectors), 0, 1)
        units = unit(vectors)
        progress = np.linalg.norm(units - units[0], axis=1) - np.linalg.norm(units - units[1], axis=1)
        least = min(
            np.linalg.norm(np.diff(units[[0, *way, 1]], axis=0), axis=1).max()
            for way in permutations(range(2, 9), WORKS - 2)
            if (np.diff(progress[list(way)]) > 0).all()
        )
        assert max(found.steps) <= least * 1.03


def test_another_way_shares_nothing_and_filters_are_kept(collection: Collection) -> None:
    vectors = bow()
    graph = graph_of(collection, vectors)
    first = find_path(vectors, graph, 0, 239)
    other = find_path(vectors, graph, 0, 239, without=first.rows[1:-1])
    assert set(first.rows) & set(other.rows) == {0, 239}
    assert max(other.steps) < 1.2 * max(first.steps)
    even = np.arange(240) % 2 == 0
    allowed = find_path(vectors, graph, 1, 239, allowed=even)
    assert even[list(allowed.rows[1:-1])].all()
    assert even.sum() == 120  # the mask that was given is as it was


def test_the_nearest_way_of_many_is_found_on_the_graph_alone(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With few candidates those on the way are chosen, not those in another part of the cloud."""
    away = np.random.default_rng(5).normal(size=(400, 12)) + 8 * np.eye(12)[5]
    vectors = np.concatenate([bow(), away]).astype(np.float32)
    graph = graph_of(collection, vectors)
    every = find_path(vectors, graph, 0, 239)
    monkeypatch.setattr(paths, "CANDIDATES", 120)
    few = find_path(vectors, graph, 0, 239)
    assert max(few.rows) < 240
    assert max(few.steps) <= 1.1 * max(every.steps)


def test_a_path_passes_hubs_by(collection: Collection) -> None:
    """Works in the middle of all others are near to all of them."""
    random = np.random.default_rng(0)
    vectors = unit(random.normal(size=(300, 40))) + 0.9 / np.sqrt(40)
    vectors[:3] = 1 / np.sqrt(40) + random.normal(scale=0.01, size=(3, 40))
    graph = graph_of(collection, vectors.astype(np.float32))
    assert graph.hubs[:3].all()
    assert graph.hubs.mean() < 0.1
    for start, end in ((10, 200), (50, 120), (77, 290)):
        found = find_path(vectors, graph, start, end)
        assert not graph.hubs[list(found.rows[1:-1])].any()


def test_near_works_have_a_path_of_seven_different_works_too(collection: Collection) -> None:
    vectors = bow()
    vectors[50] = vectors[51]  # the same picture twice
    found = find_path(vectors, graph_of(collection, vectors), 48, 53)
    assert len(set(found.rows)) == WORKS
    assert min(found.steps) > 0


def test_what_has_no_path_is_one_sentence(collection: Collection) -> None:
    vectors = bow(12)
    graph = graph_of(collection, vectors)
    with pytest.raises(ArtExtractError, match="needs two different works"):
        find_path(vectors, graph, 3, 3)
    none = np.zeros(12, dtype=bool)
    none[:4] = True
    with pytest.raises(ArtExtractError, match="needs 5 works between its ends; only 4 are left"):
        find_path(vectors, graph, 10, 11, allowed=none)


def test_the_graph_is_made_once_and_anew_for_other_works(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = Works(collection, bow())
    made = neighbour_graph(works)
    assert made.links.shape == (240, 240)
    assert (np.diff(made.links.indptr) >= NEIGHBOURS).all()
    assert abs(made.links - made.links.T).max() == 0
    kept = stored_graph(works)
    assert kept is not None
    assert abs(kept.links - made.links).max() == 0
    with monkeypatch.context() as patch:
        patch.setattr(FaissIndex, "nearest_of_all", None)
        neighbour_graph(works)
    other = Works(collection, bow(seed=1))
    other.embeddings.hashes[0] = "f" * 64
    assert stored_graph(other) is None
    file = graph_file(works)
    file.write_bytes(file.read_bytes()[:100])
    assert stored_graph(works) is None
    assert neighbour_graph(works).links.shape == (240, 240)


def test_the_command_prints_ways_that_share_nothing(ready: Collection) -> None:
    ids = load_embeddings(ready, "efficientnet_lite2").ids
    status, said, _ = run("path", "small", ids[0], ids[9], "--count", "2")
    assert status == 0
    one, other = (way["works"] for way in said["paths"])
    assert (one[0], one[-1], len(one)) == (ids[0], ids[9], WORKS)
    assert set(one) & set(other) == {ids[0], ids[9]}
    status, said, _ = run("path", "small", ids[0], ids[0])
    assert status == 1
    assert "needs two different works" in said["error"]
    status, said, _ = run("path", "small", ids[0], "gone")
    assert status == 1
    assert "gone" in said["error"]
