"""What is a picture in a folder, and what is said of the rest."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import SourceError
from artextract.sources import picture_kinds
from artextract.sources.folder import FolderSource
from artextract.sources.folder_walk import FolderWalk
from tests.support.made import jpeg, made_picture


def fill(folder: Path, *names: str, content: bytes = b"") -> Path:
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content or jpeg(made_picture(number)))
    return folder


def found(walk: FolderWalk, folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in walk.pictures]


def test_files_come_before_subfolders_and_hidden_ones_not_at_all(tmp_path: Path) -> None:
    walk = FolderWalk(fill(tmp_path, "b.jpg", "a/z.jpg", "a.PNG", ".hidden.jpg", ".git/x.jpg", "a/b/c.tif"))
    assert found(walk, tmp_path) == ["a.PNG", "b.jpg", "a/z.jpg", "a/b/c.tif"]
    assert walk.remarks() == []


def test_linked_folders_are_walked_once_and_dead_links_are_told(tmp_path: Path) -> None:
    folder, outside = fill(tmp_path / "in", "a.jpg", "sub/b.jpg"), fill(tmp_path / "out", "c.jpg")
    (folder / "1 link").symlink_to(outside)
    (folder / "2 again").symlink_to(outside)
    (folder / "3 own").symlink_to(folder / "sub")
    (folder / "sub" / "up").symlink_to(folder)
    (outside / "back").symlink_to(folder / "sub")
    (folder / "self").symlink_to(folder / "self")
    (folder / "file.jpg").symlink_to(outside / "c.jpg")
    (folder / "dead.jpg").symlink_to(outside / "gone.jpg")
    walk = FolderWalk(folder)
    assert found(walk, folder) == ["a.jpg", "file.jpg", "sub/b.jpg", "1 link/c.jpg"]
    assert walk.remarks() == ["Broken links: 2 (first: dead.jpg)."]


def test_a_link_to_a_folder_above_does_not_lead_out(tmp_path: Path) -> None:
    folder = fill(tmp_path / "above" / "in", "a.jpg")
    fill(tmp_path / "above", "private.jpg")
    (folder / "up").symlink_to(tmp_path / "above")
    assert found(FolderWalk(folder), folder) == ["a.jpg"]


def test_what_drives_and_systems_add_is_passed_over_and_counted(tmp_path: Path) -> None:
    names = ("@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "#recycle/old.jpg", "$RECYCLE.BIN/x.jpg", "sub/@eaDir/c.jpg")
    hidden = ("__MACOSX/._a.jpg", ".thumbnails/t.jpg", "Thumbs.db")
    walk = FolderWalk(fill(tmp_path, "a.jpg", *names, *hidden))
    assert found(walk, tmp_path) == ["a.jpg"]
    (remark,) = walk.remarks()
    assert remark.endswith("skipped: 1 #recycle, 1 $RECYCLE.BIN, 1 .thumbnails, 2 @eaDir, 1 Thumbs.db, 1 __MACOSX.")


def test_pictures_are_known_by_their_first_bytes(tmp_path: Path) -> None:
    fill(tmp_path, "contents", "c.JPEG_large", "IMG_2.HEIC", "plate.psd", "scan.dng")
    tiff = io.BytesIO()
    made_picture(1).save(tiff, "TIFF")
    fill(tmp_path, "tiff", content=tiff.getvalue())
    fill(tmp_path, "raw.dng", content=tiff.getvalue())
    fill(tmp_path, "notes.txt", "table.csv", content=b"BMW, P5 and other words\n")
    walk = FolderWalk(tmp_path)
    assert found(walk, tmp_path) == ["IMG_2.HEIC", "c.JPEG_large", "contents", "plate.psd", "scan.dng", "tiff"]
    assert walk.remarks() == ["1 file of an unsupported kind was skipped: 1 RAW."]


UNREAD = {
    "plate.psd": b"8BPS\0\1",
    "b": b"8BPS\0\1",
    "plan.pdf": b"%PDF-1.7",
    "x.dng": b"II*\0\10\0\0\0",
    "y.jxl": b"\xff\x0a..",
    "z.svg": b"<?xml version='1.0'?>\n<svg/>",
    "film": b"\0\0\0\x18ftypisom",
}


def test_kinds_that_are_not_read_are_counted_in_one_remark(tmp_path: Path) -> None:
    for name, content in UNREAD.items():
        fill(tmp_path, name, content=content)
    with pytest.raises(SourceError, match=r"has no pictures .* 7 files of unsupported kinds were skipped: 2 PSD"):
        FolderSource(tmp_path)
    fill(tmp_path, "a.jpg")
    result = collect(FolderSource(tmp_path), "small")
    assert result.works == 1
    assert "2 PSD, 1 video, 1 PDF, 1 RAW, 1 JPEG XL, 1 SVG." in result.sentence()


def test_without_its_reader_heic_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("artextract.sources.folder_walk.READ", picture_kinds.READ - {"HEIC"})
    fill(tmp_path, "a.heic", content=b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    fill(tmp_path, "IMG_2.HEIC")
    walk = FolderWalk(tmp_path)
    assert found(walk, tmp_path) == ["IMG_2.HEIC"]
    assert "1 HEIC. To read HEIC, run `pip install 'artextract[heic]'`" in walk.remarks()[0]


def test_a_folder_without_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "a.jpg", "closed/b.jpg")
    scandir = os.scandir

    def closed(path: str) -> Iterator[os.DirEntry[str]]:  # the tests may run as root, whom no mode stops
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    walk = FolderWalk(tmp_path)
    assert found(walk, tmp_path) == ["a.jpg"]
    assert walk.remarks() == ["Folders and files that could not be opened: 1 (first: closed, Permission denied)."]


def test_names_that_are_not_utf8_are_collected(tmp_path: Path) -> None:
    fill(tmp_path / "p", "a.jpg")
    (tmp_path / "p" / os.fsdecode(b"caf\xe9.jpg")).write_bytes(jpeg(Image.new("RGB", (30, 20), "red")))
    (tmp_path / "p" / os.fsdecode(b"bad\xe9.jpg")).write_bytes(b"no picture")
    result = collect(FolderSource(tmp_path / "p"), "small")
    assert (result.works, result.skipped) == (2, 1)
    assert set(Collection.open("small").works()["title"]) == {"A", "Caf\\xe9"}
    assert result.report_file is not None
    assert "bad\\xe9.jpg" in result.report_file.read_text(encoding="utf-8")


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    fill(tmp_path, "a.jpg")
    os.mkfifo(tmp_path / "pipe")
    assert found(FolderWalk(tmp_path), tmp_path) == ["a.jpg"]
