"""Two subsets: what is typical of each, where the truth is known."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from artextract.collection import Collection
from artextract.comparison.shared_map import typical_regions
from artextract.comparison.subsets import Subset, pair_subsets
from artextract.comparison.typical_terms import typical_terms
from artextract.comparison.typicality import most_typical, probability, typicality_of
from artextract.errors import ArtExtractError
from artextract.regions.regions import Region
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.term_statistics import TermCounts, more_common
from artextract.ui.compare.differences_panels import times_text
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


@pytest.mark.parametrize(
    ("typicality", "text"), [(0.0, "1.0"), (2.0, "7.4"), (7.6, "2,000"), (900.0, "over a million")]
)
def test_how_many_times_as_dense_is_rounded(typicality: float, text: str) -> None:
    assert times_text(typicality) == text


# Terms.


def said(left: Subset, right: Subset) -> tuple[list[str], list[str]]:
    first, second = typical_terms(pair_subsets(left, right))
    return [f"{t.term.text}: {t.counts.text}" for t in first], [t.term.text for t in second]


def test_terms_come_with_their_figures() -> None:
    genre = ["portrait"] * 84 + ["landscape"] * 12 + ["portrait"] * 12 + ["landscape"] * 298
    style = ["Baroque"] * 96 + ["Rococo"] * 310
    sides = [side(406, Filters(style=(one,)), style=style, genre=genre) for one in ("Baroque", "Rococo")]
    first, second = said(*sides)
    assert first == ["portraits: 84 of 96, 12 of 310 elsewhere: 23 times as common"]
    assert second == ["landscapes"]
    assert TermCounts(5, 9, 0, 7).text == "5 of 9, none elsewhere"
    assert TermCounts(60, 60, 1, 1304).text == "60 of 60, 1 of 1,304 elsewhere: over 100 times as common"


def test_what_one_hand_has_is_no_difference_of_two_sides() -> None:
    style = ["Baroque"] * 60 + ["Rococo"] * 60
    genre = ["portrait"] * 30 + ["landscape"] * 90
    artist = [f"Painter {n % 2}" for n in range(30)] + [f"Other {n}" for n in range(90)]
    sides = [side(120, Filters(style=(one,)), style=style, genre=genre, artist=artist) for one in ("Baroque", "Rococo")]
    first, _ = said(*sides)
    assert first == ["Painter 0: 15 of 60, none elsewhere", "Painter 1: 15 of 60, none elsewhere"]
    artist[:30] = [f"Painter {n % 6}" for n in range(30)]
    sides = [side(120, Filters(style=(one,)), style=style, genre=genre, artist=artist) for one in ("Baroque", "Rococo")]
    assert "portraits: 30 of 60, by 6 artists, none elsewhere" in said(*sides)[0]


def test_what_follows_from_a_filter_is_not_said() -> None:
    artist = ["Monet"] * 40 + ["Manet"] * 60
    read = ["Impressionism"] * 40 + ["Realism"] * 60
    made: dict[str, Any] = {"artist": artist, "read_artist": artist, "style": read}
    of = [side(100, Filters(artist=(one,)), **made) for one in ("Monet", "Manet")]
    assert said(*of) == (["Impressionism: 40 of 40, none elsewhere"], ["Realism"])
    of = [side(100, Filters(text=one), **made) for one in ("monet", "manet")]
    assert [len(one) for one in said(*of)] == [1, 1]
    of = [side(100, Filters(style=(one,)), **made) for one in ("Impressionism", "Realism")]
    assert said(*of)[1] == ["Manet"]
    years = pd.array([1600] * 50 + [1800] * 50, dtype="Int32")
    of = [side(100, Filters(year_from=low, year_to=low + 99), year_begin=years, year_end=years) for low in (1600, 1800)]
    assert said(*of) == ([], [])


def test_what_only_one_side_records_is_no_difference() -> None:
    medium = ["oil"] * 50 + [None] * 50
    title = ["Still life with apples"] * 30 + ["Portrait"] * 70
    style = ["Baroque"] * 50 + ["Rococo"] * 50
    sides = [side(100, Filters(style=(one,)), style=style, medium=medium, title=title) for one in ("Baroque", "Rococo")]
    first, second = said(*sides)
    assert not any("oil" in line for line in first)
    assert "“apples”: 30 of 50, none elsewhere" in first
    assert second == ["“portrait”"]


def test_chance_alone_sets_nothing_apart() -> None:
    random = np.random.default_rng(0)
    artist = [f"Painter {number}" for number in random.integers(0, 40, 600)]
    style = random.permutation(["Baroque"] * 300 + ["Rococo"] * 300).tolist()
    sides = [side(600, Filters(style=(one,)), style=style, artist=artist) for one in ("Baroque", "Rococo")]
    assert said(*sides) == ([], [])
    has, size = (np.repeat([[count], [0]], 50, axis=1) for count in (4, 20))
    assert more_common((has[0], has[1]), (size[0] + 20, size[0] + 20)) == ([], [])


def test_many_artists_leave_room_for_other_terms() -> None:
    artist = np.repeat([f"Painter {number}" for number in range(8)], 20).tolist() + ["Other"] * 160
    genre = ["portrait"] * 160 + ["landscape"] * 160
    school = ["Dutch"] * 160 + ["French"] * 160
    sides = [
        side(320, Filters(school=(one,)), school=school, artist=artist, genre=genre) for one in ("Dutch", "French")
    ]
    first, _ = said(*sides)
    assert len([line for line in first if "Painter" in line]) == 5
    assert any("portraits" in line for line in first)


# Regions.


def test_regions_are_those_that_hold_more_of_a_side() -> None:
    one, other = styles(Filters(style=("Baroque",)), Filters(style=("Rococo",)))
    positions = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    regions = [
        Region(0, np.arange(0, 60), 0.0, 0.0),  # twice as much of the first side …
        Region(1, np.arange(0, 30), 0.0, 0.0),  # … and what lies within that
        Region(1, np.arange(42, 70), 0.0, 0.0),
        Region(1, np.arange(70, 100), 0.0, 0.0),  # holds neither
    ]
    first, second = typical_regions(pair_subsets(one, other), regions, positions)
    assert [place.region.rows[0] for place in first] == [0]
    assert [place.counts.text for place in second] == ["28 of 30, none elsewhere"]
    assert set(second[0].rows) == set(range(42, 70))
    away = np.linalg.norm(positions[second[0].rows] - np.median(positions[42:70], axis=0), axis=1)
    assert (np.diff(away) >= 0).all()
