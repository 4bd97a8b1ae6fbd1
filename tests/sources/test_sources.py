"""Works out of folders, label lists and file names."""

import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import SourceError
from artextract.sources.folder import FolderSource
from artextract.sources.names import person_from_slug, repair_letters, title_from_slug
from artextract.sources.wikiart import WikiArtSource, image_key, read_labels, year_from_stem
from tests.support.made import jpeg, made_picture


def write_lists(folder: Path) -> Path:
    """The label lists as the real ones are: suffixes, header lines, two commas, CRLF."""
    files = {
        "Style/style_class.txt": "0 Cubism\n1 Impressionism\n",
        "Style/style_train.csv": (
            "Cubism/juan-gris_a-guitar,-still-life-1913.jpg,0\r\n"
            'Impressionism/"claude-monet_lilies(1).jpg",1\r\n'
            "Impressionism/joaquã\xadn-sorolla_beach-1904.jpg,1\r\n"
        ),
        "Style/style_val.csv": "Impressionism/claude-monet_haystack-1888(1).jpg,1\r\n",
        "Genre/genre_class": "0 landscape\n1 still_life\n",
        "Genre/genre_train.csv": "Impressionism/claude-monet_haystack-1888(1).jpg,0\r\n",
        "Genre/genre_val.csv": "Cubism/juan-gris_a-guitar,-still-life-1913.jpg,1\r\n",
        "Artist/artist_class": "0 Claude_Monet\n",
        "Artist/artist_train": "(Path to image),, (Groundtruth class) \n\n",
        "Artist/artist_val": (
            "(Path to image),, (Groundtruth class)\n\nImpressionism/claude-monet_haystack-1888(1).jpg,,0\n"
        ),
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode())
    return folder


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return write_lists(tmp_path / "labels")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    for number, name in enumerate([
        "Cubism/juan-gris_a-guitar,-still-life-1913.jpg",
        "Impressionism/claude-monet_haystack-1888(1).jpg",
        "Impressionism/joaquín-sorolla_beach-1904.jpg",
        "Impressionism/anonymous_not_detected_2234.jpg",
    ]):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(made_picture(number)))
    return tmp_path / "images"


def test_label_lists_are_read_with_their_quirks(labels: Path) -> None:
    found = read_labels(labels)
    assert found["style"].classes == ("Cubism", "Impressionism")
    style = found["style"].listed
    assert style[image_key("Cubism/juan-gris_a-guitar,-still-life-1913.jpg")] == ("train", 0)
    assert style[image_key("Impressionism/joaquín-sorolla_beach-1904.jpg")] == ("train", 1)
    assert len(found["artist"].listed) == 1


def test_a_work_has_the_labels_of_every_list_and_the_safe_split(labels: Path, images: Path) -> None:
    works = {work.id: work for work in WikiArtSource(images, labels).works()}
    gris = works["Cubism/juan-gris_a-guitar,-still-life-1913.jpg"]
    assert (gris.artist, gris.style, gris.genre) == ("Juan Gris", "Cubism", "still life")
    assert gris.year_begin == gris.year_end == 1913
    assert gris.title == "A guitar, still life"
    assert gris.split == "val"  # train for style, but validation for genre
    assert gris.extra == {"style_split": "train", "genre_split": "val", "artist_split": None}
    haystack = works["Impressionism/claude-monet_haystack-1888(1).jpg"]
    assert haystack.title == "Haystack"
    assert haystack.source_url == "https://www.wikiart.org/en/claude-monet/haystack-1888"
    unlisted = works["Impressionism/anonymous_not_detected_2234.jpg"]
    assert (unlisted.title, unlisted.split, unlisted.genre) == (None, None, None)
    assert unlisted.style == "Impressionism"


def test_the_source_says_what_its_lists_and_images_lack(labels: Path, images: Path) -> None:
    said = WikiArtSource(images, labels).remarks()
    assert said == ["1 paintings of the lists are not in this copy.", "1 pictures are not in the lists."]


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("Style/style_val.csv", "Cubism/a_b.jpg,7\n", "the class file has no class 7"),
        ("Style/style_val.csv", "Cubism/a_b.jpg\n", "line 1: .* is not `path,class`"),
        ("Style/style_class.txt", "0 Cubism\n2 Other\n", "must count from 0 without a gap"),
        ("Style/style_class.txt", "Cubism\n", "is not `index name`"),
    ],
)
def test_a_wrong_list_is_named_with_its_line(labels: Path, file: str, content: str, sentence: str) -> None:
    (labels / file).write_text(content)
    with pytest.raises(SourceError, match=sentence):
        read_labels(labels)


def test_wrong_folders_are_one_sentence_each(labels: Path, images: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="no folder Style, Genre or Artist"):
        WikiArtSource(images, tmp_path / "empty")
    with pytest.raises(SourceError, match="There is no folder"):
        WikiArtSource(tmp_path / "nowhere", labels)
    with pytest.raises(SourceError, match="has no pictures <Style>/<artist>_<title>"):
        WikiArtSource(tmp_path / "empty", labels)
    (labels / "Genre" / "genre_class").unlink()
    with pytest.raises(SourceError, match="has no file genre_class"):
        WikiArtSource(images, labels)


