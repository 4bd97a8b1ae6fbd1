"""What passes the filters stands beside the map at once, in an order of one's choice."""

from artextract.collection import Collection
from artextract.similarity.search import Searcher
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
