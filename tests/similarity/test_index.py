"""The vectors nearest to a query: against brute force, exact and by graph."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artextract.errors import Stopped
from artextract.progress import Step
from artextract.similarity.index.faiss_index import FaissIndex
from artextract.similarity.vectors import cosines_of, lengths_of


def brute_force(
    vectors: np.ndarray, query: np.ndarray, k: int, allowed: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Nearest first by plain NumPy in double precision."""
    lengths = np.linalg.norm(vectors.astype(float), axis=1) * np.linalg.norm(query.astype(float))
    cosines = vectors.astype(float) @ query / np.where(lengths > 0, lengths, 1)
    positions = np.arange(len(vectors)) if allowed is None else np.flatnonzero(allowed)
    best = positions[np.argsort(-cosines[positions], kind="stable")][:k]
    return best, cosines[best]


def random_vectors(count: int, dimension: int = 16, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)


def with_graph(vectors: np.ndarray, exact_limit: int) -> FaissIndex:
    """An index that has its graph, if it wants one."""
    index = FaissIndex(vectors, exact_limit=exact_limit)
    if index.needs_building:
        index.build()
    return index


@st.composite
def searches(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int, np.ndarray | None]:
    """Vectors, a query, k and a filter; small whole numbers, so that many are equally near."""
    count, dimension = draw(st.integers(1, 60)), draw(st.integers(1, 5))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    vectors = random.integers(-1, 2, size=(count + 1, dimension)).astype(np.float32)
    share = draw(st.sampled_from([None, 0.0, 0.1, 0.5, 1.0]))
    allowed = None if share is None else random.random(count) < share
    return vectors[:-1], vectors[-1], draw(st.integers(1, 70)), allowed


@given(searches())
@settings(max_examples=50, deadline=None)
def test_the_cosines_of_all_stand_by_position(asked: tuple[np.ndarray, np.ndarray, int, None]):
    vectors, query, _, _ = asked
    positions, cosines = brute_force(vectors, query, len(vectors))
    found = cosines_of(vectors, lengths_of(vectors), query)
    assert found[positions] == pytest.approx(cosines, abs=1e-6)


@given(searches())
@settings(max_examples=200, deadline=None)
def test_an_exact_search_is_brute_force_with_ties_by_position(search) -> None:
    vectors, query, k, allowed = search
    positions, cosines = FaissIndex(vectors).search(query, k, allowed)
    _, true_cosines = brute_force(vectors, query, k, allowed)
    np.testing.assert_allclose(cosines, true_cosines, atol=1e-6)
    # Which one comes first among equals is checked where equal vectors make equality exact.
    _, first, same = np.unique(vectors, axis=0, return_index=True, return_inverse=True)
    if allowed is not None:
        assert allowed[positions].all()
    for kind in range(len(first)):
        members = np.flatnonzero((same == kind) & (True if allowed is None else allowed))
        found = positions[same[positions] == kind]
        assert found.tolist() == members[: len(found)].tolist()


@given(searches())
@settings(max_examples=100, deadline=None)
def test_a_graph_finds_all_that_exist_and_are_allowed(search) -> None:
    vectors, query, k, allowed = search
    positions, cosines = with_graph(vectors, exact_limit=0).search(query, k, allowed)
    available = len(vectors) if allowed is None else allowed.sum()
    assert len(positions) == len(set(positions.tolist())) == min(k, available)
    assert allowed is None or allowed[positions].all()
    assert (np.diff(cosines) <= 0).all()
    assert not np.isnan(cosines).any()


