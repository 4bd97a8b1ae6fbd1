"""Tables out of files as people have them."""

import csv
import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.errors import SourceError
from artextract.sources.tables.cells import Table, cell_text
from artextract.sources.tables.reading import read_table
from tests.support.workbooks import workbook

MOMA = """"Title","Artist","Dimensions","OnView"
"Green-Blue-Red","Gerhard Richter","composition: 11 7/16 × 15 3/4\\" (29 × 40 cm); sheet: 11 3/4\\"",""
"The Bather","Paul Cézanne","50 x 38 1/8\\" (127 x 96.8 cm)","\\"MoMA, Floor 2, 2 South\\""
"""


def read(folder: Path, content: bytes | str, name: str = "t.csv") -> Table:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_found(tmp_path: Path, encoding: str, separator: str) -> None:
    table = read(tmp_path, f"file{separator}title\n001.jpg{separator}Étude ☼\n".encode(encoding))
    assert table == Table(["file", "title"], [{"file": "001.jpg", "title": "Étude ☼"}], [])


def test_an_apostrophe_alone_is_that_of_windows(tmp_path: Path) -> None:
    table = read(tmp_path, "file;title\n001.jpg;Sant’Agata\n".encode("cp1252"))
    assert table.rows[0]["title"] == "Sant’Agata"
    assert table.remarks[0].startswith("t.csv is not UTF-8. It was read as Windows-1252")


@pytest.mark.parametrize(("encoding", "name"), [("cp1252", "Windows-1252"), ("mac_roman", "Mac Roman")])
def test_an_older_encoding_is_named_with_an_example(tmp_path: Path, encoding: str, name: str) -> None:
    table = read(tmp_path, "file;title\r\n1.jpg;Étude à l’œil\r\n2.jpg;Straße in Köln\r\n".encode(encoding))
    assert [row["title"] for row in table.rows] == ["Étude à l’œil", "Straße in Köln"]
    assert table.remarks[0].startswith(f"t.csv is not UTF-8. It was read as {name} (for example “Étude”).")


def test_central_european_letters_are_read(tmp_path: Path) -> None:
    table = read(tmp_path, "file;title\n1.jpg;Łódź\n2.jpg;Wrocław, Gdańsk\n".encode("cp1250"))
    assert [row["title"] for row in table.rows] == ["Łódź", "Wrocław, Gdańsk"]


def test_a_hint_at_the_separator_is_followed(tmp_path: Path) -> None:
    assert read(tmp_path, "sep=;\nfile;title\n001.jpg;a, b\n").rows == [{"file": "001.jpg", "title": "a, b"}]


@pytest.mark.parametrize("before", ["Export of 3 March\n\n", "Export of 3 March, 2020\n", '"Museum"\n,\n'])
def test_lines_before_the_header_are_skipped_and_said(tmp_path: Path, before: str) -> None:
    table = read(tmp_path, f"{before}file,title\n001.jpg,A\n002.jpg,B\n")
    assert (table.columns, len(table.rows)) == (["file", "title"], 2)
    assert "before the header" in table.remarks[0]


def test_more_commas_than_semicolons_in_the_header_do_not_mislead(tmp_path: Path) -> None:
    table = read(tmp_path, "file;title, original;artist, role\n001.jpg;A;B\n002.jpg;C;D\n")
    assert table.columns == ["file", "title, original", "artist, role"]


def test_an_unclosed_quotation_mark_costs_no_other_row(tmp_path: Path) -> None:
    table = read(tmp_path, 'file,title\n001.jpg,A\n002.jpg,"The Milkmaid\n003.jpg,"B, c"\n004.jpg,C\n')
    assert [row["title"] for row in table.rows] == ["A", "The Milkmaid", "B, c", "C"]
    assert "(line 3)" in table.remarks[0]


@pytest.mark.parametrize("size", ['"19 1/8"" x 12"', '"19 1/8" x 12"', '"19 1/8"" x 12"""', '"19 1/8"" x 12""'])
def test_inches_in_any_quotation_keep_the_row(tmp_path: Path, size: str) -> None:
    table = read(tmp_path, f"file,size,title\n001.jpg,{size},A\n002.jpg,x,B\n")
    assert [row["title"] for row in table.rows] == ["A", "B"]
    assert table.rows[0]["size"].rstrip('"') == '19 1/8" x 12'


