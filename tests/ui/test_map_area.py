"""A selection on the map is in the address: a link selects the same works."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.collection import Collection
from artextract.settings import CACHE_VARIABLE
from artextract.ui.explore.map_area import outline_text, rows_within
from artextract.ui.explore.selection_panel import TABLE_COLUMNS, selection_table
from tests.support.made import SMALL_COUNT, WORKS_A_PLACE
from tests.ui.test_screens import press, screen, words

EVERYTHING = "-1.05,-1.05,1.05,-1.05,1.05,1.05,-1.05,1.05"


@pytest.mark.parametrize("choice", ["tsne", "grid", "year", "style"])
def test_a_link_selects_the_works_in_an_outline(ready: Collection, choice: str) -> None:
    app = screen(collection="small", area=f"{choice}:{EVERYTHING}")
    assert f"#### {SMALL_COUNT} works selected" in words(app)
    app.query_params["style"] = ["Rococo"]  # the selection stays
    app.run()
    assert f"#### {SMALL_COUNT} works selected" in words(app)
    del app.query_params["area"]  # the Back button
    app.run()
    assert "works selected" not in words(app)
    link = screen(collection="small", area=f"{choice}:{EVERYTHING}", style=["Rococo"])
    assert "#### 8 works selected" in words(link)
    press(link, "Clear")
    assert "works selected" not in words(link)
    assert "area" not in link.query_params


def test_a_link_selects_a_group_by_its_name(places_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(places_cache))
    app = screen(collection="places", map="year", area="artist:2")
    assert f"Painter 2: {WORKS_A_PLACE} works selected" in words(app)


@pytest.mark.parametrize(
    "area", ["", "tsne", "nonsense:1", "tsne:99", f"tsne:{'9' * 5000}", "tsne:1,2,x", "tsne:nan,nan,nan,1,1,1"]
)
def test_an_area_that_is_not_there_selects_nothing(ready: Collection, area: str) -> None:
    assert "works selected" not in words(screen(collection="small", area=area))


@given(st.integers(3, 150), st.floats(0.001, 1), st.floats(-0.5, 0.5))
def test_a_short_outline_has_nearly_the_same_works(corners: int, radius: float, centre: float) -> None:
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    outline = [(centre + radius * float(np.cos(angle)), radius * float(np.sin(angle))) for angle in angles]
    text = outline_text(outline)
    assert len(text) < 800
    short = np.array(text.split(","), dtype=float).reshape(-1, 2)
    points = np.random.default_rng(0).uniform(-radius, radius, (500, 2)) + [centre, 0]
    drawn = rows_within(points, outline)
    assert len(np.setxor1d(drawn, rows_within(points, short.tolist()))) < 25
    assert outline_text([]) == ""


def test_a_selection_has_all_columns_of_the_source_under_readable_headings(ready: Collection) -> None:
    app = screen(collection="small", area=f"grid:{EVERYTHING}")
    assert '"Year begin"' in app.dataframe[0].proto.columns
    works = ready.works().reindex(columns=[*TABLE_COLUMNS, "gallery_room"]).assign(gallery_room="7")
    assert list(selection_table(works, np.arange(3))["gallery_room"]) == ["7"] * 3
