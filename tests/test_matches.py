"""What passes the filters stands beside the map at once, in an order of one's choice."""

from artextract.collection import Collection
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.similarity.search import Searcher
from artextract.ui import galleries
from artextract.ui.explore.facets_panel import facets_of
from artextract.vision.embedding import embedder_like, load_embeddings
from tests.test_screens import screen, words


def test_matches_are_shown_and_sorted(ready: Collection) -> None:
    app = screen(collection="small", style=["Rococo"], work="a/work-01.jpg")
    assert "#### 8 works match" in words(app)
    order = app.dataframe[0].value["year_begin"].tolist()
    assert order == sorted(order)
    assert len(order) == 8

    by = next(one for one in app.segmented_control if one.label == "Sorted by")
    by.set_value("Likeness to the open work").run()
    embeddings = load_embeddings(ready, "efficientnet_lite2")
    searcher = Searcher(ready, embeddings, lambda: embedder_like(embeddings))
    nearest = [one.id for one in searcher.near_work("a/work-01.jpg", 23)]
    shown = app.dataframe[0].value["id"].tolist()
    assert shown == [work for work in nearest if work in shown]


def test_nothing_is_listed_where_nothing_is_asked(ready: Collection) -> None:
    assert "match" not in words(screen(collection="small"))
    said = words(screen(collection="small", q="nobody painted this"))
    assert "No work passes the filters" in said


def test_a_facet_counts_what_passes_all_other_filters(ready: Collection) -> None:
    gallery = galleries.open_gallery("small", "efficientnet_lite2")
    found = {one.name: one for one in facets_of(gallery, Filters(style=("Rococo",)), ())}
    assert {bar.value: (bar.count, bar.chosen) for bar in found["style"].bars} == {
        "Cubism": (8, False), "Fauvism": (8, False), "Rococo": (8, True),
    }  # fmt: skip
    assert sum(bar.count for bar in found["artist"].bars) == 8
    years = found["years"]
    assert [bar.label for bar in years.bars] == [str(year) for year in range(1800, 1824)]
    assert sum(bar.count for bar in years.bars) == 8

    of_selected = {one.name: one for one in facets_of(gallery, NO_FILTERS, (0, 1, 2))}
    assert all(sum(bar.count for bar in one.bars) == 3 for one in of_selected.values())