def test_quotation_marks_escaped_by_backslash_are_read(tmp_path: Path) -> None:
    table = read(tmp_path, MOMA)
    assert len(table.columns) == 4
    assert table.rows[0]["Dimensions"] == 'composition: 11 7/16 × 15 3/4" (29 × 40 cm); sheet: 11 3/4"'
    assert table.rows[1]["OnView"] == '"MoMA, Floor 2, 2 South"'
    assert not table.remarks


def test_backslashes_of_paths_stay(tmp_path: Path) -> None:
    assert read(tmp_path, "file,title\nC:\\scans\\001.jpg,A\n").rows[0]["file"] == "C:\\scans\\001.jpg"


def test_long_cells_and_lines_within_cells_are_read(tmp_path: Path) -> None:
    text = "word " * 40_000
    table = read(tmp_path, f'file,text,note\n001.jpg,"{text}","two\nlines"\n')
    assert table.rows[0] == {"file": "001.jpg", "text": text.strip(), "note": "two\nlines"}


def test_a_first_line_of_values_is_no_header(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has values, not names of columns"):
        read(tmp_path, "a.jpg,One,1889\nb.jpg,Two,1890\n")


def test_a_list_of_addresses_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="artextract collect iiif"):
        read(tmp_path, "https://example.org/1/manifest\nhttps://example.org/2/manifest\n")


def test_doubled_headings_doubled_rows_and_blank_rows(tmp_path: Path) -> None:
    table = read(tmp_path, "file,title,title,\n1.jpg,a,b,\n,,,\n\n1.jpg,a,b,\n2.jpg,c,d,e\n")
    assert table.columns == ["file", "title", "title 2", "column 4"]
    assert table.rows[0] == {"file": "1.jpg", "title": "a", "title 2": "b"}
    assert (len(table.rows), table.remarks) == (2, ["t.csv: repeated rows were read once (1)."])


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("['Cubism', 'Expressionism']", "Cubism; Expressionism"),
        ('["Cubism", "Expressionism"]', "Cubism; Expressionism"),
        ("[]", ""),
        ("[title not known]", "[title not known]"),
        ("[1880]", "[1880]"),
        ('=HYPERLINK("https://example.org/a.jpg", "picture")', "https://example.org/a.jpg"),
        ('="001"', "001"),
        (" Oil on canvas ", "Oil on canvas"),
        ("\\N", ""),
        (float("nan"), ""),
        (None, ""),
        (True, "True"),
        ([1, "two", None], "1; two"),
    ],
)
def test_cells_become_texts(cell: object, text: str) -> None:
    assert cell_text(cell) == text


