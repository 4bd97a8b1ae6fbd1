"""The labelled paintings of an ArtGAN copy, their classes, their parts, and how they are fed."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artextract.attributes.labelled_paintings import in_split, painter_of, read_paintings
from artextract.attributes.labels import ANOTHER, Classes, painter_name
from artextract.errors import SourceError
from benchmarks import artist_disjoint, leaks
from benchmarks.artist_disjoint import MOST, PART, artist_disjoint_files
from tests.sources.test_sources import write_lists
from tests.support.artgan_copy import make_copy, write_images
from tests.support.made import made_picture
from train.config import Data
from train.data.paintings import labelled_paintings

some = settings(max_examples=20, deadline=None)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    folder = write_lists(tmp_path / "labels")
    add(folder / "Style/style_train.csv", '"Impressionism/claude-monet_water, lilies.jpg",1')
    return folder


@pytest.fixture
def images(tmp_path: Path) -> Path:
    return write_images(
        tmp_path / "images",
        "Cubism/juan-gris_a-guitar,-still-life-1913.jpg",
        "Impressionism/claude-monet_haystack-1888(1).jpg",
        "Impressionism/claude-monet_Water, lilies.JPG",
        "Impressionism/joaquã\xadn-sorolla_beach-1904.jpg",
        "Impressionism/anonymous_not_detected_2234.jpg",
    )


@pytest.fixture
def table(images: Path, labels: Path) -> pd.DataFrame:
    return read_paintings(images, labels)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_copy(tmp_path_factory.mktemp("artgan"), 12)


def row_of(table: pd.DataFrame, painter: str, title: str = "") -> pd.Series:
    (found,) = [row for _, row in table.iterrows() if row["file"].split("/")[1].startswith(f"{painter}_{title}")]
    return found


def add(file: Path, *lines: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.writelines(f"{line}\n" for line in lines)


def test_each_image_has_a_row_with_what_the_lists_say(table: pd.DataFrame, images: Path) -> None:
    assert list(table["path"]) == sorted(images.glob("*/*"))
    gris = row_of(table, "juan-gris")
    assert gris["file"] == "Cubism/juan-gris_a-guitar,-still-life-1913.jpg"
    assert (gris["style"], gris["genre"], gris["year"]) == ("Cubism", "still life", 1913)
    monet = row_of(table, "claude-monet", "haystack")
    assert (monet["painter"], monet["artist"]) == ("claude-monet", "Claude Monet")
    assert monet["year"] == 1888


def test_spoilt_letters_quotes_and_another_case_are_the_same_painting(table: pd.DataFrame) -> None:
    sorolla = row_of(table, "joaquín-sorolla")
    assert sorolla["file"] == "Impressionism/joaquín-sorolla_beach-1904.jpg"
    assert (sorolla["painter"], sorolla["style_split"]) == ("joaquín-sorolla", "train")
    lilies = row_of(table, "claude-monet", "Water")
    assert (lilies["style"], lilies["style_split"]) == ("Impressionism", "train")


def test_what_no_list_says_is_missing(table: pd.DataFrame) -> None:
    unlisted = row_of(table, "anonymous")
    columns = ["year", "style", "genre", "artist", "split", "style_split", "artist_split"]
    assert unlisted[columns].isna().all()
    assert str(table["year"].dtype) == "Int64"
    assert row_of(table, "claude-monet", "Water")[["year", "genre", "artist"]].isna().all()


def test_validation_by_any_list_wins_over_training_by_another(table: pd.DataFrame) -> None:
    gris = row_of(table, "juan-gris")
    assert (gris["style_split"], gris["genre_split"], gris["split"]) == ("train", "val", "val")
    monet = row_of(table, "claude-monet", "haystack")
    assert (monet["genre_split"], monet["artist_split"], monet["split"]) == ("train", "val", "val")
    assert row_of(table, "joaquín-sorolla")["split"] == "train"


def test_each_list_has_its_own_split(table: pd.DataFrame) -> None:
    val, train = in_split(table, "val"), in_split(table, "train")
    assert list(val.columns) == ["style", "genre", "artist"]
    assert val.sum().to_dict() == {"style": 1, "genre": 1, "artist": 1}
    assert train.sum().to_dict() == {"style": 3, "genre": 1, "artist": 0}


def test_a_copy_with_only_some_lists_is_read(images: Path, labels: Path) -> None:
    for attribute in ("Genre", "Artist"):
        shutil.rmtree(labels / attribute)
    table = read_paintings(images, labels)
    assert table["style"].notna().sum() == 4
    assert table[["genre", "artist", "genre_split", "artist_split"]].isna().all(axis=None)


def test_a_painter_is_who_the_file_name_begins_with() -> None:
    assert painter_of("Cubism/juan-gris_a_b-1913.jpg") == "juan-gris"
    assert painter_of("Romanticism/00017.jpg") is None
    assert painter_name("Vincent van Gogh") == "vincent-van-gogh"


@pytest.mark.parametrize(
    ("removed", "sentence"),
    [
        ("labels/Style/style_class.txt", "Style has no file style_class, which belongs to the ArtGAN"),
        ("labels/Artist/artist_val", "Artist has no file artist_val"),
        ("labels", "There is no folder .*labels. Choose the folder of the label lists"),
        ("labels/*", "has no folder Style, Genre or Artist"),
        ("images", "There is no folder .*images. Name the folder with the images"),
        ("images/*", "has no pictures named <Style>/<artist>_<title>.jpg"),
    ],
)
def test_a_copy_that_lacks_something_is_one_sentence(
    images: Path, labels: Path, tmp_path: Path, removed: str, sentence: str
) -> None:
    for path in list(tmp_path.glob(removed)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    with pytest.raises(SourceError, match=sentence) as caught:
        read_paintings(images, labels)
    assert "\n" not in str(caught.value)


def test_a_class_out_of_range_is_named_with_its_line(images: Path, labels: Path) -> None:
    add(labels / "Style/style_val.csv", "Cubism/a_b.jpg,2")
    with pytest.raises(SourceError, match=r"style_val\.csv, line 2: the class file has no class 2"):
        read_paintings(images, labels)


def test_the_classes_are_those_that_have_images(table: pd.DataFrame) -> None:
    found = Classes.from_table(table, at_least=2)
    assert found.style == ("Cubism", "Impressionism")
    assert found.genre == ("landscape", "still life")
    assert found.artist == ("claude-monet", ANOTHER)
    assert found.of("artist") == found.artist
    assert found.shown("artist") == ("Claude Monet", ANOTHER)
    assert found.shown("genre") == found.genre


def test_an_artist_is_a_class_with_enough_images_or_a_place_in_the_artist_list(table: pd.DataFrame) -> None:
    assert Classes.from_table(table, at_least=3).artist == ("claude-monet", ANOTHER)
    unlisted = table.assign(artist=None)
    assert Classes.from_table(unlisted, at_least=2).artist == ("claude-monet", ANOTHER)
    assert Classes.from_table(unlisted, at_least=3).artist == (ANOTHER,)
    assert len(Classes.from_table(unlisted, at_least=1).artist) == 5


def test_labels_are_encoded_and_missing_ones_are_minus_one(table: pd.DataFrame) -> None:
    classes = Classes(("Impressionism", "Rococo"), ("still life",), ("claude-monet", ANOTHER))
    found = classes.encode(table)
    painters = list(table["painter"])
    assert {name: values.dtype for name, values in found.items()} == dict.fromkeys(
        ("style", "genre", "artist"), np.dtype(np.int64)
    )
    by_painter = {name: dict(zip(painters, found[name].tolist(), strict=True)) for name in found}
    assert by_painter["style"] == {"juan-gris": -1, "claude-monet": 0, "joaquín-sorolla": 0, "anonymous": -1}
    assert by_painter["genre"]["juan-gris"] == 0
    assert by_painter["genre"]["anonymous"] == -1
    assert by_painter["artist"] == {"juan-gris": 1, "claude-monet": 0, "joaquín-sorolla": 1, "anonymous": 1}


def data_of(copy: tuple[Path, Path], **changes: object) -> Data:
    one = {"images": copy[0], "labels": copy[1], "validation": changes.pop("validation", None)}
    return Data.model_validate({"copies": [one], "aside": 0.2} | changes)


def test_the_paintings_are_parted_into_fit_aside_and_val(copy: tuple[Path, Path]) -> None:
    table = labelled_paintings(data_of(copy))
    assert table["part"].value_counts().to_dict() == {"fit": 21, "aside": 6, "val": 9}
    assert (table["part"][table["split"] == "val"] == "val").all()
    assert (table.loc[table["part"] == "aside", "style"].value_counts() == 2).all()
    again = labelled_paintings(data_of(copy))
    assert list(again["part"]) == list(table["part"])
    assert list(labelled_paintings(data_of(copy, seed=1))["part"]) != list(table["part"])


def test_a_list_of_ones_own_is_validated_on(copy: tuple[Path, Path], tmp_path: Path) -> None:
    files = [f"Cubism/{name}" for name in ("juan-gris_picture-1-1701.jpg", "nobody_here.jpg")]
    table = read_paintings(*copy)
    files += list(table["file"][:4])
    own = tmp_path / "own.txt"
    own.write_text("\n".join([*files, "", ""]), encoding="utf-8")
    parted = labelled_paintings(data_of(copy, validation=own))
    held = set(parted["file"][parted["part"] == "val"])
    assert held == set(files) & set(table["file"])
    assert len(held) >= 4
    assert parted["part"].notna().all()


def test_a_part_without_images_is_one_sentence(copy: tuple[Path, Path], tmp_path: Path) -> None:
    names = sorted(copy[0].glob("Cubism/*.jpg"))
    for split, other in (("training", 3), ("validation", 0)):
        only = [path for path in names if f"_picture-{other}-" in path.name]
        folder = write_images(tmp_path / split, *[f"Cubism/{path.name}" for path in only])
        with pytest.raises(SourceError, match=f"None of the images in .* is for {split} in the lists"):
            labelled_paintings(data_of((folder, copy[1])))


def test_a_validation_list_that_isnt_there_is_one_sentence(copy: tuple[Path, Path]) -> None:
    with pytest.raises(SourceError, match=r"The list nowhere\.txt can't be read \(No such file.*\)\. Check the path"):
        labelled_paintings(data_of(copy, validation=Path("nowhere.txt")))


@st.composite
def galleries(draw: st.DrawFn) -> pd.DataFrame:
    """Paintings by painters who keep to one style, few of them prolific."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = []
    for painter in range(draw(st.integers(2, 30))):
        style = f"Style {random.integers(3)}"
        most = MOST + 40 if random.random() < 0.1 else 12
        for number in range(random.integers(1, most)):
            rows.append((f"{style}/p{painter}_{number}.jpg", f"p{painter}", style))
    return pd.DataFrame(rows, columns=["file", "painter", "style"])


