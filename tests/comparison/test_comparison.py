"""Two subsets: what is typical of each, where the truth is known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from artextract.collection import Collection
from artextract.comparison.subsets import Subset, pair_subsets
from artextract.comparison.typicality import most_typical, probability, typicality_of
from artextract.errors import ArtExtractError
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.vision.embedding import Embeddings
from artextract.vision.feature_key import FeatureKey
from tests.regions.test_regions import table

KEY = FeatureKey("style", "0" * 12, "256px", "float32")
DIMENSION = 24


def side(count: int, filters: Filters = NO_FILTERS, name: str = "made", **columns: object) -> Subset:
    """A side of a made collection whose works have the pictures 0, 1, …"""
    ids = [str(number) for number in range(count)]
    works = table(count, **columns).assign(id=ids)
    if "image_sha256" not in columns:
        works["image_sha256"] = [f"{name}-{one}" for one in ids]
    hashes = works["image_sha256"].to_list()
    vectors = np.random.default_rng(len(name)).normal(size=(count, DIMENSION)).astype(np.float32)
    collection = Collection(Path("/made") / name, None)
    return Subset(collection, works, Embeddings(KEY, ids, hashes, vectors), filters)


def styles(*filters: Filters, **columns: object) -> list[Subset]:
    """Sides of one collection of 40 Baroque, 30 Rococo and 30 Cubist works."""
    style = ["Baroque"] * 40 + ["Rococo"] * 30 + ["Cubism"] * 30
    return [side(100, one, style=style, **columns) for one in filters]


# Sides.


def test_two_filters_of_a_collection_face_each_other() -> None:
    sides = pair_subsets(*styles(Filters(style=("Baroque",)), Filters(style=("Rococo",))))
    assert sides.rows[0].tolist() == list(range(40))
    assert sides.rows[1].tolist() == list(range(40, 70))
    assert sides.names == ("Baroque", "Rococo")
    assert (sides.shared, sides.remark) == (0, "")
    assert sides.work(41) == ("made", "41")


def test_what_is_on_both_sides_is_left_out_of_both_and_told() -> None:
    sides = pair_subsets(*styles(Filters(style=("Baroque", "Rococo")), Filters(style=("Rococo", "Cubism"))))
    assert sides.rows[0].tolist() == list(range(40))
    assert sides.rows[1].tolist() == list(range(70, 100))
    assert sides.remark == "30 pictures are on both sides and left out."


def test_a_side_within_the_other_is_compared_with_the_rest_of_it() -> None:
    rococo, everything = styles(Filters(style=("Rococo",)), Filters())
    for sides, order in ((pair_subsets(rococo, everything), 1), (pair_subsets(everything, rococo), -1)):
        assert [len(rows) for rows in sides.rows][::order] == [30, 70]
        assert sides.names[::order] == ("Rococo", "all others of made")
        assert "is compared with the rest of the" in sides.remark


def test_two_collections_stand_one_after_the_other() -> None:
    small, large = side(20, name="small"), side(50, name="large")
    pictures = large.works["image_sha256"].to_list()
    pictures[:3] = small.works["image_sha256"][:3]
    large.works["image_sha256"] = pictures
    sides = pair_subsets(small, large)
    assert sides.names == ("small", "large")
    assert sides.rows[1].tolist() == list(range(3, 50))  # the larger comes first
    assert sides.rows[0].tolist() == list(range(53, 70))
    assert sides.shared == 3
    assert sides.work(53) == ("small", "3")
    assert np.array_equal(sides.vectors[50:], small.embeddings.vectors)


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        (Filters(style=("Gothic",)), Filters(), "No work of made passes the filters of the first"),
        (Filters(), Filters(text="none"), "No work of made passes the filters of the second"),
        (Filters(), Filters(), "Both sides have the same works"),
        (Filters(year_from=1600, year_to=1603), Filters(), "has 4 works; a comparison needs at least 5"),
        (
            Filters(year_from=1600, year_to=1669),
            Filters(year_from=1601, year_to=1670),
            "Without the 69 pictures on both sides, the first side",
        ),
    ],
)
def test_sides_that_cannot_be_compared_say_so(one: Filters, other: Filters, sentence: str) -> None:
    years = pd.array(range(1600, 1700), dtype="Int32")
    sides = styles(one, other, year_begin=years, year_end=years)
    with pytest.raises(ArtExtractError, match=sentence):
        pair_subsets(*sides)


def test_embeddings_that_differ_are_not_compared() -> None:
    one, other = side(9, name="one"), side(9, name="other")
    other = replace(other, embeddings=replace(other.embeddings, key=replace(KEY, weights="f" * 12)))
    with pytest.raises(ArtExtractError, match="cannot be compared"):
        pair_subsets(one, other)


def test_filters_are_told_in_words() -> None:
    filters = Filters(style=("Baroque", "Rococo"), year_from=1600, text="lady")
    assert filters.summary() == "Baroque or Rococo, from 1600, “lady”"
    assert Filters(year_from=1600, year_to=1700).summary() == "1600–1700"
    assert Filters().summary() == ""


# Works.


def planted(one: int, other: int, common: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Embeddings of two sides: works of their own kind, and of one that both have."""
    random = np.random.default_rng(3)
    kinds = random.normal(size=(3, DIMENSION)) * 3
    which = np.repeat([0, 2, 1, 2], [one, common, other, common])
    vectors = kinds[which] + random.normal(size=(len(which), DIMENSION))
    of_one = np.arange(one + common)
    return vectors.astype(np.float32), of_one, np.arange(len(of_one), len(vectors))


