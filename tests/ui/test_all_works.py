"""All works: their order, what the browser loads of them, and the works most like the marked ones."""

import numpy as np
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from artextract.collection import Collection
from artextract.similarity.search import Searcher
from artextract.ui.components.grid import component, marks
from artextract.ui.explore.all_works_panel import by_column
from artextract.ui.server.arrays import array_store, shapes_of
from artextract.ui.server.routes import routes
from artextract.vision.embedding import embedder_like, load_embeddings
from tests.ui.test_screens import screen, words


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, object]]:
    """What the grids send to the browser, by key. AppTest does not run components."""
    sent: dict[str, dict[str, object]] = {}

    def component_of(_name: str, _html: str) -> object:
        return lambda key, data, **_: sent.__setitem__(key, data)

    monkeypatch.setattr(component, "component", component_of)
    return sent


def rows_of(drawn: dict[str, dict[str, object]], key: str = "all_works") -> list[int]:
    wall = drawn[key]["wall"]
    assert isinstance(wall, dict)
    content = array_store().content(wall["rows_url"].rpartition("/")[2].removesuffix(".bin"))
    assert content is not None
    return np.frombuffer(content, np.uint32).tolist()


def works_screen(**address: str | list[str]) -> AppTest:
    return screen(collection="small", view="works", **address)


def test_all_works_share_the_filters_and_have_any_order(ready: Collection, drawn: dict[str, dict[str, object]]) -> None:
    works = ready.works()
    app = works_screen()
    years = works["year_begin"].iloc[rows_of(drawn)].tolist()
    assert years == sorted(years)
    assert len(years) == len(works)
    next(box for box in app.selectbox if box.label == "Sort by").set_value("title").run()
    next(toggle for toggle in app.toggle if toggle.label == "Descending").set_value(True).run()
    titles = works["title"].iloc[rows_of(drawn)].str.casefold().tolist()
    assert titles == sorted(titles, reverse=True)
    works_screen(style=["Rococo"])
    assert set(works["style"].iloc[rows_of(drawn)]) == {"Rococo"}
    assert "No works match" in words(works_screen(q="nobody painted this"))


def test_works_that_pass_a_filter_are_below_the_map(ready: Collection, drawn: dict[str, dict[str, object]]) -> None:
    screen(collection="small")
    assert "all_works" not in drawn
    screen(collection="small", style=["Rococo"])
    assert set(ready.works()["style"].iloc[rows_of(drawn)]) == {"Rococo"}


def test_works_that_pass_the_filters_are_a_table_in_order(ready: Collection) -> None:
    app = screen(collection="small", view="table", style=["Rococo"], work="a/work-01.jpg")
    order = app.dataframe[0].value["year_begin"].tolist()
    assert order == sorted(order)
    assert len(order) == 8
    next(box for box in app.selectbox if box.label == "Sort by").set_value("similarity").run()
    embeddings = load_embeddings(ready, "efficientnet_lite2")
    searcher = Searcher(ready, embeddings, lambda: embedder_like(embeddings))
    nearest = ["a/work-01.jpg", *(one.id for one in searcher.near_work("a/work-01.jpg", 23))]
    shown = app.dataframe[0].value["id"].tolist()
    assert shown == [work for work in nearest if work in shown]


def test_the_works_most_like_the_marked_ones_come_first(ready: Collection, drawn: dict[str, dict[str, object]]) -> None:
    embeddings = load_embeddings(ready, "efficientnet_lite2")
    searcher = Searcher(ready, embeddings, lambda: embedder_like(embeddings))
    works, near = list(embeddings.ids), searcher.rows_near_work("a/work-01.jpg", 23)
    app = works_screen(order=marks.ORDER)
    assert "Until then, the works are sorted by year" in words(app)
    assert drawn["all_works"]["marks"] == {}
    app.session_state["_marks"] = {("small", "a/work-01.jpg"): "right", ("other", works[near[2]]): "right"}
    app.run()
    assert rows_of(drawn) == [works.index("a/work-01.jpg"), *near]
    wrong = works[near[0]]
    app.session_state["_marks"][("small", wrong)] = "wrong"
    app.run()
    assert rows_of(drawn)[-1] == near[0]
    assert drawn["all_works"]["marks"] == {
        "small\na/work-01.jpg": "right", f"other\n{works[near[2]]}": "right", f"small\n{wrong}": "wrong",
    }  # fmt: skip


def test_works_without_a_value_come_last_in_both_directions() -> None:
    works = pd.DataFrame({"artist": ["b", None, "A", "c"]})
    rows = np.array([0, 1, 2, 3])
    assert by_column(works, rows, "artist", descending=False).tolist() == [2, 0, 3, 1]
    assert by_column(works, rows, "artist", descending=True).tolist() == [3, 0, 2, 1]


def test_the_browser_loads_the_texts_of_the_works_in_view(
    ready: Collection, drawn: dict[str, dict[str, object]]
) -> None:
    works_screen()
    wall = drawn["all_works"]["wall"]
    assert isinstance(wall, dict)
    answer = TestClient(Starlette(routes=routes())).get(f"{wall['texts_url']}3,1.json").json()
    assert answer["id"] == ready.works()["id"].iloc[[3, 1]].tolist()


def test_shapes_are_sent_in_small_steps() -> None:
    works = pd.DataFrame({"width": [100, 400, 100, 10_000], "height": [100, 100, 400, 1]})
    assert shapes_of(works).tolist() == [128, 204, 51, 255]
