"""Collections: collecting, adding again, damage, kills and full disks."""

import errno
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from artextract import files
from artextract.collecting import collect
from artextract.collection import About, Collection, check_name, survey
from artextract.errors import CollectionError, SourceError, StorageError
from artextract.sources.folder import FolderSource
from artextract.work_table import display_date
from tests.support.made import SMALL_COUNT, fill_folder, jpeg, made_picture


def test_a_folder_becomes_a_collection_with_the_contract_columns(collection: Collection) -> None:
    works = collection.works()
    assert len(works) == SMALL_COUNT
    stored = pq.read_schema(collection.root / "works.parquet").names
    for column in (
        "id",
        "title",
        "artist",
        "date_text",
        "year_begin",
        "year_end",
        "medium",
        "classification",
        "image",
        "image_sha256",
        "width",
        "height",
        "source_url",
        "licence",
        "credit",
        "style",
        "genre",
        "split",
    ):
        assert column in stored
    first = works.iloc[0]
    assert (first["id"], first["width"], first["height"]) == ("a/work-01.jpg", 96, 72)
    assert first["year_begin"] == 1801
    assert pd.isna(first["credit"])
    assert pd.isna(first["split"])
    assert collection.image_path(first["image"]).is_file()
    assert Image.open(collection.thumbnail_path(first["image_sha256"])).size == (96, 72)


def test_adding_again_adds_the_new_updates_the_changed_and_counts_both(folder: Path) -> None:
    first = collect(FolderSource(folder, folder / "table.csv"), "small")
    assert (first.new, first.updated, first.unchanged) == (SMALL_COUNT, 0, 0)
    again = collect(FolderSource(folder, folder / "table.csv"), "small")
    assert (again.new, again.updated, again.unchanged) == (0, 0, SMALL_COUNT)
    (folder / "a" / "work-01.jpg").write_bytes(jpeg(made_picture(999)))
    (folder / "a" / "new.jpg").write_bytes(jpeg(made_picture(1000)))
    (folder / "a" / "work-03.jpg").unlink()
    table = (folder / "table.csv").read_text().replace("Picture 5,", "Another title,")
    (folder / "table.csv").write_text(table)
    third = collect(FolderSource(folder, folder / "table.csv"), "small")
    assert (third.new, third.updated, third.unchanged, third.kept) == (1, 2, SMALL_COUNT - 3, 1)
    assert third.works == SMALL_COUNT + 1


def test_unreadable_pictures_are_skipped_counted_and_named(folder: Path) -> None:
    (folder / "notes.jpg").write_text("no picture")
    (folder / "empty.png").touch()
    (folder / "cut.jpg").write_bytes(jpeg(made_picture(5, 500, 400))[:4000])
    report = collect(FolderSource(folder), "small")
    assert (report.works, report.skipped) == (SMALL_COUNT, 3)
    assert report.report_file is not None
    named = pd.read_csv(report.report_file)
    assert sorted(named["id"]) == ["cut.jpg", "empty.png", "notes.jpg"]
    assert named["why"].str.endswith(".").all()
    (folder / "notes.jpg").unlink()
    (folder / "empty.png").unlink()
    (folder / "cut.jpg").unlink()
    assert collect(FolderSource(folder), "small").report_file is None


def test_a_folder_of_unreadable_pictures_alone_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "notes.jpg").write_text("no picture")
    with pytest.raises(SourceError, match=r"None of the 1 pictures of bad can be read"):
        collect(FolderSource(tmp_path / "bad"), "bad")


@pytest.mark.parametrize("name", ["../out", "a/b", "", ".", "-x", "a b", "ü", "x" * 65])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str, folder: Path) -> None:
    with pytest.raises(CollectionError, match="can't be a collection's name"):
        collect(FolderSource(folder), name)


@given(st.text())
def test_every_accepted_name_is_one_plain_folder(name: str) -> None:
    try:
        check_name(name)
    except CollectionError:
        return
    assert Path(name).name == name
    assert name.isascii()
    assert not name.startswith(".")


def test_a_collection_keeps_to_one_kind_of_source(collection: Collection) -> None:
    with pytest.raises(CollectionError, match="need a collection of another name"):
        Collection.create_or_open("small", About("wikiart", "WikiArt"))


