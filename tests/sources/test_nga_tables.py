"""The National Gallery's tables joined: cases worked by hand, as the real tables hold them."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artextract.errors import SourceError
from artextract.sources.nga.joining import CLOSED, OPEN, UNKNOWN, JoinedTables, join_tables, numbers
from artextract.sources.nga.source import OF_ONE_ARTIST, choose_starter
from artextract.sources.nga.tables import read_table, tables_folder
from tests.support.gallery_tables import Tables, many

BASE = "https://api.nga.gov"


@pytest.fixture
def tables() -> Tables:
    made = Tables(BASE)
    made.person(1, "Rembrandt van Rijn", "Dutch")
    made.person(2, "Govaert Flinck", "Dutch")
    made.person(3, "Somebody's Collection", "Other")
    return made


def joined(tables: Tables, tmp_path: Path, **options: object) -> JoinedTables:
    return join_tables(tables.write(tmp_path / "tables", **options), "Painting")


def only(tables: JoinedTables) -> pd.Series:
    assert len(tables.works) == 1
    return tables.works.iloc[0]


def test_several_artists_are_worded_as_the_gallery_words_them(tables: Tables, tmp_path: Path) -> None:
    tables.add_object(10, attribution="Rembrandt van Rijn and Govaert Flinck")
    tables.image(10)
    tables.made_by(10, 2, displayorder=2)
    tables.made_by(10, 1, displayorder=1)
    tables.made_by(10, 3, displayorder=1, roletype="owner")
    work = only(joined(tables, tmp_path))
    assert work["artist"] == "Rembrandt van Rijn and Govaert Flinck"
    assert work["nationality"] == "Dutch"


def test_without_an_attribution_the_first_artist_in_the_display_order_stands(tables: Tables, tmp_path: Path) -> None:
    tables.add_object(10)
    tables.image(10)
    tables.made_by(10, 1, displayorder=10)  # a number, not a text: 10 comes after 2
    tables.made_by(10, 2, displayorder=2, prefix="after")
    assert only(joined(tables, tmp_path))["artist"] == "after Govaert Flinck"


def test_a_work_without_an_artist_has_none(tables: Tables, tmp_path: Path) -> None:
    tables.add_object(10)
    tables.image(10)
    tables.made_by(10, 3, roletype="donor")
    tables.add_object(11, attribution="Anonymous Artist")
    tables.image(11)
    tables.made_by(12, 999)  # of an object that isn't there, by nobody who is known
    works = joined(tables, tmp_path).works.set_index("id")
    assert pd.isna(works.loc["10", "artist"])
    assert works.loc["11", "artist"] == "Anonymous Artist"


def test_of_the_views_the_primary_one_of_the_lowest_sequence_counts(tables: Tables, tmp_path: Path) -> None:
    tables.add_object(10)
    tables.image(10, uuid="tenth", sequence="10")
    tables.image(10, uuid="second", sequence="2")
    tables.image(10, uuid="back", sequence="0", viewtype="alternate")
    assert only(joined(tables, tmp_path))["iiif"] == f"{BASE}/iiif/second"


def test_what_has_no_picture_of_its_own_is_counted_and_left_out(tables: Tables, tmp_path: Path) -> None:
    tables.add_object(10)
    tables.image(10)
    tables.add_object(11)  # no picture at all
    tables.add_object(12)
    tables.image(12, viewtype="alternate")
    tables.add_object(13, isvirtual=1)
    tables.image(13)
    tables.add_object(14, classification="Print")
    tables.image(14)
    found = joined(tables, tmp_path)
    assert list(found.works["id"]) == ["10"]
    assert found.objects == 5
    assert sorted(found.left_out.values()) == [1, 1, 1]


def test_a_part_and_its_parent_are_two_works(tables: Tables, tmp_path: Path) -> None:
    tables.add_object(10, title="Altarpiece")
    tables.add_object(11, title="Left wing", parentid=10)
    tables.image(10)
    tables.image(11)
    works = joined(tables, tmp_path).works
    assert list(works["part_of"].fillna("")) == ["", "10"]


def test_years_missing_reversed_and_nought(tables: Tables, tmp_path: Path) -> None:
    for objectid, years in enumerate(
        [("", ""), ("1700", "1690"), ("0", "1500"), ("1606.0", ""), ("-50", "20"), ("x", "1")], 1
    ):
        tables.add_object(objectid, beginyear=years[0], endyear=years[1])
        tables.image(objectid)
    works = joined(tables, tmp_path).works
    found = [
        tuple(None if pd.isna(year) else int(year) for year in pair)
        for pair in zip(works["year_begin"], works["year_end"], strict=True)
    ]
    assert found == [(None, None), (1690, 1700), (None, 1500), (1606, None), (-50, 20), (None, 1)]


def test_titles_with_quotes_line_breaks_markup_and_other_letters(tables: Tables, tmp_path: Path) -> None:
    titles = {
        'The "Blue" Room, with ""quotes""': 'The "Blue" Room, with ""quotes""',
        "Two Figures,\r\nStanding": "Two Figures, Standing",
        "神奈川沖浪裏": "神奈川沖浪裏",
        "_Saint Jerome_ and the_lion": "Saint Jerome and the_lion",
        "View of <i>Delft</i> &amp; Sky": "View of Delft & Sky",
        "1 < 2 and 3 > 2": "1 < 2 and 3 > 2",
    }
    for objectid, title in enumerate([*titles, ""], start=1):
        tables.add_object(objectid, title=title)
        tables.image(objectid)
    found = joined(tables, tmp_path)
    assert list(found.works["title"])[:-1] == list(titles.values())
    assert pd.isna(found.works["title"].iloc[-1])
    assert found.broken == 0


def test_a_description_is_the_primary_views_own_and_older_tables_have_none(tables: Tables, tmp_path: Path) -> None:
    tables.add_object(1)
    tables.image(1, assistivetext="A woman holds a <i>lute</i>.\r\nBehind her hangs a map.")
    tables.image(1, uuid="back", viewtype="alternate", assistivetext="The back of the canvas.")
    tables.add_object(2)
    tables.image(2, assistivetext="")
    said = joined(tables, tmp_path).works["description"]
    assert said[0] == "A woman holds a lute. Behind her hangs a map."
    assert pd.isna(said[1])
    older = joined(tables, tmp_path / "older", without=("assistivetext",))
    assert older.works["description"].isna().all()


def test_rights_are_open_only_where_the_table_says_so(tables: Tables, tmp_path: Path) -> None:
    for objectid, said in enumerate(("1", "0", "", "yes"), start=1):
        tables.add_object(objectid)
        tables.image(objectid, openaccess=said)
    assert list(joined(tables, tmp_path).works["rights"]) == [OPEN, CLOSED, UNKNOWN, UNKNOWN]
    older = joined(tables, tmp_path / "older", without=("openaccess", "uuid", "maxpixels"))
    assert set(older.works["rights"]) == {UNKNOWN}
    assert older.works["largest_side"].isna().all()


def test_terms_are_in_the_gallerys_order(tables: Tables, tmp_path: Path) -> None:
    tables.add_object(10)
    tables.image(10)
    for kind, term in (
        ("Style", "Rococo"),
        ("Style", "Baroque"),
        ("Style", "Rococo"),
        ("School", "French"),
        ("Keyword", "sky"),
    ):
        tables.term(10, kind, term)
    work = only(joined(tables, tmp_path))
    assert work["style"] == "Rococo; Baroque"
    assert work["school"] == "French"
    assert pd.isna(work["theme"])


def test_lines_of_another_length_are_counted(tables: Tables, tmp_path: Path) -> None:
    tables.add_object(10)
    tables.image(10)
    folder = tables.write(tmp_path / "tables")
    with (folder / "objects.csv").open("a") as file:
        file.write("11,only,three\n")
    assert join_tables(folder, "painting").broken == 1


def test_other_tables_are_one_sentence(tables: Tables, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"has no objects\.csv"):
        tables_folder(tmp_path)
    tables.add_object(10, classification="Print")
    folder = tables.write(tmp_path / "data")
    assert tables_folder(tmp_path) == folder
    with pytest.raises(SourceError, match=r"nothing of the classification 'Painting'\. They have Pr"):
        join_tables(folder, "Painting")
    with pytest.raises(SourceError, match="No object of the classification Print has a primary"):
        join_tables(folder, "print")
    (folder / "objects.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match="has no column 'objectid'"):
        join_tables(folder, "Painting")
    (folder / "objects.csv").write_bytes(b"objectid,classification\n1,\xff\xfe\n")
    with pytest.raises(SourceError, match=r"objects\.csv is not a readable table"):
        join_tables(folder, "Painting")
    (folder / "objects.csv").write_bytes(b"objectid,classification\n" + b"1,Print\n" * 99999 + b"1,\xff\n")
    with pytest.raises(SourceError, match=r"objects\.csv is not a readable table"):
        join_tables(folder, "Painting")
    (folder / "objects.csv").write_bytes(b"")
    with pytest.raises(SourceError, match="is not a readable table"):
        join_tables(folder, "Painting")


def test_the_starter_set_is_spread_and_always_the_same(tmp_path: Path) -> None:
    folder = many(BASE, 1200, 900).write(tmp_path / "tables")
    works = join_tables(folder, "Painting").works
    chosen = choose_starter(works, 120)
    assert len(chosen) == 120
    assert chosen["rights"].eq(OPEN).all()
    assert chosen["artist"].value_counts().max() <= OF_ONE_ARTIST
    for column in ("school", "theme"):
        counts = chosen[column].str.split("; ").str[0].value_counts()
        assert counts.max() <= 1.7 * counts.min(), column
    periods = (chosen["year_end"] // 50).value_counts()
    assert len(periods) == len((works["year_end"] // 50).dropna().unique())
    assert choose_starter(works.sample(frac=1, random_state=1), 120)["id"].sort_values().tolist() == (
        chosen["id"].sort_values().tolist()
    )
    assert len(choose_starter(works.head(7), 120)) == works.head(7)["rights"].eq(OPEN).sum()


@given(st.lists(st.integers(-5000, 5000) | st.none() | st.text(max_size=6)))
def test_numbers_are_whole_or_missing(values: list[object]) -> None:
    found = numbers(pd.Series([None if v is None else str(v) for v in values], dtype="str"))
    assert str(found.dtype) == "Int64"
    for value, number in zip(values, found, strict=True):
        if isinstance(value, int):
            assert number == value


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\x00\r")


@settings(max_examples=40)
@given(st.lists(st.text(LETTERS), min_size=1, max_size=5))
def test_any_title_comes_back_from_the_table_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, titles: list[str]
) -> None:
    tables = Tables(BASE)
    for objectid, title in enumerate(titles):
        tables.add_object(objectid, title=title)
    folder = tables.write(tmp_path_factory.mktemp("tables"))
    read = read_table(folder, "objects")[0]["title"]
    assert [None if pd.isna(title) else title for title in read] == [title or None for title in titles]
