"""Rows and the files that they name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.sources.tables.cells import Table
from artextract.sources.tables.matching import FileMatcher, Likeness, file_columns

FILES = ("001.jpg", "002.jpg", "a/Étude é.JPG", "a/010.tif", "b/011.png", "x/same.jpg", "y/same.jpg", "1970.35.1.jpg")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("001.jpg", "001.jpg"),
        ("001", "001.jpg"),
        ("1", "001.jpg"),
        ("2.jpg", "002.jpg"),
        ("C:\\scans\\001.jpg", "001.jpg"),
        ("https://example.org/scans/001.jpg?size=2", "001.jpg"),
        ("images/sub/001.jpg", "001.jpg"),
        ("./001.JPG", "001.jpg"),
        ("001.tif", "001.jpg"),
        ("a/10", "a/010.tif"),
        (unicodedata.normalize("NFD", "étude é.jpg"), "a/Étude é.JPG"),
        ("https://example.org/%C3%89tude%20%C3%A9.jpg", "a/Étude é.JPG"),
        ("x/same.jpg", "x/same.jpg"),
        ("same.jpg", None),
        ("z/same.jpg", None),
        ("1970.35.1", "1970.35.1.jpg"),
        ("012.jpg", None),
        ("0", None),
        ("", None),
        ("http://[", None),
    ],
)
def test_names_find_their_file(name: str, file: str | None) -> None:
    match = FileMatcher(FILES).find(name)
    assert (match.file if match else None) == file


def test_a_decomposed_file_is_found_by_its_composed_name() -> None:
    file = unicodedata.normalize("NFD", "Étude é.jpg")
    match = FileMatcher([file]).find("Étude é.jpg")
    assert match is not None
    assert match.file == file


def test_two_files_with_one_number_are_not_confused() -> None:
    matcher = FileMatcher(["01.jpg", "001.jpg"])
    assert matcher.find("1") is None
    assert matcher.find("01").file == "01.jpg"


def test_how_a_name_fits_is_told() -> None:
    found = [FileMatcher(FILES).find(name).likeness for name in ("001.jpg", "001", "1")]
    assert found == [Likeness.NAME, Likeness.STEM, Likeness.ZEROS]


def test_the_column_with_the_files_is_found_by_its_values() -> None:
    rows = [{"number": str(n), "scan": f"00{n}.jpg", "title": "x", "image": "gone.jpg"} for n in (1, 2)]
    columns = file_columns(Table(["number", "scan", "title", "image"], rows, []), FileMatcher(FILES))
    assert columns == ["scan", "number"]


@given(st.lists(st.from_regex(r"[A-Za-zé0-9 ._-]{1,8}\.jpg", fullmatch=True), min_size=1, max_size=8))
def test_a_file_is_found_by_its_own_name_or_not_at_all(names: list[str]) -> None:
    matcher = FileMatcher(names)
    for name in names:
        match = matcher.find(name)
        assert match is None or match.file.strip().casefold() == name.strip().casefold()
