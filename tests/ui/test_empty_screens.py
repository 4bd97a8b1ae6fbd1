"""Screens without a query: three works to try."""

import pytest
from streamlit.testing.v1 import AppTest

from artextract.collection import Collection
from artextract.ui import galleries
from artextract.ui.search.examples import example_rows
from tests.ui.test_screens import screen, words


@pytest.mark.parametrize("name", ["read", "similar"])
def test_an_empty_screen_offers_three_works_at_one_click(ready: Collection, name: str) -> None:
    app = screen(name, collection="small")
    assert "Try it with" in words(app)
    assert "you see" in words(app)


def test_the_works_to_try_are_different_and_the_same_on_every_screen(ready: Collection) -> None:
    gallery = galleries.open_gallery("small", "efficientnet_lite2")
    rows = example_rows(gallery)
    assert len(set(rows)) == 3
    assert rows == example_rows(gallery)
    assert len(example_rows(gallery, 10_000)) == len(gallery.works)


def test_compare_opens_with_a_pair_and_completes_one(ready: Collection) -> None:
    app: AppTest = screen("compare", collection="small")
    assert not app.exception
    assert app.query_params["work"] != app.query_params["other"]
    app = screen("compare", collection="small", work="a/work-01.jpg")
    nearest = galleries.open_gallery("small", "efficientnet_lite2").searcher.near_work("a/work-01.jpg", 1)[0].id
    assert app.selectbox(key="_other").value == nearest