def test_each_damage_done_by_hand_is_one_sentence(collection: Collection, folder: Path) -> None:
    table = collection.root / "works.parquet"
    whole = table.read_bytes()
    table.write_bytes(whole[:100])
    with pytest.raises(CollectionError, match="work table of small is damaged"):
        collection.works()
    pd.DataFrame({"id": ["x"]}).to_parquet(table)
    with pytest.raises(CollectionError, match="no column 'image'"):
        collection.works()
    table.unlink()
    with pytest.raises(CollectionError, match="has no works yet"):
        collection.works()
    (collection.root / "collection.json").write_text("{")
    with pytest.raises(CollectionError, match=r"collection\.json can't be read"):
        Collection.open("small")
    (collection.root / "collection.json").unlink()
    with pytest.raises(CollectionError, match=r"collection\.json is missing"):
        Collection.open("small")
    assert list(survey().damaged) == ["small"]
    report = collect(FolderSource(folder, folder / "table.csv"), "small")  # collecting mends it
    assert report.works == len(Collection.open("small").works()) == SMALL_COUNT


def test_a_table_that_points_outside_is_not_followed(collection: Collection) -> None:
    works = collection.works()
    works.loc[0, "image"] = "../../../etc/passwd"
    collection.write_works(works)
    with pytest.raises(CollectionError, match="is outside of the collection"):
        collection.image_path(collection.works()["image"].iloc[0])


def test_there_is_no_collection_of_that_name() -> None:
    with pytest.raises(CollectionError, match="There is no collection called nothing"):
        Collection.open("nothing")


def test_a_full_disk_loses_nothing(collection: Collection, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = collection.works()
    (folder / "a" / "new.jpg").write_bytes(jpeg(made_picture(77)))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(StorageError, match=r"The disk is full: .* Nothing was lost"):
        collect(FolderSource(folder, folder / "table.csv"), "small")
    monkeypatch.undo()
    monkeypatch.setenv("ARTEXTRACT_CACHE", str(collection.root.parent.parent))
    pd.testing.assert_frame_equal(collection.works(), before)
    assert not list(collection.root.rglob(".tmp-*"))
    assert collect(FolderSource(folder, folder / "table.csv"), "small").new == 1


def test_no_writer_leaves_a_part_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    files.write_bytes(path, b"old")
    with pytest.raises(RuntimeError), files.write_atomic(path) as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir() if entry.name == "file.txt"] == ["file.txt"]
    assert not list(tmp_path.glob(".tmp-*"))


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="could not be written"):
        files.write_bytes(tmp_path / "file" / "below.txt", b"x")


def _collect_small(folder: str, cache: str) -> None:
    os.environ["ARTEXTRACT_CACHE"] = cache
    collect(FolderSource(Path(folder)), "small")


def test_a_kill_while_collecting_leaves_a_whole_collection(tmp_path: Path, cache: Path) -> None:
    folder = fill_folder(tmp_path / "many", 150)
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_collect_small, args=(str(folder), str(cache)))
    process.start()
    pictures = cache / "collections" / "small" / "images"
    deadline = time.monotonic() + 60
    while len(list(pictures.rglob("*.jpg"))) < 20 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    report = collect(FolderSource(folder), "small")
    assert (report.works, report.new) == (150, 150)
    works = Collection.open("small").works()
    assert works["id"].is_unique
    assert all((Collection.open("small").root / image).is_file() for image in works["image"])


def test_two_processes_collecting_at_once_do_not_disturb_each_other(folder: Path, cache: Path) -> None:
    context = multiprocessing.get_context("spawn")
    arguments = (str(folder), str(cache))
    processes = [context.Process(target=_collect_small, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert len(Collection.open("small").works()) == SMALL_COUNT


def test_missing_is_missing(collection: Collection) -> None:
    works = collection.works()
    works["credit"] = ""
    works["medium"] = "  "
    collection.write_works(works)
    assert collection.works()["credit"].isna().all()
    assert collection.works()["medium"].isna().all()
    about = json.loads((collection.root / "collection.json").read_text())
    assert about["source"] == "folder"


@pytest.mark.parametrize(
    ("text", "begin", "end", "said"),
    [
        ("c. 1885", 1880, 1890, "c. 1885"),
        (None, 1885, 1885, "1885"),
        (None, 1885, 1890, "1885–1890"),
        (None, 1885, None, "1885"),
        (None, None, 1890, "1890"),
        (None, -450, -400, "450–400 BC"),
        (None, None, None, None),
    ],
)
def test_a_date_without_a_text_is_told_by_its_years(
    collection: Collection, text: str | None, begin: int | None, end: int | None, said: str | None
) -> None:
    works = collection.works()
    works.loc[0, ["date_text", "year_begin", "year_end"]] = [text, begin, end]
    collection.write_works(works)
    stored = collection.works()
    assert display_date(stored.iloc[0]) == said
    assert display_date(stored.astype(object).to_dict("records")[0]) == said


def test_a_folder_that_another_process_is_creating_is_not_damaged(cache: Path) -> None:
    (cache / "collections" / "new").mkdir(parents=True)
    assert "new" not in survey().damaged