@given(galleries(), st.integers(0, 2**32 - 1))
@some
def test_the_artist_disjoint_list_shares_no_painter_and_holds_about_a_sixth(table: pd.DataFrame, seed: int) -> None:
    held = artist_disjoint_files(table)
    assert held == sorted(set(held))
    inside = table["file"].isin(held)
    assert inside.sum() == len(held)
    assert set(table["painter"][inside]).isdisjoint(table["painter"][~inside])
    per_painter = table["painter"][inside].value_counts()
    assert (per_painter <= MOST).all()
    per_style = table["style"][inside].value_counts()
    wanted = table["style"].value_counts() * PART
    assert (per_style <= wanted[per_style.index] + 5).all()
    assert artist_disjoint_files(table) == held
    assert artist_disjoint_files(table.sample(frac=1, random_state=seed)) == held


def test_a_style_of_many_painters_has_its_sixth_held_out() -> None:
    rows = [(f"{s}/p{s}{i % 50}_{i}.jpg", f"p{s}{i % 50}", s) for s in "ab" for i in range(300)]
    table = pd.DataFrame(rows, columns=["file", "painter", "style"])
    held = artist_disjoint_files(table)
    for style in "ab":
        assert 50 <= sum(file.startswith(style) for file in held) <= 55


def test_no_painter_of_very_many_pictures_is_held_out() -> None:
    painters = [f"many{i % 20}" for i in range(20 * (MOST + 1))] + [f"few{i % 40}" for i in range(200)]
    files = [f"a/{painter}_{number}.jpg" for number, painter in enumerate(painters)]
    held = artist_disjoint_files(pd.DataFrame({"file": files, "painter": painters, "style": "a"}))
    assert {painter_of(file)[:3] for file in held} == {"few"}


