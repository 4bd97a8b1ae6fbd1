"""Where two works correspond: cells that find each other."""

from math import isqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from artextract.collection import Collection
from artextract.errors import BadImageError
from artextract.similarity.compare import CellMapper, matching_cells
from tests.support.made import made_picture
from tests.ui.test_screens import screen, words


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 30), st.integers(2, 30))
def test_matches_find_each_other_whichever_comes_first(seed: int, n: int, m: int) -> None:
    random = np.random.default_rng(seed)
    one, other = random.normal(size=(n, 16)), random.normal(size=(m, 16))
    found = matching_cells(one, other, limit=100)
    assert len({match.left for match in found}) == len({match.right for match in found})
    assert [match.cosine for match in found] == sorted((m.cosine for m in found), reverse=True)
    assert all(0 < match.cosine <= 1 + 1e-6 for match in found)
    back = matching_cells(other, one, limit=100)
    assert {(match.right, match.left) for match in back} == {(m.left, m.right) for m in found}


def test_cells_that_were_moved_are_found_where_they_are() -> None:
    random = np.random.default_rng(0)
    cells = random.normal(size=(20, 64)) + 5  # what is in all of them says nothing
    order = random.permutation(20)
    moved = cells[order] + random.normal(size=(20, 64)) * 0.1
    found = matching_cells(cells, moved, limit=20)
    assert len(found) == 20
    assert all(order[match.right] == match.left for match in found)
    assert len(matching_cells(cells, moved)) == 8


def test_a_motif_is_found_on_the_other_side_of_another_picture(tmp_path: Path) -> None:
    from skimage import data

    cat = Image.fromarray(data.cat()).resize((112, 112))
    for name, place, ground in (("left", (8, 72), 1), ("right", (136, 72), 2)):
        picture = made_picture(ground, 256, 256)
        picture.paste(cat, place)
        picture.save(tmp_path / f"{name}.png")
    mapper = CellMapper()
    left, right = (mapper.cells(tmp_path / f"{name}.png") for name in ("left", "right"))
    grid = isqrt(len(left))
    best = matching_cells(left, right)[:3]
    assert all(match.left % grid < grid / 2 <= match.right % grid for match in best)


def test_a_damaged_picture_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(b"nonsense")
    with pytest.raises(BadImageError, match=r"one\.jpg is not a picture"):
        CellMapper().cells(tmp_path / "one.jpg")


def test_compare_shows_where_two_works_correspond(ready: Collection) -> None:
    app = screen("compare", collection="small", work="a/work-01.jpg", other="b/work-02.jpg")
    assert "Matching parts" in words(app)
    assert "match each other best in both directions" in words(app)
