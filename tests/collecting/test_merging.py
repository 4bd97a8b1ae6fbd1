"""Collecting again: nothing known is lost, and renamed files stay the same works."""

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.collecting import CollectResult, collect
from artextract.collecting.intake import Taken
from artextract.collecting.merging import RENAMED, merge, settled
from artextract.collection import Collection
from artextract.sources.folder import FolderSource
from tests.support.made import jpeg, made_picture

TABLE = (
    "file,title,artist,medium,year\n001.jpg,Dawn,Ann,oil,1850\n002.jpg,Noon,Bob,ink,1860\n003.jpg,Dusk,Cy,oil,1870\n"
)


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A folder of three pictures, with a table beside it, collected as "three"."""
    folder = tmp_path / "three"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"00{number}.jpg").write_bytes(picture(number))
    table(folder, TABLE)
    return folder


def picture(number: int) -> bytes:
    return jpeg(made_picture(number))


def table(folder: Path, text: str) -> Path:
    path = folder.with_suffix(".csv")
    path.write_text(text, encoding="utf-8")
    return path


def collected(folder: Path, metadata: Path | None = None) -> CollectResult:
    return collect(FolderSource(folder, metadata), "three")


def works() -> pd.DataFrame:
    return Collection.open("three").works().set_index("id")


def facts(work: str, *columns: str) -> list[object]:
    row = works().astype(object).to_dict("index")[work]
    return [row[column] for column in columns]


def test_without_its_table_everything_known_stays_and_the_result_says_so(three: Path) -> None:
    collected(three, table(three, TABLE))
    before = works()
    (three / "004.jpg").write_bytes(picture(4))
    again = collected(three)
    assert (again.new, again.updated, again.unchanged) == (1, 0, 3)
    pd.testing.assert_frame_equal(works().loc[before.index], before)
    assert works().loc["004.jpg", "title"] == "004"
    assert "of 3 works for which the source gives none" in again.sentence()
    assert "title" in again.sentence()


def test_a_table_with_fewer_rows_changes_its_rows_alone(three: Path) -> None:
    collected(three, table(three, TABLE))
    again = collected(three, table(three, "file,title,medium\n002.jpg,Midday,\n"))
    assert (again.updated, again.unchanged) == (1, 2)
    assert works()["title"].tolist() == ["Dawn", "Midday", "Dusk"]
    assert works()["medium"].tolist() == ["oil", "ink", "oil"]


def test_a_title_from_the_file_name_gives_way_to_a_real_one(three: Path) -> None:
    collected(three)
    assert works()["title"].tolist() == ["001", "002", "003"]
    collected(three, table(three, TABLE))
    assert works()["title"].tolist() == ["Dawn", "Noon", "Dusk"]


def test_two_dates_are_not_mixed(three: Path) -> None:
    collected(
        three, table(three, "file,date,year_begin,year_end\n001.jpg,c. 1850-60,1845,1865\n002.jpg,1850,1850,1850\n")
    )
    collected(three, table(three, "file,date,year_begin\n001.jpg,after 1900,1900\n002.jpg,1850,\n"))
    assert facts("001.jpg", "date_text", "year_begin") == ["after 1900", 1900]
    assert works().loc["001.jpg", "year_end"] != 1865
    assert facts("002.jpg", "date_text", "year_begin", "year_end") == ["1850", 1850, 1850]


def test_a_renamed_file_stays_the_same_work(three: Path) -> None:
    collected(three, table(three, TABLE))
    (three / "001.jpg").rename(three / "dawn-over-the-sea.jpg")
    again = collected(three)
    assert (again.works, again.new, again.unchanged, again.kept, again.renamed) == (3, 0, 3, 0, 1)
    assert "Renamed files: 1; their works keep their IDs" in again.sentence()
    assert facts("001.jpg", "title", RENAMED) == ["Dawn", "dawn-over-the-sea.jpg"]
    third = collected(three)
    assert (third.works, third.renamed) == (3, 0)  # said once
    (three / "dawn-over-the-sea.jpg").write_bytes(picture(9))  # the same path, other bytes
    assert collected(three).updated == 1
    assert works().loc["001.jpg", "title"] == "Dawn"
    (three / "dawn-over-the-sea.jpg").rename(three / "001.jpg")
    assert collected(three).renamed == 1
    assert RENAMED not in works()


def test_a_renamed_folder_keeps_its_works_even_with_identical_files(tmp_path: Path) -> None:
    folder = tmp_path / "three"
    (folder / "PIter").mkdir(parents=True)
    for name in ("a", "b", "c"):
        (folder / "PIter" / f"{name}.jpg").write_bytes(picture(1))
    collected(folder)
    (folder / "PIter").rename(folder / "Piter")
    (folder / "Piter" / "a.jpg").rename(folder / "Piter" / "d.jpg")
    again = collected(folder)
    assert (again.works, again.new, again.renamed) == (3, 0, 3)
    moved = works()[RENAMED].to_dict()
    assert moved == {"PIter/a.jpg": "Piter/d.jpg", "PIter/b.jpg": "Piter/b.jpg", "PIter/c.jpg": "Piter/c.jpg"}


def test_two_files_that_swap_their_names_keep_their_facts(three: Path) -> None:
    collected(three, table(three, TABLE))
    (three / "001.jpg").rename(three / "x")
    (three / "002.jpg").rename(three / "001.jpg")
    (three / "x").rename(three / "002.jpg")
    before = works()
    assert collected(three).renamed == 2
    after = works()
    pd.testing.assert_frame_equal(after.loc[before.index, before.columns], before)
    assert after.loc["001.jpg", RENAMED] == "002.jpg"


def test_a_picture_put_in_at_the_front_shifts_no_facts(three: Path) -> None:
    collected(three, table(three, TABLE))
    for number in (3, 2, 1):
        (three / f"00{number}.jpg").rename(three / f"00{number + 1}.jpg")
    (three / "001.jpg").write_bytes(picture(9))
    again = collected(three)
    assert (again.works, again.new, again.renamed) == (4, 1, 3)
    assert works().loc[["001.jpg", "002.jpg", "003.jpg"], "title"].tolist() == ["Dawn", "Noon", "Dusk"]
    assert collected(three).sentence().startswith("three has 4 works: 0 new, 0 updated, 4 unchanged.")


def test_a_copy_is_a_new_work_and_the_original_stays(three: Path) -> None:
    collected(three, table(three, TABLE))
    (three / "copy.jpg").write_bytes(picture(1))
    again = collected(three)
    assert (again.new, again.renamed) == (1, 0)
    assert works().loc["001.jpg", "title"] == "Dawn"
    assert works().loc["copy.jpg", "title"] == "Copy"


def test_a_damaged_file_keeps_the_work_and_its_place(three: Path) -> None:
    collected(three, table(three, TABLE))
    (three / "002.jpg").write_bytes(b"gone")
    again = collected(three)
    assert (again.works, again.skipped, again.kept) == (3, 1, 0)
    assert works()["title"].tolist() == ["Dawn", "Noon", "Dusk"]


def took(work: str, sha256: str, from_file: bool = True) -> Taken:
    row = {"id": work, "image": f"images/{sha256}", "image_sha256": sha256, "width": 1, "height": 1}
    return Taken(work, work, row, from_file=from_file)


PATHS = st.dictionaries(st.sampled_from("abcde"), st.sampled_from("12345"), max_size=5)


@given(st.lists(PATHS, min_size=2, max_size=5), st.booleans())
def test_whatever_is_renamed_no_work_is_lost_and_ids_are_unique(
    folders: list[dict[str, str]], checkpoint: bool
) -> None:
    known: dict[str, dict[str, object]] = {}
    for files in folders:
        taken = [took(path, sha256) for path, sha256 in files.items()]
        if checkpoint:
            known |= {str(row["id"]): row for row in merge(known, settled(known, taken)).rows}
        merged = merge(known, taken)
        rows = {str(row["id"]): row for row in merged.rows}
        assert len(rows) == len(taken)
        assert {row.get(RENAMED, work) for work, row in rows.items()} == files.keys()
        assert [row["image_sha256"] for row in merged.rows] == list(files.values())
        known |= rows
        assert merge(known, taken).counts == {"unchanged": len(taken)} or not taken
    for before, after in pairwise(folders):
        if sorted(before.values()) == sorted(after.values()) and len(set(before.values())) == len(before):
            first = merge({}, [took(*f) for f in before.items()]).rows
            once = {str(row["id"]): row for row in first}
            again = merge(once, [took(*f) for f in after.items()])
            assert {(r["id"], r["image_sha256"]) for r in again.rows} == {
                (r["id"], r["image_sha256"]) for r in once.values()
            }


def test_ids_that_are_no_paths_never_follow_the_picture() -> None:
    known = {"5": took("5", "p").row or {}}
    merged = merge(known, [took("5", "q", from_file=False), took("9", "p", from_file=False)])
    assert [row["id"] for row in merged.rows] == ["5", "9"]
    assert merged.renamed == 0