def test_the_printed_list_parts_the_copy_by_painter(
    copy: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = tmp_path / "images"
    files = [f"Cubism/painter-{number % 18}_work-{number}.jpg" for number in range(60)]
    labels = shutil.copytree(copy[1], tmp_path / "labels")
    add(labels / "Style/style_train.csv", *[f"{file},0" for file in files])
    write_images(images, *files, "Cubism/unlisted_work.jpg")
    artist_disjoint.main(images=images, labels=labels)
    printed = capsys.readouterr().out
    own = tmp_path / "own.txt"
    own.write_text(printed, encoding="utf-8")
    table = labelled_paintings(data_of((images, labels), validation=own))
    val = table["part"] == "val"
    assert sorted(table["file"][val]) == printed.splitlines()
    assert 10 <= val.sum() <= 15
    assert set(table["painter"][val]).isdisjoint(table["painter"][~val])


def test_the_list_that_comes_with_the_program_is_sorted_and_of_style_and_name() -> None:
    file = Path(__file__).parents[2] / "train" / "splits" / "artist_disjoint_val.txt"
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) > 1000
    assert lines == sorted(set(lines))
    for line in lines:
        style, name = line.split("/")
        assert style
        assert name.endswith(".jpg")
        assert painter_of(line)
        assert "_" in name


def test_a_painting_that_is_in_two_copies_is_a_leak_across_them(tmp_path: Path) -> None:
    rows = []
    for copy, part, picture, quality in (
        (0, "train", 1, 95),
        (1, "val", 1, 40),
        (1, "train", 2, 95),
        (1, "val", 3, 95),
    ):
        path = tmp_path / f"{copy}-{part}-{picture}.jpg"
        made_picture(picture, 200 + 40 * copy, 150).save(path, quality=quality)
        rows.append({"path": path, "file": f"Style/a-b_{picture}.jpg", "painter": "a-b", "style": "Style"})
        rows[-1] |= {"copy": copy, "split": part}
    table, vectors = pd.DataFrame(rows), np.eye(4, dtype=np.float32)
    found = leaks.leaks(table, vectors, leaks.small_pictures(list(table["path"])))
    assert (found.validation, found.same_bytes, found.nearly_same) == (2, 0, 0)
    assert (found.same_picture, found.same_picture_other_copy) == (1, 1)
    found = leaks.leaks(table.assign(copy=1), vectors, leaks.small_pictures(list(table["path"])))
    assert (found.same_picture, found.same_picture_other_copy) == (1, 0)
