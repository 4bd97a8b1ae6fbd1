"""Facets and today’s pick below the map."""

from datetime import date
from pathlib import Path

from pytest import MonkeyPatch

from artextract.collecting import collect
from artextract.collection import Collection
from artextract.settings import CACHE_VARIABLE
from artextract.similarity.daily_pick import find_daily_pick
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.similarity.search import Searcher
from artextract.sources.folder import FolderSource
from artextract.ui import galleries
from artextract.ui.explore.facets_panel import facets_of
from artextract.vision.embedding import embed_collection, embedder_like, load_embeddings
from tests.support.made import jpeg, made_picture


def test_a_facet_counts_what_passes_all_other_filters(ready: Collection) -> None:
    gallery = galleries.open_gallery("small", "efficientnet_lite2")
    found = {one.name: one for one in facets_of(gallery, Filters(style=("Rococo",)), ())}
    assert {bar.value: (bar.count, bar.chosen) for bar in found["style"].bars} == {
        "Cubism": (8, False),
        "Fauvism": (8, False),
        "Rococo": (8, True),
    }
    assert sum(bar.count for bar in found["artist"].bars) == 8
    years = found["years"]
    assert [bar.label for bar in years.bars] == [str(year) for year in range(1800, 1824)]
    assert sum(bar.count for bar in years.bars) == 8

    of_selected = {one.name: one for one in facets_of(gallery, NO_FILTERS, (0, 1, 2))}
    assert all(sum(bar.count for bar in one.bars) == 3 for one in of_selected.values())


def test_the_daily_pick_is_near_and_far(tmp_path: Path) -> None:
    lines = ["file,title,artist,year,style"]
    (tmp_path / "p").mkdir()
    for number in range(12):
        image = made_picture(number % 3)  # four of each look, of four centuries and styles
        image.putpixel((0, 0), (number, number, number))
        (tmp_path / "p" / f"{number}.jpg").write_bytes(jpeg(image))
        lines.append(f"{number}.jpg,T{number},A{number},{1500 + 100 * (number // 3)},S{number // 3}")
    (tmp_path / "p" / "table.csv").write_text("\n".join(lines))
    collect(FolderSource(tmp_path / "p", tmp_path / "p" / "table.csv"), "centuries")
    collection = Collection.open("centuries")
    embed_collection(collection, "efficientnet_lite2")
    embeddings = load_embeddings(collection, "efficientnet_lite2")
    searcher = Searcher(collection, embeddings, lambda: embedder_like(embeddings))

    pick = find_daily_pick(searcher, date(2026, 11, 26))
    assert pick is not None
    assert pick == find_daily_pick(searcher, date(2026, 11, 26))
    looks = [int(searcher.works["title"].iloc[one.row][1:]) % 3 for one in pick.matches]
    assert looks == [int(searcher.works["title"].iloc[pick.row][1:]) % 3] * 3
    assert [one.rank for one in pick.matches] == [1, 2, 3]
    assert sorted(one.years for one in pick.matches)[0] >= 100
    rows = {one.row for one in (find_daily_pick(searcher, date(2026, 1, day)) for day in range(1, 20)) if one}
    assert len(rows) > 3


def test_no_daily_pick_where_no_years_are_recorded(people_cache: Path, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(people_cache))
    collection = Collection.open("people")
    embeddings = load_embeddings(collection, "efficientnet_lite2")
    searcher = Searcher(collection, embeddings, lambda: embedder_like(embeddings))
    assert find_daily_pick(searcher, date(2026, 11, 26)) is None
