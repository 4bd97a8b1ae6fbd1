"""The choice of a map on Explore: projections, a grid, years, categories; with filters."""

from pathlib import Path

import numpy as np
import pytest

from artextract.collection import Collection
from artextract.settings import CACHE_VARIABLE
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.ui import galleries
from artextract.ui.explore.map_choice import open_chosen_map
from tests.support.made import PLACES, WORKS_A_PLACE
from tests.ui.test_screens import screen, words

LITE = "efficientnet_lite2"


def test_one_control_offers_all_maps_and_is_in_the_address(ready: Collection) -> None:
    app = screen(collection="small")
    control = app.segmented_control(key="_map")
    assert control.options[:4] == ["t-SNE", "UMAP", "Grid", "By year"]
    assert "By style" in control.options
    assert control.value == "tsne"
    for choice in ("grid", "year", "style"):
        control.set_value(choice).run()
        assert not app.exception
        assert app.query_params["map"] == choice
    assert screen(collection="small", map="nonsense").segmented_control(key="_map").value == "tsne"


def test_a_projection_that_is_missing_is_offered(ready: Collection) -> None:
    assert "has no UMAP map yet" in words(screen(collection="small", map="umap"))


@pytest.mark.parametrize("choice", ["grid", "year", "artist"])
def test_works_that_pass_the_filters_are_arranged_above_the_others(
    places_cache: Path, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(places_cache))
    gallery = galleries.open_gallery("places", LITE)
    arranged = open_chosen_map(gallery, choice, Filters(genre=("portrait",)))
    assert arranged is not None
    layout, groups = arranged.layout, arranged.groups
    passing = (gallery.works["genre"] == "portrait").to_numpy()
    assert passing.sum() == WORKS_A_PLACE * PLACES // 2
    assert (layout.positions[~passing, 1] == np.float32(-1.05)).all()
    assert (layout.positions[passing, 1] > -1).all()
    assert all(passing[group.rows].all() for group in groups)
    assert [len(group.rows) for group in groups] == ([] if choice == "grid" else [WORKS_A_PLACE] * (PLACES // 2))
    everything = open_chosen_map(gallery, choice, NO_FILTERS)
    assert everything is not None
    assert everything.layout.key != layout.key
    assert (everything.layout.positions[:, 1] > -1).all()


@pytest.mark.parametrize("choice", ["grid", "year", "style"])
def test_without_matches_the_map_remains(ready: Collection, choice: str) -> None:
    assert "No works match the filters." in words(screen(collection="small", map=choice, q="nothing has this word"))
