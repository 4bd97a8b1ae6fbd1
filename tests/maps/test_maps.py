"""Maps: laid out once, the same each time, and a new picture on one."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from artextract.collection import Collection
from artextract.errors import ArtExtractError, Stopped
from artextract.maps import gallery_map
from artextract.maps.gallery_map import compute_map, read_map, stored_maps
from artextract.maps.layouts import METHODS, place
from artextract.progress import Step
from artextract.vision.embedding import Embeddings, load_embeddings
from benchmarks import map_methods

LITE = "efficientnet_lite2"


def clusters(count: int = 120) -> Embeddings:
    """Embeddings in three groups."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(3, 64)) * 4
    vectors = centres[np.arange(count) % 3] + random.normal(size=(count, 64))
    ids = [f"w{i}" for i in range(count)]
    return Embeddings("key", ids, [f"{i:064x}" for i in range(count)], vectors.astype(np.float32))


@pytest.mark.parametrize("method", list(METHODS))
def test_a_map_keeps_neighbours_together_and_is_repeatable(collection: Collection, method: str) -> None:
    embeddings = clusters()
    layout = compute_map(collection, embeddings, method)
    assert layout.ids == embeddings.ids
    assert np.abs(layout.positions).max() <= 1.06
    assert trustworthiness(embeddings.vectors, layout.positions, n_neighbors=10) > 0.85
    path = next((collection.root / "maps").glob("*.parquet"))
    path.unlink()
    again = compute_map(collection, embeddings, method)
    assert np.allclose(again.positions, layout.positions, atol=1e-5)


@pytest.mark.parametrize("method", list(METHODS))
@pytest.mark.parametrize(("copies", "others"), [(1, 0), (1, 1), (1, 3), (6, 0), (19, 1), (8, 12)])
def test_copies_are_at_one_point(collection: Collection, method: str, copies: int, others: int) -> None:
    different = clusters(others + 1)
    vectors = np.concatenate([np.repeat(different.vectors[:1], copies, axis=0), different.vectors[1:]])
    ids = [f"w{number}" for number in range(len(vectors))]
    layout = compute_map(collection, Embeddings("key", ids, [f"{n:064x}" for n in range(len(ids))], vectors), method)
    assert np.isfinite(layout.positions).all()
    assert len(np.unique(layout.positions[:copies], axis=0)) == 1
    assert len(np.unique(layout.positions, axis=0)) == others + 1