@pytest.mark.parametrize("exact_limit", [10_000, 1_000], ids=["exact", "graph"])
@pytest.mark.parametrize("share", [None, 0.5, 0.02])
def test_a_search_with_a_filter_finds_the_k_nearest_that_pass(exact_limit: int, share: float | None) -> None:
    vectors = random_vectors(4_000)
    index = with_graph(vectors, exact_limit)
    allowed = None if share is None else np.random.default_rng(1).random(4_000) < share
    hits = 0
    for query in random_vectors(20, seed=2):
        positions, cosines = index.search(query, 10, allowed)
        truth, true_cosines = brute_force(vectors, query, 10, allowed)
        assert (positions.dtype, cosines.dtype) == (np.int64, np.float32)
        assert len(positions) == 10
        hits += len(np.intersect1d(positions, truth))
        if exact_limit == 10_000 or share == 0.02:
            assert positions.tolist() == truth.tolist()
            np.testing.assert_allclose(cosines, true_cosines, atol=1e-6)
    assert hits >= 0.95 * 200


def test_the_nearest_of_all_in_a_graph_are_nearly_those_of_an_exact_search() -> None:
    vectors = random_vectors(3_000, dimension=64)
    exact, found = FaissIndex(vectors).nearest_of_all(10), with_graph(vectors, 1_000).nearest_of_all(10)
    assert found.shape == (3_000, 10)
    hits = sum(len(np.intersect1d(one, other)) for one, other in zip(exact, found, strict=True))
    assert hits >= 0.998 * exact.size, hits / exact.size


def test_the_size_says_whether_a_graph_is_wanted_and_only_once() -> None:
    assert not FaissIndex(random_vectors(20), exact_limit=20).needs_building
    index = FaissIndex(random_vectors(21), exact_limit=20)
    assert index.needs_building
    index.build()
    assert not index.needs_building


def test_until_the_graph_stands_searches_are_exact_and_building_it_can_be_stopped() -> None:
    vectors = random_vectors(3_000)
    index = FaissIndex(vectors, exact_limit=100)
    told: list[Step] = []

    def report(step: Step) -> None:
        told.append(step)
        positions, _ = index.search(vectors[7], 5)
        assert positions.tolist() == brute_force(vectors, vectors[7], 5)[0].tolist()
        if step.done > 1_000:
            raise Stopped

    with pytest.raises(Stopped):
        index.build(report)
    assert index.needs_building
    assert [step.total for step in told] == [3_000] * len(told)
    assert 0 < told[-1].done < 3_000


def test_equally_near_vectors_come_by_position() -> None:
    vectors = np.tile(random_vectors(1), (500, 1))
    positions, cosines = FaissIndex(vectors).search(vectors[0], 7)
    assert positions.tolist() == list(range(7))
    assert cosines == pytest.approx(1)


@pytest.mark.parametrize("exact_limit", [100, 0], ids=["exact", "graph"])
def test_zero_vectors_have_cosine_zero_and_never_nan(exact_limit: int) -> None:
    vectors = np.array([[0, 0], [1, 0], [-1, 0]], dtype=np.float32)
    index = with_graph(vectors, exact_limit)
    positions, cosines = index.search(np.array([2.0, 0.0]), 3)
    assert positions.tolist() == [1, 0, 2]
    assert cosines.tolist() == [1, 0, -1]
    positions, cosines = index.search(np.zeros(2), 3)
    assert positions.tolist() == [0, 1, 2]
    assert cosines.tolist() == [0, 0, 0]


def test_the_length_of_a_vector_does_not_matter() -> None:
    vectors = random_vectors(50)
    lengths = np.geomspace(1e-30, 1e30, 50, dtype=np.float32)[:, np.newaxis]
    plain = FaissIndex(vectors).search(vectors[3], 50)
    scaled = FaissIndex(vectors * lengths).search(vectors[3] * 1e-20, 50)
    assert plain[0].tolist() == scaled[0].tolist()
    np.testing.assert_allclose(plain[1], scaled[1], atol=1e-6)


def test_the_callers_vectors_are_left_as_they_were() -> None:
    vectors = random_vectors(10)
    before = vectors.copy()
    FaissIndex(vectors)
    np.testing.assert_array_equal(vectors, before)