def test_leading_zeros_stay_everywhere(tmp_path: Path) -> None:
    assert read(tmp_path, "file,n\n001,007\n").rows == [{"file": "001", "n": "007"}]
    pq.write_table(pa.table({"n": ["007"]}), tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").rows == [{"n": "007"}]


def test_json_has_dotted_names_and_joined_lists(tmp_path: Path) -> None:
    work = {
        "id": 93014,
        "title": None,
        "culture": ["America", "19th century"],
        "creators": [{"description": "Thomas Cole"}, {"description": "Nobody"}],
        "images": {"web": {"url": "https://example.org/1_web.jpg"}},
    }
    expected = {
        "id": "93014",
        "culture": "America; 19th century",
        "creators.description": "Thomas Cole; Nobody",
        "images.web.url": "https://example.org/1_web.jpg",
    }
    lines = "\n".join(json.dumps({**work, "id": number}) for number in (1, 2))
    for content in ([work], {"info": {"page": 1}, "data": [work]}, work, {"query": {"pages": {"7": work}}}):
        assert read(tmp_path, json.dumps(content), "t.json").rows == [expected]
    assert len(read(tmp_path, lines, "t.jsonl").rows) == 2
    bindings = {"results": {"bindings": [{"item": {"type": "uri", "value": "Q1"}}]}}
    assert read(tmp_path, json.dumps(bindings), "t.json").rows == [{"item": "Q1"}]


@pytest.mark.parametrize(
    "content",
    [
        {"title": {"0": "A", "1": "B"}, "image": {"0": "a.jpg", "1": "b.jpg"}},
        {"columns": ["title", "image"], "index": [0, 1], "data": [["A", "a.jpg"], ["B", "b.jpg"]]},
        [["title", "image"], ["A", "a.jpg"], ["B", "b.jpg"]],
    ],
)
def test_json_of_pandas_is_read(tmp_path: Path, content: object) -> None:
    rows = [{"title": "A", "image": "a.jpg"}, {"title": "B", "image": "b.jpg"}]
    assert read(tmp_path, json.dumps(content), "t.json").rows == rows


def test_a_row_with_more_values_than_the_header_is_told(tmp_path: Path) -> None:
    table = read(tmp_path, "title,file\nOne, two,1.jpg\nA,2.jpg\n")
    assert table.remarks == [
        "t.csv: rows with more values than the header has names: 1 (first: 'One'). "
        "Their values may be in the wrong columns."
    ]


def test_a_folder_of_json_is_one_work_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for number in (1, 2):
        (tmp_path / "a" / f"{number}.json").write_text(json.dumps({"acno": f"A0000{number}"}))
    assert [row["acno"] for row in read_table(tmp_path).rows] == ["A00001", "A00002"]


def test_parquet_leaves_out_pictures_and_says_so(tmp_path: Path) -> None:
    table = pa.table({"title": ["a", "b"], "image": [{"bytes": b"x", "path": "a.jpg"}] * 2, "year": [1503.0, None]})
    pq.write_table(table, tmp_path / "t.parquet")
    found = read_table(tmp_path / "t.parquet")
    assert found.rows == [{"title": "a", "year": "1503.0"}, {"title": "b"}]
    (told,) = found.remarks
    assert told.startswith("t.parquet: columns of pictures or other bytes are not read (image). Collect a data set")


def test_spreadsheets_keep_whole_numbers_and_name_other_sheets(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Export", ""], ["file", "year"], ["001.jpg", 1503], ["002.jpg", 1.5]]
    content = workbook({"works": rows, "notes": [["a"], ["b"]]})
    for name, packed in (("t.xlsx", content), ("t.xlsx.gz", gzip.compress(content, mtime=0))):
        table = read(tmp_path, packed, name)
        assert table.rows == [{"file": "001.jpg", "year": "1503"}, {"file": "002.jpg", "year": "1.5"}]
        assert table.remarks == [f"{name}: only the sheet “works” was read, not “notes”."]


def test_packed_tables_are_read(tmp_path: Path) -> None:
    packed = gzip.compress(b"file,title\n001.jpg,A\n", mtime=0)
    assert len(read(tmp_path, packed, "t.csv.gz").rows) == 1
    assert len(read(tmp_path, gzip.compress(packed, mtime=0), "twice.gz").rows) == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("t.csv", b"", "is empty"),
        ("t.csv", b"file,title\n", "no rows below its header"),
        ("t.csv", b"12,https://example.org/a.jpg\n13,https://example.org/b.jpg\n", "values, not names of columns"),
        ("t.csv", b"<!DOCTYPE html><title>Not found</title>", "is a web page or XML"),
        ("t.json", b"{bad", "is not JSON"),
        ("t.gz", gzip.compress(b"file,title\n001.jpg,A\n" * 500, mtime=0)[:60], "damaged or cut short"),
        ("t.xlsx", b"PK\x03\x04 no", "not a readable spreadsheet"),
        ("t.parquet", b"PAR1 no", "not a readable Parquet file"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read(tmp_path, content, name)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can't be read"):
        read_table(tmp_path / "nowhere.csv")


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).map(
    lambda text: f"x{text}x"
)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_what_the_csv_module_writes_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([["file", "title", "artist"], *rows])
    table = read(tmp_path_factory.mktemp("t"), text.getvalue())
    unique = list(dict.fromkeys(tuple(row) for row in rows))
    assert [tuple(row.values()) for row in table.rows] == unique


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    try:
        assert read(tmp_path_factory.mktemp("t"), content, "any").rows
    except SourceError as error:
        assert str(error)