@pytest.mark.parametrize(
    ("stem", "year"),
    [
        ("monet_lilies-1885", 1885),
        ("monet_lilies-1888(1)", 1888),
        ("kittelsen_kong-1912-2", 1912),
        ("monet_lilies-6", None),
        ("kunisada_not_detected_240353", None),
        ("a_no-910614", None),
        ("a_1885-street", None),
        ("a_piece-3000", None),
    ],
)
def test_the_year_is_read_from_the_end_of_the_title(stem: str, year: int | None) -> None:
    assert year_from_stem(stem) == year


def test_slugs_become_names() -> None:
    assert person_from_slug("vincent-van-gogh") == "Vincent van Gogh"
    assert person_from_slug("m.c.-escher") == "M.C. Escher"
    assert person_from_slug("marevna-(marie-vorobieff)") == "Marevna (Marie Vorobieff)"
    assert title_from_slug("water-lilies-6") == "Water lilies 6"


@given(st.text(alphabet=st.characters(min_codepoint=0xA1, max_codepoint=0xFF), min_size=1))
def test_letters_read_as_latin_1_are_mended(word: str) -> None:
    spoilt = word.encode("utf-8").decode("latin-1")
    assert repair_letters(spoilt) == unicodedata.normalize("NFC", word)


def test_letters_that_are_right_stay_as_they_are() -> None:
    for name in ("joaquín", "grégoire", "日本", "plain-name"):
        assert repair_letters(name) == name
    assert repair_letters("joaquã\xadn") == "joaquín"


def test_a_folder_gives_its_pictures_with_what_the_table_says(folder: Path) -> None:
    (folder / ".hidden.jpg").write_bytes(b"x")
    (folder / "notes.txt").write_text("x")
    works = list(FolderSource(folder, folder / "table.csv").works())
    assert len(works) == 24
    first = works[0]
    assert first.id == "a/work-01.jpg"
    assert (first.title, first.artist, first.year_begin) == ("Picture 1", "Maker 1", 1801)


def test_an_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"The folder .*empty has no pictures"):
        FolderSource(tmp_path / "empty")
    with pytest.raises(SourceError, match="There is no folder"):
        FolderSource(tmp_path / "nowhere")


def test_a_table_with_unknown_file_names_says_how_many(folder: Path) -> None:
    table = folder / "table.csv"
    table.write_text(table.read_text() + "\nnot-here.jpg,Ghost,,,,,,")
    said = FolderSource(folder, table).remarks()
    assert said == [
        "Skipped 1 of the 25 rows of table.csv: their files are not in the folder, or not unique "
        "(first: 'not-here.jpg')."
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"file,title\nx.jpg,A\n", r"No row of t\.csv names a picture of the folder"),
        (b"title\nA\n", "the column 'title' has 'A', the folder has 'a/work-01.jpg'"),
        (b"", "is empty"),
    ],
)
def test_a_table_of_no_use_is_refused_in_a_sentence(folder: Path, content: bytes, sentence: str) -> None:
    (folder / "t.csv").write_bytes(content)
    with pytest.raises(SourceError, match=sentence):
        FolderSource(folder, folder / "t.csv")


@pytest.mark.parametrize(
    ("columns", "cells", "years"),
    [
        ("year_begin,year_end", "1503.0,1506.0", (1503, 1506)),
        ("date,year_begin,year_end", "c. 1500,1495,1505", (1495, 1505)),
        ("year", "-350", (-350, -350)),
        ("date", "1889-05-12", (1889, 1889)),
        ("date", "before 1650", (None, 1650)),
    ],
)
def test_the_years_of_a_table(folder: Path, columns: str, cells: str, years: tuple[int | None, int | None]) -> None:
    (folder / "t.csv").write_text(f"file,{columns}\nwork-03,{cells}\n")
    works = {work.id: work for work in FolderSource(folder, folder / "t.csv").works()}
    assert (works["a/work-03.jpg"].year_begin, works["a/work-03.jpg"].year_end) == years


def test_a_mistyped_year_is_said_and_does_not_end_the_collecting(folder: Path) -> None:
    (folder / "t.csv").write_text("file,year_begin,year_end\nwork-03,1535,153505\nwork-04,15031506151,1506\n")
    result = collect(FolderSource(folder, folder / "t.csv"), "small")
    assert result.remarks[-1].startswith("Left out 2 years that are not possible, for example 15031506151.")
    works = Collection.open("small").works().set_index("id")
    assert works.loc["a/work-03.jpg", "year_begin"] == 1535
    assert pd.isna(works.loc["a/work-03.jpg", "year_end"])


def test_semicolons_and_other_headings_are_understood(folder: Path) -> None:
    (folder / "t.csv").write_text("﻿Filename;Title;Maker;Date\nwork-03;Étude; M. ;c. 1885-90\n", encoding="utf-8")
    works = {work.id: work for work in FolderSource(folder, folder / "t.csv").works()}
    found = works["a/work-03.jpg"]
    assert (found.title, found.date_text) == ("Étude", "c. 1885-90")
    assert (found.year_begin, found.year_end) == (1885, 1890)