def test_an_empty_index_finds_nothing() -> None:
    positions, cosines = FaissIndex(np.empty((0, 4), np.float32)).search(np.ones(4), 5)
    assert (positions.tolist(), cosines.tolist()) == ([], [])


def test_what_is_not_finite_is_refused_with_a_sentence() -> None:
    index = FaissIndex(random_vectors(5, dimension=4))
    with pytest.raises(ValueError, match="not finite"):
        index.search(np.full(4, np.nan), 1)
    with pytest.raises(ValueError, match="not finite"):
        FaissIndex(np.full((2, 2), np.inf))


def built(vectors: np.ndarray, file: Path) -> FaissIndex:
    """An index that has stored its graph, and found it again."""
    FaissIndex(vectors, file, b"1" * 32, exact_limit=100).build()
    return FaissIndex(vectors, file, b"1" * 32, exact_limit=100)


def test_a_saved_graph_finds_the_same_again(tmp_path: Path) -> None:
    vectors = random_vectors(300)
    fresh, loaded = with_graph(vectors, exact_limit=100), built(vectors, tmp_path / "new folder" / "graph.hnsw")
    assert not loaded.needs_building
    for allowed in (None, np.arange(300) % 2 == 0, np.arange(300) < 20):
        for query in random_vectors(5, seed=3):
            found, again = fresh.search(query, 10, allowed), loaded.search(query, 10, allowed)
            np.testing.assert_array_equal(found[0], again[0])
            np.testing.assert_array_equal(found[1], again[1])


@pytest.mark.parametrize("position", [0, 40, 2_000, -1])
def test_a_damaged_graph_is_not_used(tmp_path: Path, position: int) -> None:
    vectors, path = random_vectors(200), tmp_path / "graph.hnsw"
    built(vectors, path)
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    assert FaissIndex(vectors, path, b"1" * 32, exact_limit=100).needs_building


def test_a_graph_that_is_cut_short_or_of_other_vectors_is_not_used(tmp_path: Path) -> None:
    vectors, path = random_vectors(200), tmp_path / "graph.hnsw"
    built(vectors, path)
    assert FaissIndex(vectors[::-1], path, b"2" * 32, exact_limit=100).needs_building
    content = path.read_bytes()
    for length in (0, 20, 1_000):
        path.write_bytes(content[:length])
        assert FaissIndex(vectors, path, b"1" * 32, exact_limit=100).needs_building


def test_many_vectors_are_kept_and_mapped(tmp_path: Path) -> None:
    vectors, query = random_vectors(300), random_vectors(1, seed=3)[0]
    truth = FaissIndex(vectors).search(query, 10)
    graph = tmp_path / "index" / "key.hnsw"

    def search(vectors: np.ndarray, digest: bytes) -> np.ndarray:
        index = FaissIndex(vectors, graph, exact_limit=100, digest=digest)
        found, cosines = index.search(query, 10)
        np.testing.assert_array_equal(cosines, FaissIndex(vectors).search(query, 10)[1])
        return found

    np.testing.assert_array_equal(search(vectors, b"1" * 32), truth[0])
    (kept,) = graph.parent.glob("*.vectors")
    written = kept.stat().st_mtime_ns
    np.testing.assert_array_equal(search(vectors, b"1" * 32), truth[0])
    assert kept.stat().st_mtime_ns == written
    kept.write_bytes(kept.read_bytes()[:1000])  # cut short: made anew
    np.testing.assert_array_equal(search(vectors, b"1" * 32), truth[0])
    search(vectors[::-1], b"2" * 32)
    (other,) = graph.parent.glob("*.vectors")
    assert other != kept


def test_few_vectors_are_not_kept(tmp_path: Path) -> None:
    FaissIndex(random_vectors(20), tmp_path / "key.hnsw", exact_limit=100, digest=b"1" * 32)
    assert not list(tmp_path.iterdir())