def unknown(vectors: np.ndarray) -> np.ndarray:
    """No artist is recorded."""
    return np.full(len(vectors), -1)


def test_a_series_by_one_artist_is_not_typical_of_its_side_by_itself() -> None:
    """Sides alike but for ten works of a look of their own, all by one artist."""
    random = np.random.default_rng(0)
    vectors = random.normal(size=(200, DIMENSION)).astype(np.float32)
    vectors[:10] += 4 * np.eye(DIMENSION)[0]
    rows, artists = (np.arange(100), np.arange(100, 200)), np.arange(200)
    artists[:10] = 0
    left_out = typicality_of(vectors, rows, artists).values[0]
    counted = typicality_of(vectors, rows, unknown(vectors)).values[0]
    assert counted[:10].mean() > 1
    assert abs(left_out[:10].mean()) < 0.3
    alone = np.repeat([0, 1], 100)
    assert np.isfinite(typicality_of(vectors, rows, alone).values).all()  # each side is by one artist


def test_a_sides_own_kind_is_typical_of_it_and_what_both_have_is_not() -> None:
    vectors, of_one, of_other = planted(50, 50)
    found = typicality_of(vectors, (of_one, of_other), unknown(vectors))
    for typicality in found.values:
        assert set(np.argsort(-typicality)[:50]) == set(range(50))
        assert np.abs(typicality[50:]).mean() < 0.3 * typicality[:50].mean()
    assert 0.6 < found.separation < 0.8
    again = typicality_of(vectors, (of_one, of_other), unknown(vectors))
    assert np.array_equal(again.values[0], found.values[0])


@pytest.mark.parametrize(("one", "other"), [(900, 45), (45, 900), (300, 300)])
def test_a_larger_side_is_not_denser_for_that(one: int, other: int) -> None:
    vectors = np.random.default_rng(1).normal(size=(one + other, 8)).astype(np.float32)
    found = typicality_of(vectors, (np.arange(one), np.arange(one, one + other)), unknown(vectors))
    assert abs(found.values[0].mean()) < 0.1
    assert abs(found.values[1].mean()) < 0.1
    assert found.separation == pytest.approx(0.5, abs=0.08)


def test_of_large_sides_a_sample_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, of_one, of_other = planted(150, 150)
    whole = typicality_of(vectors, (of_one, of_other), unknown(vectors))
    monkeypatch.setattr("artextract.comparison.typicality.MAX_REFERENCES", 80)
    sampled = typicality_of(vectors, (of_one, of_other), unknown(vectors))
    assert len(sampled.values[0]) == len(of_one)
    assert np.corrcoef(whole.values[0], sampled.values[0])[0, 1] > 0.9
    monkeypatch.setattr("artextract.comparison.typicality.MAX_SCORED", 100)
    part = typicality_of(vectors, (of_one, of_other), unknown(vectors))
    assert (len(part.values[0]), len(part.rows[0])) == (100, 100)
    assert set(part.rows[1]) < set(of_other.tolist())
    assert (part.values[0][part.rows[0] < 150] > 1).all()  # its own kind


def test_another_print_of_a_work_does_not_make_it_typical() -> None:
    vectors, of_one, of_other = planted(50, 50)
    before = typicality_of(vectors, (of_one, of_other), unknown(vectors)).values[0][70]
    vectors[71:75] = vectors[70]
    after = typicality_of(vectors, (of_one, of_other), unknown(vectors)).values[0][70]
    assert after == pytest.approx(before, abs=0.5)


def test_no_artist_fills_the_list_unless_there_is_no_other() -> None:
    typicality = np.array([9.0, 8, 7, 6, 5, 4])
    artists = pd.Series(["A", "A", "A", None, None, None], dtype="str")
    assert most_typical(typicality, artists, 4) == [0, 1, 3, 4]
    assert most_typical(typicality, artists, 6) == [0, 1, 2, 3, 4, 5]
    assert most_typical(typicality[:3], artists[:3], 2) == [0, 1]
    assert probability(0.0) == 0.5
