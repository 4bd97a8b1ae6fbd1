"""Regions of a map: found by density, named by what sets them apart, and by nothing else."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from artextract.attributes.reading import NOT_SURE
from artextract.collection import Collection
from artextract.maps.gallery_map import GalleryMap
from artextract.regions import density, regions
from artextract.regions.density import NOWHERE, density_levels
from artextract.regions.names import find_names
from artextract.regions.regions import Region, find_regions, name_regions
from artextract.regions.terms import Terms
from artextract.term_statistics import CHANCE
from tests.cli.test_commands import run

PLANTED = 6
EACH = 60


def cloud(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Positions in `PLANTED` round regions and scattered between them, and whose each is."""
    random = np.random.default_rng(seed)
    turns = np.arange(PLANTED) * 2 * np.pi / PLANTED
    centres = 0.7 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    labels = np.repeat(np.arange(PLANTED), EACH)
    inside = centres[labels] + random.normal(scale=0.05, size=(len(labels), 2))
    between = random.uniform(-1, 1, (40, 2))
    return (
        np.concatenate([inside, between]).astype(np.float32),
        np.concatenate([labels, np.full(len(between), NOWHERE)]),
    )


def table(count: int, **columns: object) -> pd.DataFrame:
    """A work table with nothing recorded but `columns`."""
    names = ("title", "artist", "style", "genre", "school", "theme", "medium", "classification")
    empty = {name: pd.Series([None] * count, dtype="str") for name in (*names, "description")}
    years = {name: pd.Series([None] * count, dtype="Int32") for name in ("year_begin", "year_end")}
    return pd.DataFrame(empty | years).assign(**columns)


def named(works: pd.DataFrame, *groups: np.ndarray) -> list[str]:
    """The name of each region with its counts, "" for none."""
    return [f"{names[0].text}: {names[0].counts.text}" if names else "" for names in find_names(Terms(works), groups)]


def test_planted_regions_are_found_and_what_lies_between_is_in_none() -> None:
    positions, planted = cloud()
    levels = density_levels(positions)
    found = levels[0]
    assert found.max() + 1 == PLANTED
    for number in range(PLANTED):
        own = found[planted == number]
        assert np.bincount(own[own >= 0]).max() > 0.85 * EACH
    assert (found[planted == NOWHERE] == NOWHERE).mean() > 0.4
    assert np.array_equal(levels, density_levels(positions))


def test_finer_levels_have_more_regions() -> None:
    random = np.random.default_rng(1)
    coarse = np.array([[-0.6, 0.0], [0.6, 0.0]])
    fine = np.array([[0.15, 0.0], [-0.15, 0.0], [0.0, 0.15]])
    centres = (coarse[:, None] + fine).reshape(-1, 2)
    positions = centres.repeat(60, axis=0) + random.normal(scale=0.03, size=(360, 2))
    counts = [labels.max() + 1 for labels in density_levels(positions)]
    assert counts[0] <= counts[1] <= counts[2]
    assert counts[-1] >= 6


def test_of_many_works_a_sample_is_looked_at_and_the_others_join_it(monkeypatch: pytest.MonkeyPatch) -> None:
    positions, planted = cloud()
    monkeypatch.setattr(density, "SAMPLE", 200)
    found = density_levels(positions)[0]
    assert found.max() + 1 == PLANTED
    for number in range(PLANTED):
        own = found[planted == number]
        assert np.bincount(own[own >= 0]).max() > 0.7 * EACH


def test_a_name_says_what_most_of_its_works_are_and_few_others() -> None:
    count = 400
    works = table(count)
    region = np.arange(96)
    works.loc[:83, ["school", "genre"]] = ["Dutch", "portrait"]
    works.loc[:83, ["year_begin", "year_end"]] = [1631, 1659]
    works.loc[100:119, ["school", "genre"]] = ["Dutch", "landscape"]
    works.loc[120:180, ["school", "genre"]] = ["Italian", "portrait"]
    works.loc[120:380, ["year_begin", "year_end"]] = [1880, 1890]
    works.loc[181:260, ["school", "genre"]] = ["Dutch", "portrait"]
    works.loc[381:389, ["school", "genre"]] = ["Dutch", "landscape"]
    works.loc[390:399, ["school", "genre"]] = ["Italian", "portrait"]
    works.loc[381:399, ["year_begin", "year_end"]] = [1645, 1645]
    (said,) = named(works, region)
    assert said == "Dutch portraits, 1640–50: 84 of 96, none elsewhere"


