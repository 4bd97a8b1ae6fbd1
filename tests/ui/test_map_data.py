"""What a map sends: addresses and a few rows, however large the collection is."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from artextract.attributes.reading import NOT_SURE
from artextract.maps.gallery_map import GalleryMap
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.ui.colours import GREY
from artextract.ui.components.map.colouring import (
    Categorical,
    Continuous,
    category_labels,
    colour_codes,
    colour_values,
    colouring_of,
)
from artextract.ui.components.map.view import MapView, map_view
from artextract.ui.explore.map_area import rows_within
from artextract.ui.galleries import Gallery
from artextract.ui.server import arrays
from artextract.ui.server.arrays import ArrayStore
from artextract.ui.work_columns import OTHER


def gallery_of(count: int, root: Path) -> tuple[Gallery, GalleryMap]:
    """A gallery of `count` works that has just what a map asks for."""
    random = np.random.default_rng(count)
    works = pd.DataFrame({
        "style": random.choice(["Cubism", "Rococo", "Baroque"], count),
        "title": [f"Work {n}" for n in range(count)],
        "artist": "Somebody",
        "year_begin": pd.array(random.integers(1500, 1900, count), dtype="Int32"),
    })
    works["year_end"] = works["year_begin"]
    works["width"], works["height"] = 300, 100
    searcher: Any = SimpleNamespace(allowed=lambda filters: filters.allowed(works))
    collection: Any = SimpleNamespace(root=root, name="made")
    positions = random.uniform(-1, 1, (count, 2)).astype(np.float32)
    layout = GalleryMap("tsne", "key", [], [], positions, np.zeros(count, bool))
    return Gallery(collection, "lite", works, searcher, [], [], [], f"revision{count}", ()), layout


def sent(view: MapView) -> int:
    """Bytes of what a rerun brings of the map."""
    return len(json.dumps(asdict(view)))


def fetched(url: str, dtype: str) -> np.ndarray:
    """What the browser gets at an address."""
    content = arrays.array_store().content(url.rpartition("/")[2].removesuffix(".bin"))
    assert content is not None
    return np.frombuffer(content, dtype)


@pytest.mark.parametrize("count", [100, 200_000])
def test_a_click_is_as_small_in_a_large_collection(count: int, tmp_path: Path) -> None:
    gallery, layout = gallery_of(count, tmp_path)
    view = map_view(gallery, layout, "style", Filters(style=("Cubism",)), selection=list(range(count // 2)))
    assert sent(replace(view, chosen=5, neighbours=list(range(10)))) < 3_000


def test_the_browser_gets_positions_shapes_colours_mask_and_selection(tmp_path: Path) -> None:
    gallery, layout = gallery_of(101, tmp_path)
    filters = Filters(style=("Cubism",))
    view = map_view(gallery, layout, "style", filters, selection=[7, 3])
    steps = fetched(view.positions_url, "<u2").reshape(-1, 2)
    np.testing.assert_allclose(steps / 65_535 * 2.1 - 1.05, layout.positions, atol=2e-5)
    assert set(fetched(view.shapes_url, "u1")) == {191}  # three quarters of 255
    assert isinstance(view.colouring, Categorical)
    codes = fetched(view.colours_url, "u1")
    assert [view.colouring.labels[code] for code in codes] == list(gallery.works["style"])
    bits = np.unpackbits(fetched(view.mask_url, "u1"), bitorder="little", count=101)
    np.testing.assert_array_equal(bits.astype(bool), gallery.works["style"] == "Cubism")
    assert view.colouring.counts == [int(bits.sum()) if label == "Cubism" else 0 for label in view.colouring.labels]
    chosen = np.unpackbits(fetched(view.selection_url, "u1"), bitorder="little", count=101)
    assert np.flatnonzero(chosen).tolist() == [3, 7]


def test_nothing_is_made_again_for_a_click_and_everything_passes_without_a_mask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery, layout = gallery_of(50, tmp_path)
    first = map_view(gallery, layout, "year", NO_FILTERS)
    assert isinstance(first.colouring, Continuous)
    assert (first.mask_url, first.selection_url) == ("", "")

    def makes(*_anything: object) -> np.ndarray:
        raise AssertionError("an array was made again")

    monkeypatch.setattr("artextract.ui.components.map.view.colour_codes", makes)
    clicked = map_view(gallery, layout, "year", NO_FILTERS)
    assert clicked.colours_url == first.colours_url
    assert clicked.positions_url == first.positions_url


def test_rare_categories_share_a_colour_and_missing_ones_have_none() -> None:
    names = [f"artist {n // 3}" for n in range(60)] + ["artist 0"] * 5 + [None] * 4
    codes = colour_values(pd.DataFrame({"artist": names}), "artist")
    assert codes[0] == 0
    assert set(codes[-4:]) == {-1}
    assert codes.max() == 13
    assert (codes == 13).sum() == 60 - 13 * 3


def test_answers_that_are_not_sure_come_last(tmp_path: Path) -> None:
    names = [NOT_SURE] * 9 + [f"style {n}" for n in range(3)]
    assert category_labels(pd.DataFrame({"read_style": names}), "read_style") == [*names[9:], NOT_SURE]
    many = pd.DataFrame({"read_artist": [NOT_SURE] * 9 + [f"artist {n}" for n in range(30)]})
    assert category_labels(many, "read_artist")[-2:] == [NOT_SURE, OTHER]
    codes = colour_values(many, "read_artist")
    assert set(codes[:9]) == {12}
    assert codes.max() == 13
    gallery, _ = gallery_of(20, tmp_path)
    gallery.works["read_style"] = [NOT_SURE] * 15 + ["Cubism"] * 5
    legend = colouring_of(gallery, "read_style", NO_FILTERS)
    assert isinstance(legend, Categorical)
    assert (legend.labels, legend.colours[1]) == (["Cubism", NOT_SURE], GREY)


def test_years_lie_on_a_scale_of_codes_and_missing_ones_have_none() -> None:
    works = pd.DataFrame({"year_begin": pd.array([1500, 1600, None, 1700], dtype="Int32")})
    works["year_end"] = works["year_begin"]
    everything = np.ones(4, dtype=bool)
    assert colour_codes(works, "year", everything).tolist() == [0, 126, 254, 252]
    # A filter spreads the colours over what passes it.
    assert colour_codes(works, "year", np.array([True, True, True, False]))[:3].tolist() == [0, 252, 254]
    works[:] = pd.NA
    assert colour_codes(works, "year", everything).tolist() == [254] * 4


@given(
    hnp.arrays(np.float32, (30, 2), elements=st.floats(-1, 1, width=32)),
    st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), max_size=8),
)
def test_a_lasso_holds_what_lies_within(positions: np.ndarray, outline: list[tuple[float, float]]) -> None:
    rows = rows_within(positions, outline)
    if len(outline) < 3:
        assert not len(rows)
        return
    corners = np.array(outline)
    assert (positions[rows] >= corners.min(axis=0)).all()
    assert (positions[rows] <= corners.max(axis=0)).all()
    box = [(-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0)]
    assert rows_within(positions, box).tolist() == list(range(30))


def test_a_lasso_need_not_be_convex() -> None:
    around = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (0.0, -0.5), (-1.0, 1.0)]
    positions = np.array([[0, 0.5], [0, -0.8], [0.9, 0.5]], np.float32)
    assert rows_within(positions, around).tolist() == [1, 2]


def test_a_store_forgets_what_was_longest_not_asked_for_and_makes_it_anew() -> None:
    store = ArrayStore(limit=3_000)
    first = store.publish("a", lambda: np.zeros(1_000, np.uint8))
    second = store.publish("b", lambda: np.ones(1_000, np.uint8))
    assert store.publish("a", lambda: np.empty(0)) == first
    store.publish("c", lambda: np.full(2_000, 2, np.uint8))
    assert store.content(second) is None
    assert store.content(first) == bytes(1_000)
    assert store.publish("b", lambda: np.ones(1_000, np.uint8)) == second
    assert store.content(second) == b"\x01" * 1_000
    assert store.content("unknown") is None
