"""A folder of pictures with any table: public bug reports replayed."""

import unicodedata
from pathlib import Path

import pytest

from artextract.sources.base import SourceWork
from artextract.sources.folder import FolderSource
from tests.support.made import jpeg, made_picture
from tests.support.workbooks import workbook


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A folder with 001.jpg, 002.jpg and 003.jpg."""
    folder = tmp_path / "three"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"00{number}.jpg").write_bytes(jpeg(made_picture(number)))
    return folder


def source(folder: Path, table: str | bytes, name: str = "t.csv") -> FolderSource:
    file = folder.parent / name
    file.write_bytes(table.encode() if isinstance(table, str) else table)
    return FolderSource(folder, file)


def works(folder: Path, table: str | bytes, name: str = "t.csv") -> list[SourceWork]:
    return list(source(folder, table, name).works())


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "utf-16", "utf-8-sig"])
def test_excel_in_any_encoding(three: Path, encoding: str) -> None:
    found = source(three, "file;title\r\n001.jpg;Étude\r\n".encode(encoding))
    assert next(found.works()).title == "Étude"
    assert ("is not UTF-8" in " ".join(found.remarks())) == (encoding in ("cp1252", "mac_roman"))


def test_an_excel_file_whose_numbers_lost_their_zeros(three: Path) -> None:
    found = source(three, workbook({"works": [["Datei", "Titel"], [1, "A"], [2, "B"]]}), "t.xlsx")
    assert [work.title for work in found.works()] == ["A", "B", "003"]
    assert found.remarks() == [
        "Files matched by their numbers without leading zeros: 2 (first: '1' is 001.jpg).",
        "Pictures without a row in t.xlsx: 1 (first: '003.jpg').",
    ]


def test_a_decomposed_name_matches_a_composed_one(three: Path) -> None:
    (three / unicodedata.normalize("NFD", "Étude é.jpg")).write_bytes(jpeg(made_picture(4)))
    table = unicodedata.normalize("NFC", "file,title\nÉtude é.jpg,A\n")
    assert "A" in [work.title for work in works(three, table)]


def test_an_unclosed_quotation_mark_is_told(three: Path) -> None:
    found = source(three, 'file,title\n001.jpg,A\n002.jpg,"The Milkmaid\n003.jpg,C\n')
    assert [work.title for work in found.works()] == ["A", "The Milkmaid", "C"]
    assert "(line 3)" in found.remarks()[0]


@pytest.mark.parametrize(
    "name", ["1", "1.jpg", "C:\\scans\\001.jpg", "https://example.org/001.jpg", "x/001.jpg", "001.tif"]
)
def test_names_from_elsewhere_match(three: Path, name: str) -> None:
    assert works(three, f"file,title\n{name},A\n")[0].title == "A"


def test_years_of_pandas(three: Path) -> None:
    work = works(three, "file,year_begin,year_end\n001.jpg,1503.0,1506.0\n")[0]
    assert (work.year_begin, work.year_end) == (1503, 1506)


def test_headings_of_a_curator(three: Path) -> None:
    header = "file,title,Object Number,Dimensions (cm),Inv.-Nr.,Artist/Maker,id"
    found = source(three, f"{header}\n001.jpg,A,1970.1,20 x 30,12,Blake,7\n")
    work = next(found.works())
    assert work.artist == "Blake"
    assert work.extra == {"object_number": "1970.1", "dimensions_cm": "20 x 30", "inv_nr": "12", "id_in_table": "7"}
    assert all(use.used_as for use in found.columns())
    assert found.columns()[0].used_as == "file"


def test_vikus_names_files_by_id(three: Path) -> None:
    work = works(three, 'id,keywords,year,_description\n001,"a,b",1880,Bees\n')[0]
    assert (work.theme, work.year_begin, work.description) == ("a; b", 1880, "Bees")


def test_a_hint_and_a_preamble(three: Path) -> None:
    assert works(three, "sep=;\nfile;title\n001.jpg;A\n")[0].title == "A"
    assert works(three, "Export of 3 March\n\nfile|title\n001.jpg|A\n")[0].title == "A"


def test_trailing_spaces_lists_and_markup(three: Path) -> None:
    table = (
        "filename,genre,description,medium,title\n"
        "001.jpg,['Abstraction'],acolman-1-1955,Oil on canvas ,<i>Study</i> for &quot;Dawn&quot; &amp; dusk\n"
        "002.jpg,\"['Cubism', 'Expressionism']\",bnewman-2-1950,Oil on canvas,B\n"
    )
    first, second, _ = works(three, table)
    assert (first.genre, second.genre) == ("Abstraction", "Cubism; Expressionism")
    assert first.description is None
    assert first.medium == second.medium == "Oil on canvas"
    assert first.title == 'Study for "Dawn" & dusk'


def test_rows_and_pictures_without_each_other_are_counted(three: Path) -> None:
    found = source(three, "file,title\n001.jpg,A\n001.jpg,B\n009.jpg,C\n,D\n")
    assert next(found.works()).title == "A"
    assert found.remarks() == [
        "Skipped 1 of the 4 rows of t.csv: their files are not in the folder, or not unique (first: '009.jpg').",
        "Skipped rows of t.csv that name the same picture as an earlier row: 1 (first: '001.jpg').",
        "Pictures without a row in t.csv: 2 (first: '002.jpg').",
        "Skipped rows of t.csv that name no file: 1.",
    ]


def test_of_two_columns_with_files_the_better_one_counts(three: Path) -> None:
    work = works(three, "image,file,title\nthumb_1.jpg,001.jpg,A\n,002.jpg,B\n")[0]
    assert (work.title, work.extra) == ("A", {"image_in_table": "thumb_1.jpg"})