def test_two_of_a_kind_name_a_region_together() -> None:
    works = table(300, style=["Baroque"] * 30 + ["Rococo"] * 28 + ["Cubism"] * 242)
    works.loc[100:109, "style"] = "Rococo"
    (said,) = named(works, np.arange(60))
    assert said == "Baroque and Rococo: 58 of 60, 10 of 240 elsewhere: 23 times as common"


def test_what_goes_without_saying_is_not_said() -> None:
    works = table(300, artist=["Monet"] * 60 + ["Somebody"] * 240)
    works["style"] = ["Impressionism"] * 100 + ["Cubism"] * 200
    assert named(works, np.arange(10, 50)) == ["Monet: 40 of 40, 20 of 260 elsewhere: 13 times as common"]


def test_counts_are_those_of_works_with_all_terms_of_the_name() -> None:
    random = np.random.default_rng(2)
    works = table(600, genre=random.choice(["portrait", "landscape"], 600))
    works["school"] = random.choice(["Dutch", "French", "Italian"], 600)
    works.loc[:99, "school"] = "Dutch"
    works.loc[:89, "genre"] = "portrait"
    ((name, *_),) = find_names(Terms(works), [np.arange(100)])
    both = (works["school"] == "Dutch") & (works["genre"] == "portrait")
    counts = name.counts
    assert name.text == "Dutch portraits"
    assert (counts.inside, counts.outside) == (both[:100].sum(), both[100:].sum())
    assert (counts.size, counts.others) == (100, 500)
    assert counts.lift == pytest.approx(both[:100].mean() / both[100:].mean())


def test_nothing_is_named_where_nothing_sets_it_apart() -> None:
    """Of regions drawn at random hardly any may be named: `CHANCE` for all of a level together."""
    random = np.random.default_rng(3)
    works = table(
        900,
        artist=random.choice([f"Painter {i}" for i in range(40)], 900),
        style=random.choice(["Baroque", "Cubism", "Rococo"], 900),
        genre=random.choice(["portrait", "landscape"], 900),
        title=[" ".join(random.choice(["sea", "tree", "woman", "house"], 2)) for _ in range(900)],
        year_begin=random.integers(1600, 1900, 900),
    )
    works["year_end"] = works["year_begin"]
    drawn = [random.choice(900, size, replace=False) for size in (8, 12, 20, 40, 80) * 20]
    assert CHANCE <= 0.01
    assert named(works, *drawn) == [""] * len(drawn)


def test_what_is_common_everywhere_names_nothing_and_few_works_prove_nothing() -> None:
    works = table(300, style=["Baroque"] * 280 + ["Cubism"] * 20)
    assert named(works, np.arange(40)) == [""]  # all of them Baroque, as nearly all are
    works = table(300, artist=["Rare"] * 4 + ["Common"] * 296)
    assert named(works, np.array([0, 1, 2, 3])) != [""]  # four of four, none elsewhere
    assert named(works, np.array([0, 1, 2, *range(10, 20)])) == [""]  # not most of it


def test_what_was_read_names_only_where_nothing_is_recorded_and_says_so() -> None:
    works = table(300, style=["Rococo"] * 60 + [None] * 240)
    works["read_style"] = ["Cubism"] * 120 + [NOT_SURE] * 60 + ["Baroque"] * 120
    assert named(works, np.arange(60, 120)) == ["Cubism (predicted): 60 of 60, none elsewhere"]
    (recorded,) = named(works, np.arange(60))
    assert recorded == "Rococo: 60 of 60, none elsewhere"
    (unsure,) = named(works, np.arange(120, 180))
    assert unsure == ""


def test_words_and_several_terms_of_a_work_count() -> None:
    works = table(
        200,
        title=["A Winter morning"] * 30 + ["Noon"] * 170,
        theme=["snow; trees"] * 20 + ["trees; snow"] * 10 + ["trees"] * 170,
    )
    (names,) = find_names(Terms(works), [np.arange(30)])
    said = [name.text for name in names]
    assert any("“winter”" in text.lower() for text in said)
    assert any("snow" in text.lower() for text in said)
    assert not any("trees" in text.lower() for text in said)