def test_a_stored_map_is_not_computed_again(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    embeddings = clusters()
    layout = compute_map(collection, embeddings, "tsne")
    monkeypatch.setattr(gallery_map, "METHODS", {"tsne": None})
    assert np.array_equal(compute_map(collection, embeddings, "tsne").positions, layout.positions)
    assert stored_maps(collection) == ["tsne-key"]


def test_other_works_make_a_map_outdated(collection: Collection) -> None:
    compute_map(collection, clusters(120), "tsne")
    assert read_map(collection, clusters(120), "tsne") is not None
    assert read_map(collection, clusters(119), "tsne") is None
    assert read_map(collection, clusters(120), "umap") is None


def of(embeddings: Embeddings, rows: np.ndarray) -> Embeddings:
    """Some of the works, in that order."""
    return Embeddings(
        embeddings.key,
        [embeddings.ids[row] for row in rows],
        [embeddings.hashes[row] for row in rows],
        embeddings.vectors[rows],
    )


def test_new_works_are_placed_without_moving_the_old_ones(collection: Collection) -> None:
    embeddings, order = clusters(), np.random.default_rng(1).permutation(120)
    old = compute_map(collection, of(embeddings, np.sort(order[:100])), "tsne")
    assert not old.placed.any()
    grown = compute_map(collection, embeddings, "tsne")
    assert grown.placed.sum() == 20
    where = {work: row for row, work in enumerate(grown.ids)}
    rows = [where[work] for work in old.ids]
    assert np.array_equal(grown.positions[rows], old.positions)
    for row in np.flatnonzero(grown.placed):  # each among its own group
        distances = np.linalg.norm(old.positions - grown.positions[row], axis=1)
        nearest = np.array([int(old.ids[i][1:]) for i in np.argsort(distances)[:5]])
        assert (nearest % 3 == row % 3).mean() > 0.5
        (alone,) = place(old.positions, embeddings.vectors[np.sort(order[:100])], embeddings.vectors[row, None])
        assert np.allclose(grown.positions[row], alone)
    assert grown.key != old.key
    assert read_map(collection, embeddings, "tsne").key == grown.key


def test_what_left_the_collection_leaves_the_map_and_a_changed_picture_is_new(collection: Collection) -> None:
    embeddings = clusters(60)
    old = compute_map(collection, embeddings, "tsne")
    fewer = of(embeddings, np.arange(50))
    fewer.hashes[3] = "f" * 64
    now = compute_map(collection, fewer, "tsne")
    assert np.flatnonzero(now.placed).tolist() == [3]
    stays = np.delete(np.arange(50), 3)
    assert np.array_equal(now.positions[stays], old.positions[stays])


def test_too_many_new_works_or_the_wish_lay_it_out_anew(collection: Collection) -> None:
    embeddings = clusters(60)
    compute_map(collection, of(embeddings, np.arange(40)), "tsne")
    assert not compute_map(collection, embeddings, "tsne").placed.any()
    grown = Embeddings(
        "key",
        [*embeddings.ids, "x"],
        [*embeddings.hashes, "e" * 64],
        np.vstack([embeddings.vectors, embeddings.vectors[:1] + 0.5]),
    )
    assert compute_map(collection, grown, "tsne").placed.sum() == 1
    assert not compute_map(collection, grown, "tsne", rebuild=True).placed.any()


def test_a_damaged_map_counts_as_none(collection: Collection) -> None:
    embeddings = clusters(30)
    compute_map(collection, embeddings, "tsne")
    path = next((collection.root / "maps").glob("*.parquet"))
    path.write_bytes(path.read_bytes()[:50])
    assert read_map(collection, embeddings, "tsne") is None
    compute_map(collection, embeddings, "tsne")
    assert read_map(collection, embeddings, "tsne") is not None


def test_a_new_picture_falls_among_its_like_and_moves_nothing(collection: Collection) -> None:
    embeddings = clusters()
    layout = compute_map(collection, embeddings, "tsne")
    before = layout.positions.copy()
    group = layout.positions[0::3]
    newcomer = embeddings.vectors[0::3].mean(axis=0)
    places = place(layout.positions, embeddings.vectors, np.stack([newcomer, embeddings.vectors[7]]))
    spread = np.linalg.norm(group - group.mean(axis=0), axis=1).max()
    assert np.linalg.norm(group.mean(axis=0) - places[0]) <= spread
    assert places[1] == pytest.approx(layout.positions[7])
    assert np.array_equal(layout.positions, before)


@pytest.mark.parametrize("method", list(METHODS))
def test_a_stopped_map_stores_nothing(collection: Collection, method: str) -> None:
    counted: list[Step] = []

    def stop(step: Step) -> None:
        counted.append(step)
        if step.done:
            raise Stopped

    with pytest.raises(Stopped):
        compute_map(collection, clusters(), method, stop)
    assert 0 < counted[-1].done < counted[-1].total
    assert stored_maps(collection) == []


def test_what_cannot_be_mapped_is_one_sentence(collection: Collection) -> None:
    with pytest.raises(ArtExtractError, match=r"Unknown map method 'pca'\. Use one of: tsne, umap"):
        compute_map(collection, clusters(), "pca")


def test_the_map_of_a_real_collection_is_there(ready: Collection) -> None:
    assert read_map(ready, load_embeddings(ready, LITE), "tsne") is not None


def test_a_picture_near_two_groups_is_placed_in_the_larger() -> None:
    random = np.random.default_rng(0)
    vectors = (np.eye(8)[:1] + random.normal(scale=0.1, size=(15, 8))).astype(np.float32)
    positions = np.where(np.arange(15)[:, None] < 9, (-0.8, 0.0), (0.8, 0.3)) + random.normal(scale=0.02, size=(15, 2))
    (found,) = place(positions, vectors, np.eye(8, dtype=np.float32)[:1])
    assert np.linalg.norm(found - (-0.8, 0.0)) < 0.05


def test_the_benchmark_measures_trustworthiness_as_scikit_learn_does() -> None:
    vectors = clusters().vectors
    positions = np.random.default_rng(1).normal(size=(len(vectors), 2)) + vectors[:, :2]
    trusted, kept = map_methods.agreement(vectors, positions, np.arange(len(vectors)))
    assert trusted == pytest.approx(trustworthiness(vectors, positions, n_neighbors=map_methods.NEAR))
    assert 0 < kept < 1
    assert map_methods.agreement(vectors[:, :2], vectors[:, :2], np.arange(30)) == (1, 1)