def test_hidden_columns_name_nothing() -> None:
    works = table(200, style=["Cubism"] * 50 + ["Baroque"] * 150, artist=["A"] * 48 + ["B"] * 152)
    (shown,) = find_names(Terms(works), [np.arange(50)])
    (hidden,) = find_names(Terms(works, hidden=["style"]), [np.arange(50)])
    assert "Cubism" in [name.text for name in shown]
    assert [name.text for name in hidden] == ["A"]


def test_a_term_of_one_or_two_artists_names_nothing_but_the_artist() -> None:
    works = table(200, style=["Cubism"] * 30 + ["Baroque"] * 170)
    works["artist"] = ["A"] * 20 + ["B"] * 10 + [f"Painter {n}" for n in range(170)]
    region = np.arange(40)
    assert named(works, region) == ["A and B: 30 of 40, none elsewhere"]
    assert "Cubism" not in [name.text for name in find_names(Terms(works), [region])[0]]
    works.loc[20:29, "artist"] = ["B", "C"] * 5
    assert named(works, region) == ["Cubism: 30 of 40, by 3 artists, none elsewhere"]
    works["artist"] = "A"
    assert named(works, region) == ["Cubism: 30 of 40, none elsewhere"]  # there is no other artist
    works["artist"] = ["A"] * 30 + [f"Painter {n}" for n in range(170)]
    assert named(works, region) == ["A: 30 of 40, none elsewhere"]


def drawn_map(key: str = "one") -> GalleryMap:
    positions, planted = cloud()
    ids = [f"w{row}" for row in range(len(planted))]
    return GalleryMap("tsne", key, ids, ids, positions, np.zeros(len(ids), dtype=bool))


def test_regions_are_kept_with_their_map(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_regions(collection, drawn_map(), "key")
    monkeypatch.setattr(regions, "density_levels", None)
    assert np.array_equal(find_regions(collection, drawn_map(), "key"), found)
    monkeypatch.undo()
    monkeypatch.setattr(regions, "density_levels", lambda _: found * 0)
    assert not find_regions(collection, drawn_map("another"), "key").any()
    file = next((collection.root / "regions").glob("*.safetensors"))
    file.write_bytes(file.read_bytes()[:40])
    assert not find_regions(collection, drawn_map(), "key").any()


def test_regions_stand_among_their_works_the_largest_first() -> None:
    positions, planted = cloud()
    artists = [f"Painter {one}" if one >= 0 else None for one in planted]
    regions_of_map = name_regions(density_levels(positions), positions, table(len(planted), artist=artists))
    coarse = [region for region in regions_of_map if region.level == 0]
    assert [len(region.rows) for region in coarse] == sorted((len(region.rows) for region in coarse), reverse=True)
    assert {region.name for region in coarse} == {f"Painter {i}" for i in range(PLANTED)}
    for region in coarse:
        away = np.linalg.norm(positions[region.rows] - (region.x, region.y), axis=1)
        assert away.min() == pytest.approx(0, abs=1e-6)
        assert np.quantile(away, 0.95) < 0.25  # a work between may be one of them


def test_concatenated_tables_have_terms_like_any() -> None:
    one, other = (table(30, title=[title] * 30).astype({"title": "str"}) for title in ("Ship", "Sea"))
    said = named(pd.concat([one, other], ignore_index=True), np.arange(30))
    assert said == ["“ship”: 30 of 30, none elsewhere"]


def test_a_region_without_a_name_has_no_counts() -> None:
    summary = Region(0, np.arange(3), 0.0, 0.0).summary()
    assert (summary["name"], summary["figures"], summary["more"]) == ("", "", [])


def test_the_command_lists_them(ready: Collection, tmp_path: Path) -> None:
    status, said, _ = run("regions", "small")
    assert status == 0
    assert said["method"] == "tsne"
    for region in said["regions"]:
        assert region["size"] == len(region["ids"])
        assert bool(region["name"]) == bool(region["figures"])
    status, said, _ = run("regions", "small", "--method", "umap")
    assert status == 1
    assert "artextract map small --method umap" in said["error"]
